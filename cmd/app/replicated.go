package app

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"io"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"ringback/channels/guard"
	"ringback/migrations/prepared"
)

// awaits is the function in Postgres that waits for the standby. Its warnings are
// translated, and their code is anything's; its name is neither.
const awaits = "SyncRepWaitForLSN"

// doubting is a connection whose commits are believed only when the synchronous
// standby has them, where there is one. Postgres cannot take back what the primary has
// on its disk: a commit whose wait for the standby is cut short succeeds, with a
// warning ("canceling wait for synchronous replication"), and is lost if the primary
// is lost then. Here it is an error, whatever statement it ended: who must not
// acknowledge anything does not, and does it again.
//
// Then the standby may have become the primary, without the word having come to the
// old one, so the others are asked first next time. A server that has become read-only
// is not asked twice either, and none when another one has been found to lead.
type doubting struct {
	prepared.Capable
	at           int32 // of the hosts
	hosts        hosts
	unreplicated error // the warning, or what kept it from being understood; nil for none
	readOnly     bool
}

func judged(plain driver.Conn, at int32, h hosts) (driver.Conn, error) {
	full, ok := plain.(prepared.Capable)
	if !ok {
		return nil, errors.Join(errors.New("the driver's connections lack something"), plain.Close())
	}
	c := &doubting{Capable: full, at: at, hosts: h}
	pq.SetNoticeHandler(plain, func(notice *pq.Error) {
		if err := guard.Do(func() error { c.hear(notice); return nil }); err != nil {
			c.unreplicated = cmp.Or(c.unreplicated, err) // it may have been about the standby
		}
	})
	return c, nil
}

// hear minds what the server says beside its answers.
func (c *doubting) hear(notice *pq.Error) {
	if notice.Routine == awaits {
		c.unreplicated = notice
		c.hosts.leader.doubt(c.at, int32(len(c.hosts.each))) //nolint:gosec // few
	}
	if c.hosts.heard != nil {
		c.hosts.heard(notice)
	}
}

// judge is the error of what was done, as far as it is known now.
func (c *doubting) judge(err error) error {
	var answer *pq.Error
	if errors.As(err, &answer) && answer.Code == pqerror.ReadOnlySQLTransaction {
		c.readOnly = true
	}
	if err == nil || err == io.EOF { //nolint:errorlint // a driver's io.EOF is the end of the rows and never wrapped
		if c.unreplicated != nil {
			return c.unreplicated
		}
	}
	return err
}

// IsValid keeps an unfit connection from going back to the pool.
func (c *doubting) IsValid() bool { return c.fit() && c.Capable.IsValid() }

// ResetSession keeps one from being used that has become unfit in the pool.
func (c *doubting) ResetSession(ctx context.Context) error {
	if !c.fit() {
		return driver.ErrBadConn
	}
	return c.Capable.ResetSession(ctx)
}

func (c *doubting) fit() bool {
	return c.unreplicated == nil && !c.readOnly && c.at == c.hosts.leader.host.Load()
}

func (c *doubting) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx, err := c.Capable.BeginTx(ctx, options)
	if err != nil {
		return nil, c.judge(err)
	}
	return doubtingTx{tx, c}, nil
}

func (c *doubting) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.Capable.ExecContext(ctx, query, args)
	return result, c.judge(err)
}

func (c *doubting) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.Capable.QueryContext(ctx, query, args)
	if err != nil {
		return nil, c.judge(err)
	}
	return doubtingRows{rows, c}, nil
}

func (c *doubting) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	made, err := c.Capable.PrepareContext(ctx, query)
	if err != nil {
		return nil, c.judge(err)
	}
	s, ok := made.(prepared.Statement)
	if !ok {
		return nil, errors.Join(errors.New("the driver's statements take no context"), made.Close())
	}
	return doubtingStatement{s, c}, nil
}

type doubtingTx struct {
	driver.Tx
	conn *doubting
}

func (t doubtingTx) Commit() error { return t.conn.judge(t.Tx.Commit()) }

type doubtingStatement struct {
	prepared.Statement
	conn *doubting
}

func (s doubtingStatement) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	result, err := s.Statement.ExecContext(ctx, args)
	return result, s.conn.judge(err)
}

func (s doubtingStatement) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := s.Statement.QueryContext(ctx, args)
	if err != nil {
		return nil, s.conn.judge(err)
	}
	return doubtingRows{rows, s.conn}, nil
}

// doubtingRows are what a statement returned. One that is a transaction of its own is
// committed after its last row.
type doubtingRows struct {
	driver.Rows
	conn *doubting
}

func (r doubtingRows) Next(row []driver.Value) error { return r.conn.judge(r.Rows.Next(row)) }

func (r doubtingRows) Close() error { return r.conn.judge(r.Rows.Close()) }
