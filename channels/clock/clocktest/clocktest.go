// Package clocktest gives tests the time they play at, so that none runs at the
// real time of day and passes only in the morning.
//
// The instant is the same in every run, a Monday morning in Chicago, unless the
// environment variable RINGBACK_TEST_TIME holds another one: make test-hours runs
// everything at six of them. A test whose story needs a particular hour moves its
// clock there itself.
package clocktest

import (
	"os"
	"testing"
	"time"

	"ringback/channels/clock"
)

// variable names the environment variable that moves all tests, in RFC 3339.
const variable = "RINGBACK_TEST_TIME"

// usual is when tests play: Monday, 10:00 in Chicago and 17:00 in Warsaw.
const usual = "2026-06-01T15:00:00Z"

// Now is the instant that tests play at, in UTC.
func Now(t testing.TB) time.Time {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		text = usual
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return at.UTC()
}

// Stopped is a clock that stands at Now until the test moves it.
func Stopped(t testing.TB) *clock.Clock {
	t.Helper()
	return StoppedAt(Now(t))
}

// StoppedAt is Stopped for a test that needs a particular hour.
func StoppedAt(at time.Time) *clock.Clock {
	c := &clock.Clock{}
	c.Stop(at)
	return c
}

// Running is a clock that runs on from Now, for worlds that wait until something
// is due or that order what happens by the time.
func Running(t testing.TB) *clock.Clock {
	t.Helper()
	return RunningFrom(Now(t))
}

// RunningFrom is Running for a test that needs a particular hour.
func RunningFrom(at time.Time) *clock.Clock {
	c := &clock.Clock{}
	c.Shift(time.Until(at))
	return c
}
