package console

import (
	"bytes"
	"compress/gzip"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "take libheif anew from .ci/tools")

// libheif is where npm puts it, in the version that package.json names there.
const libheif = "../../.ci/tools/node_modules/libheif-js/libheif-wasm"

// TestLibheifIsTheirs: what is embedded is what its makers gave out, unchanged, with the
// license that it is under.
func TestLibheifIsTheirs(t *testing.T) {
	if _, err := os.Stat(libheif); err != nil {
		t.Skip("libheif-js is not installed here: .ci/setup browser")
	}
	for name, ours := range map[string]string{"libheif.js": "libheif.js.gz", "libheif.wasm": "libheif.wasm.gz", "LICENSE": "LICENSE"} {
		theirs, err := os.ReadFile(filepath.Join(libheif, name))
		require.NoError(t, err)
		if *update {
			kept := theirs
			if ours != name {
				kept = zipped(t, theirs)
			}
			require.NoError(t, os.WriteFile(filepath.Join("assets/libheif", ours), kept, 0o644)) // #nosec G306 -- a source file
			continue
		}
		embedded := map[string]string{"LICENSE": "libheif.txt"}[name]
		if embedded == "" {
			embedded = name
		}
		require.True(t, bytes.Equal(theirs, made[embedded].Content()), "%s is stale: go test ./webhooks/console -run TestLibheif -update", ours)
	}
}

func zipped(t *testing.T, content []byte) []byte {
	t.Helper()
	var small bytes.Buffer
	w, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return small.Bytes()
}
