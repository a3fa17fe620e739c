package text_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/text"
)

func TestBlank(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", " \n\t", "\u00a0", "\u200b", "\u200d\ufeff \u00ad", "\u2060"} {
		require.True(t, text.Blank(s), "%q", s)
	}
	for _, s := range []string{".", "👍", "日", "\u200ba", "❤️", "0"} {
		require.False(t, text.Blank(s), "%q", s)
	}
}
