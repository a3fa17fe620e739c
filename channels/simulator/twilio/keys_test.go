package twilio_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	provider "ringback/channels/twilio"
)

// TestAKeyOfTheAPI: a key sends, finds and proves itself for its own account, and is
// shown no account's own page, which is the token's; revoked, it does nothing any more.
func TestAKeyOfTheAPI(t *testing.T) {
	const sid, secret = "SK00112233445566778899aabbccddeeff", "the key's secret"
	s, base := start(t, twilio.Config{})
	s.APIKey(account, sid, secret)
	s.Account("ACother", "other")
	at, err := url.Parse(base)
	require.NoError(t, err)
	channel := provider.New(provider.Config{BaseURL: at})
	keyed := channels.Account{ID: account, Secrets: []string{"a token that was replaced"}, Key: channels.APIKey{SID: sid, Secret: secret}}
	text := channels.Outgoing{Delivery: "1", Kind: channels.SMS, From: "+15005550006", To: "+14155550123", Text: "Hi"}

	sent, err := channel.Send(t.Context(), keyed, text)
	require.NoError(t, err)
	found, there, err := channel.Find(t.Context(), keyed, text, noon.Add(-time.Minute))
	require.NoError(t, err)
	require.True(t, there)
	require.Equal(t, sent.ProviderID, found.ProviderID)
	require.NoError(t, channel.CheckAccount(t.Context(), keyed))

	for name, account := range map[string]channels.Account{
		"the token alone":      {ID: account, Secrets: keyed.Secrets},
		"another secret":       {ID: account, Secrets: []string{token}, Key: channels.APIKey{SID: sid, Secret: "another"}},
		"another's account":    {ID: "ACother", Secrets: []string{"other"}, Key: keyed.Key},
		"a key that is no key": {ID: account, Secrets: []string{token}, Key: channels.APIKey{SID: "SK0", Secret: secret}},
	} {
		require.Error(t, channel.CheckAccount(t.Context(), account), name)
	}
	status, _, _ := call(t, "GET", base+"/2010-04-01/Accounts/"+account+".json", nil)
	require.Equal(t, 200, status, "the token sees the account itself")
	s.APIKey(account, sid, "")
	require.Error(t, channel.CheckAccount(t.Context(), keyed))
}
