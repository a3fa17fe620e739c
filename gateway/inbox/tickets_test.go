package inbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
	"ringback/gateway/messages"
	"ringback/gateway/tickets"
	"ringback/settings/staff"
)

// opened is a ticket of a customer of its own, on which they wrote at a minute
// after noon.
func (w world) opened(number, name, kind string, minute int, text string) string {
	w.Helper()
	tx, err := w.db.BeginTxx(w.Context(), nil)
	require.NoError(w, err)
	c, err := contacts.FindOrCreate(w.Context(), tx, w.team.CompanyID, w.team.ID, w.sender.ID, channels.SMS, number, name)
	require.NoError(w, err)
	at := noon.Add(time.Duration(minute) * time.Minute)
	t := tickets.NewTicket{CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: c.ID, SenderID: w.sender.ID, Kind: kind, OpenedAt: at}
	require.NoError(w, t.Open(w.Context(), tx))
	require.NoError(w, tx.Commit())
	if text != "" {
		w.wrote(t.ID, "customer", text, minute)
	}
	return t.ID
}

// wrote puts a message on a ticket's timeline, at a minute after noon.
func (w world) wrote(ticket, author, text string, minute int) {
	w.Helper()
	found, err := inbox.FindTicket(w.Context(), w.db, w.team.CompanyID, w.team.ID, ticket)
	require.NoError(w, err)
	require.NoError(w, messages.Insert(w.Context(), w.db, messages.Message{
		CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: found.Contact, SenderID: w.sender.ID, TicketID: ticket,
		Author: author, Text: text, At: noon.Add(time.Duration(minute) * time.Minute),
	}))
}

func (w world) listed(who staff.Principal, f inbox.TicketFilter) []string {
	w.Helper()
	var ids []string
	for after := (inbox.Place{}); ; { // pages of two
		page, err := w.desk.Tickets(w.Context(), who, w.team.ID, f, after, 2)
		require.NoError(w, err)
		for _, t := range page {
			ids, after = append(ids, t.ID), f.Place(t)
		}
		if len(page) < 2 {
			return ids
		}
	}
}

func (w world) change(ticket string, change func(*inbox.TicketChange)) error {
	_, err := w.desk.ChangeTicket(w.Context(), w.who, w.team.ID, ticket, func(_ inbox.Ticket, c *inbox.TicketChange) error {
		change(c)
		return nil
	})
	return err
}

func TestTicketsOfAView(t *testing.T) {
	w := newWorld(t)
	first := w.opened("+12025550101", "Ann", "message", 0, "anybody?")
	second := w.opened("+12025550102", "Bob", "voicemail", 1, "")
	third := w.opened("+12025550103", "Cleo", "message", 2, "hello")
	done := w.opened("+12025550104", "Dan", "message", 3, "thanks")
	called := w.opened("+12025550105", "Eve", "call", 4, "")
	me := w.who.StaffID
	require.NoError(t, w.change(third, func(c *inbox.TicketChange) { c.Assignee = &me }))
	require.NoError(t, w.change(done, func(c *inbox.TicketChange) { c.Status = "closed" }))
	w.wrote(third, "automation", "We are closed", 5) // moves nothing
	w.wrote(first, "customer", "still here", 6)
	for name, c := range map[string]struct {
		filter inbox.TicketFilter
		want   []string
	}{
		"as before":         {inbox.TicketFilter{}, []string{called, done, third, second, first}},
		"all":               {inbox.TicketFilter{View: "all"}, []string{first, called, done, third, second}},
		"all that are open": {inbox.TicketFilter{View: "all", Status: "open"}, []string{first, called, third, second}},
		"mine":              {inbox.TicketFilter{View: "mine"}, []string{third}},
		"nobody's":          {inbox.TicketFilter{View: "unassigned"}, []string{first, called, second}},
		"nobody's, closed":  {inbox.TicketFilter{View: "unassigned", Status: "closed"}, []string{done}},
		"who waits":         {inbox.TicketFilter{View: "waiting"}, []string{first, second, third}},
		"who waits, lately": {inbox.TicketFilter{View: "waiting", Sort: "activity"}, []string{first, third, second}},
		"longest":           {inbox.TicketFilter{Sort: "waiting"}, []string{first, second, third}},
		"of me":             {inbox.TicketFilter{Assignee: "me"}, []string{third}},
		"of nobody":         {inbox.TicketFilter{Assignee: "nobody", Kind: "voicemail"}, []string{second}},
		"of somebody":       {inbox.TicketFilter{Assignee: me}, []string{third}},
		"by text":           {inbox.TicketFilter{Channel: "sms"}, []string{called, done, third, second, first}},
		"by chat":           {inbox.TicketFilter{Channel: "webchat"}, nil},
		"with words":        {inbox.TicketFilter{Text: "still her"}, []string{first}},
		"with a name":       {inbox.TicketFilter{Text: "cleo"}, []string{third}},
		"with a number":     {inbox.TicketFilter{Text: "#1002"}, []string{second}},
		"with a phone":      {inbox.TicketFilter{Text: "(202) 555-0105"}, []string{called}},
		"of a label":        {inbox.TicketFilter{Label: me}, nil},
	} {
		require.Equal(t, c.want, w.listed(w.who, c.filter), name)
	}

	w.wrote(first, "advisor", "We are coming", 7)
	require.Equal(t, []string{second, third}, w.listed(w.who, inbox.TicketFilter{View: "waiting"}), "who was answered waits no more")
	w.wrote(first, "customer", "when?", 8)
	shown, err := w.desk.Tickets(t.Context(), w.who, w.team.ID, inbox.TicketFilter{View: "waiting"}, inbox.Place{}, 9)
	require.NoError(t, err)
	require.Equal(t, first, shown[2].ID)
	require.True(t, noon.Add(8*time.Minute).Equal(*shown[2].WaitingSince), "since they asked again")
	require.Nil(t, w.find(done).WaitingSince)

	require.NoError(t, w.change(done, func(c *inbox.TicketChange) { c.Status = "open" }))
	require.Nil(t, w.find(done).WaitingSince, "an advisor opened it")
	require.NoError(t, w.change(done, func(c *inbox.TicketChange) { c.Status = "done" }))
	tx, err := w.db.BeginTxx(t.Context(), nil)
	require.NoError(t, err)
	kept, err := tickets.Lock(t.Context(), tx, w.team.CompanyID, w.team.ID, done)
	require.NoError(t, err)
	require.NoError(t, kept.Make(t.Context(), tx, tickets.Change{Status: "open", By: tickets.Customer, At: noon.Add(time.Hour)}))
	require.NoError(t, tickets.Called(t.Context(), tx, w.team.CompanyID, called, false, noon.Add(2*time.Hour)))
	require.NoError(t, tx.Commit())
	require.True(t, noon.Add(time.Hour).Equal(*w.find(done).WaitingSince), "who says that it is not resolved waits")
	require.True(t, noon.Add(2*time.Hour).Equal(*w.find(called).WaitingSince), "so does who calls and reaches nobody")
	require.NoError(t, tickets.Called(t.Context(), w.db, w.team.CompanyID, called, true, noon.Add(3*time.Hour)))
	require.Nil(t, w.find(called).WaitingSince, "until somebody speaks to them")
}

