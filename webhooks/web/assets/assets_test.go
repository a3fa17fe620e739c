package assets

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
)

func get(t *testing.T, url, known string) *httptest.ResponseRecorder {
	t.Helper()
	gin.SetMode(gin.TestMode)
	router := gin.New()
	Mount(router)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	request.Header.Set("If-None-Match", known)
	answer := httptest.NewRecorder()
	router.ServeHTTP(answer, request)
	return answer
}

func TestTheHashedAddressIsKeptForEver(t *testing.T) {
	answer := get(t, Stylesheet.URL, "")
	require.Equal(t, http.StatusOK, answer.Code)
	require.Equal(t, "text/css; charset=utf-8", answer.Header().Get("Content-Type"))
	require.Contains(t, answer.Header().Get("Cache-Control"), "immutable")
	require.Equal(t, string(stylesheet), answer.Body.String())
}

func TestAnyOtherAddressIsAskedForAgain(t *testing.T) {
	plain, _, _ := strings.Cut(Stylesheet.URL, "?")
	for _, url := range []string{plain, plain + "?v=of-an-older-version"} {
		require.Equal(t, "no-cache", get(t, url, "").Header().Get("Cache-Control"), url)
	}
	tag := get(t, plain, "").Header().Get("ETag")
	require.NotEmpty(t, tag)
	again := get(t, plain, tag)
	require.Equal(t, http.StatusNotModified, again.Code)
	require.Empty(t, again.Body.String())
}

func TestAnotherContentHasAnotherAddress(t *testing.T) {
	one, other := NewFile("/a.css", "text/css", []byte("one")), NewFile("/a.css", "text/css", []byte("other"))
	require.NotEqual(t, one.URL, other.URL)
}

// TestWhatIsServedIsSqueezed for whoever takes it so, under a tag of its own.
func TestWhatIsServedIsSqueezed(t *testing.T) {
	gin.SetMode(gin.TestMode)
	router := gin.New()
	Mount(router)
	ask := func(takes, known string) *httptest.ResponseRecorder {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, Stylesheet.URL, nil)
		request.Header.Set("Accept-Encoding", takes)
		request.Header.Set("If-None-Match", known)
		answer := httptest.NewRecorder()
		router.ServeHTTP(answer, request)
		require.Equal(t, "Accept-Encoding", answer.Header().Get("Vary"))
		return answer
	}
	for takes, want := range map[string]string{
		"gzip, deflate, br": "gzip", "br;q=1.0, GZIP;q=0.5": "gzip", "": "", "br": "", "gzip;q=0": "", "gzip; q=0.0": "", "gzip;q=0.01": "gzip",
	} {
		answer := ask(takes, "")
		require.Equal(t, want, answer.Header().Get("Content-Encoding"), takes)
		body := answer.Body.Bytes()
		if want == "" {
			require.Equal(t, stylesheet, body, takes)
			continue
		}
		require.Less(t, len(body), len(stylesheet)/2)
		plain, err := gzip.NewReader(answer.Body)
		require.NoError(t, err)
		content, err := io.ReadAll(plain)
		require.NoError(t, err)
		require.Equal(t, stylesheet, content)
	}
	squeezed := ask("gzip", "").Header().Get("ETag")
	require.NotEqual(t, squeezed, ask("", "").Header().Get("ETag"))
	require.Equal(t, http.StatusNotModified, ask("gzip", squeezed).Code)
	require.Equal(t, http.StatusOK, ask("", squeezed).Code)
	require.Nil(t, NewFile("/a.png", "image/png", []byte("short")).zipped())
}

// TestWhatIsEmbeddedSqueezed goes out as it is, and unpacked to whoever does not take it so.
func TestWhatIsEmbeddedSqueezed(t *testing.T) {
	const says = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"
	gin.SetMode(gin.TestMode)
	plain := []byte(strings.Repeat("a worker ", 40))
	file, router := NewZipped("/w.js", "text/javascript", zip(plain)).Under(says), gin.New()
	file.Mount(router)
	require.Equal(t, plain, file.Content())
	for takes, want := range map[string][]byte{"gzip": zip(plain), "": plain} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, file.URL, nil)
		request.Header.Set("Accept-Encoding", takes)
		answer := httptest.NewRecorder()
		router.ServeHTTP(answer, request)
		require.Equal(t, takes, answer.Header().Get("Content-Encoding"))
		require.Equal(t, want, answer.Body.Bytes(), takes)
		require.Equal(t, says, answer.Header().Get("Content-Security-Policy"))
		require.Contains(t, answer.Header().Get("Cache-Control"), "immutable")
	}
}
