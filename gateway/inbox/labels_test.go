package inbox_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/settings/staff"
)

func TestLabels(t *testing.T) {
	w := newWorld(t)
	add := func(name string) (inbox.Label, []string) {
		made, err := w.desk.AddLabel(t.Context(), w.who, w.team.ID, inbox.Label{Name: name})
		return made, codes(t, err)
	}
	warranty, wrong := add("  Warranty  case ")
	require.Empty(t, wrong)
	require.Equal(t, "Warranty case", warranty.Name)
	angry, _ := add("Angry")
	for name, want := range map[string]string{"": "name: too_short", " ": "name: too_short", long(41): "name: too_long", "ANGRY": "name: label_taken"} {
		_, wrong = add(name)
		require.Equal(t, []string{want}, wrong)
	}
	first, second := w.opened("+12025550101", "Ann", "message", 0, "hello"), w.opened("+12025550102", "Bob", "message", 1, "hello")
	put := func(c inbox.LabelChange) []string {
		after, err := w.desk.LabelTicket(t.Context(), w.who, w.team.ID, first, c)
		if err != nil {
			return codes(t, err)
		}
		names := []string{}
		for _, l := range after.Labels {
			names = append(names, l.Name)
		}
		return names
	}
	for range 2 {
		require.Equal(t, []string{"Angry", "Warranty case"}, put(inbox.LabelChange{Add: []string{warranty.ID, angry.ID}}))
	}
	require.Equal(t, []string{first}, w.listed(w.who, inbox.TicketFilter{View: "waiting", Label: angry.ID}))
	for range 2 {
		require.Equal(t, []string{"Warranty case"}, put(inbox.LabelChange{Remove: []string{angry.ID}}))
	}
	require.Equal(t, []string{"add[0]: nothing_there"}, put(inbox.LabelChange{Add: []string{"x"}}))
	require.Equal(t, []string{"remove[0]: nothing_there"}, put(inbox.LabelChange{Remove: []string{uuid.NewString()}}))
	_, err := w.desk.LabelTicket(t.Context(), w.who, w.team.ID, uuid.NewString(), inbox.LabelChange{})
	require.ErrorIs(t, err, settings.ErrNotFound)

	shown, err := w.desk.Tickets(t.Context(), w.who, w.team.ID, inbox.TicketFilter{}, inbox.Place{}, 9)
	require.NoError(t, err)
	require.Equal(t, []string{second, first}, []string{shown[0].ID, shown[1].ID})
	require.Equal(t, []inbox.Label{warranty}, shown[1].Labels)
	require.NoError(t, w.desk.DropLabel(t.Context(), w.who, w.team.ID, warranty.ID))
	require.Empty(t, w.find(first).Labels, "it is gone everywhere")
	for _, id := range []string{warranty.ID, "x"} {
		require.ErrorIs(t, w.desk.DropLabel(t.Context(), w.who, w.team.ID, id), settings.ErrNotFound)
	}
	for n := range 49 {
		_, wrong = add(fmt.Sprint("Label ", n))
		require.Empty(t, wrong)
	}
	_, wrong = add("One more")
	require.Equal(t, []string{"name: label_most"}, wrong)
}

