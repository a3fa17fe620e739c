package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestANewConversationSaysWhatItsTextCosts: as the box on a ticket does.
func TestANewConversationSaysWhatItsTextCosts(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	b.post(team+"/senders", "kind", "sms", "address", "+15005550006")
	require.Contains(t, b.get(team+"/conversations/new").text, `hx-post="`+team+`/conversations/draft"`)
	for _, c := range []struct{ channel, text, said, unsaid string }{
		{"sms", "Your mower is ready", "19 characters · 1 segment", ""},
		{"sms", "“Ready”", "As an SMS:", ""},
		{"whatsapp", "Your mower is ready", "19 characters", "segment"},
		{"sms", " ", "", "characters"},
	} {
		weighed := b.post(team+"/conversations/draft", "channel", c.channel, "text", c.text)
		require.Equal(t, http.StatusOK, weighed.status)
		require.Contains(t, weighed.text, c.said)
		if c.unsaid != "" {
			require.NotContains(t, weighed.text, c.unsaid)
		}
	}
}
