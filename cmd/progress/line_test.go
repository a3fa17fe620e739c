package progress_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/cmd/progress"
)

// said is what a line said while work was done that takes a played time.
func said(t *testing.T, rewrites bool, work func(*progress.Line)) string {
	t.Helper()
	var out strings.Builder
	synctest.Test(t, func(*testing.T) {
		line := progress.To(&out, rewrites)
		defer line.End()
		work(line)
	})
	return out.String()
}

// twice goes through two steps, each of a minute.
func twice(l *progress.Line) {
	l.Begin(progress.Step{What: "Step 1 of 2, database", Unit: "rows", Of: 48000, About: true})
	time.Sleep(100 * time.Millisecond) // beside the ticks
	for n := range int64(60) {
		l.At(n * 800)
		time.Sleep(time.Second)
	}
	l.Begin(progress.Step{What: "Step 2 of 2, files", Unit: "files", Of: 30})
	time.Sleep(9 * time.Second)
}

func TestALogHasALineAStepAndOneEveryTenSeconds(t *testing.T) {
	t.Parallel()
	require.Equal(t, `Step 1 of 2, database: 0 of about 48,000 rows
Step 1 of 2, database: 7,200 of about 48,000 rows, less than a minute to go
Step 1 of 2, database: 15,200 of about 48,000 rows, less than a minute to go
Step 1 of 2, database: 23,200 of about 48,000 rows, less than a minute to go
Step 1 of 2, database: 31,200 of about 48,000 rows, less than a minute to go
Step 1 of 2, database: 39,200 of about 48,000 rows, less than a minute to go
Step 1 of 2, database: 47,200 of about 48,000 rows, less than a minute to go
`+"Step 2 of 2, files: 0 of 30 files\n", said(t, false, twice))
}

func TestATerminalHasOneLineThatIsGoneInTheEnd(t *testing.T) {
	t.Parallel()
	words := said(t, true, twice)
	require.NotContains(t, words, "\n")
	require.True(t, strings.HasSuffix(words, "\r\x1b[K"))
	require.Contains(t, words, "\r\x1b[K\x1b[?7lStep 1 of 2, database: 24,000 of about 48,000 rows, less than a minute to go\x1b[?7h")
	require.InDelta(t, 69*4, strings.Count(words, "\x1b[?7l"), 2, "a few times a second")
	require.Empty(t, said(t, true, func(l *progress.Line) {
		l.Begin(progress.Step{What: "Quick", Unit: "rows"})
		l.At(3)
	}), "what is over at once needs no line")
}

func TestWhatIsReadIsCounted(t *testing.T) {
	t.Parallel()
	require.Equal(t, "The backup: 0 B of 2.0 kB\nThe backup: 1.5 kB of 2.0 kB, less than a minute to go\n", said(t, false, func(l *progress.Line) {
		l.Begin(progress.Step{What: "The backup", Unit: progress.Bytes, Of: 2000})
		_, err := io.Copy(io.Discard, l.Reading(strings.NewReader(strings.Repeat("x", 1500))))
		require.NoError(t, err)
		time.Sleep(11 * time.Second)
	}))
}

func TestNobodyIsTold(t *testing.T) {
	t.Parallel()
	var none *progress.Line
	twiceAtOnce := func() {
		none.Begin(progress.Step{What: "Anything"})
		none.At(1)
		none.Of(2)
		none.End()
	}
	require.NotPanics(t, twiceAtOnce)
	require.False(t, none.Rewrites())
	from := strings.NewReader("x")
	require.Same(t, from, none.Reading(from))
}

func TestAFileIsNoTerminal(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	defer file.Close()
	require.False(t, progress.Terminal(file))
	require.False(t, progress.Terminal(&strings.Builder{}))
}
