package settings_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// TestThePaceStandsWhereMessagesAreClaimed: whoever claims a sender's messages reads
// there what the API says, from the first save on and after each.
func TestThePaceStandsWhereMessagesAreClaimed(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	stored := func(id string) (rate float64) {
		require.NoError(t, db.Get(&rate, `select per_second from senders where id = $1`, id))
		return rate
	}
	for address, want := range map[string]float64{"+15005550006": 1, "+18005550199": 3, "55501": 100} {
		var made settings.Sender
		edit := func(change func(e *settings.Edit) error) {
			_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", change)
			require.NoError(t, err)
		}
		edit(func(e *settings.Edit) (err error) {
			made, err = e.AddSender(t.Context(), settings.Sender{Kind: channels.SMS, Address: address})
			return err
		})
		require.Equal(t, want, stored(made.ID), address)
		made.Settings.MessagesPerSecond = 2.5
		edit(func(e *settings.Edit) error { _, err := e.SaveSender(t.Context(), made); return err })
		require.Equal(t, 2.5, stored(made.ID), address)
	}
}
