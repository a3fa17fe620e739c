package inbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
)

// plans has Maria's words go out an hour from now.
func (w world) plans(ticket, text string) inbox.Said {
	w.Helper()
	at := w.clock.Now().Add(time.Hour)
	said, err := w.desk.Say(w.Context(), w.who, w.team.ID, ticket, "", inbox.Words{Text: text, SendAt: &at})
	require.NoError(w, err)
	return said
}

// comes lets time pass, and what is due be handled, twice.
func (w world) comes(after time.Duration) {
	w.Helper()
	w.clock.Stop(w.clock.Now().Add(after))
	for range 2 {
		for more := true; more; {
			var err error
			more, err = w.desk.Gateway.HandleOne(w.Context())
			require.NoError(w, err)
		}
	}
}

// later is what stands on the timeline of what went out, or was to, later.
func (w world) later(ticket string) []string {
	w.Helper()
	t, err := w.desk.Ticket(w.Context(), w.who, w.team.ID, ticket)
	require.NoError(w, err)
	var said []string
	for _, e := range t.Timeline {
		switch {
		case e.Type == "planned":
			said = append(said, e.At.Sub(noon).String()+" "+*e.State+" "+e.Reason+": "+e.Text)
		case e.Type == "message" && e.Author == "advisor":
			said = append(said, e.At.Sub(noon).String()+" "+*e.State+" by "+e.Who+": "+e.Text)
		}
	}
	return said
}

func TestAMessageGoesOutLater(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	made := w.plans(ticket.ID, "It’s ready")
	require.Equal(t, []any{"planned", "", noon.Add(time.Hour)}, []any{made.State, made.Delivery, *made.SendAt})
	w.comes(59 * time.Minute)
	require.Equal(t, []string{"1h0m0s planned : It’s ready"}, w.later(ticket.ID))
	w.comes(time.Minute)
	require.Equal(t, []string{"1h0m0s queued by Maria: It's ready"}, w.later(ticket.ID), "in plain letters, and once")
	require.Equal(t, []string{"state: not_planned"}, codes(t, w.desk.CancelPlanned(w.Context(), w.who, w.team.ID, made.ID)))
	found, err := w.desk.Ticket(w.Context(), w.who, w.team.ID, ticket.ID)
	require.NoError(t, err)
	require.Equal(t, w.who.StaffID, *found.Assignee, "who answers what is nobody's has it")
}

func TestWhatIsPlannedCanBeTakenBack(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	made := w.plans(ticket.ID, "Never mind")
	w.clock.Stop(noon.Add(time.Minute))
	require.NoError(t, w.desk.CancelPlanned(w.Context(), w.who, w.team.ID, made.ID))
	w.comes(2 * time.Hour)
	require.Equal(t, []string{"1m0s canceled : Never mind"}, w.later(ticket.ID))
	require.Error(t, w.desk.CancelPlanned(w.Context(), w.who, w.member("x"), made.ID), "of another team")
}

// TestWhatCameMeanwhileStopsIt: it is looked at again when its time has come.
func TestWhatCameMeanwhileStopsIt(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	w.plans(ticket.ID, "First")
	card, err := w.desk.ChangeContact(t.Context(), w.who, w.team.ID, ticket.Contact, func(c *contacts.Card) error { c.Blocked = true; return nil })
	require.NoError(t, err)
	require.True(t, card.Blocked)
	w.comes(time.Hour)
	at := w.clock.Now().Add(time.Hour)
	_, err = w.desk.Say(t.Context(), w.who, w.team.ID, ticket.ID, "", inbox.Words{Text: "Second", SendAt: &at})
	require.Equal(t, []string{"contact: blocked"}, codes(t, err))
	_, err = w.desk.ChangeContact(t.Context(), w.who, w.team.ID, ticket.Contact, func(c *contacts.Card) error { c.Blocked = false; return nil })
	require.NoError(t, err)
	w.plans(ticket.ID, "Third")
	_, err = w.desk.ChangeContact(t.Context(), w.who, w.team.ID, ticket.Contact, func(c *contacts.Card) error { c.OptedOut = true; return nil })
	require.NoError(t, err)
	w.comes(time.Hour)
	require.Equal(t, []string{"1h0m0s refused blocked: First", "2h0m0s refused opted_out: Third"}, w.later(ticket.ID))
	var told int
	require.NoError(t, w.db.Get(&told, `select count(*) from notices where kind = 'delivery_failed' and staff_id = $1`, w.who.StaffID))
	require.Equal(t, 2, told)
}

func TestWhenSomethingCanGoOut(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	for at, want := range map[time.Time][]string{
		noon: {"send_at: send_past"}, noon.Add(-time.Hour): {"send_at: send_past"}, noon.AddDate(2, 0, 0): {"send_at: send_far"},
	} {
		_, err := w.desk.Say(t.Context(), w.who, w.team.ID, ticket.ID, "", inbox.Words{Text: "Hello", SendAt: &at})
		require.Equal(t, want, codes(t, err))
	}
	for range 20 {
		w.plans(ticket.ID, "Hello")
	}
	at := noon.Add(time.Hour)
	_, err := w.desk.Say(t.Context(), w.who, w.team.ID, ticket.ID, "", inbox.Words{Text: "Hello", SendAt: &at})
	require.Equal(t, []string{"send_at: planned_many"}, codes(t, err))
}
