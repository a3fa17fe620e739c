package doctor

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const untouched = "https://demo.twilio.com/welcome/sms/reply"

// TestNothingIsLedAstray: a number is not led to where nobody takes what Twilio brings,
// whatever led it so far.
func TestNothingIsLedAstray(t *testing.T) {
	for what, c := range map[string]struct {
		change func(*clinic)
		says   string
	}{
		"nobody there":       {func(k *clinic) { k.PublicURL = "http://127.0.0.1:1" }, "WRONG  http://127.0.0.1:1 does not lead here"},
		"another Ringback":   {func(k *clinic) { k.signs = "another one's" }, "WRONG  A request signed as Twilio signs it is refused\n         is     HTTP status 403"},
		"another PUBLIC_URL": {func(k *clinic) { k.gateway = "https://texts.example.com" }, "needs  here and at the server the same PUBLIC_URL and the same auth token"},
	} {
		t.Run(what, func(t *testing.T) {
			k := newClinic(t)
			c.change(k)
			said, err := k.look(true)
			require.ErrorAs(t, err, new(Differs), said)
			require.Contains(t, said, c.says)
			require.NotContains(t, said, "fixed")
			require.Contains(t, said, "WRONG  A message comes in\n")
			require.Contains(t, said, "Nothing was set at Twilio: what it would bring there does not arrive. Put that right first.")
			require.NotContains(t, said, token)
			require.Equal(t, untouched, k.sim.Number(service)["sms_url"])
			require.Nil(t, k.sim.ServiceSetting(k.pool, "inbound_request_url"))
		})
	}
}

// TestASignedRequestIsLetIn: it is said of each account.
func TestASignedRequestIsLetIn(t *testing.T) {
	said, _ := newClinic(t).look(false)
	require.Contains(t, said, "ok     A request signed as Twilio signs it is let in")
}
