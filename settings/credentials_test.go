package settings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// A sender with its account goes one way, whatever door it comes by: what is
// wrong is named by its field, and nothing of it is stored.
func TestConnectingASender(t *testing.T) {
	t.Parallel()
	const sid, number = "AC00112233445566778899aabbccddeeff", "+15005550006"
	db := testdb.New(t)
	team := newTeam(t, db)
	key, err := settings.NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	vault := &settings.Vault{Key: key}
	connect := func(s settings.Sender, c *settings.Credentials) (settings.Sender, error) {
		_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) (err error) {
			s, err = e.ConnectSender(t.Context(), vault, s, c)
			return err
		})
		return s, err
	}
	for name, c := range map[string]struct {
		sender  settings.Sender
		account *settings.Credentials
		want    string
	}{
		"of no kind":              {settings.Sender{Kind: "fax", Address: number}, &settings.Credentials{AccountSID: "AC1"}, "kind not_one_of"},
		"an address of none":      {settings.Sender{Kind: channels.Voice, Address: "72345"}, nil, "address phone"},
		"half an account":         {settings.Sender{Kind: channels.SMS, Address: number}, &settings.Credentials{AccountSID: sid}, "account.auth_token empty"},
		"a secret that is no one": {settings.Sender{Kind: channels.SMS, Address: number}, &settings.Credentials{AccountSID: sid, AuthToken: strings.Repeat("x", 201)}, "account.auth_token too_long"},
		"a secret with a NUL":     {settings.Sender{Kind: channels.SMS, Address: number}, &settings.Credentials{AccountSID: sid, AuthToken: "x\x00"}, "account.auth_token unstorable"},
		"a chat with an account":  {settings.Sender{Kind: channels.WebChat, Address: "site"}, &settings.Credentials{AccountSID: sid, AuthToken: "x"}, "account account_unneeded"},
		"a number without Meta's": {settings.Sender{Kind: channels.WhatsAppCloud, Address: number}, nil, "account.phone_number_id phone_number_id"},
	} {
		_, err := connect(c.sender, c.account)
		var wrong settings.Invalid
		require.True(t, errors.As(err, &wrong), "%s: %v", name, err)
		require.Len(t, wrong, 1, name)
		require.Equal(t, c.want, wrong[0].Field+" "+wrong[0].Code, name)
	}
	stored, err := settings.ListSenders(t.Context(), db, team.CompanyID, team.ID, "", 10)
	require.NoError(t, err)
	require.Empty(t, stored)

	text, err := connect(settings.Sender{Kind: channels.SMS, Address: number}, &settings.Credentials{AccountSID: sid, AuthToken: "a-token-of-enough-4711"})
	require.NoError(t, err)
	whatsApp, err := connect(settings.Sender{Kind: channels.WhatsAppCloud, Address: "106540352242922"}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{sid, "106540352242922"}, []string{text.Account, whatsApp.Account}, "Meta's id stands for the account")
	shown, err := vault.Details(t.Context(), db, "https://texts.example.com", text)
	require.NoError(t, err)
	require.Len(t, shown, 1)
	require.Equal(t, &settings.Credentials{AccountSID: sid, AuthToken: "****4711"}, shown[0].Credentials)
	require.Equal(t, "https://texts.example.com/webhooks/twilio/messages#rc=5&rp=all", shown[0].Paste[0].Value)
	none, err := vault.Details(t.Context(), db, "")
	require.NoError(t, err)
	require.Empty(t, none)

	accounts := settings.Accounts{Vault: vault, DB: db}
	found, err := accounts.Find(t.Context(), channels.Voice, sid)
	require.NoError(t, err)
	require.Equal(t, []string{"a-token-of-enough-4711"}, found.Secrets)
	_, err = accounts.Find(t.Context(), channels.SMS, "AC1")
	require.ErrorIs(t, err, settings.ErrNoAccount)
	live, err := settings.NewDirectory(db, settings.NewCache(), vault).Signing(t.Context(), channels.SMS, "AC1")
	require.NoError(t, err)
	require.Empty(t, live, "no secret verifies nothing")
}

// TestTheServersSecretsAreShownToNobody, not even their last characters: they are the
// operator's, and sign for every company's numbers.
func TestTheServersSecretsAreShownToNobody(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	key, err := settings.NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	vault := &settings.Vault{Key: key, Environment: map[string]channels.Account{
		settings.Meta: {Secrets: []string{"the-server's-token-1111", "the-server's-app-2222", "the-app-before-3333"}},
	}}
	for account, want := range map[string]settings.Credentials{
		"106540352242922": {PhoneNumberID: "106540352242922"}, // of the server's own token
		"106540352242923": {PhoneNumberID: "106540352242923", AccessToken: "a-token-of-their-own-4711"},
	} {
		var s settings.Sender
		_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) (err error) {
			s, err = e.ConnectSender(t.Context(), vault, settings.Sender{Kind: channels.WhatsAppCloud, Address: account}, &want)
			return err
		})
		require.NoError(t, err)
		if want.AccessToken != "" {
			want.AccessToken = "****4711"
		}
		shown, err := vault.Credentials(t.Context(), db, s)
		require.NoError(t, err)
		require.Equal(t, &want, shown)
		history, err := settings.ListHistory(t.Context(), db, team.CompanyID, team.ID, "", 100)
		require.NoError(t, err)
		for _, line := range history {
			if line.After != nil {
				require.NotRegexp(t, "1111|2222|3333", string(*line.After))
			}
		}
	}
}
