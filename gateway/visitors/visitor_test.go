package visitors_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/visitors"
	"ringback/migrations/testdb"
	"ringback/settings"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// TestWhoeverHasTheToken is the visitor of that chat alone, and for as long as it holds; a
// site's word lets somebody in once.
func TestWhoeverHasTheToken(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	company, err := settings.EnsureCompany(t.Context(), db, "GVE")
	require.NoError(t, err)
	chat := settings.Sender{CompanyID: company.ID, TeamID: uuid.NewString(), ID: uuid.NewString(), Kind: channels.WebChat, Address: "site"}
	other := chat
	other.ID = uuid.NewString()
	id, token, err := visitors.Create(t.Context(), db, chat)
	require.NoError(t, err)

	found, err := visitors.Find(t.Context(), db, chat, token)
	require.NoError(t, err)
	require.Equal(t, visitors.Visitor{ID: id}, found)
	for name, asks := range map[string]struct {
		chat  settings.Sender
		token string
	}{"of another chat": {other, token}, "with none": {chat, ""}, "with another's": {chat, token + "x"}} {
		_, err := visitors.Find(t.Context(), db, asks.chat, asks.token)
		require.ErrorIs(t, err, settings.ErrNotFound, name)
	}

	who := visitors.Identity{Subject: "customer-7", Name: "Joe", Nonce: "one-of-a-kind", Ends: noon.Add(time.Minute)}
	known, second, err := visitors.Recognize(t.Context(), db, chat, who, token, noon)
	require.NoError(t, err)
	_, _, err = visitors.Recognize(t.Context(), db, chat, who, "", noon)
	require.ErrorIs(t, err, visitors.ErrUsed)
	found, err = visitors.Find(t.Context(), db, chat, second)
	require.NoError(t, err)
	require.Equal(t, []string{known, "customer-7"}, []string{found.ID, found.User})
	require.NotEmpty(t, found.Contact)

	db.MustExec(`update visitor_tokens set ends_at = now() - interval '1 second'`)
	_, err = visitors.Find(t.Context(), db, chat, second)
	require.ErrorIs(t, err, settings.ErrNotFound)
}
