package rules

import (
	"slices"
	"strconv"
	"time"

	"ringback/channels"
	"ringback/settings/text"
)

const (
	// answerable is how long a plain reply answers a question. Who writes YES
	// three days later may mean something else.
	answerable = 72 * time.Hour
	// repeats is how long an answer that comes again is told to be there already.
	repeats = 10 * time.Minute
	// withdrawn is how long a question that was taken back may still be the one
	// that a reply means.
	withdrawn = time.Hour
)

// Question is something that the customer was asked, and what became of it.
type Question struct {
	ID      string
	Kind    string
	AskedAt time.Time
	Ticket  string // its id
	Number  int64
	// AdvisorSince is that one of the staff has written to the customer since.
	AdvisorSince bool
	// Of one that is answered:
	Answer     *Answer
	AnsweredAt time.Time
	Told       bool // that it is, to who answered again
	// Of one that was taken back:
	WithdrawnAt time.Time
}

func (q Question) open() bool { return q.Answer == nil && q.WithdrawnAt.IsZero() }

// byWords reports whether words answer the question.
func (q Question) byWords() bool {
	return q.Kind == AskApproval || q.Kind == AskRating || q.Kind == AskResolved
}

// Answer is what a message answers, to one kind of question each.
type Answer struct {
	Approved *bool `json:"approved,omitempty"`
	Resolved *bool `json:"resolved,omitempty"`
	Score    int   `json:"score,omitempty"` // 1 to 5
	Files    int   `json:"-"`               // photos and videos that came with the message
}

// readAnswer reads a message as the answer to what the customer was asked. A
// button, or a quote of one of our messages, says to which question and leaves no
// other. A photo answers the newest wish for one. Plain words answer the one
// question that they fit, if there is no second. Anything that is not clearly an
// answer is an ordinary message: the second value is false.
func readAnswer(s Situation) (Decision, bool) {
	if s.Event.Form == channels.FormMessage {
		return Decision{}, false // what stands in a form's fields answers the form
	}
	if id, named := s.Event.names(); named {
		return readNamed(s, id)
	}
	if s.Event.Files > 0 {
		for _, q := range s.Questions {
			if q.Kind == AskPhotoVideo && q.open() {
				return answered(s, q, Answer{Files: s.Event.Files}), true
			}
		}
		return Decision{}, false // a picture says more than the word beside it
	}
	return readPlain(s)
}

// names is the id of the request that a message says it answers; empty: what it
// quotes asks nothing. False: it names none.
func (e Event) names() (id string, named bool) {
	if _, id = Tapped(e.Reply); id != "" {
		return id, true
	}
	return e.Quoted, e.Quotes
}

func readNamed(s Situation, id string) (Decision, bool) {
	at := slices.IndexFunc(s.Questions, func(q Question) bool { return q.ID == id })
	if id == "" || at < 0 {
		return Decision{}, false
	}
	q := s.Questions[at]
	a, ok := s.read(q.Kind)
	switch {
	case ok && q.open():
		return answered(s, q, a), true
	case s.again(q):
		return repeated(s, q), true
	}
	return Decision{}, false
}

// readPlain reads words that do not say which question they answer. Where more
// than one may be meant they answer none, and the staff says which: money and
// work are never approved by a guess.
func readPlain(s Situation) (Decision, bool) {
	var open, taken []Question
	var last *Question // that was answered, of those that the words fit
	certain := false
	for _, q := range s.Questions {
		_, clear := s.read(q.Kind)
		if !q.byWords() || s.Event.At.Before(q.AskedAt) || !clear && !s.resembles(q.Kind) {
			continue
		}
		switch {
		case q.Answer != nil:
			if last == nil || q.AnsweredAt.After(last.AnsweredAt) {
				last = &q
			}
		case q.open() && s.Event.At.Sub(q.AskedAt) < answerable:
			open, certain = append(open, q), certain || clear
		case !q.WithdrawnAt.IsZero() && s.Event.At.Sub(q.WithdrawnAt) < withdrawn && !s.askedAnew(q):
			taken, certain = append(taken, q), certain || clear
		}
	}
	asked := slices.Concat(open, taken)
	again := last != nil && s.again(*last)
	switch {
	case len(asked) == 0 && again:
		return repeated(s, *last), true
	case !certain || advisorWroteSince(asked):
		return Decision{}, false
	case len(asked) > 1 || again, len(open) == 0:
		return unclear(asked), true
	}
	a, _ := s.read(open[0].Kind)
	return answered(s, open[0], a), true
}

