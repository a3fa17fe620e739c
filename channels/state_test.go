package channels_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
)

var states = []channels.State{
	channels.Queued, channels.Unknown, channels.Sending, channels.Sent, channels.Delivered, channels.Read,
	channels.Failed, channels.Undelivered, channels.Expired, channels.Canceled,
}

// TestStateMachine is the whole of it: from each state, where a delivery may go.
func TestStateMachine(t *testing.T) {
	ends := []channels.State{channels.Delivered, channels.Read, channels.Failed, channels.Undelivered, channels.Expired, channels.Canceled}
	with := func(more ...channels.State) []channels.State { return append(more, ends...) }
	for from, want := range map[channels.State][]channels.State{
		channels.Queued:      with(channels.Unknown, channels.Sending, channels.Sent),
		channels.Unknown:     with(channels.Sending, channels.Sent),
		channels.Sending:     with(channels.Sent),
		channels.Sent:        ends,
		channels.Delivered:   {channels.Read},
		channels.Read:        {},
		channels.Failed:      {},
		channels.Undelivered: {},
		channels.Expired:     {},
		channels.Canceled:    {},
	} {
		got := []channels.State{}
		for _, to := range states {
			if from.Before(to) {
				got = append(got, to)
			}
		}
		require.ElementsMatch(t, want, got, from)
		require.False(t, from.Before("accepted"), "%s: a state that nobody knows", from)
		require.False(t, from.Before(""), from)
	}
}

// TestNoHistoryOfStatesGoesBack: callbacks in any order, doubled and late, end
// where the furthest of them leads that could still come.
func TestNoHistoryOfStatesGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		told := rapid.SliceOfN(rapid.SampledFrom(states), 0, 20).Draw(t, "told")
		state, been := channels.Queued, map[channels.State]bool{channels.Queued: true}
		for _, next := range told {
			if !state.Before(next) {
				continue
			}
			require.False(t, been[next], "%s again", next)
			require.False(t, state.Final() && next != channels.Read)
			require.False(t, state == next)
			state = next
			been[state] = true
		}
		for _, repeated := range told {
			if been[repeated] {
				require.False(t, state.Before(repeated), "%s after %s", repeated, state)
			}
		}
	})
}
