package settings

import (
	"testing"

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
