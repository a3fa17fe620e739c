// Package jetstreamtest has three NATS servers in a test's process.
//
// The hard decision: real ones, and not something that plays them: what has to be shown
// is what they do when one is gone.
package jetstreamtest

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/loopback"
	"ringback/gateway/spool/jetstream"
)

// Stream is the one that the address names.
const Stream = "spool-of-a-test"

// Servers are three that make a cluster, each once it is run.
type Servers struct {
	Options []*server.Options // of each, which may be changed before it is run
	Running []*server.Server  // nil: it is not
	t       *testing.T
}

// Start starts three servers as a cluster, until the test is over, and returns them with
// the address of a spool on them. Change changes the settings of each; nil: they are as
// they should be.
func Start(t *testing.T, change func(n int, o *server.Options)) ([]*server.Server, string) {
	t.Helper()
	all, address := Prepare(t)
	for n, o := range all.Options {
		if change != nil {
			change(n, o)
		}
	}
	all.Run(0, 1, 2)
	return all.Running, address
}

// Prepare has three servers, of which none runs, and the address of a spool on them.
func Prepare(t *testing.T) (*Servers, string) {
	t.Helper()
	const each = 3 // ports: for the others, for clients, for monitoring
	addresses, err := loopback.Addresses(3 * each)
	require.NoError(t, err)
	ports := make([]int, len(addresses))
	for n, address := range addresses {
		at, err := netip.ParseAddrPort(address)
		require.NoError(t, err)
		ports[n] = int(at.Port())
	}
	var routes, hosts, monitors []string
	for n := range 3 {
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", ports[each*n]))
		hosts = append(hosts, fmt.Sprintf("127.0.0.1:%d", ports[each*n+1]))
		monitors = append(monitors, fmt.Sprintf("http://127.0.0.1:%d", ports[each*n+2]))
	}
	all := &Servers{t: t, Running: make([]*server.Server, 3)}
	for n := range 3 {
		all.Options = append(all.Options, &server.Options{
			ServerName: fmt.Sprintf("nats-%d", n+1), Host: "127.0.0.1", Port: ports[each*n+1], HTTPHost: "127.0.0.1", HTTPPort: ports[each*n+2],
			JetStream: true, MaxPayload: 8 << 20, StoreDir: t.TempDir(), SyncAlways: true, SyncInterval: time.Minute, NoLog: true, NoSigs: true,
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: ports[each*n]}, Routes: server.RoutesFromStr(strings.Join(routes, ",")),
		})
	}
	return all, jetstream.Scheme + strings.Join(hosts, ",") + "/" + Stream + "?monitor=" + strings.Join(monitors, ",")
}

// Run runs some of them, and returns when they have a leader. It takes two.
func (all *Servers) Run(which ...int) {
	all.t.Helper()
	all.RunAlone(which...)
	require.Eventually(all.t, func() bool {
		for _, s := range all.Running {
			if s != nil && s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == 3 {
				return true
			}
		}
		return false
	}, time.Minute, 10*time.Millisecond, "the servers have a leader")
}

// RunAlone runs some of them, and returns when each lets clients in, whether they make a
// cluster or not.
func (all *Servers) RunAlone(which ...int) {
	all.t.Helper()
	for _, n := range which {
		o := *all.Options[n]
		s, err := server.NewServer(&o)
		require.NoError(all.t, err)
		s.Start()
		all.t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		all.Running[n] = s
	}
	for _, n := range which {
		require.True(all.t, all.Running[n].ReadyForConnections(time.Minute))
	}
}

// End ends some of them; their disks stay.
func (all *Servers) End(which ...int) {
	for _, n := range which {
		all.Running[n].Shutdown()
		all.Running[n].WaitForShutdown()
		all.Running[n] = nil
	}
}
