package spool

import (
	"bytes"
	"cmp"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const roomy = 1 << 20

func opened(t *testing.T, folder string) *Spool {
	t.Helper()
	s, err := Open(folder, roomy, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func things(from, to int) [][]byte {
	var all [][]byte
	for n := from; n < to; n++ {
		all = append(all, fmt.Appendf(nil, "event %d", n))
	}
	return all
}

func held(t *testing.T, s *Spool) []string {
	t.Helper()
	all, err := s.First(100_000)
	require.NoError(t, err)
	texts := make([]string, len(all))
	for n, e := range all {
		texts[n] = string(e.Data)
	}
	require.Equal(t, len(all), s.State().Count)
	return texts
}

func texts(from, to int) []string {
	all := []string{}
	for _, thing := range things(from, to) {
		all = append(all, string(thing))
	}
	return all
}

func TestInOrderAndForgotten(t *testing.T) {
	folder := t.TempDir()
	s := opened(t, folder)
	require.NoError(t, s.Append(things(0, 300), noon))
	require.NoError(t, s.Append(things(300, 500), noon.Add(time.Minute)))
	require.Equal(t, texts(0, 500), held(t, s))
	require.Equal(t, noon, s.State().Oldest)

	first, err := s.First(300)
	require.NoError(t, err)
	require.NoError(t, s.Forget(first[299].Number))
	require.Equal(t, texts(300, 500), held(t, s))
	require.Equal(t, noon.Add(time.Minute), s.State().Oldest.UTC())

	require.NoError(t, s.Close())
	s = opened(t, folder)
	require.Equal(t, texts(300, 500), held(t, s))
	require.NoError(t, s.Append(things(500, 501), noon))
	require.Equal(t, texts(300, 501), held(t, s))
	all, err := s.First(1000)
	require.NoError(t, err)
	require.NoError(t, s.Forget(all[len(all)-1].Number))
	require.Zero(t, s.State())
}

func TestBounded(t *testing.T) {
	s, err := Open(t.TempDir(), 200, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	require.NoError(t, s.Append(things(0, 5), noon))
	require.ErrorIs(t, s.Append(things(5, 100), noon), ErrFull)
	require.ErrorIs(t, s.State().Fault, ErrFull)
	require.Equal(t, texts(0, 5), held(t, s), "all or none")
	first, err := s.First(5)
	require.NoError(t, err)
	require.NoError(t, s.Forget(first[4].Number))
	require.NoError(t, s.Append(things(5, 6), noon))
	require.NoError(t, s.State().Fault)
}

// TestRoomForWhatNobodyTellsAgain is left when a spool is full, and is bounded too.
func TestRoomForWhatNobodyTellsAgain(t *testing.T) {
	s, err := Open(t.TempDir(), 2000, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	n := 0
	for s.Append(things(n, n+1), noon) == nil {
		n++
	}
	require.NoError(t, s.AppendLast(things(n, n+1), noon))
	require.ErrorIs(t, s.State().Fault, ErrFull, "to everybody else")
	require.ErrorIs(t, s.Append(things(n+1, n+2), noon), ErrFull)
	last := n + 1
	for last < 2*n && s.AppendLast(things(last, last+1), noon) == nil {
		last++
	}
	require.Less(t, last, n+n/8+2)
	require.Equal(t, texts(0, last), held(t, s), "in order")
}

// TestALowerLimit than what is held leaves that room as well.
func TestALowerLimit(t *testing.T) {
	folder := t.TempDir()
	s, err := Open(folder, 1<<20, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, s.Append(things(0, 400), noon))
	require.NoError(t, s.Close())
	s, err = Open(folder, 1000, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	require.ErrorIs(t, s.Append(things(400, 401), noon), ErrFull)
	require.NoError(t, s.AppendLast(things(400, 401), noon))
}

// TestProbed: a spool that is empty finds out that there is room again.
func TestProbed(t *testing.T) {
	s, err := Open(t.TempDir(), 10, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	require.ErrorIs(t, s.Append(things(0, 1), noon), ErrFull)
	s.Probe()
	require.NoError(t, s.State().Fault)
	require.Empty(t, held(t, s))
}

func TestTwoProcessesInOneFolder(t *testing.T) {
	folder := t.TempDir()
	first, second := opened(t, folder), opened(t, folder)
	require.NoError(t, first.Append(things(0, 3), noon))
	require.NoError(t, second.Append(things(3, 2500), noon))
	require.Equal(t, texts(0, 3), held(t, first))
	// Both end; one starts, and has what the other left as well.
	require.NoError(t, first.Close())
	require.NoError(t, second.Close())
	require.Equal(t, texts(0, 2500), held(t, opened(t, folder)))
}

// TestWhatAProcessThatDiedLeft is taken over while another runs, however little room that
// has; and not as long as the one whose it is lives.
func TestWhatAProcessThatDiedLeft(t *testing.T) {
	folder := t.TempDir()
	first, err := Open(folder, 100, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { _ = first.Close() })
	second := opened(t, folder)
	require.NoError(t, first.Append(things(0, 3), noon))
	require.NoError(t, second.Append(things(3, 2500), noon))
	require.NoError(t, first.Adopt(t.Context()))
	require.Equal(t, texts(0, 3), held(t, first))
	require.NoError(t, second.Close())
	require.NoError(t, first.Adopt(t.Context()))
	require.Equal(t, texts(0, 2500), held(t, first))
	require.NoError(t, first.Adopt(t.Context()))
	require.Equal(t, texts(0, 2500), held(t, first), "once")
	require.Empty(t, held(t, opened(t, folder)), "its file is anybody's")
}

// damaged is a folder with a spool of 200 entries, after something was done to its file.
func damaged(t *testing.T, damage func(file []byte) []byte) string {
	t.Helper()
	folder := t.TempDir()
	s := opened(t, folder)
	for n := range 20 {
		require.NoError(t, s.Append(things(10*n, 10*n+10), noon))
	}
	require.NoError(t, s.Close())
	path := filepath.Join(folder, "spool-1.db")
	file, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, damage(file), 0o600))
	return folder
}

// newest is where the newer of the two pages is that say what is in the file.
func newest(file []byte) int {
	page := os.Getpagesize()
	transaction := func(at int) byte { return file[at+16+48] }
	if transaction(page) == transaction(0)+1 {
		return page
	}
	return 0
}

func TestATornCommit(t *testing.T) {
	folder := damaged(t, func(file []byte) []byte {
		for n := range 64 {
			file[newest(file)+16+n] ^= 0xff
		}
		return file
	})
	s := opened(t, folder)
	require.Equal(t, texts(0, 190), held(t, s), "all but what the torn commit brought")
	require.NoError(t, s.Append(things(190, 191), noon))
}

func TestADamagedTail(t *testing.T) {
	for name, c := range map[string]struct {
		damage func([]byte) []byte
		left   int // at least
	}{
		"a value": {func(file []byte) []byte { // in pages that are in use and in those that were
			return bytes.ReplaceAll(file, []byte("event 199"), []byte("Event 199"))
		}, 199},
		"cut": {func(file []byte) []byte { return file[:len(file)/2+100] }, 50},
		"garbage at the end": {func(file []byte) []byte {
			for at := len(file) / 2; at < len(file); at++ {
				file[at] = byte(at)
			}
			return file
		}, 50},
		"no way in": {func(file []byte) []byte {
			clear(file[:2*os.Getpagesize()])
			return file
		}, 199},
		"nothing": {func([]byte) []byte { return []byte("no spool at all") }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			folder := damaged(t, c.damage)
			s := opened(t, folder)
			left := held(t, s)
			require.Subset(t, texts(0, 200), left)
			require.True(t, slices.IsSortedFunc(left, byNumber), "in order: %q", left)
			require.GreaterOrEqual(t, len(left), c.left)
			require.NoError(t, s.Append(things(900, 901), noon), "it goes on")
			kept, err := filepath.Glob(filepath.Join(folder, "*.damaged-*"))
			require.NoError(t, err)
			require.Len(t, kept, 1, "and is kept for people to look at")
			t.Logf("%d of 200 are left", len(left))
		})
	}
}

func byNumber(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// FuzzScan: no bytes end the process.
func FuzzScan(f *testing.F) {
	f.Add([]byte("no spool at all"))
	f.Fuzz(func(_ *testing.T, file []byte) { scan(file) })
}

// A crash or a full disk in the middle of mending leaves what there was to be mended.
func TestMendingThatIsCutOff(t *testing.T) {
	folder := damaged(t, func(file []byte) []byte {
		clear(file[:2*os.Getpagesize()])
		return file
	})
	fresh := file(folder, 1) + ".mending"
	require.NoError(t, os.MkdirAll(filepath.Join(fresh, "in the way"), 0o700))
	_, err := Open(folder, roomy, slog.New(slog.DiscardHandler))
	require.Error(t, err)
	require.NoError(t, os.RemoveAll(fresh))
	require.NoError(t, os.WriteFile(fresh, []byte("half of a file, of the try before"), 0o600))
	require.GreaterOrEqual(t, len(held(t, opened(t, folder))), 199)
	require.NoFileExists(t, fresh)
}

// An append that fails may be on the disk all the same: what is there counts.
func TestAFailedAppendIsCounted(t *testing.T) {
	folder := t.TempDir()
	s := opened(t, folder)
	require.NoError(t, s.Append(things(0, 3), noon))
	require.NoError(t, s.Close())
	var err error
	s.db, err = bolt.Open(file(folder, 1), 0o600, &bolt.Options{ReadOnly: true}) // a disk that takes nothing more
	require.NoError(t, err)
	s.state = State{} // as if it had failed when they were written
	require.Error(t, s.Append(things(3, 4), noon))
	require.Equal(t, 3, s.State().Count)
	require.Equal(t, noon, s.State().Oldest.UTC())
	require.Error(t, s.State().Fault)
}

// A file that is damaged while it is open ends nothing: the next start mends it.
func TestDamagedWhileItIsOpen(t *testing.T) {
	folder := t.TempDir()
	s := opened(t, folder)
	require.NoError(t, s.Append(things(0, 300), noon))
	open, err := os.OpenFile(file(folder, 1), os.O_RDWR, 0)
	require.NoError(t, err)
	defer open.Close()
	info, err := open.Stat()
	require.NoError(t, err)
	_, err = open.WriteAt(bytes.Repeat([]byte{0xff}, int(info.Size())-2*os.Getpagesize()), int64(2*os.Getpagesize()))
	require.NoError(t, err)
	_, err = s.First(10)
	require.ErrorIs(t, err, errDamaged)
	require.ErrorIs(t, s.Append(things(300, 301), noon), errDamaged)
	require.Error(t, s.State().Fault)
	require.ErrorIs(t, s.Forget(5), errDamaged)
}
