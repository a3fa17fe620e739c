package app

import (
	"context"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// listening dials for who listens to notifications, and lib/pq chooses among the hosts
// itself. Its connection is closed with all others when another host leads: it would
// stay with a lost one for as long as that says nothing, and hear nothing.
type listening struct{ hosts }

// Dial connects.
func (l listening) Dial(network, address string) (net.Conn, error) {
	return l.DialContext(context.Background(), network, address)
}

// DialTimeout connects, if it does not take longer.
func (l listening) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return l.DialContext(ctx, network, address)
}

// DialContext connects, until the context ends.
func (l listening) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := dialer{}.DialContext(ctx, network, address) // it may be silent: there may be nothing to hear
	if err != nil || len(l.each) == 1 {
		return conn, err
	}
	for n := range l.each {
		if l.address(n) == address {
			return l.leader.lead(conn, n), nil
		}
	}
	return conn, nil
}

// address is where a host is dialed.
func (h hosts) address(n int) string {
	one, port := h.each[n], strconv.Itoa(int(h.each[n].Port))
	switch {
	case one.Hostaddr.IsValid():
		return net.JoinHostPort(one.Hostaddr.String(), port)
	case filepath.IsAbs(one.Host) || strings.HasPrefix(one.Host, "@"):
		return filepath.Join(one.Host, ".s.PGSQL."+port)
	}
	return net.JoinHostPort(one.Host, port)
}
