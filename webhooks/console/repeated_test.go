package console_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestASecretIsNotWrittenBack: a page that repeats a form asks for its secrets again.
// Who showed on the way who they are is not asked for that once more.
func TestASecretIsNotWrittenBack(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.longAgo()
	sure := b.ask("POST", "/account/second-factor/remove", url.Values{"proof_password": {password}, "sure": {"no"}, "code": {"735311"}, "page": {"2"}})
	require.Contains(t, sure.text, "Remove this second factor")
	require.NotContains(t, sure.text, password)
	require.NotContains(t, sure.text, "735311")
	require.NotContains(t, sure.text, `name="proof_password"`)
	require.Contains(t, sure.text, `name="page" value="2"`)
	require.Contains(t, sure.text, `name="code" autocomplete="one-time-code"`)
	b.longAgo()
	proof := b.ask("POST", "/account/second-factor/confirm", url.Values{"code": {"735311"}})
	require.Contains(t, proof.text, "Confirm that it is you")
	require.NotContains(t, proof.text, "735311")
	require.Contains(t, proof.text, `name="code" autocomplete="one-time-code"`)
}
