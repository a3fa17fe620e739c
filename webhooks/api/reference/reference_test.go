package reference

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/settings"
	"ringback/webhooks/api"
)

// drawn is the page of the real API.
func drawn(t *testing.T) (huma.API, *httptest.ResponseRecorder) {
	t.Helper()
	gin.SetMode(gin.TestMode)
	router := gin.New()
	mounted := api.Mount(router, api.Config{Clock: clocktest.Stopped(t), Vault: &settings.Vault{}})
	Mount(router, mounted, func() string { return "https://texts.example.com" })
	answer := httptest.NewRecorder()
	router.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/docs", nil))
	require.Equal(t, http.StatusOK, answer.Code)
	return mounted, answer
}

func TestEveryRouteStandsInTheReference(t *testing.T) {
	mounted, answer := drawn(t)
	page := answer.Body.String()
	for path, item := range mounted.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op != nil {
				require.Contains(t, page, `id="`+op.OperationID+`"`, "%s %s", method, path)
			}
		}
	}
	require.Equal(t, strings.Count(page, "<details"), strings.Count(page, "curl -H"))
	for _, part := range []string{
		`<code>addresses[].address</code>`, "at most 200 characters", `<span class="tag wait">required</span>`,
		"https://texts.example.com/api/v1/teams", "Needs the scope", "one of message, call",
	} {
		require.Contains(t, page, part)
	}
	require.NotContains(t, page, "<no value>")
}

func TestTheReferenceFetchesNothingFromElsewhere(t *testing.T) {
	_, answer := drawn(t)
	require.Contains(t, answer.Header().Get("Content-Security-Policy"), "default-src 'none'")
	page := answer.Body.String()
	require.NotContains(t, page, "<script")
	require.NotContains(t, page, "style=")
	require.Equal(t, strings.Count(page, `href="http`), 0)
}
