package widget

import (
	"bytes"
	"compress/gzip"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "bundle the widget's sources anew")

// most is how large the widget may be as browsers load it, in bytes.
const most = 15 << 10

// What is embedded is what the sources make, and small enough for any site.
func TestWidgetIsBundled(t *testing.T) {
	made := api.Build(api.BuildOptions{
		EntryPoints: []string{"widget.src.js"}, Bundle: true, Format: api.FormatIIFE, Charset: api.CharsetUTF8, Target: api.ES2022,
		Banner:           map[string]string{"js": "// Bundled from widget.src.js: go test ./webhooks/chat/widget -update"},
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		Plugins: []api.Plugin{smallStyles},
	})
	require.Empty(t, made.Errors)
	require.Empty(t, made.Warnings)
	require.Len(t, made.OutputFiles, 1)
	bundled := made.OutputFiles[0].Contents
	if *update {
		require.NoError(t, os.WriteFile("widget.js", bundled, 0o644)) // #nosec G306 -- a source file
		script = bundled
	}
	require.True(t, bytes.Equal(script, bundled), "widget.js is stale: go test ./webhooks/chat/widget -update")

	var small bytes.Buffer
	squeeze := gzip.NewWriter(&small)
	_, err := squeeze.Write(bundled)
	require.NoError(t, err)
	require.NoError(t, squeeze.Close())
	require.Less(t, small.Len(), most)
	t.Logf("%d bytes, %d of them gzipped", len(bundled), small.Len())

	gin.SetMode(gin.TestMode)
	router, got := gin.New(), httptest.NewRecorder()
	File.Mount(router)
	asked := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/chat/widget.js", nil)
	asked.Header.Set("Accept-Encoding", "gzip, br")
	router.ServeHTTP(got, asked)
	require.Equal(t, "gzip", got.Header().Get("Content-Encoding"), "and so it is served")
	require.Less(t, got.Body.Len(), most)
}

// smallStyles takes what nobody needs out of the styles before they become a text.
var smallStyles = api.Plugin{Name: "styles", Setup: func(build api.PluginBuild) {
	build.OnLoad(api.OnLoadOptions{Filter: `\.css$`}, func(file api.OnLoadArgs) (api.OnLoadResult, error) {
		css, err := os.ReadFile(file.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		small := api.Transform(string(css), api.TransformOptions{Loader: api.LoaderCSS, MinifyWhitespace: true, MinifySyntax: true})
		text := string(small.Code)
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderText, Errors: small.Errors, Warnings: small.Warnings}, nil
	})
}}

// Nothing that somebody wrote may ever be read as HTML.
func TestWidgetReadsNoHTML(t *testing.T) {
	for _, way := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "setHTML"} {
		require.NotContains(t, string(script), way)
	}
}
