package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// waits reports whether the customer of the only ticket waits for us.
func (w *world) waits() (waits bool) {
	w.t.Helper()
	require.NoError(w.t, w.DB.Get(&waits, `select waiting_since is not null from tickets where status = 'open'`))
	return waits
}

// TestWhoSaysStopWaitsNoMore: nobody may write to them, so they leave the list of who
// waits for an answer, until they write again.
func TestWhoSaysStopWaitsNoMore(t *testing.T) {
	t.Parallel()
	const from = "+13125550142"
	w := called(t, whileOpen, nobody)
	write := func(text string) {
		w.settle()
		w.later(time.Minute)
		w.text(from, text)
		w.settle()
	}
	write("Is the mower ready?")
	require.True(t, w.waits())
	write("STOP")
	require.False(t, w.waits())
	write("I only meant the surveys. Is it ready?")
	require.True(t, w.waits())
	write("STOP")
	require.False(t, w.waits())
}

// TestWhoCalledAndSaysStopWaits: they can be called back.
func TestWhoCalledAndSaysStopWaits(t *testing.T) {
	t.Parallel()
	w, _, _ := missed(t, nobody)
	w.text(caller, "STOP")
	w.settle()
	require.True(t, w.waits())
}
