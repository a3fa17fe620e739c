package console

import (
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// takesFor are the words in which the path of a form ends that takes something away.
var takesFor = regexp.MustCompile(`/(delete|remove|end|revoke|erase)$`)

// TestWhatTakesAwayAsks: every form that takes something away asks once more, whatever
// the browser runs.
func TestWhatTakesAwayAsks(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, p := range pages {
		takes := takesFor.MatchString(p.path) || strings.HasPrefix(p.operation, "delete-") || strings.HasPrefix(p.operation, "erase-")
		if p.method == http.MethodPost && takes {
			require.Contains(t, takesAway, p.operation, p.path)
			seen++
		}
	}
	require.GreaterOrEqual(t, seen, 11)
	c, err := New(Config{})
	require.NoError(t, err)
	for operation := range takesAway {
		require.True(t, c.words.Has("sure."+operation), operation)
	}
	// Of the webhooks' one form the handler asks; a form that only says what to do
	// by a field is another.
	templates, err := fs.Glob(files, "templates/*.html")
	require.NoError(t, err)
	for _, name := range templates {
		raw, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		if name != "templates/hook.html" {
			require.NotContains(t, string(raw), `value="delete"`, name)
		}
	}
}
