package app

import (
	"context"
	"database/sql/driver"
	"errors"
)

// preparing makes connections that prepare a statement the first time they run
// it and keep it. It is for the gateway, which runs the same few statements
// again and again: to parse and plan one of them costs more than to run it.
type preparing struct{ driver.Connector }

func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := plain.(capable)
	if !ok {
		return nil, errors.Join(errors.New("the driver cannot prepare"), plain.Close())
	}
	return &prepared{capable: full, kept: map[string]statement{}}, nil
}

// capable is all that lib/pq's connections can do.
type capable interface {
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

type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// prepared is a connection with the statements it has run. They are as many as
// there are in the code; a connection that ends takes them along.
type prepared struct {
	capable
	kept map[string]statement
}

func (p *prepared) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		p.forget(query)
	}
	return rows, err
}

func (p *prepared) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 { // several statements in one cannot be prepared
		return p.capable.ExecContext(ctx, query, args)
	}
	s, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		p.forget(query)
	}
	return result, err
}

func (p *prepared) statement(ctx context.Context, query string) (statement, error) {
	if s, ok := p.kept[query]; ok {
		return s, nil
	}
	made, err := p.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := made.(statement)
	if !ok {
		return nil, errors.Join(errors.New("the driver's statements take no context"), made.Close())
	}
	p.kept[query] = s
	return s, nil
}

// forget lets go of a statement that failed: after a migration Postgres refuses
// a plan whose columns have changed, and preparing it anew is all it takes.
func (p *prepared) forget(query string) {
	_ = p.kept[query].Close() // if this fails, so does the connection
	delete(p.kept, query)
}
