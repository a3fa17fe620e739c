package webhooks_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"ringback/webhooks"
)

// HEAD is what GET would say of itself, without the body: balancers and monitors ask so
// whether we live. Where there is no GET there is no HEAD either.
func TestHeadIsGetWithoutTheBody(t *testing.T) {
	t.Parallel()
	router := webhooks.NewRouter(slog.New(slog.DiscardHandler))
	router.GET("/livez", func(g *gin.Context) { g.String(http.StatusOK, "ok\n") })
	router.GET("/gone", func(g *gin.Context) { g.Status(http.StatusNoContent) })
	router.GET("/broken", func(*gin.Context) { panic("a fault") })
	router.POST("/webhooks", func(g *gin.Context) { g.String(http.StatusOK, "ok\n") })
	router.GET("/own", func(*gin.Context) { t.Error("has a HEAD of its own") })
	router.HEAD("/own", func(g *gin.Context) { g.Status(http.StatusAccepted) })
	server := httptest.NewServer(router)
	t.Cleanup(server.Close)
	for path, want := range map[string]int{
		"/livez": http.StatusOK, "/gone": http.StatusNoContent, "/broken": http.StatusInternalServerError,
		"/webhooks": http.StatusMethodNotAllowed, "/own": http.StatusAccepted, "/none": http.StatusNotFound,
		"/livez/": http.StatusOK, "/none/": http.StatusNotFound,
	} {
		answer, err := http.Head(server.URL + path)
		require.NoError(t, err, path)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err, path)
		require.NoError(t, answer.Body.Close())
		require.Empty(t, body, path)
		require.Equal(t, want, answer.StatusCode, path)
		if path == "/livez" {
			require.EqualValues(t, len("ok\n"), answer.ContentLength)
			require.Equal(t, "text/plain; charset=utf-8", answer.Header.Get("Content-Type"))
			require.Empty(t, answer.Header.Get("Allow"))
		}
		if path == "/webhooks" {
			require.Equal(t, "POST", answer.Header.Get("Allow"))
		}
	}
}
