package inbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/inbox"
	"ringback/gateway/messages"
	"ringback/gateway/tickets"
)

// turn does something to the ticket, and returns it as it is then.
func (w world) turn(ticket string, change func(c *inbox.TicketChange)) inbox.Ticket {
	w.Helper()
	after, err := w.desk.ChangeTicket(w.Context(), w.who, w.team.ID, ticket, func(_ inbox.Ticket, c *inbox.TicketChange) error {
		change(c)
		return nil
	})
	require.NoError(w, err)
	return after
}

// back sets a change back, and says whether that was done.
func (w world) back(u *inbox.Undo) bool {
	w.Helper()
	require.NotNil(w, u)
	n, err := w.desk.SetBack(w.Context(), w.who, w.team.ID, []inbox.Undo{*u})
	require.NoError(w, err)
	return n == 1
}

func (w world) tick() { w.clock.Stop(w.clock.Now().Add(time.Second)) }

// The ways in which a ticket is ended: the first and the third ask the customer something.
var no, yes = false, true

func done(c *inbox.TicketChange)       { c.Status = "done" }
func doneSilent(c *inbox.TicketChange) { c.Status, c.Ask = "done", &no }
func rated(c *inbox.TicketChange)      { c.Status = "closed" }
func silent(c *inbox.TicketChange)     { c.Status, c.Ask = "closed", &no }
func unsolved(c *inbox.TicketChange)   { c.Status, c.Resolved = "closed", &no }

func TestWhatWasDoneIsUndone(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	label, err := w.desk.AddLabel(t.Context(), w.who, w.team.ID, inbox.Label{Name: "Warranty"})
	require.NoError(t, err)
	until, sooner := noon.Add(24*time.Hour), noon.Add(2*time.Hour)
	labels := func(c inbox.LabelChange) func() inbox.Ticket {
		return func() inbox.Ticket {
			after, err := w.desk.LabelTicket(t.Context(), w.who, w.team.ID, ticket.ID, c)
			require.NoError(t, err)
			return after
		}
	}
	plain := func(change func(c *inbox.TicketChange)) func() inbox.Ticket {
		return func() inbox.Ticket { return w.turn(ticket.ID, change) }
	}
	ben := w.member("Ben", w.team.ID)
	for n := range 2 { // once of a plain one, once of one that was worked on
		for _, step := range []struct {
			what string
			do   func() inbox.Ticket
		}{
			{"assigned", plain(func(c *inbox.TicketChange) { c.Assignee = &w.who.StaffID })},
			{"snoozed", plain(func(c *inbox.TicketChange) { c.SnoozedUntil = &sooner })},
			{"labels", labels(inbox.LabelChange{Add: []string{label.ID}})},
			{"done", plain(doneSilent)},
			{"closed", plain(silent)},
			{"closed", plain(unsolved)},
		} {
			before := w.ticketNow()
			w.tick()
			after := step.do()
			require.Equal(t, step.what, after.Undo.What(), n)
			w.tick()
			require.True(t, w.back(after.Undo), step.what)
			now := w.ticketNow()
			before.UpdatedAt = now.UpdatedAt
			require.Equal(t, before, now, step.what)
			require.False(t, w.back(after.Undo), "%s: twice", step.what)
		}
		if n == 0 {
			w.turn(ticket.ID, func(c *inbox.TicketChange) { c.Assignee, c.SnoozedUntil = &ben, &until })
		}
	}
	require.Nil(t, w.turn(ticket.ID, func(*inbox.TicketChange) {}).Undo, "nothing was changed")
	woken := w.turn(ticket.ID, func(c *inbox.TicketChange) { c.SnoozedUntil = nil })
	require.Equal(t, "woken", woken.Undo.What())
	require.True(t, w.back(woken.Undo))
	require.True(t, w.ticketNow().SnoozedUntil.Equal(until))
	woken = w.turn(ticket.ID, func(c *inbox.TicketChange) { c.SnoozedUntil = nil })
	w.clock.Stop(until)
	require.True(t, w.back(woken.Undo))
	require.Nil(t, w.ticketNow().SnoozedUntil, "it would have ended by now")
}

func TestWhatTheCustomerHearsIsNotUndone(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	again := func() { w.turn(ticket.ID, func(c *inbox.TicketChange) { c.Status = "open" }) }
	for _, asks := range []func(*inbox.TicketChange){done, rated} {
		require.Nil(t, w.turn(ticket.ID, asks).Undo)
		again()
	}
	w.turn(ticket.ID, done)
	require.Nil(t, w.turn(ticket.ID, silent).Undo, "the question whether it is resolved is withdrawn")
	require.Nil(t, w.turn(ticket.ID, func(c *inbox.TicketChange) { c.Status = "open" }).Undo, "its timer is over")
}

func TestWhatHasChangedSinceIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	ben := w.member("Ben", w.team.ID)
	open := func(c *inbox.TicketChange) { c.Status = "open" }
	says := func(on inbox.Ticket) {
		w.tick()
		tx, err := w.db.BeginTxx(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, messages.Insert(t.Context(), tx, messages.Message{
			CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: on.Contact, SenderID: w.sender.ID, TicketID: on.ID,
			Author: "customer", Text: "hello?", At: w.clock.Now(),
		}))
		require.NoError(t, tx.Commit())
	}
	tomorrow := noon.Add(24 * time.Hour)
	mine := func(c *inbox.TicketChange) { c.Assignee = &w.who.StaffID }
	for name, c := range map[string]struct {
		do    func(*inbox.TicketChange)
		since func()
	}{
		"given to another":    {mine, func() { w.turn(ticket.ID, func(c *inbox.TicketChange) { c.Assignee = &ben }) }},
		"opened again":        {silent, func() { w.turn(ticket.ID, open) }},
		"closed once more":    {silent, func() { w.turn(ticket.ID, open); w.tick(); w.turn(ticket.ID, silent) }},
		"resolved after all":  {unsolved, func() { w.turn(ticket.ID, func(c *inbox.TicketChange) { c.Resolved = &yes }) }},
		"the customer wrote":  {doneSilent, func() { says(ticket) }},
		"heard while snoozed": {func(c *inbox.TicketChange) { c.SnoozedUntil = &tomorrow }, func() { says(ticket) }},
		"a member who went": {func(c *inbox.TicketChange) { c.Assignee = nil }, func() {
			_, err := w.db.Exec(`update staff set active = false where id = $1`, ben)
			require.NoError(t, err)
		}},
	} {
		_, err := w.db.Exec(`update staff set active = true`)
		require.NoError(t, err)
		w.turn(ticket.ID, func(c *inbox.TicketChange) { c.Status, c.Assignee, c.SnoozedUntil = "open", &ben, nil })
		w.tick()
		after := w.turn(ticket.ID, c.do)
		w.tick()
		c.since()
		now := w.ticketNow()
		require.False(t, w.back(after.Undo), name)
		require.Equal(t, now, w.ticketNow(), name)
	}
	w.turn(ticket.ID, open)
	closed := w.turn(ticket.ID, silent)
	w.tick()
	other := tickets.NewTicket{CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: ticket.Contact, SenderID: w.sender.ID, Kind: "message", OpenedAt: w.clock.Now()}
	tx, err := w.db.BeginTxx(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, other.Open(t.Context(), tx))
	require.NoError(t, tx.Commit())
	require.False(t, w.back(closed.Undo), "the customer came back with another one")
}

// TestManagersHearOfWhatWasUndone as if nobody had touched it, but not of what somebody had.
func TestManagersHearOfWhatWasUndone(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	_, err := w.db.Exec(`insert into escalations (company_id, ticket_id, team_id, since, due_at) values ($1, $2, $3, $4, $5)`,
		w.team.CompanyID, ticket.ID, w.team.ID, noon, noon.Add(time.Hour))
	require.NoError(t, err)
	touched := func() (n int) {
		require.NoError(t, w.db.Get(&n, `select count(*) from ticket_changes c join escalations e using (ticket_id) where c.change in ('assigned', 'done', 'closed') and c.at >= e.since`))
		return n
	}
	for _, do := range []func(*inbox.TicketChange){silent, func(c *inbox.TicketChange) { c.Assignee = &w.who.StaffID }} {
		w.tick()
		after := w.turn(ticket.ID, do)
		require.Equal(t, 1, touched())
		w.tick()
		require.True(t, w.back(after.Undo))
		require.Zero(t, touched())
	}
	w.tick()
	w.turn(ticket.ID, func(c *inbox.TicketChange) { c.Assignee = &w.who.StaffID })
	w.tick()
	require.True(t, w.back(w.turn(ticket.ID, silent).Undo))
	require.NotZero(t, touched(), "who took it has seen it")
}

func TestAnUndoThatNobodyOffered(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	closed := *w.turn(ticket.ID, silent).Undo
	at := noon.Add(-time.Hour)
	for name, forge := range map[string]func(u *inbox.Undo){
		"waiting since before it was opened": func(u *inbox.Undo) { u.Was.Waiting = &at },
		"done instead":                       func(u *inbox.Undo) { u.Was.Status = "done" },
		"without its end":                    func(u *inbox.Undo) { u.Is.Ended = nil },
		"a label of nobody":                  func(u *inbox.Undo) { u.Was.Labels = []string{ticket.ID} },
		"somebody who is not there":          func(u *inbox.Undo) { u.Was.Assignee = "x" },
		"another ticket":                     func(u *inbox.Undo) { u.Ticket = ticket.Contact },
	} {
		u := closed
		forge(&u)
		require.False(t, w.back(&u), name)
		require.Equal(t, "closed", w.ticketNow().Status, name)
	}
	for wrong, all := range map[string][]inbox.Undo{
		"undo: too_few": {}, "undo: too_many": make([]inbox.Undo, inbox.MaxAtOnce+1), "undo[0].ticket: not_id": {{Ticket: "not an id, but as long as one of them"[:36]}},
	} {
		_, err := w.desk.SetBack(t.Context(), w.who, w.team.ID, all)
		require.Contains(t, codes(t, err), wrong)
	}
	elsewhere := w.who
	elsewhere.CompanyID = ticket.Contact
	n, err := w.desk.SetBack(t.Context(), elsewhere, w.team.ID, []inbox.Undo{closed})
	require.NoError(t, err)
	require.Zero(t, n)
}
