package gateway

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/events"
	"ringback/migrations/testdb"
)

// TestAStopHoldsForWhoseverPhoneItIs: of a text that is refused because they
// stopped the sender, to a customer or to one of the staff.
func TestAStopHoldsForWhoseverPhoneItIs(t *testing.T) {
	db := testdb.New(t)
	at := events.Event{OccurredAt: time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)}
	for n, contact := range []string{"", uuid.NewString()} {
		m := deliveries.Moved{
			CompanyID: uuid.NewString(), ID: uuid.NewString(), TeamID: uuid.NewString(), ContactID: contact, SenderID: uuid.NewString(),
			Kind: channels.SMS, To: "+13125550142",
		}
		require.NoError(t, learn(t.Context(), db, m, channels.ReasonOptedOut, "21610", at))
		var written int
		require.NoError(t, db.Get(&written, `select count(*) from consents`))
		require.Equal(t, n+1, written)
	}
}
