package deliveries_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/migrations/testdb"
)

// TestManyStepsAreTheStepsOneByOne: callbacks of several messages, in any order and
// any number of times, lead as far together as each for itself.
func TestManyStepsAreTheStepsOneByOne(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	rapid.Check(t, func(t *rapid.T) {
		company := uuid.NewString()
		var together, apart []world
		for range 3 {
			for _, all := range []*[]world{&together, &apart} {
				w := newMessage(t, db)
				_, err := db.Exec(`update deliveries set company_id = $1 where id = $2`, company, w.out.ID)
				require.NoError(t, err)
				w.out.CompanyID = company
				*all = append(*all, w)
			}
		}
		var steps []deliveries.Step
		for range rapid.IntRange(1, 9).Draw(t, "steps") {
			n := rapid.IntRange(0, 2).Draw(t, "message")
			s := channels.Status{
				ProviderID: rapid.SampledFrom([]string{"", "SM1", "SM2"}).Draw(t, "id"),
				State:      rapid.SampledFrom([]channels.State{channels.Sending, channels.Sent, channels.Delivered, channels.Read}).Draw(t, "state"),
			}
			s.Delivery = apart[n].out.ID
			apart[n].status(t, s)
			s.Delivery = together[n].out.ID
			steps = append(steps, deliveries.Step{CompanyID: company, SenderID: together[n].out.SenderID, Status: s, At: noon})
		}
		steps = append(steps, deliveries.Step{CompanyID: company, SenderID: uuid.NewString(), Status: channels.Status{Delivery: together[0].out.ID, State: channels.Read}, At: noon})
		_, err := deliveries.Advance(context.Background(), db, steps)
		require.NoError(t, err)
		for n := range together {
			one, many := apart[n].get(t), together[n].get(t)
			require.Equal(t, one.State, many.State)
			require.Equal(t, apart[n].due(t), together[n].due(t))
			require.Equal(t, kept(t, apart[n]), kept(t, together[n]))
		}
	})
}

// kept is the provider's id and the time of a message.
func kept(t tester, w world) (columns struct {
	ID *string    `db:"provider_id"`
	At *time.Time `db:"sent_at"`
},
) {
	t.Helper()
	require.NoError(t, w.db.Get(&columns, `select provider_id, sent_at from deliveries where id = $1`, w.out.ID))
	return columns
}
