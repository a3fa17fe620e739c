package text_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ringback/settings/text"
)

// A corpus of what people write who want no more messages, and of what only looks
// like it, in the seven languages.
func TestRefusals(t *testing.T) {
	raw, err := os.ReadFile("testdata/refusals.txt")
	require.NoError(t, err)
	words := map[text.Refusal]string{text.NoRefusal: "-", text.NearRefusal: "near", text.PlainRefusal: "stop"}
	counted := map[string]int{}
	for line := range strings.Lines(string(raw)) {
		want, said, _ := strings.Cut(strings.TrimSpace(line), " ")
		if want == "#" || want == "" {
			continue
		}
		counted[want]++
		read := words[text.Refuses(said)]
		if text.Read(said) == text.Stop {
			read = "stop"
		}
		assert.Equal(t, want, read, "%q", said)
	}
	require.GreaterOrEqual(t, counted["stop"], 200)
	require.GreaterOrEqual(t, counted["-"], 200)
}

func FuzzRefuses(f *testing.F) {
	f.Add("please stop texting me")
	f.Add(strings.Repeat("stop ", 100))
	f.Add("ne m’écrivez plus \xff\x00")
	f.Fuzz(func(_ *testing.T, said string) { text.Refuses(said) })
}
