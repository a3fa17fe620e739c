package notifications

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestALetterHoldsNoMarkupOfOthers, wherever their words stand.
func TestALetterHoldsNoMarkupOfOthers(t *testing.T) {
	t.Parallel()
	const evil = `"><script>alert('1')</script>&`
	w := written{
		Language: "en", Subject: evil, Open: evil, Choose: "https://example.com/notices?a=1&b=2", ChooseWords: evil,
		Items: []item{{Title: evil, Where: evil, Text: evil, URL: "https://example.com/teams/1"}, {Title: "Missed call 100%d", Where: "Ann"}},
	}
	plain, html := w.letter()
	require.Contains(t, plain, evil, "plain is plain")
	require.NotContains(t, html, "<script")
	require.Contains(t, html, `<p style="margin:0;font-weight:600">&#34;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>`)
	require.Contains(t, html, `<a href="https://example.com/notices?a=1&amp;b=2">`)
	require.Contains(t, html, "Missed call 100%d", "a word is no form")
}
