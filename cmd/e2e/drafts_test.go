package e2e

import (
	"encoding/json"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/model"
	"ringback/cmd/app"
	"ringback/gateway/requests"
	"ringback/settings"
	"ringback/settings/staff"
)

// TestNoSecretLinkIsAskedWith: by what the server is told nobody can answer for the customer.
func TestNoSecretLinkIsAskedWith(t *testing.T) {
	t.Parallel()
	server := model.New("sk-key")
	a := newAsker(t, channels.SMS, func(c *app.Config) {
		c.DraftsURL, c.DraftsKey, c.DraftsModel = plays(t, server), "sk-key", "small"
	})
	page, id := a.ask("approval", "message", "A new pump?")
	a.writes("what is " + page + " please")
	a.tick()
	server.Says("Here it is again: " + page + " Thank you.")
	text, err := a.Desk.Suggest(t.Context(), staff.Principal{CompanyID: a.Company.ID}, a.team.ID, path.Base(a.ticket), "")
	require.NoError(t, err)
	require.Equal(t, "Here it is again: [...] Thank you.", text)
	asked := server.Asked()
	require.Len(t, asked, 1)
	raw, err := json.Marshal(asked)
	require.NoError(t, err)
	require.NotContains(t, string(raw), page[strings.LastIndex(page, "/")+1:])
	require.Contains(t, string(raw), requests.Placeholder("", id))
	require.Contains(t, string(raw), "what is ")
	require.NotContains(t, string(raw), "+13125550142")
}

// TestNobodyIsAskedForAnswersByDefault: there is no address to ask.
func TestNobodyIsAskedForAnswersByDefault(t *testing.T) {
	t.Parallel()
	a := newAsker(t, channels.SMS)
	_, err := a.Desk.Suggest(t.Context(), staff.Principal{CompanyID: a.Company.ID}, a.team.ID, path.Base(a.ticket), "")
	require.ErrorIs(t, err, settings.ErrNotFound)
}
