package console

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/web/assets"
)

// What the console's files may weigh as they travel: all that a page may bring along, and
// what is loaded only for a picture that the browser cannot show.
const (
	heaviest = 150 << 10
	decoder  = 520 << 10
)

func TestTheConsoleIsLight(t *testing.T) {
	weight, seldom := gzipped(t, assets.Stylesheet), 0
	for name, file := range made {
		one := gzipped(t, file)
		require.NotZero(t, one, name)
		if strings.HasPrefix(name, "libheif.") {
			seldom += one
		} else {
			weight += one
		}
	}
	require.Less(t, weight, heaviest)
	require.Less(t, seldom, decoder)
	t.Logf("%d bytes, and %d for HEIC", weight, seldom)
}

func gzipped(t *testing.T, file assets.File) int {
	t.Helper()
	var small bytes.Buffer
	w := gzip.NewWriter(&small)
	_, err := w.Write(file.Content())
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return small.Len()
}
