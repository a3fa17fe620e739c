package clocktest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheUsualTime(t *testing.T) {
	t.Setenv(variable, "")
	require.Equal(t, time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC), Now(t))
	stopped, running := Stopped(t), Running(t)
	require.Equal(t, Now(t), stopped.Now())
	require.False(t, running.Now().Before(Now(t)))
	require.Less(t, running.Now().Sub(Now(t)), time.Hour)
}

func TestAnotherTime(t *testing.T) {
	t.Setenv(variable, "2028-02-29T23:30:00-06:00")
	require.Equal(t, time.Date(2028, 3, 1, 5, 30, 0, 0, time.UTC), Now(t))
	require.Equal(t, Now(t), Stopped(t).Now())
}
