package contentline

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestLinesAreFolded: no line is longer than 75 bytes, none is cut inside a letter,
// and unfolded they are what was written.
func TestLinesAreFolded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab;,\\ńż🚜"))).Draw(t, "text")
		var l Lines
		l.Line("NOTE:" + Escape(text))
		written := l.String()
		require.True(t, strings.HasSuffix(written, "\r\n"))
		for line := range strings.SplitSeq(strings.TrimSuffix(written, "\r\n"), "\r\n") {
			require.LessOrEqual(t, len(line), 75)
			require.True(t, utf8.ValidString(line))
		}
		require.Equal(t, "NOTE:"+Escape(text)+"\r\n", strings.ReplaceAll(written, "\r\n ", ""))
	})
}

func TestEscape(t *testing.T) {
	require.Equal(t, `a\; b\, c\\d\ne\nf`, Escape("a; b, c\\d\r\ne\nf\r"))
}
