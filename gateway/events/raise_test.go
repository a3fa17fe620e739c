package events_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/gateway/events"
	"ringback/gateway/queue"
	"ringback/migrations/testdb"
)

// TestWhatIsRaisedTwiceHappensOnce, whoever raises it and whatever the second
// says: its name is its own for ever.
func TestWhatIsRaisedTwiceHappensOnce(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	noon := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	raised := events.InternalEvent{CompanyID: uuid.NewString(), TeamID: uuid.NewString(), Name: "ticket/1/done/1", At: noon, Payload: events.TicketChanged{Ask: events.Ask{Ticket: "first"}}}
	require.NoError(t, raised.Raise(t.Context(), db))
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			again := raised
			again.Payload, again.Due = events.TicketChanged{Ask: events.Ask{Ticket: "second"}}, noon.Add(time.Hour)
			_ = again.Raise(t.Context(), db)
		})
	}
	all.Wait()
	other := raised
	other.CompanyID, other.TeamID = uuid.NewString(), uuid.NewString()
	require.NoError(t, other.Raise(t.Context(), db), "another company's of the same name is another")
	var kept []string
	require.NoError(t, db.Select(&kept, `select payload->'ask'->>'ticket' || ' ' || (due_at = occurred_at) from events where company_id = $1`, raised.CompanyID))
	require.Equal(t, []string{"first true"}, kept)
}

// TestWhatIsRaisedComesBackAsItWas, when it is due.
func TestWhatIsRaisedComesBackAsItWas(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	noon := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	ask := events.Ask{Contact: uuid.NewString(), Ticket: uuid.NewString(), For: "payment"}
	about := events.AskHeld{
		Held: events.Deferred{Kind: "request", Name: "request/1"},
		Of:   events.Request{Ask: ask, Request: uuid.NewString(), Link: "https://texts.example.com/r/x", Message: "Hello"},
	}
	raised := events.InternalEvent{CompanyID: uuid.NewString(), TeamID: uuid.NewString(), Name: "request/1/held", At: noon, Due: noon.Add(time.Hour), Payload: about}
	require.NoError(t, raised.Raise(t.Context(), db))
	for minutes, want := range map[int]int{59: 0, 60: 1} {
		tx := begin(t, db)
		claimed, err := events.Claim(t.Context(), tx, clock.At(noon.Add(time.Duration(minutes)*time.Minute)), queue.Whole(), 9)
		require.NoError(t, err)
		require.Len(t, claimed, want, fmt.Sprintf("after %d minutes", minutes))
		for _, e := range claimed {
			got, err := e.Decode()
			require.NoError(t, err)
			require.Equal(t, about, got)
			require.Equal(t, []any{about.Kind(), raised.Name, raised.TeamID}, []any{e.Kind, e.ProviderID, e.TeamID})
			require.True(t, e.OccurredAt.Equal(noon))
		}
		require.NoError(t, tx.Rollback())
	}
}
