package events_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/gateway/events"
	"ringback/gateway/queue"
	"ringback/migrations/testdb"
)

// happen writes an event of a team down, due so many seconds from the epoch on.
func happen(t *testing.T, db *sqlx.DB, team, name string, due int) {
	t.Helper()
	_, err := db.Exec(`
insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload)
values ($1, gen_random_uuid(), $1, $1, 'message', $2, now(), to_timestamp($3), '{}')`, team, name, due)
	require.NoError(t, err)
}

func begin(t *testing.T, db *sqlx.DB) *sqlx.Tx {
	t.Helper()
	tx, err := db.Beginx()
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

func claim(t *testing.T, tx *sqlx.Tx, n int) ([]events.Event, []string) {
	t.Helper()
	claimed, err := events.Claim(t.Context(), tx, clock.Due{}, queue.Whole(), n)
	require.NoError(t, err)
	var names []string
	for _, e := range claimed {
		names = append(names, e.ProviderID)
	}
	return claimed, names
}

// TestATeamThatRestsIsPassedOver: another's events are handled meanwhile, and its own
// afterwards.
func TestATeamThatRestsIsPassedOver(t *testing.T) {
	db := testdb.New(t)
	resting, other := uuid.NewString(), uuid.NewString()
	happen(t, db, resting, "first", 1)
	happen(t, db, other, "second", 2)
	look := queue.Whole()
	for _, want := range []string{"second", ""} {
		look.Except = append(look.Except, resting)
		tx := begin(t, db)
		claimed, err := events.Claim(t.Context(), tx, clock.Due{}, look, 9)
		require.NoError(t, err)
		require.Len(t, claimed, len(want[:min(1, len(want))]))
		if want != "" {
			require.Equal(t, want, claimed[0].ProviderID)
			_, err = events.Done(t.Context(), tx, claimed...)
			require.NoError(t, err)
		}
		require.NoError(t, tx.Commit())
	}
	_, names := claim(t, begin(t, db), 9)
	require.Equal(t, []string{"first"}, names)
}

// TestOneWorkerATeam: who has one of a team's events has them all, and another
// gets the next team's.
func TestOneWorkerATeam(t *testing.T) {
	db := testdb.New(t)
	early, late := uuid.NewString(), uuid.NewString()
	happen(t, db, late, "other", 3)
	happen(t, db, early, "second", 2)
	happen(t, db, early, "first", 1)
	happen(t, db, early, "third", 3)

	one, two := begin(t, db), begin(t, db)
	claimed, names := claim(t, one, 2)
	require.Equal(t, []string{"first", "second"}, names)
	_, names = claim(t, two, 2)
	require.Equal(t, []string{"other"}, names)
	_, names = claim(t, begin(t, db), 2)
	require.Empty(t, names)

	n, err := events.Done(t.Context(), one, claimed...)
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	require.NoError(t, one.Commit())
	_, names = claim(t, begin(t, db), 2)
	require.Equal(t, []string{"third"}, names)
}

// TestACrashGivesTheTeamBack: what a worker had in hand when it ended is as it
// was, and free.
func TestACrashGivesTheTeamBack(t *testing.T) {
	db := testdb.New(t)
	happen(t, db, uuid.NewString(), "first", 1)
	one := begin(t, db)
	claimed, _ := claim(t, one, 1)
	_, err := events.Done(t.Context(), one, claimed...)
	require.NoError(t, err)
	require.NoError(t, one.Rollback())
	_, names := claim(t, begin(t, db), 1)
	require.Equal(t, []string{"first"}, names)
}

func TestDoneIsDoneOnce(t *testing.T) {
	db := testdb.New(t)
	happen(t, db, uuid.NewString(), "first", 1)
	tx := begin(t, db)
	claimed, _ := claim(t, tx, 1)
	for _, want := range []int64{1, 0} {
		n, err := events.Done(t.Context(), tx, claimed...)
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
}

// TestReclaim: one that is handled, or whose team somebody else is at work on, is
// not taken again.
func TestReclaim(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := uuid.NewString()
	happen(t, db, team, "SM1", 1)
	happen(t, db, team, "SM2", 2)
	first := begin(t, db)
	claimed, _ := claim(t, first, 2)
	again := func() []events.Event {
		tx := begin(t, db)
		found, err := events.Reclaim(t.Context(), tx, claimed[0])
		require.NoError(t, err)
		require.NoError(t, tx.Rollback())
		return found
	}
	require.Empty(t, again(), "the first is at it still")
	require.NoError(t, first.Rollback())
	require.Equal(t, claimed[:1], again())
	_, err := events.Done(t.Context(), db, claimed[0])
	require.NoError(t, err)
	require.Empty(t, again(), "it is handled")
}

// TestInTurn: what somebody told waits for what they told before, if that was put
// off, and nobody else does.
func TestInTurn(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := uuid.NewString()
	tells := func(name, who string) {
		t.Helper()
		_, err := db.Exec(`
insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload)
values ($1, gen_random_uuid(), $1, $1, 'message', $2, now(), to_timestamp(1), json_build_object('Theirs', $3::text))`, team, name, who)
		require.NoError(t, err)
	}
	names := func(at int64, done bool) []string {
		t.Helper()
		tx := begin(t, db)
		claimed, err := events.Claim(t.Context(), tx, clock.At(time.Unix(at, 0)), queue.Whole(), 10)
		require.NoError(t, err)
		var all []string
		for _, e := range claimed {
			all = append(all, e.ProviderID)
		}
		if done && len(claimed) > 0 {
			_, err = events.Done(t.Context(), tx, claimed...)
			require.NoError(t, err)
		}
		require.NoError(t, tx.Commit())
		return all
	}
	tells("Ann 1", "+13125550142")
	tells("Bob 1", "+13125550143")
	tx := begin(t, db)
	claimed, err := events.Claim(t.Context(), tx, clock.At(time.Unix(2, 0)), queue.Whole(), 1)
	require.NoError(t, err)
	require.NoError(t, tx.Rollback())
	require.NoError(t, events.Wait(t.Context(), db, claimed[0], errors.New("the database is away"), clock.At(time.Unix(2, 0)), 2*time.Second))
	tells("Ann 2", "+13125550142")

	tx = begin(t, db)
	again, err := events.Claim(t.Context(), tx, clock.At(time.Unix(3, 0)), queue.Whole(), 10)
	require.NoError(t, err)
	require.Len(t, again, 1)
	require.Equal(t, "Bob 1", again[0].ProviderID)
	require.NoError(t, tx.Commit())
	require.Equal(t, []string{"Bob 1"}, names(3, true))
	require.Empty(t, names(3, false), "the other team's turn: nothing of this one is due")
	tells("Ann 3", "+13125550142") // while the first is due again
	require.Equal(t, []string{"Ann 1"}, names(4, true))
	require.Equal(t, []string{"Ann 2", "Ann 3"}, names(4, true))

	// Claimed together, the first is put off for itself: the next is not taken alone.
	tells("Ann 4", "+13125550142")
	tells("Ann 5", "+13125550142")
	tx = begin(t, db)
	claimed, err = events.Claim(t.Context(), tx, clock.At(time.Unix(5, 0)), queue.Whole(), 10)
	require.NoError(t, err)
	require.Len(t, claimed, 2)
	require.NoError(t, tx.Rollback())
	require.NoError(t, events.Postpone(t.Context(), db, claimed[0], errors.New("its own fault"), clock.At(time.Unix(5, 0)), time.Minute))
	tx = begin(t, db)
	alone, err := events.Reclaim(t.Context(), tx, claimed[1])
	require.NoError(t, err)
	require.Empty(t, alone)
}
