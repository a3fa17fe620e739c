package console

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/web/i18n"
)

// namesIn are the parts of a manual by their ids, each with the phrases that it
// names in any order, and the ids in theirs.
func namesIn(t *testing.T, language string) (parts map[string][]string, order []string) {
	t.Helper()
	raw, err := helpFiles.ReadFile("help/" + language + ".md")
	require.NoError(t, err)
	text := string(raw)
	parts = map[string][]string{}
	starts := helpPart.FindAllStringSubmatchIndex(text, -1)
	for n, at := range starts {
		end := len(text)
		if n+1 < len(starts) {
			end = starts[n+1][0]
		}
		id := text[at[4]:at[5]]
		order = append(order, id)
		for _, name := range helpName.FindAllStringSubmatch(text[at[0]:end], -1) {
			parts[id] = append(parts[id], name[1])
		}
	}
	return parts, order
}

// TestTheHelpIsTheSameInEveryLanguage: the same parts in the same order, which name the
// same pages and buttons.
func TestTheHelpIsTheSameInEveryLanguage(t *testing.T) {
	t.Parallel()
	want, order := namesIn(t, "en")
	require.Greater(t, len(order), 15)
	for _, language := range i18n.Tags {
		parts, ids := namesIn(t, language)
		require.Equal(t, order, ids, language)
		for _, id := range order {
			require.ElementsMatch(t, want[id], parts[id], "%s: %s", language, id)
		}
	}
}

var emphasized = regexp.MustCompile(`\*+([^*\n]+?)[.:]?\*+`)

// TestTheHelpNamesPagesAsTheyNameThemselves: by phrases that are there and hold no
// value, and never by their words.
func TestTheHelpNamesPagesAsTheyNameThemselves(t *testing.T) {
	t.Parallel()
	c, err := New(Config{})
	require.NoError(t, err)
	for _, language := range i18n.Tags {
		words := c.words.Match(language, "")
		parts, _ := namesIn(t, language)
		for _, names := range parts {
			for _, name := range names {
				require.True(t, c.words.Has(name), "%s: %s", language, name)
				require.NotRegexp(t, `[*_{}\[\]<>]|no value`, words.T(name), "%s: %s", language, name)
			}
		}
	}
	said := map[string]string{} // the other languages name what English names
	for _, key := range c.words.Keys() {
		said[c.words.Match("en", "").T(key)] = key
	}
	raw, err := helpFiles.ReadFile("help/en.md")
	require.NoError(t, err)
	for _, found := range emphasized.FindAllStringSubmatch(string(raw), -1) {
		require.Empty(t, said[found[1]], "write %s as its phrase", found[0])
	}
}
