package inbox_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/inbox"
)

// TestANumberIsFoundAsItIsWritten: an empty list says that there is nothing, and not
// that the number has another form.
func TestANumberIsFoundAsItIsWritten(t *testing.T) {
	w := newWorld(t)
	ann := w.opened("+12025550101", "Ann", "message", 0, "anybody?")
	w.opened("+12025550102", "Bob", "message", 1, "hello")
	for _, typed := range []string{"+12025550101", "(202) 555-0101", "202-555-0101", "1 202 555 0101", "+1 202 555 0101"} {
		require.Equal(t, []string{ann}, w.listed(w.who, inbox.TicketFilter{Address: typed}), typed)
	}
	require.Empty(t, w.listed(w.who, inbox.TicketFilter{Address: "(202) 555-0199"}), "nobody has it")
	require.Empty(t, w.listed(w.who, inbox.TicketFilter{Address: "v_0123"}), "no phone number")
	for _, wrong := range []string{"+1 202 555", "202 555 01011 2345 678"} {
		_, err := w.desk.Tickets(t.Context(), w.who, w.team.ID, inbox.TicketFilter{Address: wrong}, inbox.Place{}, 2)
		require.Equal(t, []string{"contact: phone"}, codes(t, err), wrong)
		_, err = w.desk.Decisions(t.Context(), w.who, w.team.ID, inbox.DecisionFilter{Address: wrong}, "", 2)
		require.Equal(t, []string{"contact: phone"}, codes(t, err), wrong)
		_, err = w.desk.Deliveries(t.Context(), w.who, inbox.DeliveryFilter{Address: wrong}, "", 2)
		require.Equal(t, []string{"contact: phone"}, codes(t, err), wrong)
	}
	_, err := w.desk.Deliveries(t.Context(), w.who, inbox.DeliveryFilter{Address: "(202) 555-0101"}, "", 2)
	require.Equal(t, []string{"contact: phone"}, codes(t, err), "of which country nobody knows without a team")
}