func TestUnread(t *testing.T) {
	w := newWorld(t)
	first, second := w.opened("+12025550101", "Ann", "message", 0, "hello"), w.opened("+12025550102", "Bob", "message", 1, "hello")
	bob := w.member("Bob", w.team.ID)
	other := staff.Principal{CompanyID: w.team.CompanyID, Who: "Bob", StaffID: bob}
	unread := func(who staff.Principal) (int, []bool) {
		count, err := w.desk.Rail(t.Context(), who, w.team.ID)
		require.NoError(t, err)
		shown, err := w.desk.Tickets(t.Context(), who, w.team.ID, inbox.TicketFilter{}, inbox.Place{}, 9)
		require.NoError(t, err)
		return count.Unread, []bool{shown[0].Unread, shown[1].Unread}
	}
	count, marks := unread(w.who)
	require.Equal(t, 2, count)
	require.Equal(t, []bool{true, true}, marks)
	require.NoError(t, w.desk.Read(t.Context(), w.who, w.team.ID, second))
	count, marks = unread(w.who)
	require.Equal(t, 1, count)
	require.Equal(t, []bool{false, true}, marks)
	w.wrote(second, "advisor", "we come", 2)
	count, _ = unread(w.who)
	require.Equal(t, 1, count, "what a colleague says is not the customer's")
	w.wrote(second, "customer", "when?", 3)
	count, _ = unread(w.who)
	require.Equal(t, 2, count)
	count, marks = unread(other)
	require.Equal(t, 2, count, "everybody reads for themselves")
	require.Equal(t, []bool{true, true}, marks)

	require.NoError(t, w.change(first, func(c *inbox.TicketChange) { c.Assignee = &bob }))
	count, marks = unread(w.who)
	require.Equal(t, 1, count, "a colleague's is not counted")
	require.Equal(t, []bool{true, true}, marks, "and shown all the same")
	later := noon.Add(time.Hour)
	require.NoError(t, w.change(second, func(c *inbox.TicketChange) { c.SnoozedUntil = &later }))
	count, _ = unread(w.who)
	require.Zero(t, count)
	key := staff.Principal{CompanyID: w.team.CompanyID, Who: "a key"}
	require.NoError(t, w.desk.Read(t.Context(), key, w.team.ID, first))
	count, marks = unread(key)
	require.Zero(t, count)
	require.Equal(t, []bool{false, false}, marks)
}

func TestSeveralTicketsAtOnce(t *testing.T) {
	w := newWorld(t)
	first, second := w.opened("+12025550101", "Ann", "message", 0, "hello"), w.opened("+12025550102", "Bob", "message", 1, "hello")
	me, nobody := w.who.StaffID, uuid.NewString()
	change := func(ids []string, change func(*inbox.TicketChange)) ([]inbox.ChangedTicket, error) {
		return w.desk.ChangeTickets(t.Context(), w.who, w.team.ID, ids, func(_ inbox.Ticket, c *inbox.TicketChange) error {
			change(c)
			return nil
		})
	}
	all, err := change([]string{first, nobody, "x", second}, func(c *inbox.TicketChange) { c.Assignee = &me })
	require.NoError(t, err)
	require.Equal(t, me, *all[0].Ticket.Assignee)
	require.ErrorIs(t, all[1].Err, settings.ErrNotFound)
	require.ErrorIs(t, all[2].Err, settings.ErrNotFound)
	require.Equal(t, me, *w.find(second).Assignee, "those behind are changed all the same")
	all, err = change([]string{first, second}, func(c *inbox.TicketChange) { c.Assignee = &nobody })
	require.NoError(t, err)
	require.Equal(t, []string{"assignee: assignee"}, codes(t, all[1].Err))
	_, err = change(nil, func(*inbox.TicketChange) {})
	require.Equal(t, []string{"tickets: too_few"}, codes(t, err))
	_, err = change(make([]string, 101), func(*inbox.TicketChange) {})
	require.Equal(t, []string{"tickets: too_many"}, codes(t, err))
}

func TestASnoozedTicketComesBackByItself(t *testing.T) {
	w := newWorld(t)
	id := w.opened("+12025550101", "Ann", "message", 0, "hello")
	until := noon.Add(time.Hour)
	require.NoError(t, w.change(id, func(c *inbox.TicketChange) { c.SnoozedUntil = &until }))
	woken, err := w.desk.Gateway.WakeOne(t.Context())
	require.NoError(t, err)
	require.False(t, woken, "it is not due")
	w.clock.Stop(until)
	for _, want := range []bool{true, false} {
		woken, err = w.desk.Gateway.WakeOne(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, woken)
	}
	require.Nil(t, w.find(id).SnoozedUntil)
	require.True(t, until.Equal(w.find(id).ActiveAt), "to the top of the list")
	shown, err := w.desk.Ticket(t.Context(), w.who, w.team.ID, id)
	require.NoError(t, err)
	changes := []string{}
	for _, one := range shown.Timeline {
		if one.Type == "change" {
			changes = append(changes, one.Change)
		}
	}
	require.Equal(t, []string{"opened", "snoozed", "woken"}, changes)
}
