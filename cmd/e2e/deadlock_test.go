package e2e

import (
	"testing"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
)

// hold begins a transaction that meets a customer nobody knew, and leaves it open.
func (w *world) hold(address string) *sqlx.Tx {
	w.t.Helper()
	tx, err := w.DB.Beginx()
	require.NoError(w.t, err)
	w.meet(tx, address)
	return tx
}

func (w *world) meet(tx *sqlx.Tx, address string) {
	w.t.Helper()
	_, err := tx.Exec(`insert into addresses (company_id, kind, address, contact_id) values ($1, 'phone', $2, $3)`, w.Company.ID, address, uuid.NewString())
	require.NoError(w.t, err)
}

// waits returns once as many of the gateway's transactions wait for a lock.
func (w *world) waits() {
	w.t.Helper()
	for waiting := 0; waiting == 0; {
		require.NoError(w.t, w.DB.Get(&waiting, `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`))
	}
}

// Another transaction meets the same two new customers the other way round, and
// the database ends ours: it is made again at once, and nothing counts as failed.
func TestADeadlockIsNobodysFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const ann, bob, cid = "+13125550161", "+13125550162", "+13125550163"
	first, second := w.hold(cid), w.hold(bob)
	w.text(cid, "Hello?") // its handling waits, so that the next two come together
	w.waits()
	w.text(ann, "Hello?")
	w.text(bob, "Hello?")
	require.NoError(t, first.Rollback())
	for met := 0; met == 0; {
		require.NoError(t, w.DB.Get(&met, `select count(*) from addresses where address = $1`, cid))
	}
	w.waits()
	w.meet(second, ann) // returns when the database has ended ours
	require.NoError(t, second.Rollback())
	w.settle()
	var failed, tickets int
	require.NoError(t, w.DB.Get(&failed, `select count(*) from events where attempts > 0`))
	require.NoError(t, w.DB.Get(&tickets, `select count(*) from tickets`))
	require.Equal(t, []int{0, 3}, []int{failed, tickets})
}
