package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
	"ringback/settings"
)

// TestAPictureThatBrowsersDoNotShow is offered to be saved, and says why; a photo that
// is shown says nothing.
func TestAPictureThatBrowsersDoNotShow(t *testing.T) {
	t.Parallel()
	const says = "A picture that most browsers cannot show"
	w := newWorld(t)
	ada := w.hires("Ada", settings.RoleAdmin)
	sees := func() string {
		w.settle()
		w.fetched()
		return ada.sees(w.ticketOf(caller))
	}
	_, err := w.sim.Text(t.Context(), w.door(), caller, ours, "look", twilio.WithFile(photo(t), "image/jpeg"))
	require.NoError(t, err)
	require.NotContains(t, sees(), says)
	heic := append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 40)...)
	_, err = w.sim.Text(t.Context(), w.door(), caller, ours, "and this", twilio.WithFile(heic, "image/heic"))
	require.NoError(t, err)
	page := sees()
	require.Equal(t, 1, strings.Count(page, says))
	require.Contains(t, page, " download>")
	answer, _ := w.get(w.files()[1].URL)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Contains(t, answer.Header.Get("Content-Disposition"), "attachment")
}
