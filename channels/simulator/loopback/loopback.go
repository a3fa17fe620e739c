// Package loopback finds addresses on this machine for servers that have to be told where
// to listen, and that may be started late, or again.
//
// The hard decision: not the free port that the system gives for port 0. That one is of
// the range from which connections to elsewhere take theirs as well, so that one of those
// may have it by the time the server comes, or comes back. These lie below that range.
package loopback

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
)

const (
	lowest = 10000
	given  = 32768 // from here on a Linux that was not told otherwise takes ports by itself; others take higher ones
	tries  = 1000
)

// Addresses returns n different ones, "127.0.0.1:20345", at which nobody listens. An error
// is that nearly all are taken.
func Addresses(n int) ([]string, error) {
	below := firstGiven()
	var all []string
	for range tries {
		if len(all) == n {
			return all, nil
		}
		address := fmt.Sprintf("127.0.0.1:%d", lowest+rand.IntN(below-lowest)) //nolint:gosec // no secret: only different from what others choose
		listener, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		defer listener.Close() // so that it is not found twice
		all = append(all, address)
	}
	return nil, errors.New("no free port on 127.0.0.1")
}

// firstGiven is where the range begins of which the system gives ports.
func firstGiven() int {
	var first int
	if said, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		_, _ = fmt.Sscan(string(said), &first)
	}
	if first <= lowest+tries { // not said, or too few are left
		return given
	}
	return first
}
