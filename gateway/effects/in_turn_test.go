package effects

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/calls"
	"ringback/gateway/decisions"
	"ringback/gateway/rules"
	"ringback/settings"
)

// TestWhatIsNobodys: tickets that are new or opened again and that nobody has, or who
// has left; and no other.
func TestWhatIsNobodys(t *testing.T) {
	ticket := func(status, assignee string) func(*Case) {
		return func(c *Case) {
			c.Situation.Ticket = &rules.Ticket{ID: "TICKET", Number: 1001, Status: status, Assignee: assignee, OpenedAt: monday.Add(-1e9), ClosedAt: monday.Add(-1e9)}
		}
	}
	ann, gone := "ADVISOR", "GONE"
	for name, c := range map[string]struct {
		example
		had     string
		nobodys bool
	}{
		"a new one":                                {written(t, monday, "Hello"), "", true},
		"a message on an open one of nobody's":     {written(t, monday, "Hello").with(ticket("open", "")), "", false},
		"a message on Ann's":                       {written(t, monday, "Hello").with(ticket("open", ann)), ann, false},
		"on that of one who has left":              {written(t, monday, "Hello").with(ticket("open", gone)), gone, true},
		"one that is opened again":                 {written(t, monday, "Thanks!").with(ticket("closed", "")), "", true},
		"Ann's that is opened again":               {written(t, monday, "Thanks!").with(ticket("done", ann)), ann, false},
		"opened again, of one who has left":        {written(t, monday, "Thanks!").with(ticket("closed", gone)), gone, true},
		"a missed call":                            {called(t, monday, calls.Missed), "", true},
		"a voicemail":                              {called(t, monday, calls.Voicemail), "", true},
		"an answered call":                         {called(t, monday, calls.Answered), "", false},
		"a missed call on one that is done":        {called(t, monday, calls.Missed).with(ticket("done", "")), "", true},
		"a missed call on an open one":             {called(t, monday, calls.Missed).with(ticket("open", "")), "", false},
		"an answered call on one that is done":     {called(t, monday, calls.Answered).with(ticket("done", "")), "", false},
		"a reply that waited":                      {called(t, monday, calls.Missed).with(func(c *Case) { c.Deferred = &decisions.Decision{} }), "", false},
		"a ticket that was created":                {created(t, monday), "", true},
		"a ticket that was created and is Ann's":   {created(t, monday).with(func(c *Case) { c.Created.Assignee = &ann }), ann, false},
		"a question of ours":                       {asks(t, monday, rules.AskResolved), "", false},
		"a message that stands on no ticket":       {written(t, monday, "Hello").with(func(c *Case) { c.block() }), "", false},
		"the answer to a question, on another one": {written(t, monday, "5").with(ticket("open", "")).with(func(c *Case) { c.asked(rules.AskRating) }), "", false},
	} {
		c.Situation.Team.Advisors = map[string]settings.Advisor{ann: {ID: ann}}
		c.Decision = rules.Decide(c.Situation)
		had, nobodys := c.Nobodys()
		require.Equal(t, c.nobodys, nobodys, name)
		require.Equal(t, c.had, had, name)
	}
}
