package ask_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/ask"
)

// TestWhoComesMeanwhileAsksTogether: the first asks alone, and all who come while
// that is on its way are one question.
func TestWhoComesMeanwhileAsksTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked [][]int
		doubled := &ask.Together[int, int]{Patience: time.Minute, Ask: func(_ context.Context, keys []int) (map[int]int, error) {
			slices.Sort(keys)
			asked = append(asked, keys)
			time.Sleep(time.Second)
			answers := map[int]int{}
			for _, key := range keys {
				answers[key] = 2 * key
			}
			return answers, nil
		}}
		var all sync.WaitGroup
		for _, key := range []int{1, 2, 3, 2} {
			all.Go(func() {
				answer, err := doubled.About(t.Context(), key)
				require.NoError(t, err)
				require.Equal(t, 2*key, answer)
			})
			synctest.Wait()
		}
		all.Wait()
		require.Equal(t, [][]int{{1}, {2, 3}}, asked)
		answer, err := doubled.About(t.Context(), 4)
		require.NoError(t, err)
		require.Equal(t, 8, answer)
	})
}

// TestNobodyWaitsLongerThanTheyWant: an answer that does not come keeps nobody, and
// an error is everybody's of its round.
func TestNobodyWaitsLongerThanTheyWant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := errors.New("away")
		silent := &ask.Together[int, bool]{Patience: 2 * time.Second, Ask: func(ctx context.Context, _ []int) (map[int]bool, error) {
			<-ctx.Done()
			return nil, away
		}}
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := silent.About(soon, 1)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = silent.About(t.Context(), 2)
		require.ErrorIs(t, err, away)
	})
}
