package console

import (
	"io/fs"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var opens = regexp.MustCompile(`type="button"[^>]* data-open="([a-z]+)"`)

// A dialog whose button does nothing by itself stands on the page where no scripts run.
func TestDialogsAreThereWithoutScripts(t *testing.T) {
	pages, err := fs.Glob(files, "templates/*.html")
	require.NoError(t, err)
	found := 0
	for _, page := range pages {
		raw, err := fs.ReadFile(files, page)
		require.NoError(t, err)
		for _, opened := range opens.FindAllSubmatch(raw, -1) {
			require.Contains(t, string(raw), `<dialog id="`+string(opened[1])+`" class="plain" `, page)
			found++
		}
	}
	require.Equal(t, 4, found)
}

func TestAnAddressIsBrokenBetweenItsWords(t *testing.T) {
	require.Equal(t, "ann@<wbr>mail<wbr>.example", string(breakable("ann@mail.example")))
	require.Equal(t, "&lt;b&gt;@<wbr>x", string(breakable("<b>@x")))
}
