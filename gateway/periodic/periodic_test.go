package periodic_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/periodic"
)

func TestAChoreIsDoneAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		var chores periodic.Runner
		done := 0
		chores.Start(slog.New(slog.NewTextHandler(&said, nil)), "sweeping", time.Minute, func(context.Context) error {
			done++
			if done == 2 {
				return errors.New("no broom")
			}
			if done == 3 {
				panic("out of its mind")
			}
			return nil
		})
		time.Sleep(3*time.Minute + time.Second) // of the test's own clock
		chores.Stop()
		require.Equal(t, 4, done, "a fault does not end it, and a panic neither")
		require.Contains(t, said.String(), "out of its mind")
		require.Equal(t, 2, strings.Count(said.String(), "sweeping failed"))
		require.Contains(t, said.String(), "no broom")
	})
}

func TestWhatIsStoppedIsCutOffAndSaysNothing(t *testing.T) {
	var said bytes.Buffer
	var chores periodic.Runner
	begun := make(chan bool)
	chores.Start(slog.New(slog.NewTextHandler(&said, nil)), "sweeping", time.Hour, func(ctx context.Context) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	})
	<-begun
	chores.Stop()
	require.Empty(t, said.String())
	new(periodic.Runner).Stop() // one that was never begun
}
