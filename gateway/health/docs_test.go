package health_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheDocsSayEachCode, and what to do about it.
func TestTheDocsSayEachCode(t *testing.T) {
	source, err := os.ReadFile("warning.go")
	require.NoError(t, err)
	docs, err := os.ReadFile("../../docs/monitoring.md")
	require.NoError(t, err)
	codes := regexp.MustCompile(`Code += "([a-z_]+)"`).FindAllStringSubmatch(string(source), -1)
	require.Greater(t, len(codes), 15)
	for _, code := range codes {
		require.Contains(t, string(docs), "`"+code[1]+"`")
	}
	collected, err := os.ReadFile("collector.go")
	require.NoError(t, err)
	for _, name := range regexp.MustCompile(`"ringback_[a-z_]+"`).FindAllString(string(collected), -1) {
		require.Regexp(t, "`"+name[1:len(name)-1]+"[`{]", string(docs))
	}
}
