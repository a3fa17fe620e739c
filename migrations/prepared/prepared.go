// Package prepared makes connections that prepare a statement the first time they run
// it and keep it. It is for who runs the same few statements again and again, as the
// gateway does: to parse and plan one of them costs more than to run it.
package prepared

import (
	"context"
	"database/sql/driver"
	"errors"
)

// Connector has the connections of another prepare.
type Connector struct{ driver.Connector }

// Connect makes one.
func (c Connector) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := plain.(Capable)
	if !ok {
		return nil, errors.Join(errors.New("the driver cannot prepare"), plain.Close())
	}
	return &conn{Capable: full, kept: map[string]Statement{}}, nil
}

// Capable is all that lib/pq's connections can do.
type Capable interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// Statement is what they prepare.
type Statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// conn is a connection with the statements it has run. They are as many as
// there are in the code; a connection that ends takes them along.
type conn struct {
	Capable
	kept map[string]Statement
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		c.forget(query)
	}
	return rows, err
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 { // several statements in one cannot be prepared
		return c.Capable.ExecContext(ctx, query, args)
	}
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		c.forget(query)
	}
	return result, err
}

func (c *conn) statement(ctx context.Context, query string) (Statement, error) {
	if s, ok := c.kept[query]; ok {
		return s, nil
	}
	made, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := made.(Statement)
	if !ok {
		return nil, errors.Join(errors.New("the driver's statements take no context"), made.Close())
	}
	c.kept[query] = s
	return s, nil
}

// forget lets go of a statement that failed: after a migration Postgres refuses
// a plan whose columns have changed, and preparing it anew is all it takes.
func (c *conn) forget(query string) {
	_ = c.kept[query].Close() // if this fails, so does the connection
	delete(c.kept, query)
}
