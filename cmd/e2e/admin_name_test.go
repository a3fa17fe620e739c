package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

// TestAnAdminIsNamed: whoever set Ringback up is on no team and answers all the same, and
// the question how they did asks for them by name, as its page does.
func TestAnAdminIsNamed(t *testing.T) {
	t.Parallel()
	const person = "+13125550142"
	w := newWorld(t)
	w.Clock.Stop(time.Date(2026, 6, 2, 16, 0, 0, 0, time.UTC))
	m := settings.NewMember()
	m.Name, m.Email, m.Role = "Dana", "dana@example.com", settings.RoleAdmin
	dana, err := settings.CreateMember(t.Context(), w.DB.DB, w.Company.ID, "test", m)
	require.NoError(t, err)
	w.text(person, "my pump leaks")
	w.settle()
	for _, change := range []map[string]any{{"assignee": dana.ID}, {"status": "closed"}} {
		status, answer := w.api("PATCH", w.ticketOf(person), change)
		require.Equal(t, http.StatusOK, status, answer)
	}
	w.Gateway.Wake()
	w.settle()
	sent := w.sim.Messages()
	require.Contains(t, sent[len(sent)-1].Body, "How did Dana do?")
}
