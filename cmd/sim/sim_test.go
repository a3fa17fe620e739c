package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
)

func newTable(t *testing.T) *table {
	t.Helper()
	made, err := sit(t.Context(), testdb.DSN(t))
	require.NoError(t, err)
	t.Cleanup(made.close)
	return made
}

// How much is played each time the tests run.
const (
	freshSeeds = 20
	freshSteps = 150
)

// TestFreshSeeds plays seeds that nobody has played before. A failure prints a
// script: put it into testdata, where TestScripts plays it from then on.
func TestFreshSeeds(t *testing.T) {
	t.Parallel()
	table, first := newTable(t), rand.Uint64N(1<<40)
	t.Logf("seeds %d to %d, %d steps each", first, first+freshSeeds-1, freshSteps)
	for seed := first; seed < first+freshSeeds; seed++ {
		script := Write(seed, freshSteps)
		outcome, err := table.Play(t.Context(), script)
		require.NoError(t, err)
		if outcome.Broke == nil {
			continue
		}
		shorter, broke, err := table.Shrink(t.Context(), script, outcome.Broke)
		require.NoError(t, err)
		t.Fatalf("seed %d: %s\n%s", seed, broke, Print(shorter))
	}
}

// TestOneSeedOneHistory: ids and the machine's time differ from game to game,
// and nothing that happens does.
func TestOneSeedOneHistory(t *testing.T) {
	t.Parallel()
	here, there := newTable(t), newTable(t)
	for seed := range uint64(2) {
		one, err := here.Play(t.Context(), Write(seed, freshSteps))
		require.NoError(t, err)
		other, err := there.Play(t.Context(), Write(seed, freshSteps))
		require.NoError(t, err)
		require.Equal(t, strings.Join(one.Trace, "\n"), strings.Join(other.Trace, "\n"), "seed %d", seed)
		require.Equal(t, one.Hash, other.Hash)
	}
}

// TestScripts plays again what once broke something, or shows what is played.
func TestScripts(t *testing.T) {
	t.Parallel()
	table := newTable(t)
	for name, text := range scripts(t, "testdata/*.script") {
		outcome := playText(t, table, text)
		require.Nil(t, outcome.Broke, "%s:\n%s", name, strings.Join(outcome.Trace, "\n"))
	}
}

func scripts(t *testing.T, pattern string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := map[string]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		all[name] = string(text)
	}
	return all
}

func playText(t *testing.T, table *table, text string) Outcome {
	t.Helper()
	script, err := Read(strings.NewReader(text))
	require.NoError(t, err)
	outcome, err := table.Play(t.Context(), script)
	require.NoError(t, err)
	return outcome
}

// TestAScriptIsWhatWasWritten: what is printed is read as the same steps.
func TestAScriptIsWhatWasWritten(t *testing.T) {
	t.Parallel()
	script := Write(7, 300)
	read, err := Read(strings.NewReader("# a comment\n\n" + Print(script)))
	require.NoError(t, err)
	require.Equal(t, Print(script), Print(read))
	_, err = Read(strings.NewReader("dance 1"))
	require.ErrorContains(t, err, "no such step")
}
