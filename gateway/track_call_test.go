package gateway_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/gateway"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// TestACallerOnHoldIsNotMissed: a team's own phone system says that it rings,
// and then nothing for long. Its provider is asked before the call is settled,
// and as long as it says that the call goes on, nothing is. What we take
// ourselves tells its end by itself.
func TestACallerOnHoldIsNotMissed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 14, 0, 0, 0, time.UTC)
	provider := &slowProvider{}
	db := testdb.New(t)
	g := gateway.New(gateway.Config{
		DB: db, Clock: clocktest.StoppedAt(now), Settings: settings.NewCache(), Log: slog.New(slog.DiscardHandler), Channels: []channels.Channel{provider},
		Accounts: settings.Accounts{Vault: &settings.Vault{}, DB: db}, PublicURL: func() string { return "https://texts.example.com" },
	})
	w := &outbox{t: t, db: db}
	out := w.team(channels.SMS, channels.Voice)
	tell := func(kind channels.EventKind, sid string, call channels.Call) {
		call.ID = sid
		require.NoError(t, g.RecordOne([]channels.Event{{
			Kind: kind, ProviderID: uuid.NewString(), Sender: channels.Voice, SenderAddress: out.From, CustomerAddress: "+13125550143", At: now, Call: &call,
		}}))
	}
	work := func() {
		for _, one := range []func() (bool, error){
			func() (bool, error) { return g.HandleOne(t.Context()) }, func() (bool, error) { return g.AskOne(t.Context()) }, func() (bool, error) { return g.HandleOne(t.Context()) },
		} {
			for busy := true; busy; {
				var err error
				busy, err = one()
				require.NoError(t, err)
			}
		}
	}
	pass := func(d time.Duration) {
		for end := now.Add(d); now.Before(end); now = now.Add(10 * time.Second) {
			g.Clock.Stop(now)
			work()
		}
	}
	call := func(sid string) (found string) {
		require.NoError(t, db.Get(&found, `select outcome || ' ' || status from calls where sid = $1`, sid))
		return found
	}
	tell(channels.CallArrived, "CA2", channels.Call{})
	tell(channels.CallStepped, "CA2", channels.Call{Step: channels.StepRinging})
	tell(channels.CallStepped, "CA1", channels.Call{Step: channels.StepRinging})
	pass(3 * time.Minute)
	require.Equal(t, "hung_up ", call("CA2"), "ours is taken for over")
	require.Equal(t, " ", call("CA1"), "nobody can be asked yet")
	require.Positive(t, provider.asked)
	provider.call = "in-progress"
	pass(10 * time.Minute)
	require.Equal(t, " ", call("CA1"), "the caller is on hold")
	tell(channels.CallStepped, "CA1", channels.Call{Step: channels.StepAnswered})
	provider.call = "completed"
	pass(20 * time.Second)
	_, err := db.Exec(`update calls set ask_at = $1 where ask_at is not null`, now) // a conversation's longest later
	require.NoError(t, err)
	pass(20 * time.Second)
	require.Equal(t, "answered completed", call("CA1"))
	asked := provider.asked
	pass(3 * time.Minute)
	require.Equal(t, asked, provider.asked, "it is settled")
}

// TestACallThatNobodyKnowsIsTakenForOver, as before, when the provider cannot
// be asked at all.
func TestACallThatNobodyKnowsIsTakenForOver(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 14, 0, 0, 0, time.UTC)
	db := testdb.New(t)
	g := gateway.New(gateway.Config{
		DB: db, Clock: clocktest.StoppedAt(now), Settings: settings.NewCache(), Log: slog.New(slog.DiscardHandler),
		PublicURL: func() string { return "https://texts.example.com" },
	})
	w := &outbox{t: t, db: db}
	out := w.team(channels.SMS, channels.Voice)
	require.NoError(t, g.RecordOne([]channels.Event{{
		Kind: channels.CallStepped, ProviderID: "1", Sender: channels.Voice, SenderAddress: out.From, CustomerAddress: "+13125550143", At: now,
		Call: &channels.Call{ID: "CA1", Step: channels.StepRinging},
	}}))
	for range 14 {
		for busy := true; busy; {
			var err error
			busy, err = g.HandleOne(t.Context())
			require.NoError(t, err)
		}
		_, err := g.AskOne(t.Context())
		require.NoError(t, err)
		now = now.Add(10 * time.Second)
		g.Clock.Stop(now)
	}
	var outcome string
	require.NoError(t, db.Get(&outcome, `select outcome from calls`))
	require.Equal(t, "hung_up", outcome)
}
