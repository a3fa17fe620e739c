package app

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels/guard"
	"ringback/migrations/testdb"
)

// TestAPanicWhileANoticeIsHeard is the statement's failure, and its connection is not used
// again: what the server said of the standby may not have been understood.
func TestAPanicWhileANoticeIsHeard(t *testing.T) {
	t.Parallel()
	h, err := newConnector(testdb.DSN(t), nil, newLeader(), dialer{silence: silence})
	require.NoError(t, err)
	loud := true
	h.heard = func(*pq.Error) {
		if loud {
			panic("out of its mind")
		}
	}
	pool := open(h, 1)
	defer pool.Close()
	const says = `do $$ begin raise warning 'a word'; end $$`
	ways := map[string]func(*sqlx.DB) error{
		"a statement": func(db *sqlx.DB) error { _, err := db.Exec(says); return err },
		"rows": func(db *sqlx.DB) (err error) {
			rows, err := db.Query(says)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(rows.Err(), rows.Close()) }()
			return nil
		},
		"a transaction": func(db *sqlx.DB) error {
			tx, err := db.Begin()
			if err == nil {
				_, err = tx.Exec(says)
				_ = tx.Rollback()
			}
			return err
		},
	}
	for name, way := range ways {
		loud = true
		require.NotPanics(t, func() { err = way(pool) }, name)
		require.True(t, guard.Panicked(err), "%s: %v", name, err)
		loud = false
		require.NoError(t, way(pool), "%s: the one connection that there may be is a new one", name)
	}
	require.Zero(t, pool.Stats().InUse)
}

// TestAPanicWhileItIsDialed is a connection that was not made: lib/pq also dials in
// goroutines of its own.
func TestAPanicWhileItIsDialed(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	broken := dialer{opened: func(net.Conn, string) net.Conn { panic("out of its mind") }}
	led := &making{dialer: dialer{}, ctx: t.Context(), lead: func(net.Conn) net.Conn { panic("out of its mind") }}
	for name, dial := range map[string]func(context.Context, string, string) (net.Conn, error){
		"opened": broken.DialContext, "led": led.DialContext,
	} {
		require.NotPanics(t, func() {
			conn, err := dial(t.Context(), "tcp", listener.Addr().String())
			require.Nil(t, conn, name)
			require.True(t, guard.Panicked(err), name)
		})
		there, err := listener.Accept()
		require.NoError(t, err)
		_, err = there.Read(make([]byte, 1))
		require.Error(t, err, "%s: and it is closed", name)
		require.NoError(t, there.Close())
	}
}
