package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/requests"
	"ringback/webhooks/api/apitest"
)

// rate lets a customer have rated an advisor's help on a ticket.
func (w inboxWorld) rate(s story, advisor *string, score int, at time.Time) string {
	w.t.Helper()
	_, hash := requests.NewToken()
	r := requests.Request{
		CompanyID: w.team.CompanyID, ID: newID(), TeamID: w.team.ID, ContactID: s.contact, TicketID: s.ticket, Kind: "rating",
		TokenHash: hash, Advisor: advisor, AskedAt: at, ExpiresAt: at.Add(requests.Life),
	}
	require.NoError(w.t, r.Insert(w.t.Context(), w.db))
	w.db.MustExec(`update requests set state = 'answered', answered_at = $2, answer = jsonb_build_object('score', $3::int, 'comment', 'fine') where id = $1`, r.ID, at, score)
	return r.ID
}

func TestRatingsByAdvisor(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	require.Equal(t, []any{0.0, nil}, []any{w.ratings("")["count"], w.ratings("")["average"]})
	ann, ben := w.advisor("Ann", w.team.ID), w.advisor("Ben", w.team.ID)
	first := w.rate(s, &ann, 5, noon)
	w.rate(s, &ann, 4, noon.Add(time.Hour))
	w.rate(s, &ann, 4, noon.Add(2*time.Hour))
	w.rate(s, &ben, 1, noon.Add(3*time.Hour))
	last := w.rate(s, nil, 3, noon.Add(4*time.Hour))

	all := w.ratings("")
	require.Equal(t, []any{5.0, 3.4}, []any{all["count"], all["average"]})
	require.Equal(t, []any{
		object{"advisor": ann, "name": "Ann", "count": 3.0, "average": 4.33},
		object{"advisor": nil, "name": "", "count": 1.0, "average": 3.0},
		object{"advisor": ben, "name": "Ben", "count": 1.0, "average": 1.0},
	}, all["advisors"])
	items := apitest.Items(all)
	require.Len(t, items, 5)
	require.Equal(t, []any{last, nil, 3.0, "fine", s.ticket, 1001.0}, []any{items[0]["id"], items[0]["advisor"], items[0]["score"], items[0]["comment"], items[0]["ticket"], items[0]["number"]})
	require.Equal(t, first, items[4]["id"])
	require.Equal(t, 3.0, w.ratings("?advisor=" + ann)["count"])
	require.Equal(t, 2.0, w.ratings("?since=2026-06-01T15:00:00Z")["count"])
	require.Equal(t, 1.0, w.ratings("?until=2026-06-01T13:00:00Z")["count"])
	require.NotNil(t, w.ratings("?limit=2")["next"])
	for query, field := range map[string]string{"?advisor=x": "advisor", "?since=x": "since", "?until=x": "until"} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", w.path+"/ratings"+query, nil), field)
	}

	one := w.Must(http.StatusOK, "GET", w.path+"/tickets/"+s.ticket, nil)
	require.Equal(t, object{"score": 3.0, "comment": "fine", "advisor": nil}, one["rating"], "the newest one")
}

func (w inboxWorld) ratings(query string) map[string]any {
	w.t.Helper()
	return w.Must(http.StatusOK, "GET", w.path+"/ratings"+query, nil)
}
