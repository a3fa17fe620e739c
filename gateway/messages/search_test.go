package messages_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/messages"
)

func TestAround(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Früher war alles gut. ", 10) + "Der Kessel\n tropft. " + strings.Repeat("Und so weiter. ", 20)
	part := messages.Around(text, "kessel x", 40)
	require.Contains(t, part, "Kessel tropft.")
	require.True(t, strings.HasPrefix(part, "…") && strings.HasSuffix(part, "…"), part)
	require.Len(t, []rune(part), 42)
	require.Equal(t, "a b", messages.Around(" a\n b ", "b", 40))
	require.Equal(t, "Früher…", messages.Around(text, "nobody", 6))
}
