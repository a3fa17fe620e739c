package events_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/events"
	"ringback/migrations/testdb"
	"ringback/settings"
)

const account = "AC00000000000000000000000000000001"

// sender gives the database a company that is reached at +13125550100.
func sender(t *testing.T, db *sqlx.DB) {
	t.Helper()
	company, err := settings.EnsureCompany(t.Context(), db, "Green Valley")
	require.NoError(t, err)
	team := settings.NewTeam()
	team.Name, team.DisplayName, team.TimeZone, team.Language = "Service", "Service", "America/Chicago", "en"
	team, err = settings.CreateTeam(t.Context(), db, company.ID, "test", team)
	require.NoError(t, err)
	_, err = settings.EditTeam(t.Context(), db, company.ID, team.ID, "test", func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.SMS, Address: "+13125550100"})
		return err
	})
	require.NoError(t, err)
}

func text(id, to string) channels.Event {
	return channels.Event{
		Kind: channels.MessageReceived, ProviderID: id, Account: account, Sender: channels.SMS,
		SenderAddress: to, CustomerAddress: "+13125550142", Message: &channels.Message{Text: id},
	}
}

// TestReplicasAreToldTheSame: two of them write the same events, each in the
// order in which it heard of them. Neither fails for the other's sake.
func TestReplicasAreToldTheSame(t *testing.T) {
	db := testdb.New(t)
	sender(t, db)
	for _, to := range []string{"+13125550100", "+13125550999"} { // a sender of ours, and none
		for round := range 10 {
			var told []channels.Event
			for i := range 200 {
				told = append(told, text(fmt.Sprintf("SM%d-%d", round, i), to))
			}
			reversed := slices.Clone(told)
			slices.Reverse(reversed)
			var writing sync.WaitGroup
			for _, order := range [][]channels.Event{told, reversed} {
				writing.Go(func() {
					if _, err := events.Record(t.Context(), db, order, account, clock.Due{}); err != nil {
						t.Error(err)
					}
				})
			}
			writing.Wait()
		}
	}
	var counted [2]int
	require.NoError(t, db.QueryRow(`select (select count(*) from events), (select count(*) from strays)`).Scan(&counted[0], &counted[1]))
	require.Equal(t, [2]int{2000, 2000}, counted)
}

// TestOrderOfArrival: what is written in one commit is handled in the order in
// which it was told, whatever its ids are.
func TestOrderOfArrival(t *testing.T) {
	db := testdb.New(t)
	sender(t, db)
	arrived := []string{"SMz", "SMa", "SMm", "SMb", "SMy"}
	var told []channels.Event
	for _, id := range arrived {
		told = append(told, text(id, "+13125550100"))
	}
	count, err := events.Record(t.Context(), db, slices.Concat(told, told), account, clock.Due{})
	require.NoError(t, err)
	require.Equal(t, events.Count{Recorded: len(arrived)}, count, "a repeat in the same commit is none the less a repeat")
	var stored []string
	require.NoError(t, db.Select(&stored, `select provider_id from events order by seq`))
	require.Equal(t, arrived, stored)
}

// TestWhatIsPlayedStaysInItsOrder: while a spool is played, another process writes one
// of its events, which was told there before. Those behind it stay behind it.
func TestWhatIsPlayedStaysInItsOrder(t *testing.T) {
	db := testdb.New(t)
	sender(t, db)
	const to = "+13125550100"
	elsewhere := begin(t, db)
	_, err := events.Record(t.Context(), elsewhere, []channels.Event{text("SM1", to)}, account, clock.Due{})
	require.NoError(t, err)
	played := make(chan error, 1)
	go func() {
		_, err := events.RecordAgain(t.Context(), db, []channels.Event{text("SM1", to), text("SM2", to), text("SM3", to)}, account, clock.Due{})
		played <- err
	}()
	require.Eventually(t, func() bool {
		var waits bool
		require.NoError(t, db.Get(&waits, `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')`))
		return waits
	}, 10*time.Second, 5*time.Millisecond)
	_, err = events.Record(t.Context(), db, []channels.Event{text("SM2", to)}, account, clock.Due{})
	require.NoError(t, err)
	require.NoError(t, elsewhere.Commit())
	require.NoError(t, <-played)
	var order []string
	require.NoError(t, db.Select(&order, `select provider_id from events order by seq`))
	require.Equal(t, []string{"SM1", "SM2", "SM3"}, order)
}

// TestNothingHappensInTheFuture: what a process with a fast clock is told happened now,
// by the database's clock. A clock that is played is believed.
func TestNothingHappensInTheFuture(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	sender(t, db)
	var now time.Time
	require.NoError(t, db.Get(&now, `select now()`))
	for id, c := range map[string]struct {
		at    time.Time
		queue clock.Due
		moved bool
	}{
		"fast":   {now.Add(10 * time.Minute), clock.Due{}, true},
		"slow":   {now.Add(-10 * time.Minute), clock.Due{}, false},
		"right":  {now.Add(time.Second), clock.Due{}, false},
		"played": {now.Add(24 * time.Hour), clock.At(now), false},
	} {
		e := text(id, "+13125550100")
		e.At = c.at
		_, err := events.Record(t.Context(), db, []channels.Event{e}, account, c.queue)
		require.NoError(t, err)
		var kept time.Time
		require.NoError(t, db.Get(&kept, `select occurred_at from events where provider_id = $1`, id))
		require.Equal(t, c.moved, !kept.Equal(c.at.Truncate(time.Microsecond)), id)
		if c.moved {
			require.Less(t, kept.Sub(now), 5*time.Minute, id)
		}
	}
}
