// Package transaction does several things in the database at once or none of them.
//
// The hard decision: there is one way to begin one, which also ends it. Whoever began a
// transaction by hand had to remember three lines, and one that is not taken back keeps a
// connection and its locks.
package transaction

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// Run commits what do has done in the transaction, unless it fails: then nothing was done,
// and the error is that of do, as it is.
func Run(ctx context.Context, db *sqlx.DB, do func(*sqlx.Tx) error) error {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}
