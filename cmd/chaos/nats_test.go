package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
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
		folder: {"nats-kill", "nats-freeze", "nats-stop-all", "nothing-keeps", "machine-lost"},
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

// TestNATSServersAreSetAsASpoolNeedsThem, as their own program reads it.
func TestNATSServersAreSetAsASpoolNeedsThem(t *testing.T) {
	one := &natsServer{client: "127.0.0.1:1", monitor: "127.0.0.1:2", peers: "127.0.0.1:3", store: filepath.Join(t.TempDir(), "n1")}
	file := filepath.Join(t.TempDir(), "n1.conf")
	require.NoError(t, os.WriteFile(file, []byte(one.settings([]string{"nats://127.0.0.1:3", "nats://127.0.0.1:6"})), 0o600))
	o, err := server.ProcessConfigFile(file)
	require.NoError(t, err)
	require.Equal(t, "n1", o.ServerName)
	require.True(t, o.SyncAlways)
	require.EqualValues(t, 8<<20, o.MaxPayload)
	require.Equal(t, one.store, o.StoreDir)
	require.Equal(t, []int{1, 2, 3}, []int{o.Port, o.HTTPPort, o.Cluster.Port})
	require.True(t, o.Cluster.NoAdvertise)
	require.Len(t, o.Routes, 2)
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
