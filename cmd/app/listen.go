package app

import (
	"net"
	"path/filepath"
	"strconv"
	"strings"
)

// listening dials for who listens to notifications, and lib/pq chooses among the hosts
// itself. Its connection is closed with all others when another host leads: it would
// stay with a lost one for as long as that says nothing, and hear nothing. It may be
// silent: there may be nothing to hear.
func (h hosts) listening() dialer {
	return dialer{opened: func(conn net.Conn, address string) net.Conn {
		for n := range h.each {
			if len(h.each) > 1 && h.address(n) == address {
				return h.leader.lead(conn, n)
			}
		}
		return conn
	}}
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
