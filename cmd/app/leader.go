package app

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// leader is which host takes writes, for all that stand on the same servers, and the
// connections to each: when another host leads, those to the others are closed at once.
// A machine that is cut off says nothing, and whoever waits for its answer would wait
// until the silence is taken for an end.
type leader struct {
	host    atomic.Int32
	known   atomic.Bool
	looking chan struct{} // has room for the one who looks
	lost    error         // what came of the last look, and when; of who looks
	lostAt  time.Time

	mu   sync.Mutex
	open map[*led]int // the host that each connection leads to
}

func newLeader() *leader { return &leader{looking: make(chan struct{}, 1), open: map[*led]int{}} }

// doubt has the hosts after this one asked first, next time.
func (l *leader) doubt(host, hosts int32) {
	l.known.Store(false)
	l.host.CompareAndSwap(host, (host+1)%hosts)
}

// found is that a host takes writes: the others are left.
func (l *leader) found(host int) {
	l.host.Store(int32(host)) //nolint:gosec // few
	l.known.Store(true)
	l.mu.Lock()
	var left []*led
	for conn, at := range l.open {
		if at != host {
			left = append(left, conn)
		}
	}
	l.mu.Unlock()
	for _, conn := range left {
		_ = conn.Close()
	}
}

// led is a connection of which its leader knows for as long as it is open.
type led struct {
	net.Conn
	leader *leader
}

func (l *leader) lead(conn net.Conn, host int) net.Conn {
	kept := &led{conn, l}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[kept] = host
	return kept
}

// Close closes it.
func (c *led) Close() error {
	c.leader.mu.Lock()
	delete(c.leader.open, c)
	c.leader.mu.Unlock()
	return c.Conn.Close()
}

// lookOut is how often is looked whether the primary is another one, where there are
// several hosts: while every connection of a pool waits for one that has gone silent,
// nobody makes a new one that would find out.
const lookOut = 2 * time.Second

// lookForPrimary makes a connection, beside the pools, to whoever leads now. That there is
// none is said by those who need one.
func (d *Database) lookForPrimary(ctx context.Context) error {
	if conn, err := d.hosts.Connect(ctx); err == nil {
		_ = conn.Close()
	}
	return nil
}
