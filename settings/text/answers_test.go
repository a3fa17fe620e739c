package text_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/text"
)

// Money and work are never approved by a guess: a corpus of what people reply.
func TestApprovals(t *testing.T) {
	raw, err := os.ReadFile("testdata/approvals.txt")
	require.NoError(t, err)
	counted := map[string]int{}
	for line := range strings.Lines(string(raw)) {
		want, reply, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		if want == "#" || want == "" {
			continue
		}
		counted[want]++
		yes, ok := text.Approval(reply)
		require.Equal(t, want != "-", ok, "%q", reply)
		require.Equal(t, want == "yes", yes && ok, "%q", reply)
	}
	require.Greater(t, counted["yes"], 50)
	require.Greater(t, counted["no"], 30)
	require.Greater(t, counted["-"], 100)
}
