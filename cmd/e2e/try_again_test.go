package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
)

// TestANumberIsTriedAgainByHand: what a text did not reach once may be reached by now,
// and one of the staff can find out. What is automatic still passes it by.
func TestANumberIsTriedAgainByHand(t *testing.T) {
	t.Parallel()
	const landline, person = "+15005553006", "+13125550142"
	for number, arrives := range map[string]bool{landline: false, person: true} {
		w := newWorld(t)
		w.text(number, "my pump leaks")
		w.settle()
		_, err := w.DB.Exec(`update addresses set unreachable_at = $2, unreachable_for = '30006' where address = $1`, number, w.Clock.Now())
		require.NoError(t, err)
		w.text(number, "anybody?")
		w.settle()
		marked := func() (n int) {
			require.NoError(t, w.DB.Get(&n, `select count(*) from addresses where unreachable_at is not null`))
			return n
		}
		write := func(body map[string]any) (int, map[string]any) {
			status, answer := w.api("POST", w.ticketOf(number)+"/messages", body)
			w.settle()
			return status, answer
		}
		sent := len(w.sim.Inbox(number))
		status, answer := write(map[string]any{"text": "We are on our way"})
		require.Equal(t, http.StatusConflict, status)
		require.Equal(t, "unreachable", answer["type"])
		told := answer["errors"].([]any)[0].(map[string]any)["params"].(map[string]any)
		require.Equal(t, "30006", told["Code"])
		require.NotEmpty(t, told["Since"])
		require.Len(t, w.sim.Inbox(number), sent)

		status, answer = write(map[string]any{"text": "We are on our way", "try_again": true})
		require.Equal(t, http.StatusCreated, status, answer)
		if !arrives {
			require.Equal(t, 1, marked(), "it did not arrive this time either")
			continue
		}
		require.Len(t, w.sim.Inbox(number), sent+1)
		require.Zero(t, marked(), "it has arrived")
		status, answer = write(map[string]any{"text": "At eight"})
		require.Equal(t, http.StatusCreated, status, answer)
	}
}

// TestAConversationIsTriedAgain with somebody whom a text did not reach.
func TestAConversationIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.text("+13125550142", "my pump leaks")
	w.settle()
	_, err := w.DB.Exec(`update addresses set unreachable_at = $1, unreachable_for = '21614'`, w.Clock.Now())
	require.NoError(t, err)
	talk := map[string]any{"to": "+13125550142", "text": "We are on our way"}
	status, answer := w.api("POST", "/teams/"+w.team.ID+"/conversations", talk)
	require.Equal(t, http.StatusConflict, status, answer)
	talk["try_again"] = true
	status, answer = w.api("POST", "/teams/"+w.team.ID+"/conversations", talk)
	require.Equal(t, http.StatusCreated, status, answer)
	w.settle()
	var left int
	require.NoError(t, w.DB.Get(&left, `select count(*) from addresses where unreachable_at is not null`))
	require.Zero(t, left)
}

// TestWhoBlockedUsAndWritesAgain on WhatsApp is answered: what the provider told of the
// block is over. What they said themselves stands.
func TestWhoBlockedUsAndWritesAgain(t *testing.T) {
	t.Parallel()
	const person = "+13125550142"
	for said, answered := range map[string]bool{"": true, "STOP": false} {
		w := newWorld(t)
		var sender settings.Sender
		w.edit(func(e *settings.Edit) (err error) {
			sender, err = e.AddSender(t.Context(), settings.Sender{Kind: channels.WhatsAppTwilio, Address: oursOnWhatsApp})
			return err
		})
		hears := func(text string) {
			_, err := w.sim.Text(t.Context(), w.door(), "whatsapp:"+person, "whatsapp:"+oursOnWhatsApp, text)
			require.NoError(t, err)
			w.settle()
		}
		hears("my pump leaks")
		if said != "" {
			hears(said)
		}
		var contact string
		require.NoError(t, w.DB.Get(&contact, `select contact_id from tickets`))
		require.NoError(t, contacts.Consent{
			CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: contact, SenderID: sender.ID, OptedOut: true, Source: "provider", Words: "63014", At: w.Clock.Now(),
		}.Record(t.Context(), w.DB))
		write := func() int {
			status, _ := w.api("POST", w.ticketOf(person)+"/messages", map[string]any{"text": "We are on our way"})
			w.settle()
			return status
		}
		require.Equal(t, http.StatusConflict, write())
		hears("are you coming?")
		if !answered {
			require.Equal(t, http.StatusConflict, write())
			continue
		}
		require.Equal(t, http.StatusCreated, write())
		var lifted []string
		require.NoError(t, w.DB.Select(&lifted, `select source || ': ' || words from consents where not opted_out`))
		require.Equal(t, []string{"unblocked: are you coming?"}, lifted)
	}
}
