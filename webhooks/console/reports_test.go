package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReports(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	path := "/teams/" + b.team + "/reports"
	page := b.get(path + "?from=2026-05-25&to=2026-05-31")
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.text, `href="?from=2026-05-25&amp;to=2026-05-31" aria-current="true">Last week`)
	require.Contains(t, page.text, "Monday, 25 May")
	require.Contains(t, page.text, "enter the price of an SMS segment")
	file := b.get(path + ".csv?from=2026-05-25&to=2026-05-31&by=week")
	require.Contains(t, file.text, "2026-05-25,2026-05-31,0,")

	refused := b.get(path + "?from=2026-06-02&to=2026-06-01")
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.text, `id="to-fault">must not be before the first day`)
	require.Contains(t, refused.text, `value="2026-06-02"`, "nothing typed is lost")
}

// TestWhatAFigureCountsIsReachedByAnyone: by the keyboard and by touch, not under a
// pointer alone.
func TestWhatAFigureCountsIsReachedByAnyone(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	shown := b.get("/teams/" + b.team + "/reports").text
	require.NotRegexp(t, `<(div|th)[^>]* title=`, shown)
	require.Equal(t, 2, strings.Count(shown, "Calls that nobody answered and that left no voicemail"))
	require.Contains(t, shown, "What customers answered when asked about their advisor")
	require.Regexp(t, `<summary>What counts<span class="hidden-label">: [^<]+</span></summary>`, shown)
}
