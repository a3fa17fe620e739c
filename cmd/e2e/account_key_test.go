package e2e

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
)

// TestATeamsOwnKey: an account that a team stores is called with the key of its API,
// and with nothing else once that is revoked, while its token goes on verifying.
func TestATeamsOwnKey(t *testing.T) {
	t.Parallel()
	const (
		theirs, token = "AC0000000000000000000000000000000e", "a token of their own"
		key, secret   = "SK00112233445566778899aabbccddeeff", "the secret of their key"
	)
	w := opened(t, func(c *app.Config) { c.SecretKey = base64.StdEncoding.EncodeToString(make([]byte, 32)) })
	w.sim.Account(theirs, token)
	add := func(secret string) (int, map[string]any) {
		return w.api(http.MethodPost, "/teams/"+w.team.ID+"/senders", map[string]any{"kind": "sms", "address": sampled, "account": map[string]any{
			"account_sid": theirs, "auth_token": token, "api_key": key, "api_key_secret": secret,
		}})
	}
	status, refused := add(secret)
	require.Equal(t, http.StatusUnprocessableEntity, status, "Twilio does not know the key yet: %v", refused)
	w.sim.APIKey(theirs, key, secret)
	status, made := add(secret)
	require.Equal(t, http.StatusCreated, status, made)
	path := "/teams/" + w.team.ID + "/senders/" + made["id"].(string)

	writes := func(from string) {
		answer, err := w.sim.Text(t.Context(), w.door(), from, sampled, "Are you open?", twilio.ToAccount(theirs))
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.Status, "signed with the token")
		w.settle()
	}
	answers := func(to string) (sent []string) {
		for _, m := range w.sim.Inbox(to) {
			if m.To == to {
				sent = append(sent, m.Account)
			}
		}
		return sent
	}
	writes("+13125550191")
	require.Equal(t, []string{theirs}, answers("+13125550191"))
	w.sim.APIKey(theirs, key, "")
	writes("+13125550192")
	require.Empty(t, answers("+13125550192"), "the token does not take its place")
	_, shown := w.api(http.MethodPatch, path, map[string]any{"own_keywords": false})
	require.Equal(t, "20003", shown["paused_for"])

	status, shown = w.api(http.MethodPatch, path, map[string]any{"account": map[string]any{"account_sid": theirs, "auth_token": token, "api_key": ""}})
	require.Equal(t, http.StatusOK, status, shown)
	require.Nil(t, shown["paused_for"])
	writes("+13125550193")
	require.Equal(t, []string{theirs}, answers("+13125550193"), "by the token")
}
