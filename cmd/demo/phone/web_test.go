package phone

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway"
	"ringback/settings"
)

// TestTheWebsiteOnThePhone: it stands in a frame, which the policy lets no other site
// into, and what its visitors write has its story.
func TestTheWebsiteOnThePhone(t *testing.T) {
	w := newWorld(t, "")
	_, page, _ := w.get("/phone?" + w.form("app", "web").Encode())
	require.Contains(t, page, "This team has no chat on a website.")
	require.NotContains(t, page, "<iframe")
	var chat settings.Sender
	_, err := settings.EditTeam(t.Context(), w.db, w.sender.CompanyID, w.sender.TeamID, "test", func(e *settings.Edit) error {
		var err error
		chat, err = e.AddSender(t.Context(), settings.Sender{
			Kind: channels.WebChat, Address: "green-valley-site", Settings: settings.SenderSettings{Origins: []string{"http://site.example"}},
		})
		return err
	})
	require.NoError(t, err)
	_, page, header := w.get("/phone?" + w.form("app", "web").Encode())
	require.Contains(t, page, `<iframe class="site" data-key="site" src="http://site.example/at" title="`)
	require.Contains(t, header.Get("Content-Security-Policy"), "; frame-src http://site.example")
	require.Contains(t, header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
	require.Contains(t, page, "There is no provider in between")

	next := w.states("app", "web")
	next(says("Nothing has happened"))
	said, err := json.Marshal(channels.Event{
		Kind: channels.MessageReceived, SenderAddress: chat.Address, CustomerAddress: "v_001122", Message: &channels.Message{Text: "Do you fix <b>mowers</b>?"},
	})
	require.NoError(t, err)
	_, err = w.db.Exec(`insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload) values ($1, $2, $3, $4, 'message', 'v_001122/1', $5, $5, $6)`,
		w.sender.CompanyID, uuid.NewString(), w.sender.TeamID, chat.ID, w.clock.Now(), string(said))
	require.NoError(t, err)
	w.tell(gateway.Change{})
	next(says("A visitor", "Do you fix &lt;b&gt;mowers", "The message came in: written down, acknowledged", `data-key="decision"`))
	status, page, _ := w.get("/phone?" + w.form().Encode())
	require.Equal(t, http.StatusOK, status)
	require.NotContains(t, page, "mowers", "texts are another conversation")
}
