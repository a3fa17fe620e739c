package transaction_test

import (
	"errors"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
	"ringback/settings/transaction"
)

// TestRun: all of it or nothing, and the connection is free again either way.
func TestRun(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	db.MustExec(`create table written (word text)`)
	writes := func(word string, err error) error {
		return transaction.Run(t.Context(), db, func(tx *sqlx.Tx) error {
			tx.MustExec(`insert into written values ($1)`, word)
			return err
		})
	}
	refused := errors.New("no")
	require.NoError(t, writes("kept", nil))
	require.Equal(t, refused, writes("taken back", refused))
	require.Panics(t, func() {
		_ = transaction.Run(t.Context(), db, func(tx *sqlx.Tx) error {
			tx.MustExec(`insert into written values ('lost')`)
			panic("a fault of ours")
		})
	})
	var words []string
	require.NoError(t, db.Select(&words, `select word from written`))
	require.Equal(t, []string{"kept"}, words)
	require.Zero(t, db.Stats().InUse)
}
