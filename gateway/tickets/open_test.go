package tickets_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/gateway/tickets"
	"ringback/settings"
)

// TestNumbersHaveNoGaps: customers see them. Tickets that are opened at once
// get one after the other, and one that was not to be leaves none out.
func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var mu sync.Mutex
	var numbers []int64
	var all sync.WaitGroup
	for n := range 12 {
		all.Go(func() {
			tx, err := w.db.Beginx()
			if err != nil {
				return
			}
			defer func() { _ = tx.Rollback() }()
			made := tickets.NewTicket{CompanyID: w.company, TeamID: w.team, ContactID: w.contact, Kind: "message", OpenedAt: noon}
			if made.Open(t.Context(), tx) != nil || n%3 == 0 || tx.Commit() != nil { // every third is rolled back
				return
			}
			mu.Lock()
			defer mu.Unlock()
			numbers = append(numbers, made.Number)
		})
	}
	all.Wait()
	slices.Sort(numbers)
	require.Equal(t, []int64{1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008}, numbers)
	require.EqualValues(t, 1001, newCompany(t, w.db).open(t, "", noon).Number, "another company counts its own")
}

func TestANewTicketStandsOnItsOwnTimeline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	advisor := uuid.NewString()
	made := tickets.NewTicket{CompanyID: w.company, TeamID: w.team, ContactID: w.contact, SenderID: w.sms, Kind: "call", OpenedAt: noon, Assignee: advisor}
	w.inTx(t, func(tx *sqlx.Tx) error { return made.Open(t.Context(), tx) })
	kept := w.find(t, made.ID)
	require.Equal(t, tickets.StatusOpen, kept.Status)
	require.Equal(t, made.Number, kept.Number)
	require.Equal(t, advisor, *kept.Assignee)
	require.Equal(t, w.sms, *kept.SenderID)
	require.True(t, kept.OpenedAt.Equal(noon))
	require.Equal(t, []string{"opened"}, w.timeline(t, made.ID))
}

// TestTheNewestTicket: one that is not closed goes before one that is, else
// the one opened last.
func TestTheNewestTicket(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	type ticket struct {
		hour   int
		status string
	}
	for name, c := range map[string]struct {
		tickets []ticket
		want    int // of them; -1: none
	}{
		"none":                              {nil, -1},
		"one":                               {[]ticket{{1, "open"}}, 0},
		"the one opened last":               {[]ticket{{1, "open"}, {3, "open"}, {2, "open"}}, 1},
		"open before closed":                {[]ticket{{1, "open"}, {3, "closed"}}, 0},
		"done counts as open":               {[]ticket{{1, "done"}, {3, "closed"}}, 0},
		"done, and opened later":            {[]ticket{{1, "open"}, {3, "done"}}, 1},
		"all are closed: the last that was": {[]ticket{{1, "closed"}, {3, "closed"}, {2, "closed"}}, 0},
		"of the same instant, the last":     {[]ticket{{1, "open"}, {1, "open"}}, 1},
	} {
		w := newCompany(t, db)
		var ids []string
		for _, n := range c.tickets {
			made := w.open(t, w.sms, noon.Add(time.Duration(n.hour)*time.Hour))
			w.change(t, made.ID, tickets.Change{Status: n.status, At: noon.Add(time.Duration(20-n.hour) * time.Hour)})
			ids = append(ids, made.ID)
		}
		tx, err := db.Beginx()
		require.NoError(t, err)
		found, err := tickets.Newest(t.Context(), tx, w.company, w.team, w.contact)
		if c.want < 0 {
			require.ErrorIs(t, err, settings.ErrNotFound, name)
		} else {
			require.NoError(t, err, name)
			require.Equal(t, ids[c.want], found.ID, name)
		}
		require.NoError(t, tx.Rollback())
	}
}

// TestAnotherTeamsTicketIsNone
func TestAnotherTeamsTicketIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.open(t, w.sms, noon).ID
	for _, c := range [][3]string{{uuid.NewString(), w.team, id}, {w.company, uuid.NewString(), id}, {w.company, w.team, uuid.NewString()}} {
		tx, err := w.db.Beginx()
		require.NoError(t, err)
		_, err = tickets.Lock(t.Context(), tx, c[0], c[1], c[2])
		require.ErrorIs(t, err, settings.ErrNotFound)
		require.NoError(t, tx.Rollback())
	}
}

// TestWhoLocksATicketHoldsItsCustomer: what an advisor does and what the
// customer does come one after the other.
func TestWhoLocksATicketHoldsItsCustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.open(t, w.sms, noon).ID
	tx, err := w.db.Beginx()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	_, err = tickets.Lock(t.Context(), tx, w.company, w.team, id)
	require.NoError(t, err)
	require.Empty(t, w.strings(t, `select contact_id from standings where company_id = $1 for update skip locked`, w.company))
	require.NoError(t, tx.Rollback())
	_ = w.find(t, id)
	require.Equal(t, []string{w.contact}, w.strings(t, `select contact_id from standings where company_id = $1 for update skip locked`, w.company))
}
