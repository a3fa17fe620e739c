package settings

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/migrations/testdb"
)

func TestAFloodOfForgeriesIsNeitherLetInNorCounted(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := aTeam(t, db)
	sender := aSender(t, db, team, Sender{Kind: channels.SMS, Address: "+15005550006", Settings: SenderSettings{Observe: true}})
	w := NewSenderHealthRecorder(db, "AC1")
	w.failing = rate.NewLimiter(0, 2)
	told := []channels.Event{{Kind: channels.MessageReceived, Sender: channels.SMS, Account: "AC1", SenderAddress: "+15005550006"}}
	for n, want := range []bool{true, true, false, false} {
		observed, err := w.Failed(t.Context(), told, clock.Due{})
		require.NoError(t, err)
		require.Equal(t, want, observed, n)
	}
	health, err := HealthOf(t.Context(), db, team.CompanyID, []string{sender.ID})
	require.NoError(t, err)
	require.Equal(t, 2, health[sender.ID].SignatureFailures)
}

// TestOnlyWhatIsObservedAsAWholeIsLetIn: a request that tells of anything else besides is
// refused, also where that is no sender of ours or one that nobody observes.
func TestOnlyWhatIsObservedAsAWholeIsLetIn(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := aTeam(t, db)
	const observed, strict, foreign, unknown = "+15005550006", "+15005550007", "+15005550008", "+15005550009"
	aSender(t, db, team, Sender{Kind: channels.SMS, Address: observed, Settings: SenderSettings{Observe: true}})
	sure := aSender(t, db, team, Sender{Kind: channels.SMS, Address: strict})
	aSender(t, db, team, Sender{Kind: channels.SMS, Address: foreign, Account: "AC2", Settings: SenderSettings{Observe: true}})
	w := NewSenderHealthRecorder(db, "AC1")
	for _, c := range []struct {
		told []string
		want bool
	}{
		{[]string{observed}, true},
		{[]string{observed, observed}, true},
		{[]string{strict}, false},
		{[]string{observed, strict}, false},
		{[]string{observed, unknown}, false},
		{[]string{unknown}, false},
		{[]string{foreign}, false}, // another account's
		{nil, false},
	} {
		var told []channels.Event
		for _, address := range c.told {
			told = append(told, channels.Event{Kind: channels.MessageReceived, Sender: channels.SMS, Account: "AC1", SenderAddress: address})
		}
		got, err := w.Failed(t.Context(), told, clock.Due{})
		require.NoError(t, err)
		require.Equal(t, c.want, got, c.told)
	}
	got, err := w.Failed(t.Context(), []channels.Event{{Sender: channels.SMS, Account: "AC1", SenderAddress: observed, SenderID: "no id"}}, clock.Due{})
	require.NoError(t, err)
	require.False(t, got, "what is no id at all")
	health, err := HealthOf(t.Context(), db, team.CompanyID, []string{sure.ID})
	require.NoError(t, err)
	require.Equal(t, 2, health[sure.ID].SignatureFailures, "counted, whoever is observed")
}

// TestWhenASenderWasLastHeardIsKnownInAPlayedMonth: its days pass within seconds.
func TestWhenASenderWasLastHeardIsKnownInAPlayedMonth(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := aTeam(t, db)
	sender := aSender(t, db, team, Sender{Kind: channels.SMS, Address: "+15005550006"})
	w := NewSenderHealthRecorder(db, "AC1")
	told := []channels.Event{{Kind: channels.MessageReceived, Sender: channels.SMS, Account: "AC1", SenderAddress: "+15005550006"}}
	begin := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct{ after, want time.Duration }{{0, 0}, {30 * time.Second, 0}, {24 * time.Hour, 24 * time.Hour}} {
		require.NoError(t, w.Seen(t.Context(), told, clock.At(begin.Add(c.after))))
		health, err := HealthOf(t.Context(), db, team.CompanyID, []string{sender.ID})
		require.NoError(t, err)
		require.Equal(t, begin.Add(c.want), health[sender.ID].LastWebhookAt.UTC())
	}
}