// resembles reports whether words that are no answer to a kind of question would
// be one to another, so that they may be meant for either: OK approves, and says
// little about whether a problem is solved.
func (s Situation) resembles(kind string) bool {
	_, ok := s.read(AskApproval)
	return ok && kind == AskResolved
}

// askedAnew reports whether a question that was taken back was put once more: the
// same about the same ticket. No approval is the same as another.
func (s Situation) askedAnew(taken Question) bool {
	return taken.Kind != AskApproval && slices.ContainsFunc(s.Questions, func(q Question) bool {
		return q.Kind == taken.Kind && q.Ticket == taken.Ticket && q.WithdrawnAt.IsZero() && !q.AskedAt.Before(taken.WithdrawnAt)
	})
}

// advisorWroteSince reports whether an advisor wrote to the customer after the
// last of the questions: then a plain reply is to the advisor.
func advisorWroteSince(asked []Question) bool {
	return !slices.ContainsFunc(asked, func(q Question) bool { return !q.AdvisorSince })
}

func answered(s Situation, q Question, a Answer) Decision {
	return Decision{
		Outcome: Skipped, Reason: ReasonAnswer, Ticket: AnswerTicket, Question: &q, Answer: &a,
		Facts: map[string]any{"question": q.ID, "asked_for": q.Kind, "answer": a.word()},
	}
}

// unclear leaves it to the staff which question a reply answers.
func unclear(asked []Question) Decision {
	ids := make([]string, len(asked))
	for n, q := range asked {
		ids[n] = q.ID
	}
	return Decision{Outcome: Skipped, Reason: ReasonUnclearAnswer, Ticket: AnswerTicket, Unclear: asked, Facts: map[string]any{"questions": ids}}
}

// again reports whether the answer to a question is given once more, shortly after.
// No photo is the same as another.
func (s Situation) again(q Question) bool {
	a, ok := s.read(q.Kind)
	if !ok || a.Files > 0 || q.Answer == nil || a.word() != q.Answer.word() || s.AdvisorWrote.After(q.AnsweredAt) {
		return false
	}
	since := s.Event.At.Sub(q.AnsweredAt)
	return since >= 0 && since < repeats
}

// repeated tells who gives the same answer again that we have it, once.
func repeated(s Situation, q Question) Decision {
	d := Decision{Outcome: Skipped, Reason: ReasonAlreadyAnswered, Ticket: AnswerTicket, Question: &q, Facts: map[string]any{"question": q.ID}}
	if !q.Told && cannot(s, d.Facts) == "" {
		d.Outcome, d.ExpiresAt = Sent, s.expires("")
		d.message, d.plain = composeConfirmation(s, text.AlreadyAnswered), plainLetters(s)
	}
	return d
}

// read reads the event as an answer to a kind of question: its photos and videos,
// what a tapped button stands for, or else the words.
func (s Situation) read(kind string) (Answer, bool) {
	if kind == AskPhotoVideo {
		return Answer{Files: s.Event.Files}, s.Event.Files > 0
	}
	tapped, _ := Tapped(s.Event.Reply)
	for _, said := range []string{tapped, s.Event.Text} {
		if a, ok := readWords(kind, said); ok {
			return a, true
		}
	}
	return Answer{}, false
}

func readWords(kind, said string) (Answer, bool) {
	switch kind {
	case AskRating:
		score, ok := text.Rating(said)
		return Answer{Score: score}, ok
	case AskApproval:
		yes, ok := text.Approval(said)
		return Answer{Approved: &yes}, ok
	case AskResolved:
		yes, ok := text.Answer(said)
		return Answer{Resolved: &yes}, ok
	}
	return Answer{}, false
}

// CountAs is what words answer that one of the staff has count as the answer to a
// kind of question.
func CountAs(kind, said string) (Answer, bool) {
	if kind != AskResolved {
		return readWords(kind, said)
	}
	yes, ok := text.Approval(said)
	return Answer{Resolved: &yes}, ok
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
