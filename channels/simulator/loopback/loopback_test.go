package loopback

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNobodyElseIsGivenThem: neither a listener at port 0 nor a connection to elsewhere
// takes one of them, however many there are.
func TestNobodyElseIsGivenThem(t *testing.T) {
	t.Parallel()
	const n = 100
	all, err := Addresses(n)
	require.NoError(t, err)
	require.Len(t, all, n)
	ours := map[string]bool{}
	for _, address := range all {
		ours[address] = true
	}
	require.Len(t, ours, n, "all different")

	server, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer server.Close()
	for range 2 * n {
		conn, err := net.Dial("tcp", server.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
		given, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer given.Close()
		for _, taken := range []net.Addr{conn.LocalAddr(), given.Addr()} {
			require.False(t, ours[taken.String()], taken)
			require.GreaterOrEqual(t, taken.(*net.TCPAddr).Port, firstGiven(), "of the range that the system gives")
		}
	}
	for _, address := range all {
		listener, err := net.Listen("tcp", address)
		require.NoError(t, err)
		defer listener.Close()
	}
}
