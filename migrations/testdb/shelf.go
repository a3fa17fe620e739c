package testdb

import (
	"context"
	"database/sql"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Shelf keeps databases for one test after the other, with what is open to each: what
// Postgres has looked up and planned for a connection lasts, which is most of what a test
// costs that begins anew. A test finds its database as New makes it.
//
// What a test leaves behind and no row says stays: settings and locks of a session, and
// statements that the pool has prepared. A database whose schema was changed, that held
// thousands of rows, or in which somebody is still at work, is not used again.
type Shelf[T any] struct {
	Open  func(ctx context.Context, dsn string) (T, error)
	Pool  func(T) *sql.DB // one of those that are open
	Close func(T) error

	mu   sync.Mutex
	free []*kept[T]
}

// mostTimes is by how many tests a database is used: nothing sweeps up in it.
const mostTimes = 25

// kept is a database and what is open to it.
type kept[T any] struct {
	open  T
	looks string // its schema
	times int
	drop  func(context.Context) error
}

// Use is what is open to a database for this test.
func (s *Shelf[T]) Use(t testing.TB) T {
	t.Helper()
	k := s.take()
	if k == nil {
		var err error
		k, err = s.make(t.Context())
		require.NoError(t, err)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		k.times++
		if t.Failed() || k.times >= mostTimes || clear(ctx, s.Pool(k.open), k.looks) != nil {
			_ = s.Close(k.open) // some of its connections may be cut off
			require.NoError(t, k.drop(ctx), "drop the test's database")
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.free = append(s.free, k)
	})
	return k.open
}

func (s *Shelf[T]) take() *kept[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.free) - 1
	if n < 0 {
		return nil
	}
	k := s.free[n]
	s.free = s.free[:n]
	return k
}

func (s *Shelf[T]) make(ctx context.Context) (*kept[T], error) {
	o, err := server()
	if err != nil {
		return nil, err
	}
	name, err := o.create(ctx)
	if err != nil {
		return nil, err
	}
	k := &kept[T]{drop: func(ctx context.Context) error { return o.drop(ctx, name) }}
	if k.open, err = s.Open(ctx, withDatabase(o.address, name)); err != nil {
		return nil, err
	}
	k.looks, err = schemaOf(ctx, s.Pool(k.open))
	return k, err
}
