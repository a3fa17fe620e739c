package gateway

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/gateway/queue"
)

func TestWhereClaimsBegin(t *testing.T) {
	const team = "22222222-2222-7222-8222-222222222222"
	synctest.Test(t, func(t *testing.T) {
		g, reviews := New(Config{Clock: &clock.Clock{}}), 0
		begins := func() int { // at so many keys that are known
			look := g.from(g.starts.events, func(context.Context, sqlx.QueryerContext, clock.Due) ([]queue.Start, error) {
				reviews++
				time.Sleep(time.Second)
				return []queue.Start{{Key: team, Due: time.Now()}}, nil
			})
			synctest.Wait()
			return len(look.Keys) - 1
		}
		require.Zero(t, begins(), "who only drains looks from the beginning")
		g.stop = func() {}
		require.Zero(t, begins(), "before the first review")
		require.Zero(t, begins(), "and while it goes on")
		require.Equal(t, 1, reviews)
		time.Sleep(time.Second)
		synctest.Wait() // the review wakes at the same instant
		require.Equal(t, 1, begins())
		g.Clock.Shift(-time.Hour)
		require.Zero(t, begins(), "a time that is played may be set back")
		g.Clock.Shift(0)
		time.Sleep(10 * time.Second)
		require.Equal(t, 1, begins(), "a review keeps nobody")
		require.Equal(t, 2, reviews)
		time.Sleep(time.Second)
		g.working.Wait()
	})
}
