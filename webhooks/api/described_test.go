package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheDocumentSaysHowItRefuses: whoever generates a client learns of each status,
// sends one ETag as a text, and takes a calendar for what it is.
func TestTheDocumentSaysHowItRefuses(t *testing.T) {
	w := newWorld(t)
	paths := w.Must(http.StatusOK, "GET", "/openapi.json", nil)["paths"].(map[string]any)
	op := func(path, method string) map[string]any {
		return paths["/api/v1"+path].(map[string]any)[method].(map[string]any)
	}
	for path, wanted := range map[string]map[string][]string{
		"/teams/{team}/automations":       {"put": {"400", "409", "412", "413", "415", "422", "428"}, "get": {"401", "403", "404"}},
		"/teams/{team}/automations/{key}": {"patch": {"400", "409", "412", "413", "415", "422"}},
		"/teams/{team}/senders/{id}":      {"delete": {"400", "409"}},
		"/teams/{team}/media":             {"post": {"400", "413", "415"}},
	} {
		for method, statuses := range wanted {
			answers := op(path, method)["responses"].(map[string]any)
			for _, status := range statuses {
				require.Contains(t, answers, status, "%s %s", method, path)
			}
		}
	}
	for _, one := range op("/teams/{team}/automations", "put")["parameters"].([]any) {
		if p := one.(map[string]any); p["name"] == "If-Match" {
			require.Equal(t, map[string]any{"type": "string"}, p["schema"])
		}
	}
	calendar := op("/teams/{team}/schedules.ics", "get")["responses"].(map[string]any)["200"].(map[string]any)["content"]
	require.Equal(t, map[string]any{"text/calendar": map[string]any{"schema": map[string]any{"type": "string"}}}, calendar)
}

// TestWhatGETAnswersMayBePUT: a client changes what it read and sends all of it back.
func TestWhatGETAnswersMayBePUT(t *testing.T) {
	w := newWorld(t)
	read := w.Do("GET", w.team+"/automations", nil)
	list := w.Must(http.StatusOK, "GET", w.team+"/automations", nil)
	saved := w.Do("PUT", w.team+"/automations", list, "If-Match", read.Header.Get("ETag"))
	require.Equal(t, http.StatusOK, saved.Status, saved.Text)
}
