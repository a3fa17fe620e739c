package deliveries

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

func TestEachReasonHasItsSentence(t *testing.T) {
	source, err := os.ReadFile("../../channels/errors.go")
	require.NoError(t, err)
	reasons := regexp.MustCompile(`Reason = "([a-z0-9_]+)"`).FindAllStringSubmatch(string(source), -1)
	require.Greater(t, len(reasons), 10)
	for _, r := range reasons {
		require.NotEmpty(t, words[channels.Reason(r[1])], r[1])
	}
	require.NotEmpty(t, explain([]Delivery{{State: channels.Expired}})[0].Explanation)
}
