package rules

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// What is open or was × what the customer replies × what they quote: which
// question is answered, and with what. "unclear" is for the staff to say, "again"
// repeats what we have, and a dash is an ordinary message.
func TestQuestionsByReplyByQuote(t *testing.T) {
	at := time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)
	asked := func(id, kind string, ago time.Duration) Question {
		return Question{ID: id, Kind: kind, AskedAt: at.Add(-ago), Ticket: "ticket of " + id}
	}
	yes, no := true, false
	money := asked("money", AskApproval, time.Hour)
	more := asked("more", AskApproval, 2*time.Hour)
	solved := asked("solved", AskResolved, 3*time.Hour)
	rating := asked("rating", AskRating, 30*time.Minute)
	old := asked("money", AskApproval, answerable)
	later := asked("money", AskApproval, -time.Second)
	answer := func(q Question, a Answer, ago time.Duration) Question {
		q.Answer, q.AnsweredAt = &a, at.Add(-ago)
		return q
	}
	takenBack := func(q Question, ago time.Duration) Question {
		q.WithdrawnAt = at.Add(-ago)
		return q
	}
	resolved := answer(solved, Answer{Resolved: &yes}, time.Minute)
	approved := answer(money, Answer{Approved: &yes}, time.Minute)
	rated := answer(rating, Answer{Score: 5}, time.Minute)
	anew := asked("anew", AskResolved, time.Minute)
	anew.Ticket = solved.Ticket

	for _, c := range []struct {
		name   string
		asked  []Question
		wrote  time.Duration // how long ago an advisor wrote; 0: not
		said   string
		quotes string // the request that is quoted; "nothing": something that asks nothing
		want   string
	}{
		{"nothing asked", nil, 0, "YES", "", "-"},
		{"one question", []Question{money}, 0, "YES", "", "money yes"},
		{"one question, declined", []Question{money}, 0, "Declined", "", "money no"},
		{"a thumb approves", []Question{money}, 0, "👍", "", "money yes"},
		{"a thumb says little of a problem", []Question{solved}, 0, "👍", "", "-"},
		{"it asks back", []Question{money}, 0, "Yes?", "", "-"},
		{"a digit is no approval", []Question{money}, 0, "5", "", "-"},
		{"too old", []Question{old}, 0, "YES", "", "-"},
		{"asked after they wrote", []Question{later}, 0, "YES", "", "-"},

		{"two that it fits", []Question{money, solved}, 0, "YES", "", "unclear money"},
		{"two approvals", []Question{money, more}, 0, "ok", "", "unclear money"},
		{"ok may be about the other", []Question{money, solved}, 0, "ok", "", "unclear money"},
		{"only the rating takes a digit", []Question{rating, money, solved}, 0, "5", "", "rating 5"},
		{"the rating takes no word", []Question{rating, money}, 0, "YES", "", "money yes"},
		{"the second is too old", []Question{solved, old}, 0, "YES", "", "solved yes"},

		{"taken back", []Question{takenBack(money, 59*time.Minute)}, 0, "YES", "", "unclear money"},
		{"taken back long ago", []Question{takenBack(money, time.Hour)}, 0, "YES", "", "-"},
		{"the other was taken back", []Question{money, takenBack(solved, time.Minute)}, 0, "YES", "", "unclear money"},
		{"what was taken back takes no digit", []Question{rating, takenBack(money, time.Minute)}, 0, "4", "", "rating 4"},
		{"asked anew about the same ticket", []Question{anew, takenBack(solved, 2*time.Minute)}, 0, "YES", "", "anew yes"},
		{"another approval is not the same anew", []Question{money, takenBack(more, 90*time.Minute/2)}, 0, "YES", "", "unclear money"},

		{"an advisor wrote since", []Question{money}, 10 * time.Minute, "YES", "", "-"},
		{"a digit for the advisor", []Question{rating}, 10 * time.Minute, "2", "", "-"},
		{"an advisor wrote before", []Question{money}, 2 * time.Hour, "YES", "", "money yes"},
		{"an advisor wrote in between", []Question{money, solved}, 2 * time.Hour, "YES", "", "unclear money"},
		{"an advisor wrote after both", []Question{money, solved}, time.Minute, "YES", "", "-"},

		{"again", []Question{resolved}, 0, "yes", "", "again solved"},
		{"again, with a rating open", []Question{rating, resolved}, 0, "YES", "", "again solved"},
		{"again, with money open", []Question{money, resolved}, 0, "YES", "", "unclear money"},
		{"the same word to what an advisor asked since", []Question{approved}, 30 * time.Second, "yes", "", "-"},
		{"not the same", []Question{resolved}, 0, "no", "", "-"},
		{"again, though a rating was given since", []Question{answer(rating, Answer{Score: 5}, time.Second), resolved}, 0, "yes", "", "again solved"},
		{"another answer to what was asked last", []Question{approved, answer(solved, Answer{Resolved: &no}, 2*time.Minute)}, 0, "no", "", "-"},
		{"a rating again", []Question{rated}, 0, "5", "", "again rating"},
		{"another rating", []Question{rated}, 0, "1", "", "-"},
		{"again, but late", []Question{answer(solved, Answer{Resolved: &yes}, repeats)}, 0, "yes", "", "-"},

		{"quoted", []Question{money, solved}, 0, "YES", "solved", "solved yes"},
		{"the other quoted", []Question{money, solved}, 0, "YES", "money", "money yes"},
		{"quoted, though an advisor wrote since", []Question{money}, time.Minute, "YES", "money", "money yes"},
		{"quoted after days", []Question{old}, 0, "YES", "money", "money yes"},
		{"a quote of what asks nothing", []Question{money}, 0, "YES", "nothing", "-"},
		{"a quote of what is not known any more", []Question{money}, 0, "YES", "gone", "-"},
		{"quoted, and no answer to it", []Question{rating, money}, 0, "5", "money", "-"},
		{"quoted what was taken back", []Question{money, takenBack(more, time.Minute)}, 0, "YES", "more", "-"},
		{"quoted what is answered", []Question{money, resolved}, 0, "YES", "solved", "again solved"},
		{"quoted what was answered otherwise", []Question{approved}, 0, "NO", "money", "-"},
		{"quoted with a question mark", []Question{money}, 0, "yes?", "money", "-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := situation{At: at, Text: c.said, Channel: channels.WhatsAppCloud}.build(t)
			s.Questions = slices.Clone(c.asked)
			if c.wrote > 0 {
				s.AdvisorWrote = at.Add(-c.wrote)
			}
			for n, q := range s.Questions {
				s.Questions[n].AdvisorSince = s.AdvisorWrote.After(q.AskedAt)
			}
			if s.Event.Quotes = c.quotes != ""; c.quotes != "nothing" {
				s.Event.Quoted = c.quotes
			}
			require.Equal(t, c.want, inShort(Decide(s)))
		})
	}
}

func inShort(d Decision) string {
	switch {
	case d.Answer != nil:
		return d.Question.ID + " " + d.Answer.word()
	case d.Question != nil:
		return "again " + d.Question.ID
	case d.Unclear != nil:
		return "unclear " + d.Unclear[0].ID
	}
	return "-"
}
