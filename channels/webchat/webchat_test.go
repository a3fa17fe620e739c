package webchat_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/webchat"
)

// TestSendingIsWaking: the visitor's browsers read what is new from the
// database; a repeat after a lost answer finds that nothing can be lost, so no
// text is sent twice.
func TestSendingIsWaking(t *testing.T) {
	var woken []string
	var c channels.Channel = webchat.Channel{Wake: func(visitor string) { woken = append(woken, visitor) }}
	require.Equal(t, []channels.Kind{channels.WebChat}, c.Kinds())
	require.Empty(t, c.Hooks(), "the widget's doors are no provider's")
	out := channels.Outgoing{Delivery: "d1", To: "v_1", Text: "Hello"}
	sent, err := c.Send(t.Context(), channels.Account{}, out)
	require.NoError(t, err)
	require.Equal(t, channels.Receipt{ProviderID: "d1", State: channels.Sent}, sent)
	finder, asks := c.(channels.Finder)
	require.True(t, asks)
	found, there, err := finder.Find(t.Context(), channels.Account{}, out, time.Time{})
	require.NoError(t, err)
	require.True(t, there)
	require.Equal(t, sent, found)
	require.Equal(t, []string{"v_1", "v_1"}, woken)
}
