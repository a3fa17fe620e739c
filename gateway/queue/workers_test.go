package queue_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/queue"
)

// TestALookThatFoundNothingIsNotRepeatedAtOnce: whoever is told of something every
// three milliseconds looks once in each lull, sees what was told last, and is at once awake
// when nothing was looked for in a while.
func TestALookThatFoundNothingIsNotRepeatedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks []time.Duration
		began := time.Now()
		w := &queue.Workers{Name: "looking", Log: slog.New(slog.DiscardHandler), N: 4, Poll: time.Hour, Debounce: 10 * time.Millisecond}
		w.Next = func(context.Context) (bool, error) {
			looks = append(looks, time.Since(began))
			return false, nil
		}
		w.Start()
		synctest.Wait()
		time.Sleep(time.Second)
		for range 9 {
			w.Wake()
			time.Sleep(3 * time.Millisecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		w.Stop()
		at := func(ms int) time.Duration { return time.Second + time.Duration(ms)*time.Millisecond }
		require.Equal(t, []time.Duration{0, at(0), at(10), at(20), at(30)}, looks)
	})
}

// TestALookThatFoundSomethingGoesOn: there may be more.
func TestALookThatFoundSomethingGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, left, last := time.Now(), 5, time.Duration(0)
		w := &queue.Workers{Name: "looking", Log: slog.New(slog.DiscardHandler), N: 1, Poll: time.Hour, Debounce: time.Minute}
		w.Next = func(context.Context) (bool, error) {
			if left == 0 {
				return false, nil
			}
			left--
			last = time.Since(began)
			return true, nil
		}
		w.Start()
		synctest.Wait()
		w.Stop()
		require.Zero(t, left)
		require.Zero(t, last)
	})
}

// TestAClaimThatLeftRoomLetsMoreGather: and one that filled it does not.
func TestAClaimThatLeftRoomLetsMoreGather(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var claims []time.Duration
		began, due := time.Now(), 5
		q := queue.New(queue.Config[int]{
			Name: "sending", Log: slog.New(slog.DiscardHandler), Slots: 4, Poll: time.Hour, Lease: time.Hour, Gather: 10 * time.Millisecond,
			Claim: func(_ context.Context, room queue.Room) ([]int, error) {
				mu.Lock()
				defer mu.Unlock()
				claims = append(claims, time.Since(began))
				n := min(room.Free, due)
				due -= n
				return make([]int, n), nil
			},
			Renew: func(context.Context, int) (bool, error) { return true, nil },
			Work:  func(context.Context, int, *queue.Lease) error { return nil },
		})
		q.Start()
		synctest.Wait()
		require.Zero(t, due)
		require.Zero(t, claims[len(claims)-1], "the first filled all slots, so the fifth does not wait")
		before := len(claims)
		for range 3 {
			mu.Lock()
			due++
			mu.Unlock()
			q.Wake()
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		q.Stop()
		require.Zero(t, due)
		require.Equal(t, 10*time.Millisecond, claims[before], "the three are claimed together")
	})
}
