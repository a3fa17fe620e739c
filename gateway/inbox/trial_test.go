package inbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/inbox"
)

func TestWhatIsWrongWithATrial(t *testing.T) {
	w := newWorld(t)
	late := time.Date(2101, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		trial inbox.Trial
		wrong []string
	}{
		{inbox.Trial{}, []string{"event.kind: not_one_of"}},
		{inbox.Trial{Event: inbox.TrialEvent{Kind: "message", Text: "hi"}, At: &late}, []string{"at: year"}},
		{inbox.Trial{Event: inbox.TrialEvent{Kind: "call", Text: "hi"}}, []string{"event.text: for_message_or_ticket"}},
		{inbox.Trial{Event: inbox.TrialEvent{Kind: "message", Outcome: "missed"}}, []string{"event.outcome: for_call"}},
		{inbox.Trial{Event: inbox.TrialEvent{Kind: "call", Outcome: "missed", Step: "menu"}}, []string{"event.step: beside_outcome"}},
		{inbox.Trial{Event: inbox.TrialEvent{Kind: "request"}}, []string{"event.asks: missing"}},
		{inbox.Trial{Event: inbox.TrialEvent{Kind: "request", Asks: "payment"}}, []string{"event.currency: missing", "event.amount: missing"}},
		{inbox.Trial{Event: inbox.TrialEvent{Kind: "message", Text: long(10001)}}, []string{"event.text: too_long"}},
	} {
		_, err := w.desk.Try(t.Context(), w.who, w.team.ID, c.trial)
		require.Equal(t, c.wrong, codes(t, err), "%+v", c.trial.Event)
	}
}

func TestATrialLeavesNothing(t *testing.T) {
	w := newWorld(t)
	answer, err := w.desk.Try(t.Context(), w.who, w.team.ID, inbox.Trial{Event: inbox.TrialEvent{Kind: "message", Text: "Are you open?"}})
	require.NoError(t, err)
	require.NotEmpty(t, answer.Decision.Reason)
	require.Equal(t, noon, answer.Decision.At)
	for _, table := range []string{"contacts", "tickets", "decisions", "messages", "deliveries"} {
		var n int
		require.NoError(t, w.db.Get(&n, "select count(*) from "+table))
		require.Zero(t, n, table)
	}
}
