package tickets_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/gateway/tickets"
)

func yes() *bool { y := true; return &y }
func no() *bool  { n := false; return &n }

// TestWhatComesOfAChange: a ticket's status before, a change, and then its
// timeline and the events that it leads to.
func TestWhatComesOfAChange(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	const asks, lapses, rates = "ticket_done resolved", "ticket_lapse resolved in 7 days", "ticket_closed rating"
	for name, c := range map[string]struct {
		before   string
		change   tickets.Change
		timeline []string
		raised   []string
	}{
		"done asks, and lapses in a week": {"open", tickets.Change{Status: "done", By: tickets.By{Who: "Ann"}}, []string{"done by Ann"}, []string{asks, lapses}},
		"done again is nothing":           {"done", tickets.Change{Status: "done", By: tickets.By{Who: "Ann"}}, nil, nil},
		"closed as resolved asks 1 to 5":  {"open", tickets.Change{Status: "closed", Resolved: yes(), By: tickets.By{Who: "Ann"}}, []string{"closed by Ann"}, []string{rates}},
		"from done as well":               {"done", tickets.Change{Status: "closed", Resolved: yes(), By: tickets.Customer}, []string{"closed by customer"}, []string{rates}},
		"closed as not resolved":          {"open", tickets.Change{Status: "closed", Resolved: no()}, []string{"closed"}, nil},
		"closed, and nobody knows":        {"done", tickets.Change{Status: "closed"}, []string{"closed"}, nil},
		"closed again is nothing":         {"closed", tickets.Change{Status: "closed"}, nil, nil},
		"known to be resolved later":      {"closed", tickets.Change{Status: "closed", Resolved: yes()}, nil, nil},
		"reopened":                        {"closed", tickets.Change{Status: "open", By: tickets.Customer}, []string{"reopened by customer"}, nil},
		"open is never resolved":          {"open", tickets.Change{Status: "open", Resolved: yes()}, nil, nil},
		"done after it was closed":        {"closed", tickets.Change{Status: "done"}, []string{"done"}, []string{asks, lapses}},
	} {
		w := newCompany(t, db)
		made := w.open(t, w.sms, noon)
		w.change(t, made.ID, tickets.Change{Status: c.before, At: noon})
		timeline, raised := w.timeline(t, made.ID), w.raised(t, made.ID)
		c.change.At = noon.Add(time.Hour)
		w.change(t, made.ID, c.change)
		require.ElementsMatch(t, c.timeline, w.timeline(t, made.ID)[len(timeline):], name)
		require.ElementsMatch(t, c.raised, w.raised(t, made.ID)[len(raised):], name)
		require.Equal(t, c.change.Status, w.find(t, made.ID).Status, name)
	}
}

// TestTheTimesOfATicket: since when it is done or closed does not move when
// something else changes, and goes when it is neither.
func TestTheTimesOfATicket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, ann := w.open(t, w.sms, noon).ID, uuid.NewString()
	at := func(hour int) time.Time { return noon.Add(time.Duration(hour) * time.Hour) }
	for n, c := range []struct {
		change       tickets.Change
		done, closed int // hours; 0: none
	}{
		{tickets.Change{Status: "done"}, 1, 0},
		{tickets.Change{Status: "done", Assignee: &ann}, 1, 0},
		{tickets.Change{Status: "closed", Assignee: &ann}, 0, 3},
		{tickets.Change{Status: "closed", Assignee: &ann, Resolved: yes()}, 0, 3},
		{tickets.Change{Status: "open", Assignee: &ann}, 0, 0},
		{tickets.Change{Status: "closed", Assignee: &ann}, 0, 6},
	} {
		c.change.At = at(n + 1)
		w.change(t, id, c.change)
		kept := w.find(t, id)
		for _, moment := range []struct {
			want int
			got  *time.Time
		}{{c.done, kept.DoneAt}, {c.closed, kept.ClosedAt}} {
			require.Equal(t, moment.want != 0, moment.got != nil, "step %d", n)
			require.True(t, moment.got == nil || moment.got.Equal(at(moment.want)), "step %d: %s", n, moment.got)
		}
	}
	require.Nil(t, w.find(t, id).Resolved, "what was known before it was reopened is not known now")
}

func TestAnAssignmentStandsOnTheTimeline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, ann, bob := w.open(t, w.sms, noon).ID, uuid.NewString(), uuid.NewString()
	for _, to := range []*string{&ann, &ann, &bob, nil, nil} {
		w.change(t, id, tickets.Change{Status: "open", Assignee: to, By: tickets.By{Who: "Ann"}, At: noon})
	}
	require.Equal(t, []string{"opened", "assigned " + ann + " by Ann", "assigned " + bob + " by Ann", "assigned by Ann"}, w.timeline(t, id))
	w.change(t, id, tickets.Change{Status: "done", Assignee: &bob, By: tickets.By{Who: "Bob"}, At: noon})
	require.Equal(t, []string{"assigned " + bob + " by Bob", "done by Bob"}, w.timeline(t, id)[4:], "both, of one change")
}

// TestEachClosingIsAskedAboutOnce plays random changes: as many questions go
// out as times that a ticket became done or closed as resolved, and as many
// lines stand on the timeline as its status moved.
func TestEachClosingIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	rapid.Check(t, func(t *rapid.T) {
		w := newCompany(t, db)
		id := w.open(t, w.sms, noon).ID
		status, moves, asked, rated := "open", 0, 0, 0
		for n := range rapid.IntRange(1, 6).Draw(t, "changes") {
			c := tickets.Change{Status: rapid.SampledFrom([]string{"open", "done", "closed"}).Draw(t, "status"), At: noon.Add(time.Duration(n) * time.Minute)}
			if rapid.Bool().Draw(t, "resolved") {
				c.Resolved = yes()
			}
			if c.Status != status {
				moves++
				switch {
				case c.Status == "done":
					asked++
				case c.Status == "closed" && c.Resolved != nil:
					rated++
				}
			}
			status = c.Status
			if c.Status == "open" && rapid.Bool().Draw(t, "by the customer's message") {
				w.inTx(t, func(tx *sqlx.Tx) error { return tickets.Reopen(t.Context(), tx, w.company, id, c.At) })
			} else {
				w.change(t, id, c)
			}
		}
		require.Equal(t, status, w.find(t, id).Status)
		require.Len(t, w.timeline(t, id), 1+moves)
		counts := map[string]int{}
		for _, event := range w.raised(t, id) {
			counts[event]++
		}
		require.Equal(t, asked, counts["ticket_done resolved"])
		require.Equal(t, asked, counts["ticket_lapse resolved in 7 days"])
		require.Equal(t, rated, counts["ticket_closed rating"])
	})
}

// TestAMessageReopens what is done or closed, and leaves what is open.
func TestAMessageReopens(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	for before, want := range map[string][]string{"open": {"opened"}, "done": {"opened", "done", "reopened"}, "closed": {"opened", "closed", "reopened"}} {
		w := newCompany(t, db)
		id := w.open(t, w.sms, noon).ID
		w.change(t, id, tickets.Change{Status: before, Resolved: yes(), At: noon})
		for range 2 {
			w.inTx(t, func(tx *sqlx.Tx) error { return tickets.Reopen(t.Context(), tx, w.company, id, noon.Add(time.Hour)) })
		}
		kept := w.find(t, id)
		require.Equal(t, "open", kept.Status)
		require.Nil(t, kept.Resolved)
		require.Nil(t, kept.DoneAt)
		require.Nil(t, kept.ClosedAt)
		require.Equal(t, want, w.timeline(t, id), before)
	}
}
