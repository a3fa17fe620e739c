package testdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
)

// Pages counts what the statements in a transaction read: before one runs it is played
// and taken back. Sorts and scans are off, as on the gateway's connections.
type Pages struct {
	*sqlx.Tx

	Read int // pages, from memory or from the disk
	t    testing.TB
}

// Counted begins a transaction that is rolled back when the test ends, and counts.
func Counted(t testing.TB, db *sqlx.DB) *Pages {
	t.Helper()
	tx, err := db.BeginTxx(t.Context(), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	for _, setting := range []string{"enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin", "enable_sort"} {
		_, err := tx.Exec(`set local ` + setting + ` to off`)
		require.NoError(t, err)
	}
	return &Pages{Tx: tx, t: t}
}

// QueryContext counts and asks.
func (p *Pages) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	p.count(query, args)
	return p.Tx.QueryContext(ctx, query, args...)
}

// QueryxContext counts and asks.
func (p *Pages) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	p.count(query, args)
	return p.Tx.QueryxContext(ctx, query, args...)
}

// QueryRowxContext counts and asks.
func (p *Pages) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	p.count(query, args)
	return p.Tx.QueryRowxContext(ctx, query, args...)
}

func (p *Pages) count(query string, args []any) {
	p.t.Helper()
	_, err := p.Exec(`savepoint played`)
	require.NoError(p.t, err)
	var told []byte
	require.NoError(p.t, p.Get(&told, `explain (analyze, buffers, timing off, format json) `+query, args...))
	_, err = p.Exec(`rollback to played`)
	require.NoError(p.t, err)
	var plans []struct {
		Plan struct {
			Hit  int `json:"Shared Hit Blocks"`
			Read int `json:"Shared Read Blocks"`
		} `json:"Plan"`
	}
	require.NoError(p.t, json.Unmarshal(told, &plans))
	p.Read += plans[0].Plan.Hit + plans[0].Plan.Read
}

// Hold keeps a snapshot of now until the test ends, so that Postgres throws nothing
// away that is in it.
func Hold(t testing.TB, db *sqlx.DB) {
	t.Helper()
	tx, err := db.BeginTxx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	_, err = tx.Exec(`select 1 from companies limit 1`)
	require.NoError(t, err)
}
