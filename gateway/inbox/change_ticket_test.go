package inbox_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/inbox"
	"ringback/settings"
)

func TestChangeTicket(t *testing.T) {
	w := newWorld(t)
	yes, no, nobody := true, false, "33333333-3333-7333-8333-333333333333"
	elsewhere, none := w.member("Ben"), "nobody"
	for _, c := range []struct {
		name     string
		wanted   inbox.TicketChange
		resolved *bool // afterwards
		wrong    []string
	}{
		{"handed over", inbox.TicketChange{Status: "open", Assignee: &w.who.StaffID}, nil, nil},
		{"to nobody again", inbox.TicketChange{Status: "open"}, nil, nil},
		{"to one who is not there", inbox.TicketChange{Status: "open", Assignee: &nobody}, nil, []string{"assignee: assignee"}},
		{"to one of another team", inbox.TicketChange{Status: "open", Assignee: &elsewhere}, nil, []string{"assignee: assignee"}},
		{"to what is no id", inbox.TicketChange{Status: "open", Assignee: &none}, nil, []string{"assignee: assignee"}},
		{"resolved, and open", inbox.TicketChange{Status: "open", Resolved: &yes}, nil, []string{"resolved: goes_with_closed"}},
		{"no such status", inbox.TicketChange{Status: "lost"}, nil, []string{"status: not_one_of"}},
		{"done", inbox.TicketChange{Status: "done"}, nil, nil},
		{"closed is resolved", inbox.TicketChange{Status: "closed"}, &yes, nil},
		{"closed stays as it was", inbox.TicketChange{Status: "closed"}, &yes, nil},
		{"closed, and not resolved", inbox.TicketChange{Status: "closed", Resolved: &no}, &no, nil},
		{"reopened", inbox.TicketChange{Status: "open"}, nil, nil},
	} {
		before := w.ticketNow()
		after, err := w.desk.ChangeTicket(t.Context(), w.who, w.team.ID, before.ID, func(_ inbox.Ticket, change *inbox.TicketChange) error {
			*change = c.wanted
			return nil
		})
		require.Equal(t, c.wrong, codes(t, err), c.name)
		if c.wrong != nil {
			require.Equal(t, before, w.ticketNow(), c.name)
			continue
		}
		require.Equal(t, c.wanted.Status, after.Status, c.name)
		require.Equal(t, c.wanted.Assignee, after.Assignee, c.name)
		require.Equal(t, c.resolved, after.Resolved, c.name)
		after.Undo = nil // which it has just after a change alone
		require.Equal(t, after, w.ticketNow(), c.name)
	}
}

// ticketNow is the one ticket as it stands; it is opened when there is none.
func (w world) ticketNow() inbox.Ticket {
	w.Helper()
	all, err := w.desk.Tickets(w.Context(), w.who, w.team.ID, inbox.TicketFilter{}, inbox.Place{}, 2)
	require.NoError(w, err)
	if len(all) == 0 {
		return w.ticket()
	}
	require.Len(w, all, 1)
	all[0].Unread = false // which is a list's alone
	return all[0]
}

func TestAChangeThatIsRefusedChangesNothing(t *testing.T) {
	w := newWorld(t)
	before := w.ticket()
	_, err := w.desk.ChangeTicket(t.Context(), w.who, w.team.ID, before.ID, func(seen inbox.Ticket, c *inbox.TicketChange) error {
		require.Equal(t, before, seen)
		c.Status = "closed"
		return settings.ErrNotFound // such as a condition that does not hold
	})
	require.ErrorIs(t, err, settings.ErrNotFound)
	require.Equal(t, before, w.ticketNow())
}

func TestSay(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	say := func(key string, words inbox.Words) (inbox.Said, error) {
		return w.desk.Say(t.Context(), w.who, w.team.ID, ticket.ID, key, words)
	}
	first, err := say("once", inbox.Words{Text: "We are here — hello"})
	require.NoError(t, err)
	require.Equal(t, inbox.Said{
		ID: first.ID, Ticket: ticket.ID, Author: "advisor", Who: "Maria", Text: "We are here - hello", Delivery: first.Delivery, At: noon,
	}, first, "in plain letters")
	again, err := say("once", inbox.Words{Text: "We are here — hello"})
	require.NoError(t, err)
	require.Equal(t, first.ID, again.ID, "the same key is the same message")
	for _, c := range []struct {
		key   string
		words inbox.Words
		wrong []string
	}{
		{"once", inbox.Words{Text: "something else"}, []string{"Idempotency-Key: used_key"}},
		{"", inbox.Words{Text: " \n"}, []string{"text: empty"}},
		{"", inbox.Words{Text: string(make([]rune, 1601))}, []string{"text: unstorable"}},
		{"", inbox.Words{Text: long(1601)}, []string{"text: too_long"}},
		{"", inbox.Words{Text: "look", Attachments: []string{"no file"}}, []string{"attachments[0]: media_id"}},
	} {
		_, err := say(c.key, c.words)
		require.Equal(t, c.wrong, codes(t, err))
	}
	shown, err := w.desk.Ticket(t.Context(), w.who, w.team.ID, ticket.ID)
	require.NoError(t, err)
	said := 0
	for _, e := range shown.Timeline {
		if e.Author == "advisor" {
			said++
		}
	}
	require.Equal(t, 1, said)
}

func long(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = 'a'
	}
	return string(text)
}
