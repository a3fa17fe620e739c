package messages_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/messages"
	"ringback/migrations/testdb"
)

// TestAMessageIsKeptAsItWasSaid: whoever said it, with what it is about; what
// it does not have is null, and no empty id.
func TestAMessageIsKeptAsItWasSaid(t *testing.T) {
	t.Parallel()
	db, company := testdb.New(t), uuid.NewString()
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	full := messages.Message{
		ID: uuid.NewString(), CompanyID: company, TeamID: uuid.NewString(), ContactID: uuid.NewString(), SenderID: uuid.NewString(), TicketID: uuid.NewString(),
		Author: "customer", Kind: channels.LocationMessage, About: "SM0", Who: "Ann", Text: "Hello 👋 “quoted” \\ %", Media: []channels.Media{{ID: "m1"}},
		EventID: uuid.NewString(), DeliveryID: uuid.NewString(), At: at,
	}
	bare := messages.Message{CompanyID: company, TeamID: full.TeamID, ContactID: full.ContactID, SenderID: full.SenderID, Author: "automation", At: at.Add(-time.Hour)}
	for _, m := range []messages.Message{full, bare} {
		require.NoError(t, messages.Insert(t.Context(), db, m))
	}
	var kept []struct {
		ID, Author, Kind, About, Who, Text string
		Ticket, Event, Delivery            *string
		Media                              json.RawMessage
		At                                 time.Time
	}
	require.NoError(t, db.Select(&kept, `select id, author, kind, about, who, text, ticket_id as ticket, event_id as event, delivery_id as delivery, media, at
		from messages where company_id = $1 order by seq`, company))
	require.Len(t, kept, 2, "in the order in which they were written down, not of their times")
	one, other := kept[0], kept[1]
	require.Equal(t, []string{full.ID, "customer", "location", "SM0", "Ann", full.Text}, []string{one.ID, one.Author, one.Kind, one.About, one.Who, one.Text})
	require.Equal(t, []string{full.TicketID, full.EventID, full.DeliveryID}, []string{*one.Ticket, *one.Event, *one.Delivery})
	require.Contains(t, string(one.Media), `"m1"`)
	require.True(t, one.At.Equal(at))
	require.NotEmpty(t, other.ID, "it is given one")
	require.Nil(t, other.Ticket)
	require.Nil(t, other.Event)
	require.Nil(t, other.Delivery)
	require.JSONEq(t, `[]`, string(other.Media))
	require.Error(t, messages.Insert(t.Context(), db, full), "the same message twice is a fault, and not two lines")
}
