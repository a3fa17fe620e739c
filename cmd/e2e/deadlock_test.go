package e2e

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/cmd/app"
)

// hold begins a transaction that meets a customer nobody knew, and leaves it open.
// Where it stands in a deadlock it does not look for one: that is left to others.
func (w *world) hold(address string) *sqlx.Tx {
	w.t.Helper()
	tx, err := w.DB.Beginx()
	require.NoError(w.t, err)
	_, err = tx.Exec(`set local deadlock_timeout = '1h'`)
	require.NoError(w.t, err)
	require.NoError(w.t, w.meet(tx, address))
	return tx
}

func (w *world) meet(tx *sqlx.Tx, address string) error {
	_, err := tx.Exec(`insert into addresses (company_id, kind, address, contact_id) values ($1, 'phone', $2, $3)`, w.Company.ID, address, uuid.NewString())
	return err
}

// wait returns once as many transactions wait for a lock.
func (w *world) wait(many int) {
	w.t.Helper()
	for waiting := 0; waiting < many; {
		require.NoError(w.t, w.DB.Get(&waiting, `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`))
	}
}

// Another transaction meets two new customers the other way round, and the
// database ends ours: it is made again at once, and nothing counts as failed.
func TestADeadlockIsNobodysFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *app.Config) { c.DatabaseConnections = 40 }) // we hold some, while all handlers wait with theirs
	rounds := 1
	for !w.deadlocks(rounds) {
		rounds++
	}
	w.settle()
	var failed, tickets int
	require.NoError(t, w.DB.Get(&failed, `select count(*) from events where attempts > 0`))
	require.NoError(t, w.DB.Get(&tickets, `select count(*) from tickets`))
	require.Equal(t, []int{0, 4 * rounds}, []int{failed, tickets})
}

// deadlocks lets four customers write, and the gateway run into a deadlock with
// them. False: it did not, because on a busy machine it ended its transaction
// before, as it does after two seconds.
//
// Postgres ends whoever looks for a deadlock and finds one, a second after it
// began to wait. The other waits for ours first, and looks for none; ours closes
// the circle, so that it is always ours that finds it.
func (w *world) deadlocks(round int) bool {
	w.t.Helper()
	number := func(n int) string { return fmt.Sprintf("+1312555%02d%02d", round, n) }
	ann, bob, cid, eve := number(1), number(2), number(3), number(4)
	first, second, third := w.hold(cid), w.hold(bob), w.hold(eve)
	w.text(cid, "Hello?") // its handling waits, so that the next three come together
	w.wait(1)
	for _, customer := range []string{ann, eve, bob} {
		w.text(customer, "Hello?")
	}
	require.NoError(w.t, first.Rollback())
	for met := 0; met == 0; {
		require.NoError(w.t, w.DB.Get(&met, `select count(*) from addresses where address = $1`, cid))
	}
	w.wait(1) // ours has Ann, and waits for Eve
	met := make(chan error, 1)
	go func() { met <- w.meet(second, ann) }()
	w.wait(2)
	require.NoError(w.t, third.Rollback()) // ours goes on to Bob
	err := <-met
	require.NoError(w.t, second.Rollback())
	var known *pq.Error
	if errors.As(err, &known) && known.Code.Name() == "unique_violation" {
		return false // ours has Ann for good
	}
	require.NoError(w.t, err, "the database has ended ours")
	return true
}
