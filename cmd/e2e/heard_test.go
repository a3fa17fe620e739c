package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAQuestionAtNightToWhoHasJustWritten: within half an hour of their own words it
// goes out, however much the staff have written to them since.
func TestAQuestionAtNightToWhoHasJustWritten(t *testing.T) {
	t.Parallel()
	const person = "+13125550142"
	for after, outcome := range map[time.Duration]string{29 * time.Minute: "sent", 31 * time.Minute: "deferred"} {
		w := newWorld(t)
		w.Clock.Stop(time.Date(2026, 6, 2, 3, 0, 0, 0, time.UTC)) // ten in the evening in Chicago
		w.text(person, "my pump leaks")
		w.settle()
		for n := range 25 {
			status, answer := w.api("POST", w.ticketOf(person)+"/messages", map[string]any{"text": fmt.Sprint("Step ", n)})
			require.Equal(t, http.StatusCreated, status, answer)
		}
		w.settle()
		w.Clock.Stop(w.Clock.Now().Add(after))
		status, answer := w.api("PATCH", w.ticketOf(person), map[string]any{"status": "closed"})
		require.Equal(t, http.StatusOK, status, answer)
		w.Gateway.Wake()
		w.settle()
		var decided string
		require.NoError(t, w.DB.Get(&decided, `select outcome from decisions where automation = 'capture_advisor_rating'`))
		require.Equal(t, outcome, decided, after)
	}
}
