package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/staff"
)

// TestWhatAnybodyMaySendIsShort: a body takes many times its length while it is read, and
// nobody has said yet who they are. The same is so at the console's forms.
func TestWhatAnybodyMaySendIsShort(t *testing.T) {
	w := newWorld(t)
	long := `{"email": "` + strings.Repeat("x", 64<<10) + `"}`
	doors := 0
	for path, item := range w.Must(http.StatusOK, "GET", "/openapi.json", nil)["paths"].(object) {
		for method, operation := range item.(object) {
			if body := operation.(object)["requestBody"]; body == nil || !staff.Open(operation.(object)["operationId"].(string)) {
				continue
			}
			doors++
			path := strings.NewReplacer("/api/v1", "", "{token}", "x").Replace(path)
			refused := w.With("").Do(strings.ToUpper(method), path, long)
			require.Equal(t, http.StatusRequestEntityTooLarge, refused.Status, "%s %s", method, path)
			require.Contains(t, refused.JSON["detail"], "at most 64 KiB", "%s %s", method, path)
		}
	}
	require.GreaterOrEqual(t, doors, 3)
}
