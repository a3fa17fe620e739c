// Package jetstreamtest has three NATS servers in a test's process.
//
// The hard decision: real ones, and not something that plays them: what has to be shown
// is what they do when one is gone.
package jetstreamtest

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"ringback/gateway/spool/jetstream"
)

// Stream is the one that the address names.
const Stream = "spool-of-a-test"

// Start starts three servers as a cluster, until the test is over, and returns them with
// the address of a spool on them. Change changes the settings of each; nil: they are as
// they should be.
func Start(t *testing.T, change func(n int, o *server.Options)) ([]*server.Server, string) {
	t.Helper()
	routes := make([]string, 3)
	ports := make([]int, 3)
	for n := range routes {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		ports[n] = free.Addr().(*net.TCPAddr).Port
		routes[n] = fmt.Sprintf("nats://127.0.0.1:%d", ports[n])
		require.NoError(t, free.Close())
	}
	var all []*server.Server
	var hosts, monitors []string
	for n := range routes {
		o := &server.Options{
			ServerName: fmt.Sprintf("nats-%d", n+1), Host: "127.0.0.1", Port: server.RANDOM_PORT, HTTPHost: "127.0.0.1", HTTPPort: server.RANDOM_PORT,
			JetStream: true, MaxPayload: 8 << 20, StoreDir: t.TempDir(), SyncAlways: true, SyncInterval: time.Minute, NoLog: true, NoSigs: true,
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: ports[n]}, Routes: server.RoutesFromStr(strings.Join(routes, ",")),
		}
		if change != nil {
			change(n, o)
		}
		s, err := server.NewServer(o)
		require.NoError(t, err)
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		all = append(all, s)
	}
	for _, s := range all {
		require.True(t, s.ReadyForConnections(time.Minute))
		hosts = append(hosts, s.Addr().String())
		monitors = append(monitors, "http://"+s.MonitorAddr().String())
	}
	require.Eventually(t, func() bool {
		for _, s := range all {
			if s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == 3 {
				return true
			}
		}
		return false
	}, time.Minute, 10*time.Millisecond, "the servers have a leader")
	return all, jetstream.Scheme + strings.Join(hosts, ",") + "/" + Stream + "?monitor=" + strings.Join(monitors, ",")
}
