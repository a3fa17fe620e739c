package gateway

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/gateway/deliveries"
	"ringback/migrations/testdb"
)

// TestAReceiptThatIsRefusedLeavesTheOthersAlone: of what providers took at the same time
// one cannot be noted. Left in doubt, the others would be asked about at the provider.
func TestAReceiptThatIsRefusedLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	at := time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)
	g := New(Config{DB: db, Clock: clocktest.StoppedAt(at)})
	company := uuid.NewString()
	var all []deliveries.Accepted
	for _, receipt := range []string{"SM1", "SM2\x00", "SM3"} { // Postgres takes no text with a zero byte
		c := deliveries.Claimed{CompanyID: company, ID: uuid.NewString()}
		db.MustExec(`insert into deliveries (company_id, id, team_id, contact_id, sender_id, kind, account, from_address, to_address, text, due_at)
			values ($1, $2, $3, $3, $3, 'sms', '', '+13125550100', '+13125550142', 'hello', $4)`, company, c.ID, uuid.NewString(), at)
		all = append(all, deliveries.AcceptedBy(c, channels.Receipt{ProviderID: receipt, State: channels.Sent}, at, time.Minute))
	}
	refused := all[1]
	failed, err := g.noteAccepted(t.Context(), all)
	require.NoError(t, err)
	for _, one := range all {
		require.Equal(t, one == refused, failed[one] != nil, one.ProviderID)
	}
	var noted []string
	require.NoError(t, db.Select(&noted, `select provider_id || ' ' || state from deliveries where provider_id <> '' order by 1`))
	require.Equal(t, []string{"SM1 sent", "SM3 sent"}, noted)
}
