package twilio

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
)

func TestParseForm(t *testing.T) {
	form, err := parseForm([]byte("a=1;b&&A=x+y%20z&a=%2B&empty=&bare&=noname&e=é%C3%A9&z=%00%ff"))
	require.NoError(t, err)
	require.Equal(t, url.Values{
		"a": {"1;b", "+"}, "A": {"x y z"}, "empty": {""}, "bare": {""}, "": {"noname"}, "e": {"éé"}, "z": {"\x00\xff"},
	}, form)
}

func TestParseFormRefuses(t *testing.T) {
	for body, field := range map[string]string{
		"X=%ZZ":                              "X",
		"X=1&Y=%4":                           "Y",
		"%zz=1":                              "",
		strings.Repeat("a=1&", 1001):         "",
		strings.Repeat("n", 257):             "",
		"V=" + strings.Repeat("v", 64<<10+1): "V",
	} {
		_, err := parseForm([]byte(body))
		var malformed *channels.Malformed
		require.ErrorAs(t, err, &malformed, "%.40s", body)
		require.Equal(t, field, malformed.Field)
	}
	_, err := parseForm([]byte(strings.Repeat("a=1&", 1000)))
	require.NoError(t, err)
}

// TestParseFormReadsAnyForm: whatever Go writes as a form is read back.
func TestParseFormReadsAnyForm(t *testing.T) {
	values := rapid.MapOf(rapid.StringN(1, 20, 200), rapid.SliceOfN(rapid.String(), 1, 3))
	rapid.Check(t, func(t *rapid.T) {
		want := url.Values(values.Draw(t, "form"))
		got, err := parseForm([]byte(want.Encode()))
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestClean(t *testing.T) {
	require.Equal(t, "ab", clean("a\x00b", 10))
	require.Equal(t, "👋👋", clean("👋👋👋", 2))
	require.Equal(t, "👋👋👋", clean("👋👋👋", 3))
	require.Equal(t, "\uFFFD\uFFFDabc", clean("\xff\xfe\x00abc", 10))
	require.Equal(t, "Eve X-Injected: 1<b>", plain("Eve\r\nX-Injected:\t1<b>\u202e\x00", 99))
	require.Equal(t, "❤️ 👩‍🌾", plain("❤️  👩‍🌾 ", 99))
}
