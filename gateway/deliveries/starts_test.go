package deliveries

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
	"ringback/gateway/queue"
	"ringback/migrations/testdb"
)

// longReview has claims begin at the starts, as after a review that took long.
func longReview(t *testing.T, s *queue.Starts, db *sqlx.DB, now time.Time) {
	t.Helper()
	require.NoError(t, s.Review(func() ([]queue.Start, error) { return Oldest(t.Context(), db, clock.At(now)) }))
	_ = s.Review(func() ([]queue.Start, error) { return nil, errors.New("it took too long") })
}

// TestAClaimStepsOverNothingThatWasSent: 20,000 messages of a sender were, and a snapshot
// that is older keeps them in the index, as they were queued and as they were claimed.
func TestAClaimStepsOverNothingThatWasSent(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	sender := uuid.NewString()
	testdb.Hold(t, db)
	_, err := db.Exec(`
insert into deliveries (company_id, id, team_id, contact_id, sender_id, kind, account, from_address, to_address, text, due_at)
select $1, gen_random_uuid(), $1, $1, $2, 'sms', '', '', n, '', $3::timestamptz + n * interval '1 millisecond' from generate_series(1, 20000) as n`, company, sender, start)
	require.NoError(t, err)
	for _, change := range []string{`priority = 0, due_at = due_at + interval '9 seconds'`, `due_at = null`} {
		_, err = db.Exec(`update deliveries set ` + change)
		require.NoError(t, err)
	}
	now := start.Add(time.Minute)
	put(t, db, sender, "+13125550142", "new", now)
	starts := queue.NewStarts()
	read := func(look queue.Look) int {
		tx := testdb.Counted(t, db)
		found, err := Claim(t.Context(), tx, clock.At(now), look, queue.Room{Free: 9, Each: 9}, true)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.NoError(t, tx.Rollback())
		return tx.Read
	}
	require.Greater(t, read(queue.Whole()), 1000, "of a page's rows, one after the other, only the first counts")
	longReview(t, starts, db, now)
	require.Less(t, read(starts.Look()), 150)
}

// TestNoMessageIsLeftBehind: two replicas claim by what each remembers. Messages come, to
// the same people, wait for the ones before them, are put back, tried again, and
// committed late; what a crash leaves is taken up when its lease is over. What comes no
// later than a second is found by every look as a look from the beginning finds it, and
// all by the next after a review.
func TestNoMessageIsLeftBehind(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			db, chance := testdb.New(t), rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // no secret
			senders, people := []string{uuid.NewString(), uuid.NewString(), uuid.NewString()}, []string{"+13125550142", "+13125550143", "+13125550144"}
			replicas := []*queue.Starts{queue.NewStarts(), queue.NewStarts()}
			for _, r := range replicas {
				longReview(t, r, db, start)
			}
			var hand []Claimed // under way
			hidden, now := false, start
			comes := func(what string, step int, due time.Time) {
				t.Helper()
				out := Outgoing{
					CompanyID: company, ID: uuid.NewString(), TeamID: team, ContactID: uuid.NewString(), SenderID: senders[chance.IntN(3)], Kind: "sms",
					To: people[chance.IntN(3)], Text: fmt.Sprint(what, step), Bulk: chance.IntN(4) == 0,
				}
				require.NoError(t, Queue(t.Context(), db, clock.At(due), out))
			}
			missed := func(step int) {
				t.Helper()
				tx, err := db.BeginTxx(t.Context(), nil)
				require.NoError(t, err)
				found, err := Claim(t.Context(), tx, clock.At(now), queue.Whole(), queue.Room{Free: 9, Each: 9}, false)
				require.NoError(t, err)
				require.NoError(t, tx.Rollback())
				require.Empty(t, found, "step %d: a look missed what is due", step)
			}
			ends := func(c Claimed) {
				_, err := db.Exec(`update deliveries set due_at = null where id = $1 and claims = $2`, c.ID, c.Claims)
				require.NoError(t, err)
			}
			claim := func(n int) int {
				found, err := Claim(t.Context(), db, clock.At(now), replicas[chance.IntN(2)].Look(), queue.Room{Free: n, Each: 9}, false)
				require.NoError(t, err)
				hand = append(hand, found...)
				return len(found)
			}
			for step := range 150 {
				switch chance.IntN(12) {
				case 0, 1, 2:
					comes("in time ", step, now.Add(-time.Duration(chance.IntN(1000))*time.Millisecond))
				case 3:
					comes("in a while ", step, now.Add(time.Duration(chance.IntN(20))*time.Second))
				case 4:
					comes("late ", step, now.Add(-2*time.Second-time.Duration(chance.IntN(50))*time.Second))
					hidden = true
				case 5:
					now = now.Add(time.Duration(chance.IntN(6)) * time.Second)
				case 6:
					for _, r := range replicas {
						longReview(t, r, db, now)
					}
					hidden = false
				case 7, 8:
					if claim(1+chance.IntN(4)) == 0 && !hidden {
						missed(step)
					}
				default:
					if len(hand) == 0 {
						continue
					}
					c := hand[0]
					hand = hand[1:]
					switch chance.IntN(5) {
					case 0: // a crash: its lease runs out
					case 1:
						require.NoError(t, PutBack(t.Context(), db, []Claimed{c}, clock.At(now)))
					case 2:
						_, err := Renew(t.Context(), db, c, clock.At(now))
						require.NoError(t, err)
						hand = append(hand, c)
					default:
						ends(c)
					}
				}
			}
			for left := 1; left > 0; now = now.Add(2 * Lease) {
				for _, r := range replicas {
					longReview(t, r, db, now)
				}
				for claim(9) > 0 {
					for _, c := range hand {
						ends(c)
					}
					hand = nil
				}
				missed(-1)
				require.NoError(t, db.Get(&left, `select count(*) from deliveries where due_at is not null`))
				require.Less(t, now, start.Add(time.Hour), "it comes to an end")
			}
		})
	}
}
