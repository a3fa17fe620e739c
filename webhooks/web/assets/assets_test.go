package assets

import (
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
