package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

// TestAConflictAboutNoFieldNamesItsReason, as one about a field does: with its code, and
// with what its words name.
func TestAConflictAboutNoFieldNamesItsReason(t *testing.T) {
	w := newWorld(t)
	for range settings.MaxSchedules - 1 { // it has one to begin with
		w.Must(http.StatusCreated, "POST", w.team+"/schedules", weekdays())
	}
	a := w.Do("POST", w.team+"/schedules", weekdays())
	require.Equal(t, http.StatusConflict, a.Status)
	require.Equal(t, "schedules_full", a.JSON["type"])
	said := a.JSON["errors"].([]any)[0].(map[string]any)
	require.Equal(t, "schedules_full", said["code"])
	require.Empty(t, said["field"])
	require.InDelta(t, settings.MaxSchedules, said["params"].(map[string]any)["Count"], 0)
}
