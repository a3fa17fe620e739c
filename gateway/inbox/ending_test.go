package inbox_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/contacts"
	"ringback/settings"
)

// TestWhatACustomerWouldGetAtTheEnd: of this very ticket, and nothing of it happens.
func TestWhatACustomerWouldGetAtTheEnd(t *testing.T) {
	w := newWorld(t)
	first, _ := w.ticket(), w.ticket()
	for _, status := range []string{"done", "closed"} {
		tried, err := w.desk.TryEnding(t.Context(), w.who, w.team.ID, first.ID, status)
		require.NoError(t, err)
		require.Equal(t, "sent", tried.Decision.Outcome, tried.Decision)
		require.Equal(t, []any{"sent", "sms", first.ID}, []any{tried.Decision.Outcome, *tried.Channel, *tried.Decision.Ticket}, status)
		require.NotEmpty(t, tried.Text)
	}
	_, err := w.desk.TryEnding(t.Context(), w.who, w.team.ID, first.ID, "open")
	require.ErrorIs(t, err, settings.ErrNotFound)
	_, err = w.desk.ChangeContact(t.Context(), w.who, w.team.ID, first.Contact, func(c *contacts.Card) error { c.OptedOut = true; return nil })
	require.NoError(t, err)
	tried, err := w.desk.TryEnding(t.Context(), w.who, w.team.ID, first.ID, "closed")
	require.NoError(t, err)
	require.Equal(t, []string{"skipped", "opted_out", ""}, []string{tried.Decision.Outcome, tried.Decision.Reason, tried.Text})
	var open int
	require.NoError(t, w.db.Get(&open, `select count(*) from tickets where status = 'open' and not exists (select from events)`))
	require.Equal(t, 2, open)
}
