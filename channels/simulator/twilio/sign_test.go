package twilio_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twilio/twilio-go/client"
	"pgregory.net/rapid"

	"ringback/channels/simulator/twilio"
)

// The signatures are those that Twilio's own libraries are tested with.
func TestSignKnown(t *testing.T) {
	call := url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"},
		"From": {"+14158675309"}, "To": {"+18005551212"},
	}
	for _, c := range []struct {
		name, url, want string
		form            url.Values
	}{
		{"form", "https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", call},
		{"port", "https://mycompany.com:443/myapp.php?foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w=", call},
		{
			"values of one name are sorted, and repeated ones count once", "https://mycompany.com/myapp.php?foo=1&bar=2", "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
			url.Values{"Sid": {"CA123"}, "SidAccount": {"AC123"}, "Digits": {"5678", "1234", "1234"}},
		},
	} {
		require.Equal(t, c.want, twilio.Sign("12345", c.url, c.form), c.name)
	}
}

func TestTwilioGoAcceptsSignatures(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[0-9a-f]{32}`).Draw(t, "token")
		params := rapid.MapOf(rapid.StringMatching(`[A-Za-z0-9]{1,12}`), rapid.String()).Draw(t, "params")
		target := "https://gateway.example/webhooks?delivery=" + url.QueryEscape(rapid.String().Draw(t, "query"))
		form := url.Values{}
		for name, value := range params {
			form.Set(name, value)
		}
		signature := twilio.Sign(secret, target, form)
		validator := client.NewRequestValidator(secret)
		require.True(t, validator.Validate(target, params, signature))
		params["Extra"] = "1"
		require.False(t, validator.Validate(target, params, signature))
	})
}
