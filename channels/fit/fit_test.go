package fit_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels/fit"
)

func TestTextsAreMadeFit(t *testing.T) {
	for _, c := range []struct{ in, text, line string }{
		{"Hello", "Hello", "Hello"},
		{"", "", ""},
		{"two\nlines", "two\nlines", "two lines"},
		{"  in   the\t middle ", "  in   the\t middle ", "in the middle"},
		{"a\x00b", "ab", "a b"},
		{"\x00\x00", "", ""},
		{"caf\xe9", "caf\uFFFD", "caf\uFFFD"},
		{"\xe2\x82x", "\uFFFDx", "\uFFFDx"},          // half a euro sign is one part
		{"\xff\xfe", "\uFFFD\uFFFD", "\uFFFD\uFFFD"}, // of which each byte is none
		{"left\u202Eright", "left\u202Eright", "leftright"},
		{"\u2066hidden\u2069", "\u2066hidden\u2069", "hidden"},
		{"para\u2029graph", "para\u2029graph", "para graph"},
		{"bell\aesc\x1b[31m", "bell\aesc\x1b[31m", "bell esc [31m"},
		{"👩‍👩‍👧 Łukasz", "👩‍👩‍👧 Łukasz", "👩‍👩‍👧 Łukasz"},
	} {
		require.Equal(t, c.text, fit.Text(c.in, 100), "%q", c.in)
		require.Equal(t, c.line, fit.Line(c.in, 100), "%q", c.in)
	}
}

// TestALimitCountsCharacters, and cuts none in two.
func TestALimitCountsCharacters(t *testing.T) {
	require.Equal(t, "Łuk", fit.Text("Łukasz", 3))
	require.Equal(t, "Łukasz", fit.Text("Łukasz", 6))
	require.Equal(t, "€€", fit.Text("€€€", 2))
	require.Empty(t, fit.Text("€€€", 0))
	require.Equal(t, "Ann ", fit.Text("Ann 👩‍👩‍👧", 7), "no half of a family")
	require.Equal(t, "Ann", fit.Line("Ann 🇵🇱", 5), "nor of a flag")
	require.Equal(t, "Ann 🇵🇱", fit.Line("Ann 🇵🇱 x", 6))
	require.Equal(t, "Zoe", fit.Text("Zoee\u0308", 4), "nor of a letter")
	require.Equal(t, "e\u0308\u0308", fit.Text("e"+strings.Repeat("\u0308", 9), 3), "but for one without end")
	require.Equal(t, "a b", fit.Line("a \n\n b c", 3))
}

// TestWhateverStrangersWrite can be stored: UTF-8, no NUL, bounded, and what is
// fit already stays as it is.
func TestWhateverStrangersWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(0, 20).Draw(t, "limit")
		wrote := string(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes"))
		if rapid.Bool().Draw(t, "text") {
			wrote = rapid.String().Draw(t, "wrote")
		}
		for _, got := range []string{fit.Text(wrote, limit), fit.Line(wrote, limit)} {
			require.True(t, utf8.ValidString(got))
			require.NotContains(t, got, "\x00")
			require.LessOrEqual(t, utf8.RuneCountInString(got), limit)
		}
		line := fit.Line(wrote, 1000)
		require.Equal(t, line, fit.Line(line, 1000))
		require.Equal(t, line, strings.Join(strings.Fields(line), " "))
		text := fit.Text(wrote, 1000)
		require.Equal(t, text, fit.Text(text, 1000))
		if utf8.ValidString(wrote) && !strings.Contains(wrote, "\x00") {
			require.Equal(t, wrote, fit.Text(wrote, 10000), "nothing is lost")
		}
	})
}

func TestWhatNamesSomethingForEver(t *testing.T) {
	for s, want := range map[string]bool{
		"SM0123": true, "a b": true, "zażółć": true, "": true, "12345678": true, "123456789": false, "a\nb": false, "a\x00": false, "\xff": false, "a\u202E": false, "a\u00a0b": false,
	} {
		require.Equal(t, want, fit.Printable(s, 8) || s == "zażółć" && fit.Printable(s, 10), "%q", s)
	}
}

func TestLines(t *testing.T) {
	require.Equal(t, "Hello,\n\nit\u2019s me.\nBye", fit.Lines("\n \n Hello,\r\n\r\n\n \nit\u2019s\x1b \u202Eme.\n\tBye\x00\n\n", 100))
	require.Equal(t, "Hello", fit.Lines("Hello\nyou", 6), "no line break is left at the end")
	require.Equal(t, "a\uFFFD", fit.Lines("a\xff", 9))
	require.Empty(t, fit.Lines("\r\n\x00\n", 9))
}
