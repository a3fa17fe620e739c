package main

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/cmd/chaos/wire"
	"ringback/gateway/spool/jetstream"
	"ringback/gateway/spool/jetstream/jetstreamtest"
)

// TestFaultsBySpool: those of a spool's servers are played with servers alone, and those of
// a disk with folders; the others say why they are not.
func TestFaultsBySpool(t *testing.T) {
	for with, lacks := range map[spool][]string{
		folder: {"nats-kill", "nats-freeze", "nats-cut", "nats-apart", "nats-slow", "nats-stop-all", "nothing-keeps", "machine-lost"},
		onNATS: {"disk-full"},
	} {
		some, skipped, err := chosen("", with)
		require.NoError(t, err)
		require.Len(t, skipped, len(lacks))
		require.Len(t, some, len(faults)-len(lacks))
		for _, name := range lacks {
			require.NotEmpty(t, skipped[name], name)
			require.False(t, has(some, name), name)
			_, _, err := chosen("kill,"+name, with)
			require.ErrorContains(t, err, skipped[name])
		}
	}
	_, err := campaigns(t.Context(), options{spool: "tape"}, os.Stdout)
	require.ErrorContains(t, err, "folder or nats")
}

// servers are three as a campaign sets them, in this process, and each reaches the others.
func servers(t *testing.T) (*stage, []*server.Server) {
	t.Helper()
	s := &stage{dir: t.TempDir()}
	require.NoError(t, s.placeNATS())
	var running []*server.Server
	for n, one := range s.nats {
		for _, way := range append(one.routes, one.wire) {
			t.Cleanup(way.Close)
		}
		file := one.store + ".conf"
		require.NoError(t, os.WriteFile(file, []byte(one.settings()), 0o600))
		o, err := server.ProcessConfigFile(file)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint("n", n+1), o.ServerName)
		require.True(t, o.SyncAlways)
		require.EqualValues(t, 8<<20, o.MaxPayload)
		require.Equal(t, one.store, o.StoreDir)
		require.Equal(t, []string{one.client, one.monitor, one.peers}, []string{address(o.Host, o.Port), address(o.HTTPHost, o.HTTPPort), address(o.Cluster.Host, o.Cluster.Port)})
		require.True(t, o.Cluster.NoAdvertise)
		require.Len(t, o.Routes, 2)
		o.NoLog, o.NoSigs = true, true
		runs, err := server.NewServer(o)
		require.NoError(t, err)
		runs.Start()
		t.Cleanup(runs.Shutdown)
		running = append(running, runs)
	}
	reach(t, running, 2, 2, 2)
	return s, running
}

// reach waits until each server has routes to so many others.
func reach(t *testing.T, running []*server.Server, others ...int) {
	t.Helper()
	require.Eventually(t, func() bool {
		for n, s := range running {
			if reached(t, s) != others[n] {
				return false
			}
		}
		return true
	}, time.Minute, 10*time.Millisecond, "each reaches %v others", others)
}

// TestWhoIsCutOffHearsOfNobody, neither from the others nor by another way: servers are set
// so, as their own program reads it.
func TestWhoIsCutOffHearsOfNobody(t *testing.T) {
	s, running := servers(t)
	for range 2 { // after it was mended as well
		s.ways(s.nats[0], cut(true))
		reach(t, running, 0, 1, 1)
		s.ways(s.nats[0], cut(false))
		reach(t, running, 2, 2, 2)
	}
}

// TestAServerThatIsCutOffIsLeft: one that lets clients in and reaches none of the others
// keeps nothing, and another one is asked before a provider hears of it.
func TestAServerThatIsCutOffIsLeft(t *testing.T) {
	s, running := servers(t)
	at, err := jetstream.Parse(s.spoolURL())
	require.NoError(t, err)
	kept, err := jetstream.Open(at, 8<<20, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer func() { _ = kept.Close() }()
	require.Eventually(t, func() bool { return !kept.State().Unseen }, time.Minute, 10*time.Millisecond)
	require.NoError(t, s.untilNATS(t.Context()), "each has what the others have")
	asked := slices.IndexFunc(running, func(s *server.Server) bool { return s.NumClients() > 0 })
	s.ways(s.nats[asked], cut(true))
	require.NoError(t, kept.Append([][]byte{[]byte("a text")}, clocktest.Running(t).Now()))
	require.Zero(t, running[asked].NumClients())
}

func address(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// reached is how many others a server has a route to.
func reached(t *testing.T, s *server.Server) int {
	t.Helper()
	routes, err := s.Routez(nil)
	require.NoError(t, err)
	others := map[string]bool{}
	for _, one := range routes.Routes {
		others[one.RemoteID] = true
	}
	return len(others)
}

// TestASilentServerIsLeft: a server of the spool that stands still keeps its connections,
// and another one is asked before a provider hears of it.
func TestASilentServerIsLeft(t *testing.T) {
	all, address := jetstreamtest.Prepare(t)
	var over []*wire.Wire
	for _, o := range all.Options {
		o.Cluster.NoAdvertise = true
		w, err := wire.New("tcp", fmt.Sprintf("127.0.0.1:%d", o.Port))
		require.NoError(t, err)
		defer w.Close()
		over = append(over, w)
		address = strings.Replace(address, fmt.Sprintf("127.0.0.1:%d", o.Port), w.Address(), 1)
	}
	all.Run(0, 1, 2)
	at, err := jetstream.Parse(address)
	require.NoError(t, err)
	kept, err := jetstream.Open(at, 8<<20, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer func() { _ = kept.Close() }()
	require.Eventually(t, func() bool { return !kept.State().Unseen }, time.Minute, 10*time.Millisecond)
	now := clocktest.Running(t)
	for n, w := range over { // one of them is the one that is asked
		end := w.Silence()
		require.NoError(t, kept.Append([][]byte{[]byte("a text")}, now.Now()), n)
		end()
	}
}
