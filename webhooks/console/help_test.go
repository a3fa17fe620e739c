package console

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheHelpTellsOfSigningIn by the words that stand on the pages, in each language
// that there is help in.
func TestTheHelpTellsOfSigningIn(t *testing.T) {
	t.Parallel()
	c, err := New(Config{})
	require.NoError(t, err)
	for language, text := range Manuals {
		words := c.words.Match(language, "")
		for _, key := range []string{
			"sign_in.password", "passkey.title", "passkey.add", "factor.title", "factor.start", "factor.renew", "account.title", "account.sessions", "account.everywhere", "forgot.title",
		} {
			require.Contains(t, text, words.T(key), "%s: %s", language, key)
		}
	}
}