// find is the ticket as it stands.
func (w world) find(id string) inbox.Ticket {
	w.Helper()
	t, err := inbox.FindTicket(w.Context(), w.db, w.team.CompanyID, w.team.ID, id)
	require.NoError(w, err)
	return t
}

func TestASnoozedTicketIsPutOff(t *testing.T) {
	w := newWorld(t)
	id := w.opened("+12025550101", "Ann", "message", 0, "anybody?")
	w.clock.Stop(noon.Add(time.Hour))
	until := noon.Add(24 * time.Hour)
	require.NoError(t, w.change(id, func(c *inbox.TicketChange) { c.SnoozedUntil = &until }))
	for view, want := range map[string][]string{"waiting": nil, "unassigned": nil, "all": {id}} {
		require.Equal(t, want, w.listed(w.who, inbox.TicketFilter{View: view}), view)
	}
	w.clock.Stop(until)
	require.Equal(t, []string{id}, w.listed(w.who, inbox.TicketFilter{View: "waiting"}), "it is due")
	later := until.Add(time.Hour)
	require.NoError(t, w.change(id, func(c *inbox.TicketChange) { c.SnoozedUntil = &later }))
	require.Empty(t, w.listed(w.who, inbox.TicketFilter{View: "waiting"}))
	w.wrote(id, "automation", "We are closed", 5)
	require.NotNil(t, w.find(id).SnoozedUntil)
	w.wrote(id, "customer", "and now?", 6)
	require.Nil(t, w.find(id).SnoozedUntil, "the customer was heard")

	past, far := noon, noon.Add(400*24*time.Hour)
	for _, when := range []*time.Time{&past, &far} {
		require.Equal(t, []string{"snoozed_until: snooze_when"}, codes(t, w.change(id, func(c *inbox.TicketChange) { c.SnoozedUntil = when })))
	}
	require.Equal(t, []string{"snoozed_until: snooze_closed"}, codes(t, w.change(id, func(c *inbox.TicketChange) { c.SnoozedUntil, c.Status = &later, "closed" })))
	require.NoError(t, w.change(id, func(c *inbox.TicketChange) { c.SnoozedUntil = &later }))
	require.NoError(t, w.change(id, func(c *inbox.TicketChange) { c.Status = "closed" }), "closed is over, whatever was put off")
	require.Nil(t, w.find(id).SnoozedUntil)
}

func TestListsThatCannotBe(t *testing.T) {
	w := newWorld(t)
	key := staff.Principal{CompanyID: w.team.CompanyID, Who: "a key"}
	for _, c := range []struct {
		filter inbox.TicketFilter
		after  inbox.Place
		wrong  string
	}{
		{inbox.TicketFilter{View: "mine"}, inbox.Place{}, "view: needs_person"},
		{inbox.TicketFilter{Assignee: "me"}, inbox.Place{}, "assignee: needs_person"},
		{inbox.TicketFilter{Assignee: "somebody"}, inbox.Place{}, "assignee: not_id"},
		{inbox.TicketFilter{Label: "urgent"}, inbox.Place{}, "label: not_id"},
		{inbox.TicketFilter{View: "yours"}, inbox.Place{}, "view: not_one_of"},
		{inbox.TicketFilter{Status: "lost"}, inbox.Place{}, "status: not_one_of"},
		{inbox.TicketFilter{Channel: "fax"}, inbox.Place{}, "channel: not_one_of"},
		{inbox.TicketFilter{Kind: "letter"}, inbox.Place{}, "kind: not_one_of"},
		{inbox.TicketFilter{Sort: "name"}, inbox.Place{}, "sort: not_one_of"},
		{inbox.TicketFilter{Text: "?!"}, inbox.Place{}, "q: empty"},
		{inbox.TicketFilter{Text: long(101)}, inbox.Place{}, "q: too_long"},
		{inbox.TicketFilter{View: "all"}, inbox.Place{ID: w.team.ID}, "cursor: cursor"},
		{inbox.TicketFilter{}, inbox.Place{ID: w.team.ID, At: noon}, "cursor: cursor"},
	} {
		_, err := w.desk.Tickets(t.Context(), key, w.team.ID, c.filter, c.after, 2)
		require.Equal(t, []string{c.wrong}, codes(t, err))
	}
}
