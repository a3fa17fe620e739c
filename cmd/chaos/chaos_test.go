package main

import (
	"cmp"
	"context"
	"go/parser"
	"go/token"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/cmd/app/apptest"
	"ringback/cmd/overlay"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// TestShortCampaign: a few of each of the worst, one after the other and some at once,
// under load. How soon all is well again depends on who else uses the machine, and is
// not asked; what may not be is.
func TestShortCampaign(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	s, err := setUp(t.Context(), stageOptions{binary: self, replicas: 3, rate: 25, seed: 1, callback: 20 * time.Millisecond, fast: true, env: []string{apptest.AsServer + "=1"}})
	t.Cleanup(func() {
		s.close()
		require.NoError(t, s.clear())
	})
	require.NoError(t, err)
	c := newCampaign(s, 1, testLog{t})
	c.part, c.frozen = 0.25, 3*time.Second
	end := c.begin(t.Context())
	for _, names := range []string{"provider-takes,kill", "postgres-stop,provider-closes", "storm,freeze", "term"} {
		together, _, err := chosen(names, folder)
		require.NoError(t, err)
		require.NoError(t, c.goWrong(t.Context(), together))
	}
	end()
	require.NoError(t, c.audit(t.Context()))
	var said strings.Builder
	c.report(&said, 1)
	require.Empty(t, c.findings, said.String())
	for _, r := range s.replicas {
		require.Nil(t, r.cmd, "nobody was at work while it was looked at")
	}
	over, stop := context.WithCancel(t.Context())
	stop()
	left, err := c.place().Rest(over)
	require.NoError(t, err)
	require.Contains(t, left, "does not say what its spool holds", "who cannot be asked is not at rest")
	require.Greater(t, len(s.load.Told()), 50)
	require.Greater(t, c.facts.Taken, 20)
}

type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Logf("%s", line[:max(0, len(line)-1)])
	return len(line), nil
}

// The sources change, and a fault that can no longer be planted proves nothing.
func TestEveryPlantCanBePlanted(t *testing.T) {
	all, err := overlay.Read(plants, "faults", "spool")
	require.NoError(t, err)
	require.Len(t, all, 6)
	for _, m := range all {
		text, err := m.Plant("../..")
		require.NoError(t, err, m.Name)
		_, err = parser.ParseFile(token.NewFileSet(), m.File, text, parser.AllErrors)
		require.NoError(t, err, m.Name)
		_, _, err = chosen(m.More["faults"], cmp.Or(spool(m.More["spool"]), folder))
		require.NoError(t, err, m.Name)
	}
}

// TestAPlantThatIsNotThere is refused, and does not pass for one that was found.
func TestAPlantThatIsNotThere(t *testing.T) {
	for _, name := range []string{"99", "0", "a fault that nobody wrote"} {
		_, err := plant(t.Context(), options{plant: name}, io.Discard)
		require.ErrorContains(t, err, "-plant list", name)
	}
	_, err := plant(t.Context(), options{plant: "list"}, io.Discard)
	require.NoError(t, err)
}
