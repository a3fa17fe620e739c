package queue_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/queue"
)

const team, other = "22222222-2222-7222-8222-222222222222", "11111111-1111-7111-8111-111111111111"

// finds is a review that takes so long and finds these.
func finds(takes time.Duration, found ...queue.Start) func() ([]queue.Start, error) {
	return func() ([]queue.Start, error) {
		time.Sleep(takes)
		return found, nil
	}
}

func TestClaimsLookFromTheBeginningWhileThatIsQuick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, due := queue.NewStarts(), time.Date(2026, 6, 1, 12, 0, 5, 0, time.UTC)
		begins := func() map[string]string {
			l, at := s.Look(), map[string]string{}
			require.Equal(t, append(append([]string{}, l.Keys[1:]...), "ffffffff-ffff-ffff-ffff-ffffffffffff"), []string(l.Ends), "one after the other")
			require.Equal(t, "-infinity", l.Since[0])
			for n, key := range l.Keys[1:] {
				at[key] = l.Since[n+1]
			}
			return at
		}
		s.Look().Found(team, due)
		require.Empty(t, begins())
		require.NoError(t, s.Review(finds(time.Millisecond)))
		require.Empty(t, begins())
		require.NoError(t, s.Review(finds(time.Second, queue.Start{Key: other, Due: due})))
		require.Equal(t, map[string]string{team: "2026-06-01T12:00:04Z", other: "2026-06-01T12:00:04Z"}, begins(), "and a second before, for who commits late")
		s.Look().Found(team, due.Add(time.Minute))
		require.Equal(t, "2026-06-01T12:01:04Z", begins()[team])

		before := s.Look()
		require.NoError(t, s.Review(finds(time.Second, queue.Start{Key: team, Due: due}))) // it was committed late
		before.Found(team, due.Add(time.Hour))
		require.Equal(t, "2026-06-01T12:00:04Z", begins()[team], "what was found before the review is left alone")

		require.NoError(t, s.Review(finds(time.Millisecond)))
		require.Empty(t, begins(), "whoever held a snapshot has gone")
		require.Error(t, s.Review(func() ([]queue.Start, error) { return nil, errors.New("it took too long") }))
		require.Len(t, begins(), 2)
		require.Error(t, s.Review(func() ([]queue.Start, error) { panic("a fault of ours") }))
		require.Len(t, begins(), 2)
	})
}

// TestManyKeysTakeTheirTime: that a review finds many keys does not make it slow, and
// that there were many in the end does not make claims slow.
func TestManyKeysTakeTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, many := queue.NewStarts(), make([]queue.Start, 1500)
		for n := range many {
			many[n] = queue.Start{Key: fmt.Sprintf("%08x-1111-7111-8111-111111111111", n), Due: time.Now()}
		}
		require.NoError(t, s.Review(finds(30*time.Millisecond, many...)))
		require.Len(t, s.Look().Keys, 1)
		require.NoError(t, s.Review(finds(time.Minute, many...)))
		require.Len(t, s.Look().Keys, 1001)
	})
}

func TestReviewsTakeATwentiethOfTheTime(t *testing.T) {
	for takes, wait := range map[time.Duration]time.Duration{
		0: time.Second, 10 * time.Millisecond: time.Second, 100 * time.Millisecond: 2 * time.Second, time.Minute: 10 * time.Second,
	} {
		t.Run(takes.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := queue.NewStarts()
				require.True(t, s.Old())
				require.False(t, s.Old(), "one looks for all")
				require.NoError(t, s.Review(finds(takes)))
				time.Sleep(wait - time.Nanosecond)
				require.False(t, s.Old())
				time.Sleep(time.Nanosecond)
				require.True(t, s.Old())
			})
		})
	}
}
