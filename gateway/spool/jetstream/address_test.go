package jetstream

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	a, err := Parse("nats://ringback:p%40ss@a,b:5222,c/events?monitor=http://a:1/,https://b:2,http://c:3")
	require.NoError(t, err)
	require.Equal(t, Address{
		User: "ringback", Password: "p@ss", Hosts: []string{"a:4222", "b:5222", "c:4222"}, Stream: "events",
		Monitors: []string{"http://a:1", "https://b:2", "http://c:3"},
	}, a)
	a, err = Parse("nats://a,b,c")
	require.NoError(t, err)
	require.Equal(t, Address{Hosts: []string{"a:4222", "b:4222", "c:4222"}, Stream: "ringback-spool", Monitors: []string{"http://a:8222", "http://b:8222", "http://c:8222"}}, a)
	for _, wrong := range []string{
		"nats://", "nats://a", "nats://a,b", "nats://a,,c", "nats://a,b,a", "nats://a,b,B:4222", "nats://a,b,c/two/parts", "nats://a,b,c?replicas=1", "nats://a,b,c?monitor=a:8222", "nats://name:secret%@a,b,c",
	} {
		_, err := Parse(wrong)
		require.Error(t, err, wrong)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestVersionsAndDisks(t *testing.T) {
	for _, c := range []struct {
		version string
		good    bool
	}{{"2.15.0", true}, {"2.15.3-RC.1", true}, {"3.0.0", true}, {"2.14.9", false}, {"2.9.25", false}, {"1.99.0", false}, {"", false}} {
		h := health{Version: c.version}
		h.JetStream.Config = &struct {
			SyncAlways bool `json:"sync_always"`
		}{true}
		require.Equal(t, c.good, h.fault() == nil, c.version)
	}
	require.ErrorContains(t, health{Version: "2.15.0"}.fault(), "JetStream is not switched on")
}

func TestWhatIsPackedComesOut(t *testing.T) {
	things := [][]byte{[]byte("one"), {}, make([]byte, 700), []byte("four")}
	var out [][]byte
	messages := pack(things, 720)
	for _, m := range messages {
		out = append(out, unpack(m)...)
	}
	require.Len(t, messages, 2)
	require.Equal(t, things, out)
	require.Equal(t, [][]byte{[]byte("\xffnot ours")}, unpack([]byte("\xffnot ours")))
}
