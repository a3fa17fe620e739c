package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
	"ringback/webhooks/api/apitest"
)

// forged is a text that the provider did not sign.
func (w *world) forged(from, to string) int {
	w.t.Helper()
	sid := newSID()
	status, _ := w.post(webhook{path: "/webhooks/twilio/messages", token: "another token", body: sms("MessageSid", sid, "From", from, "To", to)})
	again, _ := w.post(webhook{path: "/webhooks/twilio/messages", token: "another token", body: sms("MessageSid", sid, "From", from, "To", to)})
	require.Equal(w.t, status, again)
	return status
}

func (w *world) sender(client apitest.Client) map[string]any {
	w.t.Helper()
	return apitest.Items(client.Must(http.StatusOK, "GET", "/teams/"+w.team.ID+"/senders", nil))[0]
}

func TestObserving(t *testing.T) {
	w := newWorld(t)
	w.Clock.Stop(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC))
	client := apitest.Serve(t, w.Router, bootstrapKey)
	require.Equal(t, map[string]any{"last_webhook_at": nil, "signature_failures": 0.0, "signature_failed_at": nil, "failed_last_day": 0.0, "unheard": 0.0}, w.sender(client)["health"])
	require.Equal(t, http.StatusForbidden, w.forged("+13125550190", ours))
	health := w.sender(client)["health"].(map[string]any)
	require.Equal(t, 2.0, health["signature_failures"], "it is counted")
	require.Equal(t, "2026-06-01T15:00:00Z", health["signature_failed_at"])
	require.Nil(t, health["last_webhook_at"], "nobody has proven that the provider said anything")

	path := "/teams/" + w.team.ID + "/senders/" + w.sender(client)["id"].(string)
	client.Must(http.StatusOK, "PATCH", path, map[string]any{"observe": true})
	require.Equal(t, http.StatusOK, w.forged("+13125550191", ours))
	require.Equal(t, http.StatusForbidden, w.forged("+13125550192", "+13125550199"), "no sender of ours is observed by it")
	status, _ := w.post(webhook{path: "/webhooks/twilio/messages", token: "another token", body: sms("From", "+13125550193", "To", ours, "AccountSid", "AC00000000000000000000000000000099")})
	require.Equal(t, http.StatusForbidden, status, "it claims another account")
	w.settle()
	require.Len(t, w.sim.Inbox("+13125550191"), 1, "it is answered, once")
	require.Empty(t, w.sim.Inbox("+13125550190"))
	health = w.sender(client)["health"].(map[string]any)
	require.Equal(t, 4.0, health["signature_failures"])
	require.Equal(t, "2026-06-01T15:00:00Z", health["last_webhook_at"])

	client.Must(http.StatusOK, "PATCH", path, map[string]any{"observe": false})
	require.Equal(t, http.StatusForbidden, w.forged("+13125550194", ours), "at once")
}

func TestWhatASenderShows(t *testing.T) {
	w := called(t, whileOpen, answers)
	client := apitest.Serve(t, w.Router, bootstrapKey)
	w.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.WebChat, Address: "green"})
		return err
	})
	all := apitest.Items(client.Must(http.StatusOK, "GET", "/teams/"+w.team.ID+"/senders", nil))
	var pasted []string
	for _, one := range all {
		for _, paste := range one["paste"].([]any) {
			pasted = append(pasted, strings.Replace(paste.(map[string]any)["value"].(string), w.PublicURL(), "U", 1))
		}
	}
	require.Equal(t, []string{
		`<script src="U/chat/widget.js" data-key="green" async></script>`,
		"U/webhooks/twilio/voice", "U/webhooks/twilio/calls#rc=5&rp=all", "U/webhooks/twilio/messages#rc=5&rp=all",
	}, pasted)

	path := "/teams/" + w.team.ID + "/senders/" + all[2]["id"].(string)
	require.Contains(t, client.Refused(http.StatusUnprocessableEntity, "PATCH", path, map[string]any{"paused": true}), "paused")
	_, err := settings.PauseSender(t.Context(), w.DB, w.Company.ID, all[2]["id"].(string), "20003", w.Clock.Now())
	require.NoError(t, err)
	shown := client.Must(http.StatusOK, "PATCH", path, map[string]any{"own_keywords": false})
	require.Equal(t, "20003", shown["paused_for"])
	shown = client.Must(http.StatusOK, "PATCH", path, map[string]any{"paused": false})
	require.Nil(t, shown["paused_at"])
	w.text("+13125550196", "Anybody?")
	w.settle()
	_, err = w.DB.Exec(`update deliveries set state = 'undelivered'`)
	require.NoError(t, err)
	health := apitest.Items(client.Must(http.StatusOK, "GET", "/teams/"+w.team.ID+"/senders", nil))[2]["health"].(map[string]any)
	require.NotNil(t, health["last_webhook_at"])
	require.Equal(t, 1.0, health["failed_last_day"])
}

func TestStrays(t *testing.T) {
	w := newWorld(t)
	client := apitest.Serve(t, w.Router, bootstrapKey)
	answer, err := w.sim.Text(t.Context(), w.door(), "+13125550197", sampled, "Hello?")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status)
	found := apitest.Items(client.Must(http.StatusOK, "GET", "/strays", nil))
	require.Len(t, found, 1)
	for field, want := range map[string]any{"address": sampled, "from": "+13125550197", "account": accountSID, "kind": "message", "fault": ""} {
		require.Equal(t, want, found[0][field], field)
	}
	require.Equal(t, found, apitest.Items(client.Must(http.StatusOK, "GET", "/unrouted", nil)), "by the name it has now")

	// A number at Meta is an account of its own, which the environment's secret signs.
	_, err = w.DB.Exec(`update strays set account = '106540352242922'`)
	require.NoError(t, err)
	require.Len(t, apitest.Items(client.Must(http.StatusOK, "GET", "/unrouted", nil)), 1)
	other := uuid.NewString()
	_, err = w.DB.Exec(`insert into companies (id, name) values ($1, 'Other')`, other)
	require.NoError(t, err)
	_, err = w.DB.Exec(`insert into accounts (company_id, id, provider, account, secrets) values ($1, gen_random_uuid(), 'meta', '106540352242922', '')`, other)
	require.NoError(t, err)
	require.Empty(t, apitest.Items(client.Must(http.StatusOK, "GET", "/unrouted", nil)), "another company's")
}
