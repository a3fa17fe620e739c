package browser

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/cmd/demo"
)

// ask makes a request of the API with the demo's own key.
func ask(t *testing.T, d *demo.Demo, method, path string, body, into any) {
	t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), method, d.URL()+"/api/v1"+path, bytes.NewReader(raw))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+d.Access.Key)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Less(t, answer.StatusCode, 300, path)
	require.NoError(t, json.NewDecoder(answer.Body).Decode(into))
}

// What customers are asked for, on their pages.
func TestCustomerPages(t *testing.T) {
	t.Parallel()
	d := inbox(t)
	var at struct {
		Team   string `db:"team_id"`
		Ticket string `db:"id"`
	}
	require.Eventually(t, func() bool {
		return d.DB.Get(&at, `select team_id, id from tickets order by number limit 1`) == nil
	}, patience, 20*time.Millisecond)
	env := map[string]string{}
	for name, body := range map[string]map[string]any{
		"APPROVAL": {"kind": "approval", "message": "Replace the pump and both hoses?", "description": "New pump $310.00, hoses $42.50"},
		"PAYMENT":  {"kind": "payment", "amount": "352.50", "currency": "USD", "description": "Pump and hoses"},
		"PHOTO":    {"kind": "photo_video"},
		"RATING":   {"kind": "rating"},
		"RESOLVED": {"kind": "resolved"},
	} {
		var made struct{ URL string }
		ask(t, d, http.MethodPost, "/teams/"+at.Team+"/tickets/"+at.Ticket+"/requests", body, &made)
		env[name] = made.URL
	}
	Run(t, "customer_pages.mjs", env)
}
