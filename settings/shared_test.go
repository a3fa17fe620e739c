package settings

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestShared: those who ask while a question is under way share the next one,
// whose answer is of a time after they asked.
func TestShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShared[int64]()
		var asked, version atomic.Int64
		ask := func(context.Context) (int64, error) {
			asked.Add(1)
			read := version.Load()
			time.Sleep(time.Second)
			return read, nil
		}
		var asking sync.WaitGroup
		for range 50 {
			asking.Go(func() {
				if _, err := s.get(t.Context(), "a", ask); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait() // the first question is under way
		version.Store(1)
		for range 50 {
			asking.Go(func() {
				if got, err := s.get(t.Context(), "a", ask); err != nil || got != 1 {
					t.Errorf("%d, %v: what was saved before they asked is in force", got, err)
				}
			})
		}
		asking.Wait()
		require.LessOrEqual(t, asked.Load(), int64(3))

		impatient, cancel := context.WithTimeout(t.Context(), 80*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := s.get(impatient, "b", ask)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 80*time.Millisecond, time.Since(began))
		broken := errors.New("away")
		_, err = s.get(t.Context(), "c", func(context.Context) (int64, error) { return 0, broken })
		require.ErrorIs(t, err, broken)
		synctest.Wait()
		time.Sleep(longest)
		s.mu.Lock()
		defer s.mu.Unlock()
		require.Empty(t, s.keys, "nothing is left behind")
	})
}
