package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestALinkThatIsGoneSaysWhatToDo: an advisor is not told how to start a service, and
// who is signed in needs no link.
func TestALinkThatIsGoneSaysWhatToDo(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	for path, first := range map[string]bool{"/set-password/x": false, "/welcome/x": true} {
		shown := b.get(path)
		require.Equal(t, http.StatusNotFound, shown.status)
		require.Contains(t, shown.text, "You are signed in as Maria and need no link.", path)
		require.NotContains(t, shown.text, "start Ringback again", path)
		other := *b
		other.Client = anew(t)
		shown = other.get(path)
		require.Contains(t, shown.text, "sign in with it. If not, ask an admin for a new link.", path)
		require.Contains(t, shown.text, `href="/sign-in"`, path)
		if first {
			require.Contains(t, shown.text, "start Ringback again", path)
		} else {
			require.NotContains(t, shown.text, "start Ringback again", path)
		}
	}
}
