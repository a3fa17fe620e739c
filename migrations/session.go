package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pressly/goose/v3/lock"
)

// session is goose's lock, taken on a connection that is made fit for migrations
// first: nothing ends a long step, a lock is waited for shortly, and a process that
// dies leaves no step behind that Postgres goes on with.
type session struct {
	lock.SessionLocker
	run *Run
}

// SessionLock waits for the others that migrate.
func (s session) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, fmt.Sprintf(`set statement_timeout = 0; set lock_timeout = %d; set client_connection_check_interval = 1000`, lockWait.Milliseconds()))
	if err != nil {
		return err
	}
	var pid int
	if err := conn.QueryRowContext(ctx, `select pg_backend_pid()`).Scan(&pid); err != nil {
		return err
	}
	s.run.at(locking)
	if err := s.SessionLocker.SessionLock(ctx, conn); err != nil {
		return err
	}
	s.run.at(pid)
	return nil
}

// SessionUnlock leaves the connection as it was found.
func (s session) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	s.run.at(resting)
	err := s.SessionLocker.SessionUnlock(ctx, conn)
	_, reset := conn.ExecContext(ctx, `reset statement_timeout; reset lock_timeout; reset client_connection_check_interval`)
	return errors.Join(err, reset)
}

// What a run is doing, where it is not the process at Postgres that works for it.
const (
	resting = -1
	locking = 0 // it tries again and again to be the one that migrates
)

func (r *Run) at(pid int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pid = pid
}

// blockers are those who hold what a connection waits for, in words that may be
// shown to everybody.
const blockers = `
select coalesce(string_agg(concat_ws(', ', nullif(a.application_name, ''), 'process ' || b.pid || ' at Postgres', a.state), ' and '), '')
from unnest(pg_blocking_pids($1)) b (pid) left join pg_stat_activity a on a.pid = b.pid`

// watch finds out what the run waits for, and says now and then how far it is.
func (r *Run) watch(ctx context.Context) {
	told := time.Now()
	for ticker := time.NewTicker(lookEvery); ; {
		select {
		case <-ctx.Done():
			ticker.Stop()
			return
		case <-ticker.C:
		}
		r.look(ctx)
		if time.Since(told) >= tellEvery {
			told = time.Now()
			r.Log.Info(r.Progress().String())
		}
	}
}

func (r *Run) look(ctx context.Context) {
	r.mu.Lock()
	pid := r.pid
	r.mu.Unlock()
	var who string
	switch pid {
	case resting: // between two tries it waits for the same as before
		return
	case locking:
		who = "another process that migrates"
	default:
		if r.DB.QueryRowContext(ctx, blockers, pid).Scan(&who) != nil {
			return
		}
	}
	r.set(func(p *Progress) { p.WaitsFor = who })
}
