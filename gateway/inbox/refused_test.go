package inbox_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
	"ringback/settings"
)

// tries is the reason of what would come of an event of the customer's.
func (w world) tries(e inbox.TrialEvent) string {
	w.Helper()
	who := customer
	tried, err := w.desk.Try(w.Context(), w.who, w.team.ID, inbox.Trial{Event: e, Contact: &who})
	require.NoError(w, err)
	return tried.Decision.Reason
}

// A number that is called is not the number that texts: what a provider says of
// the second (21610) holds for texts after calls to the first.
func TestWhoStoppedTheTextsAfterACall(t *testing.T) {
	w := newWorld(t)
	_, err := settings.EditTeam(t.Context(), w.db, w.team.CompanyID, w.team.ID, "test", func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.Voice, Address: "+13125550177"})
		return err
	})
	require.NoError(t, err)
	missed := inbox.TrialEvent{Kind: "call", Outcome: "missed"}
	ticket := w.ticket()
	require.Equal(t, "sent", w.tries(missed))
	require.NoError(t, contacts.Consent{
		CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: ticket.Contact, SenderID: w.sender.ID, OptedOut: true, Source: "provider", Words: "21610", At: noon,
	}.Record(t.Context(), w.db))
	require.Equal(t, "opted_out", w.tries(missed))
}

// A number that takes no texts may well be on WhatsApp.
func TestALandlineIsOnWhatsApp(t *testing.T) {
	w := newWorld(t)
	_, err := settings.EditTeam(t.Context(), w.db, w.team.CompanyID, w.team.ID, "test", func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.WhatsAppTwilio, Address: ours})
		return err
	})
	require.NoError(t, err)
	w.ticket()
	_, err = w.db.Exec(`update tickets set status = 'closed', closed_at = opened_at - interval '2 days'`)
	require.NoError(t, err)
	require.NoError(t, contacts.Unreachable(t.Context(), w.db, w.team.CompanyID, "phone", customer, "30006", noon))
	require.Equal(t, "unreachable", w.tries(inbox.TrialEvent{Kind: "message", Text: "hi"}))
	require.Equal(t, "sent", w.tries(inbox.TrialEvent{Kind: "message", Text: "hi", Channel: "whatsapp"}))
}
