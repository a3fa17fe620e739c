package pages_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/text"
)

// TestThePageAndTheTextCallARatingTheSame: who reads "5, ottimo" on the page and answers
// the text with "ottimo" is understood, and the text calls the ends of the scale so as well.
func TestThePageAndTheTextCallARatingTheSame(t *testing.T) {
	raw, err := os.ReadFile("phrases/pages.json")
	require.NoError(t, err)
	var phrases map[string]map[string]string
	require.NoError(t, json.Unmarshal(raw, &phrases))
	for _, language := range text.Languages() {
		for score, key := range map[int]string{1: "rating.1", 5: "rating.5"} {
			_, word, found := strings.Cut(phrases[key][language], ", ")
			require.True(t, found, "%s %s", language, key)
			read, ok := text.Rating(word)
			require.True(t, ok, "%s: %q", language, word)
			require.Equal(t, score, read, "%s: %q", language, word)
			require.Contains(t, text.Default(language, "capture_advisor_rating"), "("+word+")", language)
		}
	}
}
