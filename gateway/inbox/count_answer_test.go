package inbox_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/gateway/inbox"
	"ringback/gateway/messages"
	"ringback/settings"
)

// What a customer wrote counts as the answer when one of the staff says so: only a
// message that may be one, to a request that still waits, and once.
func TestCountAnswer(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	money, err := w.desk.Ask(t.Context(), w.who, w.team.ID, ticket.ID, "", inbox.Wanted{Kind: "approval", Message: "A new pump for $400?"})
	require.NoError(t, err)
	solved, err := w.desk.Ask(t.Context(), w.who, w.team.ID, ticket.ID, "", inbox.Wanted{Kind: "resolved"})
	require.NoError(t, err)
	said := func(text string, may ...string) string {
		m := messages.Message{
			ID: uuid.Must(uuid.NewV7()).String(), CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: ticket.Contact, SenderID: w.sender.ID,
			TicketID: ticket.ID, Author: "customer", Text: text, At: noon, MayAnswer: may,
		}
		require.NoError(t, messages.Insert(t.Context(), w.db, m))
		return m.ID
	}
	yes := said("YES", money.ID, solved.ID)
	plain, unread := said("YES"), said("perhaps", money.ID)

	shown, err := w.desk.Ticket(t.Context(), w.who, w.team.ID, ticket.ID)
	require.NoError(t, err)
	may := map[string]inbox.Candidates{}
	for _, one := range shown.Timeline {
		may[one.ID] = one.MayAnswer
	}
	require.Equal(t, inbox.Candidates{{Request: money.ID, Kind: "approval", Message: "A new pump for $400?"}, {Request: solved.ID, Kind: "resolved"}}, may[yes])
	require.Empty(t, may[plain])

	for name, message := range map[string]string{"no id": "x", "nobody's": uuid.NewString(), "which may answer nothing": plain, "which says nothing": unread} {
		_, err := w.desk.CountAnswer(t.Context(), w.who, w.team.ID, money.ID, message)
		require.Equal(t, []string{"message: no_candidate"}, codes(t, err), name)
	}
	_, err = w.desk.CountAnswer(t.Context(), w.who, w.team.ID, uuid.NewString(), yes)
	require.ErrorIs(t, err, settings.ErrNotFound)

	given, err := w.desk.CountAnswer(t.Context(), w.who, w.team.ID, money.ID, yes)
	require.NoError(t, err)
	require.JSONEq(t, `{"approved": true}`, string(*given.Answer))
	require.Equal(t, []string{"answered", "staff"}, []string{given.State, given.Via})
	_, err = w.desk.CountAnswer(t.Context(), w.who, w.team.ID, money.ID, yes)
	require.Equal(t, []string{"state: request_answered"}, codes(t, err))

	_, err = w.desk.CancelRequest(t.Context(), w.who, w.team.ID, solved.ID)
	require.NoError(t, err)
	_, err = w.desk.CountAnswer(t.Context(), w.who, w.team.ID, solved.ID, yes)
	require.Equal(t, []string{"state: request_expired"}, codes(t, err))

	shown, err = w.desk.Ticket(t.Context(), w.who, w.team.ID, ticket.ID)
	require.NoError(t, err)
	for _, one := range shown.Timeline {
		if one.Change == "answered" {
			require.Equal(t, "Maria", one.Author)
		}
		require.Empty(t, one.MayAnswer, "neither waits any more")
	}
}
