package deliveries

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/migrations/testdb"
)

// TestOneWhatsAppMessageInSixSeconds: to one person from one sender, by the
// queue's clock; others, and texts by SMS, go at once.
func TestOneWhatsAppMessageInSixSeconds(t *testing.T) {
	for _, kind := range []channels.Kind{channels.WhatsAppCloud, channels.WhatsAppTwilio} {
		t.Run(string(kind), func(t *testing.T) { oneInSixSeconds(t, kind) })
	}
}

func oneInSixSeconds(t *testing.T, whatsapp channels.Kind) {
	t.Helper()
	db := testdb.New(t)
	sender := uuid.NewString()
	write := func(kind channels.Kind, to, text string, at time.Time) {
		sender := sender
		if kind == channels.SMS {
			sender = uuid.NewString()
		}
		out := Outgoing{CompanyID: company, ID: uuid.NewString(), TeamID: team, ContactID: uuid.NewString(), SenderID: sender, Kind: kind, To: to, Text: text}
		require.NoError(t, Queue(t.Context(), db, clock.At(at), out))
	}
	taken := func(text string) {
		_, err := db.Exec(`update deliveries set due_at = null where text = $1`, text)
		require.NoError(t, err)
	}
	for _, text := range []string{"one", "two", "three"} {
		write(whatsapp, "+13125550142", text, start)
	}
	write(whatsapp, "+13125550143", "another", start)
	write(channels.SMS, "+13125550142", "a text", start.Add(time.Second))
	require.ElementsMatch(t, []string{"one", "another"}, claimed(t, db, start, 9))
	taken("one")
	taken("another")
	require.Equal(t, []string{"a text"}, claimed(t, db, start.Add(5999*time.Millisecond), 9))
	require.Equal(t, []string{"two"}, claimed(t, db, start.Add(6*time.Second), 9))
	taken("two")
	taken("a text")
	require.Empty(t, claimed(t, db, start.Add(11999*time.Millisecond), 9))
	require.Equal(t, []string{"three"}, claimed(t, db, start.Add(12*time.Second), 9))
	taken("three")

	// What was late goes six seconds before the next, not when that was planned.
	write(whatsapp, "+13125550144", "late", start)
	write(whatsapp, "+13125550144", "next", start)
	require.Equal(t, []string{"late"}, claimed(t, db, start.Add(20*time.Second), 9))
	taken("late")
	require.Empty(t, claimed(t, db, start.Add(25*time.Second), 9))
	require.Equal(t, []string{"next"}, claimed(t, db, start.Add(26*time.Second), 9))
}
