package console

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/web/i18n"
)

// reasonsOf are the reasons or outcomes that a file of the gateway declares.
func reasonsOf(t *testing.T, kind, path string) []string {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	var all []string
	for _, found := range regexp.MustCompile(`(?m)^\s*\w+ +(?:channels\.)?`+kind+` += "([a-z_]+)"`).FindAllStringSubmatch(string(raw), -1) {
		all = append(all, found[1])
	}
	require.NotEmpty(t, all, path)
	return all
}

// Every reason there is has a sentence in each language; one that comes new has no
// code in its place.
func TestReasonsAreSaidInWordsInEachLanguage(t *testing.T) {
	c, err := New(Config{})
	require.NoError(t, err)
	for _, language := range i18n.Tags {
		v := &View{console: c, Words: c.words.Match(language, "")}
		other := v.T("decisions.other_reason")
		for path, prefix := range map[string]string{"../../gateway/rules/decision.go": "reason.", "../../channels/errors.go": "refusal.", "../../gateway/deliveries/stop.go": "refusal."} {
			for _, reason := range reasonsOf(t, "Reason", path) {
				require.NotContains(t, []string{reason, other, ""}, v.Why(prefix, reason), "%s: %s", language, reason)
			}
		}
		for path, prefix := range map[string]string{"../../gateway/calls/outcome.go": "call.", "../../gateway/calls/back.go": "back."} {
			for _, outcome := range reasonsOf(t, "Outcome", path) {
				require.True(t, c.words.Has(prefix+outcome), outcome)
			}
		}
		require.Equal(t, other, v.Why("reason.", "a_new_one"))
	}
}

// A template says a reason by Why; its stable code stands beside its words on the
// decision's own page alone.
func TestNoPageShowsAReasonAsItsCode(t *testing.T) {
	names, err := files.ReadDir("templates")
	require.NoError(t, err)
	for _, name := range names {
		raw, err := files.ReadFile("templates/" + name.Name())
		require.NoError(t, err)
		for _, line := range strings.Split(string(raw), "\n") {
			if name.Name() != "decision.html" {
				require.NotRegexp(t, `>{{(print )?\.(Decision\.)?Reason}}`, line, name.Name())
			}
			if !strings.Contains(line, "range .Data.Reasons") { // the filter offers those that have words
				require.NotContains(t, line, `$.Say "reason.`, name.Name())
			}
		}
	}
}
