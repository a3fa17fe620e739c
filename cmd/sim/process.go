package main

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/lib/pq"
)

// process is one replica's life, as far as its database can tell: it runs until
// trouble comes at a certain statement. What a process that has ended still
// tries does not reach the database, so that its end is an end at that line.
type process struct {
	trouble *Trouble
	run     int // statements of this step so far
	away    int // for how many more the database refuses
	dead    bool
}

// Trouble is what happens at the n-th statement of a step, begin and commit
// being statements too.
type Trouble struct {
	Kind  string // crash: the process ends; refuse: the database says no; away: it says no for a while
	At    int    // from 1; AtCommit: at the first commit, whichever statement that is
	After bool   // the statement has been carried out by then, and nobody hears of it
}

// AtCommit is where transactions end, whatever they consist of.
const AtCommit = 0

// awayFor is for how many statements a database that is away says no.
const awayFor = 5

var (
	errDead    = errors.New("sim: the process has ended")
	errRefused = &pq.Error{Severity: "FATAL", Code: "57P01", Message: "sim: the database is away"} // as a server says that is being shut down
)

// begin starts a step, with the trouble that it has; nil: none.
func (p *process) begin(t *Trouble) { *p = process{trouble: t} }

// statement carries one out, unless trouble comes first. A transaction that is
// cut off is rolled back at once, as Postgres does when a connection ends, so
// that nothing depends on how long it takes to notice.
func (p *process) statement(c *conn, commit bool, do func() error) error {
	if p.dead {
		return errDead
	}
	if p.away > 0 {
		p.away--
		return errRefused
	}
	p.run++
	t := p.trouble
	if t == nil || p.run != t.At && (t.At != AtCommit || !commit) {
		return do()
	}
	p.trouble = nil
	if t.After {
		if err := do(); err != nil {
			return err
		}
	}
	return p.fail(c, t.Kind)
}

func (p *process) fail(c *conn, kind string) error {
	switch kind {
	case "crash":
		p.die(c)
		return errDead
	case "away":
		p.away = awayFor
	}
	return errRefused
}

func (p *process) die(c *conn) {
	p.dead = true
	if c != nil && c.open != nil {
		_ = c.open.Rollback()
		c.open = nil
	}
}

// connector makes connections whose statements a process counts.
type connector struct {
	driver.Connector
	process *process
	touched *touched
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := plain.(capable)
	if !ok {
		return nil, errors.Join(errors.New("sim: the driver lacks something"), plain.Close())
	}
	return &conn{capable: full, process: c.process, touched: c.touched}, nil
}

// capable is what the gateway's connections can do.
type capable interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.SessionResetter
	driver.Validator
}

type conn struct {
	capable
	process *process
	touched *touched
	open    driver.Tx // nil: none
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (result driver.Result, err error) {
	c.touched.and(query)
	err = c.process.statement(c, false, func() (err error) {
		result, err = c.capable.ExecContext(ctx, query, args)
		return err
	})
	return result, err
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.touched.and(query)
	var rows driver.Rows
	err := c.process.statement(c, false, func() (err error) {
		rows, err = c.capable.QueryContext(ctx, query, args)
		return err
	})
	if err != nil && rows != nil { // carried out, and nobody hears of it
		_ = rows.Close()
	}
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	err := c.process.statement(c, false, func() (err error) {
		c.open, err = c.capable.BeginTx(ctx, opts)
		return err
	})
	if err == nil {
		return tx{c}, nil
	}
	if c.open != nil {
		_ = c.open.Rollback()
		c.open = nil
	}
	return nil, err
}

type tx struct{ conn *conn }

// Commit that is refused leaves nothing open: the pool takes the connection back.
func (t tx) Commit() error {
	err := t.conn.process.statement(t.conn, true, func() error {
		open := t.conn.open
		t.conn.open = nil
		return open.Commit()
	})
	if t.conn.open != nil {
		_ = t.Rollback()
	}
	return err
}

// Rollback is no statement of ours to fail: it is what happens anyway.
func (t tx) Rollback() error {
	open := t.conn.open
	t.conn.open = nil
	if open == nil {
		return errDead
	}
	return open.Rollback()
}
