package console

import (
	"bytes"
	"compress/gzip"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/web/assets"
)

// heaviest is what all of the console's files may weigh as they travel.
const heaviest = 150 << 10

func TestTheConsoleIsLight(t *testing.T) {
	weight := gzipped(t, assets.Stylesheet)
	for name, file := range made {
		weight += gzipped(t, file)
		require.NotZero(t, weight, name)
	}
	require.Less(t, weight, heaviest)
	t.Logf("%d bytes", weight)
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
