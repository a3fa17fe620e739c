package gateway_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/gateway"
	"ringback/gateway/events"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// TestOneThatFailsTakesNobodyAlong: of a batch one event is nothing that anybody
// can read. The others are handled at once; it alone is tried again, and given up
// in the end with a decision that says so.
func TestOneThatFailsTakesNobodyAlong(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		out := w.team(channels.SMS)
		tx, err := w.db.Beginx()
		require.NoError(t, err)
		var told []channels.Event
		for _, from := range []string{"+13125550201", "+13125550202", "+13125550203"} {
			told = append(told, channels.Event{
				Kind: channels.MessageReceived, ProviderID: "SM" + from, Sender: channels.SMS, SenderAddress: out.From, CustomerAddress: from,
				At: w.clock.Now(), Message: &channels.Message{Text: "Hello"},
			})
		}
		_, err = events.Record(t.Context(), tx, told, "", w.clock.Queue())
		require.NoError(t, err)
		_, err = tx.Exec(`update events set payload = '7' where provider_id = 'SM+13125550202'`)
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
		w.replicas[0].Wake()
		reasons := func() (found []string) {
			require.NoError(t, w.db.Select(&found, `select coalesce((select reason from decisions d where d.event_id = e.id), '') from events e where kind = 'message' order by seq`))
			return found
		}
		w.pass(100 * time.Millisecond)
		handled := reasons()
		require.Empty(t, handled[1])
		require.NotEmpty(t, handled[0])
		require.NotEmpty(t, handled[2])
		var attempts []int
		require.NoError(t, w.db.Select(&attempts, `select attempts from events where kind = 'message' order by seq`))
		require.Equal(t, []int{0, 1, 0}, attempts)
		_, err = w.db.Exec(`update events set attempts = 7, due_at = $1 where handled_at is null`, w.clock.Now()) // but one are gone
		require.NoError(t, err)
		w.replicas[0].Wake()
		w.pass(100 * time.Millisecond)
		require.Equal(t, "internal_error", reasons()[1])

		// What was given up is listed with its fault, and handled anew when somebody
		// says so: once mended it is decided, by when it happened.
		given, err := events.ListGivenUp(t.Context(), w.db, out.CompanyID, []string{out.TeamID}, "", 9)
		require.NoError(t, err)
		require.Len(t, given, 1)
		require.Equal(t, "SM+13125550202", given[0].ProviderID)
		require.Contains(t, given[0].Fault, "payload")
		for company, teams := range map[string][]string{out.CompanyID: {uuid.NewString()}, uuid.NewString(): nil} {
			others, err := events.ListGivenUp(t.Context(), w.db, company, teams, "", 9)
			require.NoError(t, err)
			require.Empty(t, others, "another team's, and another company's")
		}
		again := func(company string, teams []string, id string) (err error) {
			tx, err := w.db.Beginx()
			require.NoError(t, err)
			defer func() { require.NoError(t, tx.Commit()) }()
			_, err = events.Retry(t.Context(), tx, company, teams, id, w.clock.Queue())
			return err
		}
		require.ErrorIs(t, again(uuid.NewString(), nil, given[0].ID), settings.ErrNotFound)
		require.ErrorIs(t, again(out.CompanyID, []string{uuid.NewString()}, given[0].ID), settings.ErrNotFound)
		_, err = w.db.Exec(`update events set payload = (select payload from events where provider_id = 'SM+13125550201') where id = $1`, given[0].ID)
		require.NoError(t, err)
		require.NoError(t, again(out.CompanyID, []string{out.TeamID}, given[0].ID))
		conflict := &settings.Conflict{}
		require.ErrorAs(t, again(out.CompanyID, nil, given[0].ID), &conflict, "pressed twice")
		w.replicas[0].Wake()
		w.pass(100 * time.Millisecond)
		require.NotContains(t, []string{"", "internal_error"}, reasons()[1])
		var decided int
		require.NoError(t, w.db.Get(&decided, `select count(*) from decisions where event_id = $1`, given[0].ID))
		require.Equal(t, 1, decided)
		require.ErrorAs(t, again(out.CompanyID, nil, given[0].ID), &conflict)
	})
}

// TestTheDoorsWaitForNobodyWhoWatches: whoever is told of what was recorded hangs,
// and webhooks are acknowledged none the less.
func TestTheDoorsWaitForNobodyWhoWatches(t *testing.T) {
	t.Parallel()
	hangs := make(chan struct{})
	g := gateway.New(gateway.Config{
		DB: testdb.New(t), Clock: clocktest.Running(t),
		Seen: func(ctx context.Context, _ []channels.Event) {
			select {
			case <-hangs:
			case <-ctx.Done():
			}
		},
	})
	g.StartIntake()
	for range 40 { // more than may wait for it
		require.NoError(t, g.Receive(t.Context(), []channels.Event{{Kind: channels.MessageReceived, ProviderID: "SM1", Sender: channels.SMS}}))
	}
	close(hangs)
	g.Stop()
}
