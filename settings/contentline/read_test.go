package contentline

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestWhatIsWrittenIsRead: folded and escaped by the one, a text is itself again
// by the other.
func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab ;:,\\\"\nńż🚜"))).Draw(t, "text")
		var l Lines
		l.Line("NOTE:" + Escape(text) + "|")
		read := slices.Collect(Read(l.String()))
		require.Len(t, read, 1)
		require.Equal(t, text+"|", Unescape(read[0].Value))
	})
}

func TestLinesThatAreRead(t *testing.T) {
	read := slices.Collect(Read("\ufeffBEGIN:VCALENDAR\r\n\r\nno line\n:\n;A=b:c\nX;A=b\nX;A=\"b:c;d\";tzid=Europe/War\r\n saw:20261224\nY;A=\"b:c\nend:vcalendar"))
	require.Equal(t, []Property{
		{"BEGIN", map[string]string{}, "VCALENDAR"},
		{"X", map[string]string{"A": "b:c;d", "TZID": "Europe/Warsaw"}, "20261224"},
		{"END", map[string]string{}, "vcalendar"},
	}, read)
}

func FuzzRead(f *testing.F) {
	f.Add("X;A=b")
	f.Add(strings.Repeat("X;", 1000) + ":")
	f.Fuzz(func(t *testing.T, text string) {
		for p := range Read(text) {
			require.NotEmpty(t, p.Name)
		}
	})
}
