package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestANumberIsTriedAgain: the page says when an earlier text did not arrive, and takes
// a check mark for another try.
func TestANumberIsTriedAgain(t *testing.T) {
	b := newBrowser(t)
	ticket := b.conversation()
	_, err := b.db.Exec(`update addresses set unreachable_at = '2026-03-03T12:00:00Z', unreachable_for = '30006'`)
	require.NoError(t, err)
	require.NotContains(t, b.get(ticket).text, "try_again")
	refused := b.post(ticket+"/messages", "text", "We come at eight", "key", "1")
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.text, `<input type="checkbox" name="try_again" value="yes">Send it anyway`)
	require.Contains(t, refused.text, "Nothing was sent. ")
	require.Contains(t, refused.text, "3 March")
	require.Contains(t, refused.text, "code 30006")
	require.Equal(t, "We come at eight", refused.box(t).Get("text"))
	b.post(ticket+"/messages", "text", "We come at eight", "key", "1", "try_again", "yes").leadsTo(t, ticket+"#compose")
}
