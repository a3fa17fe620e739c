package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"ringback/channels/guard"
)

// A statement is given up by Postgres after statementTimeout, and by us when
// the server has said nothing for silence: a context alone does not free a
// call from a peer that went silent (lib/pq issue 620).
//
// A process that stands still or is cut off in the middle of a transaction keeps
// its locks for idleInTransaction and no longer; when it wakes, its commit finds
// that the transaction is over.
const (
	statementTimeout  = 15 * time.Second
	silence           = 25 * time.Second
	idleInTransaction = 8 * time.Second
)

// A peer that is gone is noticed after unacknowledged: by us for a Postgres that
// was cut off, and by Postgres for us.
const (
	keepAlive       = 10 * time.Second
	keepAliveProbes = 3
	unacknowledged  = 15 * time.Second
)

// ofSession are the settings of every connection of ours, unless DATABASE_URL says
// otherwise. Times are in milliseconds, but for those of keep-alives.
var ofSession = map[string]string{
	"statement_timeout":                   milliseconds(statementTimeout),
	"idle_in_transaction_session_timeout": milliseconds(idleInTransaction),
	"client_connection_check_interval":    "2000", // who has gone is not worked for
	"tcp_keepalives_idle":                 seconds(keepAlive),
	"tcp_keepalives_interval":             seconds(unacknowledged / keepAliveProbes),
	"tcp_keepalives_count":                strconv.Itoa(keepAliveProbes),
	"tcp_user_timeout":                    milliseconds(unacknowledged),
	"jit":                                 "off", // compiling a statement takes seconds, and ours run for milliseconds
	"connect_timeout":                     seconds(connectWithin),
	"target_session_attrs":                "read-write", // a standby is of no use, also as the only host
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

func seconds(d time.Duration) string { return fmt.Sprint(int(d.Seconds())) }

// tuned is a DSN with the settings of our connections in it.
func tuned(dsn string) (*url.URL, error) {
	u, err := parseAddress(dsn)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	query := u.Query()
	for name, value := range ofSession {
		if !query.Has(name) {
			query.Set(name, value)
		}
	}
	u.RawQuery = query.Encode()
	return u, nil
}

// newConnector makes connections with more settings of their own, which are not
// DATABASE_URL's to choose.
func newConnector(dsn string, settings map[string]string, l *leader, d dialer) (hosts, error) {
	u, err := tuned(dsn)
	if err != nil {
		return hosts{}, err
	}
	query := u.Query()
	query.Set("binary_parameters", "yes") // one round trip a query
	for name, value := range settings {
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	servers, err := newHosts(u.String(), l, d)
	if err != nil {
		return hosts{}, fmt.Errorf("DATABASE_URL: %w", err)
	}
	return servers, nil
}

// dialer makes connections that do not wait for a silent server for ever.
type dialer struct {
	silence time.Duration                                // how long it may say nothing; 0: as long as it likes, as long as it is there
	opened  func(conn net.Conn, address string) net.Conn // what a connection becomes; nil: itself
}

// Dial connects.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout connects, if it does not take longer.
func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// DialContext connects, until the context ends.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	way := net.Dialer{
		Timeout: 5 * time.Second, Control: limitUnacknowledged,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: keepAlive, Interval: unacknowledged / keepAliveProbes, Count: keepAliveProbes},
	}
	conn, err := way.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if d.opened != nil {
		conn, err = becomes(conn, func() net.Conn { return d.opened(conn, address) })
	}
	if d.silence > 0 && err == nil {
		conn = quiet{conn, d.silence}
	}
	return conn, err
}

// becomes is what a connection becomes. lib/pq dials in goroutines of its own too, where a
// panic would end the process: the connection ends in its place.
func becomes(conn net.Conn, do func() net.Conn) (became net.Conn, err error) {
	if err := guard.Do(func() error { became = do(); return nil }); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return became, nil
}

// quiet is a connection whose every read and write has an end.
type quiet struct {
	net.Conn
	silence time.Duration
}

func (q quiet) Read(b []byte) (int, error) {
	if err := q.SetReadDeadline(time.Now().Add(q.silence)); err != nil {
		return 0, err
	}
	return q.Conn.Read(b)
}

func (q quiet) Write(b []byte) (int, error) {
	if err := q.SetWriteDeadline(time.Now().Add(q.silence)); err != nil {
		return 0, err
	}
	return q.Conn.Write(b)
}
