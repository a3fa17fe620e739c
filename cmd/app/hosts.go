package app

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"ringback/channels/guard"
)

// A host that has not let us in after headStart is not waited for any more before the
// next is tried, and all of them together have connectWithin. When none takes writes,
// nobody looks again for lookedFor: everything in the process would, all the time, and
// that alone is work for servers that are about to agree on a primary.
const (
	headStart     = 400 * time.Millisecond
	connectWithin = 5 * time.Second
	lookedFor     = 500 * time.Millisecond
)

// hosts makes connections to the one of several servers that takes writes. While it is
// known it is asked alone. When it fails or is slow the others are asked beside it, by
// one that looks for all: a machine that is cut off, and a server that stands still,
// answer nothing for as long as one waits.
type hosts struct {
	each   []pq.Config
	dialer dialer
	leader *leader
	heard  func(*pq.Error) // what the server says beside its answers; nil: nobody listens
}

func newHosts(dsn string, l *leader, d dialer) (hosts, error) {
	config, err := pq.NewConfig(dsn)
	if err != nil {
		return hosts{}, err
	}
	each := []pq.Config{config.Clone()}
	for _, other := range config.Multi {
		one := config.Clone()
		one.Host, one.Hostaddr, one.Port = other.Host, other.Hostaddr, other.Port
		each = append(each, one)
	}
	for n := range each {
		each[n].Multi = nil
	}
	return hosts{each: each, dialer: d, leader: l}, nil
}

// Driver is lib/pq's.
func (h hosts) Driver() driver.Driver { return &pq.Driver{} }

type attempt struct {
	host int
	conn driver.Conn
	err  error
}

// Connect connects, until the context ends.
func (h hosts) Connect(ctx context.Context) (driver.Conn, error) {
	if len(h.each) == 1 {
		one := h.try(ctx, 0)
		return one.conn, one.err
	}
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel() // which ends all attempts but the one that was taken
	if h.leader.known.Load() {
		soon, cancel := context.WithTimeout(ctx, 2*headStart)
		defer cancel()
		one := h.try(soon, int(h.leader.host.Load()))
		if one.err == nil {
			return one.conn, nil
		}
		h.leader.known.Store(false)
	}
	select {
	case h.leader.looking <- struct{}{}:
		defer func() { <-h.leader.looking }()
	case <-ctx.Done():
		return nil, fmt.Errorf("nobody has found a primary: %w", ctx.Err())
	}
	if h.leader.lost != nil && time.Since(h.leader.lostAt) < lookedFor {
		return nil, h.leader.lost
	}
	one := h.look(ctx)
	h.leader.lost, h.leader.lostAt = one.err, time.Now()
	if one.err == nil {
		h.leader.found(one.host)
	}
	return one.conn, one.err
}

// look asks one host after the other, without waiting long for any.
func (h hosts) look(ctx context.Context) attempt {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	came := make(chan attempt, len(h.each))
	begun, first := 0, int(h.leader.host.Load())
	begin := func() {
		if begun < len(h.each) {
			host := (first + begun) % len(h.each)
			begun++
			go func() { came <- h.try(ctx, host) }()
		}
	}
	begin()
	slow := time.NewTicker(headStart)
	defer slow.Stop()
	var failed []error
	for len(failed) < len(h.each) {
		select {
		case <-slow.C:
			begin()
		case one := <-came:
			if one.err == nil {
				go h.drop(came, begun-len(failed)-1)
				return one
			}
			failed = append(failed, one.err)
			begin()
		}
	}
	return attempt{err: errors.Join(failed...)}
}

// drop closes what comes too late.
func (h hosts) drop(came <-chan attempt, left int) {
	for range left {
		if late := <-came; late.err == nil {
			_ = late.conn.Close()
		}
	}
}

// try connects to one host. The context's end cuts the connection off while it is
// being made, also from a server that took it and says nothing.
func (h hosts) try(ctx context.Context, host int) attempt {
	making := &making{dialer: h.dialer, ctx: ctx}
	if len(h.each) > 1 {
		making.lead = func(conn net.Conn) net.Conn { return h.leader.lead(conn, host) }
	}
	connector, err := pq.NewConnectorConfig(h.each[host])
	if err != nil {
		return attempt{host, nil, err}
	}
	connector.Dialer(making)
	var conn driver.Conn
	err = guard.Do(func() (err error) { conn, err = connector.Connect(ctx); return err }) // in a goroutine, where several are looked for
	if !making.end() && err == nil {
		err = errors.Join(ctx.Err(), conn.Close())
	}
	if err != nil {
		return attempt{host, nil, h.trouble(ctx, host, err)}
	}
	judged, err := judged(conn, int32(host), h) //nolint:gosec // few
	return attempt{host, judged, err}
}

// trouble gives an error a class where lib/pq has only words: a server that is
// read-only is as good as away.
func (h hosts) trouble(ctx context.Context, host int, err error) error {
	var answer *pq.Error
	var network net.Error
	if ctx.Err() == nil && !errors.As(err, &answer) && !errors.As(err, &network) {
		err = &pq.Error{Severity: pqerror.SeverityFatal, Code: pqerror.CannotConnectNow, Message: err.Error()}
	}
	if len(h.each) == 1 {
		return err
	}
	return fmt.Errorf("%s: %w", h.each[host].Host, err)
}

// making is the dialer of one connection, which the context's end closes for as long
// as it is being made.
type making struct {
	dialer
	ctx  context.Context
	lead func(net.Conn) net.Conn // nil: nobody else knows of it
	mu   sync.Mutex
	made bool
	stop func() bool
}

// DialContext connects.
func (m *making) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := m.dialer.DialContext(ctx, network, address)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil && !m.made { // what comes later asks the server to cancel something
		if m.lead != nil {
			plain := conn
			if conn, err = becomes(plain, func() net.Conn { return m.lead(plain) }); err != nil {
				return nil, err
			}
		}
		m.stop = context.AfterFunc(m.ctx, func() { _ = conn.Close() })
	}
	return conn, err
}

// end lets go of the context, and says whether the connection outlived it.
func (m *making) end() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.made = true
	return m.stop == nil || m.stop()
}
