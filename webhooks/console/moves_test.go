package console_test

import (
	"bufio"
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// A page is told that something happened in its own team, in nobody else's, and
// nothing of what it was.
func TestPagesAreToldThatSomethingMoved(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", b.base+"/teams/"+b.team+"/moves", nil)
	require.NoError(t, err)
	answer, err := b.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, "text/event-stream", answer.Header.Get("Content-Type"))
	lines := bufio.NewScanner(answer.Body)
	line := func() string {
		require.True(t, lines.Scan(), "%v", lines.Err())
		return lines.Text()
	}
	require.Equal(t, []string{": here", ""}, []string{line(), line()})
	for range 3 {
		b.hub.Wake(uuid.NewString())
		b.hub.Wake(b.team)
		require.Equal(t, []string{"event: moved", "data: {}", ""}, []string{line(), line(), line()})
	}
	b.hub.End()
	require.False(t, lines.Scan(), "the page comes back to another process")

	require.Equal(t, http.StatusNotFound, b.get("/teams/"+uuid.NewString()+"/moves").status)
	b.Jar = nil
	require.NotEqual(t, http.StatusOK, b.ask("GET", "/teams/"+b.team+"/moves", nil, "Accept", "text/event-stream").status)
}
