package rules

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"ringback/settings/text"
)

const (
	// answerable is how long a plain reply answers a question. Who writes YES
	// three days later may mean something else.
	answerable = 72 * time.Hour
	// repeats is how long an answer that comes again is told to be there already.
	repeats = 10 * time.Minute
)

// Question is something that the customer was asked on the event's channel.
type Question struct {
	ID      string
	Kind    string
	AskedAt time.Time
	Ticket  string // its id
	Number  int64
	// Of one that is answered:
	Answer     *Answer
	AnsweredAt time.Time
	Told       bool // that it is, to who answered again
}

// Answer is what a message answers, to one kind of question each.
type Answer struct {
	Approved *bool `json:"approved,omitempty"`
	Resolved *bool `json:"resolved,omitempty"`
	Score    int   `json:"score,omitempty"` // 1 to 5
	Files    int   `json:"-"`               // photos and videos that came with the message
}

// readAnswer reads a message as the answer to what the customer was asked. A
// photo answers the newest wish for one; words answer the newest question, and
// no older one, however well they would fit. Anything that is not clearly an
// answer is an ordinary message: the second value is false.
func readAnswer(s Situation) (Decision, bool) {
	if s.Event.Files > 0 && s.Photo != nil {
		return answered(s, *s.Photo, Answer{Files: s.Event.Files}), true
	}
	if q := s.Question; q != nil {
		if s.Event.At.Before(q.AskedAt) || s.Event.At.Sub(q.AskedAt) >= answerable {
			return Decision{}, false
		}
		a, ok := s.read(q.Kind)
		if !ok {
			return Decision{}, false
		}
		return answered(s, *q, a), true
	}
	return readRepeat(s)
}

func answered(s Situation, q Question, a Answer) Decision {
	return Decision{
		Outcome: Skipped, Reason: ReasonAnswer, Ticket: AnswerTicket, Question: &q, Answer: &a,
		Facts: map[string]any{"question": q.ID, "asked_for": q.Kind, "answer": a.word()},
	}
}

// readRepeat tells who gives the same answer again that we have it, once, and
// only while there is nothing else to answer.
func readRepeat(s Situation) (Decision, bool) {
	q := s.Answered
	if q == nil || q.Answer == nil || s.Event.At.Sub(q.AnsweredAt) >= repeats || s.Event.At.Before(q.AnsweredAt) {
		return Decision{}, false
	}
	a, ok := s.read(q.Kind)
	if !ok || a.word() != q.Answer.word() {
		return Decision{}, false
	}
	d := Decision{Outcome: Skipped, Reason: ReasonAlreadyAnswered, Ticket: AnswerTicket, Question: q, Facts: map[string]any{"question": q.ID}}
	if !q.Told && cannot(s, d.Facts) == "" {
		d.Outcome = Sent
		d.message, d.plain = composeConfirmation(s, text.AlreadyAnswered), plainLetters(s)
	}
	return d, true
}

// read reads the event as an answer to a kind of question: what a tapped
// button stands for, or else the words.
func (s Situation) read(kind string) (Answer, bool) {
	tapped, _ := Tapped(s.Event.Reply)
	for _, said := range []string{tapped, s.Event.Text} {
		if kind == AskRating {
			if score, ok := text.Rating(said); ok {
				return Answer{Score: score}, true
			}
			continue
		}
		yes, ok := text.Answer(said)
		if !ok || contradicts(said, yes) {
			continue
		}
		switch kind {
		case AskApproval:
			return Answer{Approved: &yes}, true
		case AskResolved:
			return Answer{Resolved: &yes}, true
		}
	}
	return Answer{}, false
}

// Signs that may stand beside an answer without making it doubtful.
const (
	agreeing    = "👍👌✅☑✔🆗"
	disagreeing = "👎❌✖🚫🙅"
	friendly    = "🙂😊😀😄😃🙏❤"
)

// contradicts reports whether a sign beside the word leaves in doubt what is
// meant. Reading words passes over signs, but "Yes 👎" approves nothing.
func contradicts(said string, yes bool) bool {
	fitting := friendly + disagreeing
	if yes {
		fitting = friendly + agreeing
	}
	return strings.ContainsFunc(said, func(r rune) bool {
		return unicode.Is(unicode.So, r) && !strings.ContainsRune(fitting, r)
	})
}

// word is the answer in short.
func (a Answer) word() string {
	switch {
	case a.Approved != nil && *a.Approved, a.Resolved != nil && *a.Resolved:
		return "yes"
	case a.Approved != nil, a.Resolved != nil:
		return "no"
	case a.Score > 0:
		return strconv.Itoa(a.Score)
	}
	return "files"
}
