package events_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
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

// replica is one that claims as if reviews took long; its time is in seconds.
type replica struct{ starts *queue.Starts }

func newReplica() replica {
	r := replica{queue.NewStarts()}
	_ = r.starts.Review(func() ([]queue.Start, error) { return nil, errors.New("it took too long") })
	return r
}

func at(second int) clock.Due { return clock.At(time.Unix(int64(second), 0)) }

// review learns what is there and says then that it took long.
func (r replica) review(t *testing.T, db *sqlx.DB, second int) {
	t.Helper()
	require.NoError(t, r.starts.Review(func() ([]queue.Start, error) { return events.Oldest(t.Context(), db, at(second)) }))
	_ = r.starts.Review(func() ([]queue.Start, error) { return nil, errors.New("it took too long") })
}

// TestAClaimStepsOverNothingThatWasHandled: 20,000 events of each of two teams were, and a
// snapshot that is older keeps them all in the index.
func TestAClaimStepsOverNothingThatWasHandled(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	busy, idle := uuid.NewString(), uuid.NewString()
	testdb.Hold(t, db)
	for _, team := range []string{busy, idle} {
		_, err := db.Exec(`
insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload)
select $1, gen_random_uuid(), $1, $1, 'message', n, now(), to_timestamp(n), '{}' from generate_series(1, 20000) as n`, team)
		require.NoError(t, err)
	}
	replica := newReplica()
	for range 2 {
		tx := begin(t, db)
		claimed, err := events.Claim(t.Context(), tx, at(30_000), replica.starts.Look(), 1)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		_, err = tx.Exec(`update events set handled_at = now() where team_id = $1`, claimed[0].TeamID)
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
	}
	happen(t, db, busy, "new", 20_001)
	read := func(look queue.Look) int {
		tx := testdb.Counted(t, db)
		claimed, err := events.Claim(t.Context(), tx, at(30_000), look, 1)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		require.Equal(t, "new", claimed[0].ProviderID)
		require.NoError(t, tx.Rollback())
		return tx.Read
	}
	require.Greater(t, read(queue.Whole()), 1000, "of a page's rows, one after the other, only the first counts")
	replica.review(t, db, 30_000)
	require.Greater(t, read(replica.starts.Look()), 500, "nobody knows yet where the idle one's ended")
	for _, team := range []string{busy, idle} {
		replica.starts.Look().Found(team, time.Unix(20_000, 0))
	}
	require.Less(t, read(replica.starts.Look()), 60)
}

// TestNothingIsLeftBehind: two replicas claim by what each remembers, and people's events
// come, are put off, and are committed late. What comes no later than a second is found
// by every look as a look from the beginning finds it, and all by the next after a review.
func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			db, chance := testdb.New(t), rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // no secret
			teams := []string{uuid.NewString(), uuid.NewString(), uuid.NewString()}
			replicas := []replica{newReplica(), newReplica()}
			hidden := false // there may be one that was committed too late
			now := 1000
			claim := func(look queue.Look, do func(tx *sqlx.Tx, claimed []events.Event)) int {
				t.Helper()
				tx := begin(t, db)
				claimed, err := events.Claim(t.Context(), tx, at(now), look, 1+chance.IntN(4))
				require.NoError(t, err)
				do(tx, claimed)
				return len(claimed)
			}
			back := func(tx *sqlx.Tx, _ []events.Event) { require.NoError(t, tx.Rollback()) }
			for step := range 150 {
				r := replicas[chance.IntN(2)]
				switch chance.IntN(10) {
				case 0, 1, 2:
					happen(t, db, teams[chance.IntN(3)], fmt.Sprint("in time ", step), now-chance.IntN(2))
				case 3:
					happen(t, db, teams[chance.IntN(3)], fmt.Sprint("a timer ", step), now+chance.IntN(20))
				case 4:
					happen(t, db, teams[chance.IntN(3)], fmt.Sprint("late ", step), now-2-chance.IntN(50))
					hidden = true
				case 5:
					now += chance.IntN(5)
				case 6:
					replicas[0].review(t, db, now)
					replicas[1].review(t, db, now)
					hidden = false
				default:
					found := claim(r.starts.Look(), func(tx *sqlx.Tx, claimed []events.Event) {
						if len(claimed) == 0 || chance.IntN(4) == 0 { // a crash, or nothing
							back(tx, claimed)
							return
						}
						if chance.IntN(4) == 0 {
							require.NoError(t, events.Postpone(t.Context(), tx, claimed[0], errors.New("its own fault"), at(now), time.Duration(chance.IntN(9))*time.Second))
							claimed = claimed[1:]
						}
						if len(claimed) > 0 {
							_, err := events.Done(t.Context(), tx, claimed...)
							require.NoError(t, err)
						}
						require.NoError(t, tx.Commit())
					})
					if found == 0 && !hidden {
						require.Zero(t, claim(queue.Whole(), back), "step %d: a look missed what is due", step)
					}
				}
			}
			now += 100
			for _, r := range replicas {
				r.review(t, db, now)
			}
			for found := true; found; {
				found = claim(replicas[chance.IntN(2)].starts.Look(), func(tx *sqlx.Tx, claimed []events.Event) {
					if len(claimed) > 0 {
						_, err := events.Done(t.Context(), tx, claimed...)
						require.NoError(t, err)
					}
					require.NoError(t, tx.Commit())
				}) > 0
			}
			var left int
			require.NoError(t, db.Get(&left, `select count(*) from events where handled_at is null`))
			require.Zero(t, left)
		})
	}
}
