package gateway

import (
	"errors"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/queue"
)

// TestAnAccountIsLeftAlone: after five failures in a row, and then tried one thing at a
// time, later after each failure, until something is taken.
func TestAnAccountIsLeftAlone(t *testing.T) {
	now := time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)
	down := &channels.SendError{Reason: channels.ReasonUnavailable, Retry: channels.Later, Err: errors.New("503")}
	lost := &channels.SendError{Reason: channels.ReasonAmbiguous, Retry: channels.Look, Err: errors.New("timeout")}
	busy := queue.Room{Free: 100, Each: 32, Keys: pq.StringArray{"sms AC2", "sms AC1"}, Used: pq.Int64Array{7, 3}}
	idle := queue.Room{Free: 100, Each: 32}
	used := func(b *breakers, room queue.Room, account string) int64 {
		room = b.narrow(room, now)
		for n, key := range room.Keys {
			if key == account {
				return room.Used[n]
			}
		}
		return 0
	}
	var b breakers
	for range 4 {
		b.note("sms AC1", down, now)
	}
	b.note("sms AC1", &channels.SendError{Reason: channels.ReasonOptedOut}, now) // an answer like any other
	for range 4 {
		b.note("sms AC1", lost, now)
	}
	require.Empty(t, b.away())
	require.EqualValues(t, 3, used(&b, busy, "sms AC1"))
	b.note("sms AC1", errors.New("connection refused"), now)
	require.Equal(t, []string{"sms AC1"}, b.away())
	require.EqualValues(t, 32, used(&b, busy, "sms AC1"))
	require.EqualValues(t, 32, used(&b, idle, "sms AC1"))
	require.EqualValues(t, 7, used(&b, busy, "sms AC2"), "another account goes on")
	require.Equal(t, pq.Int64Array{7, 3}, busy.Used, "what was given stays")

	b.note("sms AC1", down, now) // it had begun before
	began, rests := now, map[time.Duration]bool{}
	for rest := 5 * time.Second; now.Sub(began) < 10*time.Minute; rest = min(max(now.Sub(began)/4, 5*time.Second), time.Minute) {
		if now.Sub(began) < 40*time.Second {
			require.LessOrEqual(t, rest, 10*time.Second, "what was short is over soon")
		}
		rests[rest] = true
		now = now.Add(rest - time.Nanosecond)
		require.EqualValues(t, 32, used(&b, idle, "sms AC1"), rest)
		now = now.Add(time.Nanosecond)
		require.EqualValues(t, 31, used(&b, idle, "sms AC1"), rest)
		require.EqualValues(t, 32, used(&b, busy, "sms AC1"), "one is tried at a time")
		b.note("sms AC1", down, now)
	}
	require.True(t, rests[time.Minute], "what is long is not asked for ever so often")
	now = now.Add(time.Minute)
	b.note("sms AC1", &channels.SendError{Reason: channels.ReasonUnavailable, After: 10 * time.Minute, Err: errors.New("503")}, now)
	now = now.Add(9 * time.Minute)
	require.EqualValues(t, 32, used(&b, idle, "sms AC1"), "the provider said how long")
	now = now.Add(time.Minute)
	require.EqualValues(t, 31, used(&b, idle, "sms AC1"))
	b.note("sms AC1", nil, now)
	require.Empty(t, b.away())
	require.Zero(t, used(&b, idle, "sms AC1"))
}
