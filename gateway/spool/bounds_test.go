package spool

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

// bounded is a spool of so many bytes.
func bounded(t *testing.T, folder string, limit int64) *Spool {
	t.Helper()
	s, err := Open(folder, limit, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestTheLastByte of the limit can be used, and what each entry has around it counts; the
// sixteenth above it is for AppendLast alone.
func TestTheLastByte(t *testing.T) {
	const each = header + 20
	thing := func(size int) [][]byte { return [][]byte{make([]byte, size)} }
	s := bounded(t, t.TempDir(), 10*each)
	require.NoError(t, s.Append([][]byte{make([]byte, 20), make([]byte, 20)}, noon))
	require.Equal(t, State{Count: 2, Bytes: 2 * each, Oldest: noon}, s.State())
	require.ErrorIs(t, s.Append(thing(8*each-header+1), noon), ErrFull)
	require.NoError(t, s.Append(thing(8*each-header), noon.Add(time.Hour)))
	require.Equal(t, State{Count: 3, Bytes: 10 * each, Oldest: noon}, s.State(), "no fault: nothing was refused since, and the oldest stays")

	more := 10 * each / 16
	require.ErrorIs(t, s.AppendLast(thing(more-header+1), noon), ErrFull)
	require.NoError(t, s.AppendLast(thing(more-header), noon))
	require.Equal(t, int64(10*each+more), s.State().Bytes)
	require.ErrorIs(t, s.State().Fault, ErrFull)
}

// TestALimitThatWasLowered: what is held from before is room that AppendLast keeps, but no
// more than the sixteenth of the new limit above it.
func TestALimitThatWasLowered(t *testing.T) {
	folder := t.TempDir()
	s := bounded(t, folder, roomy)
	require.NoError(t, s.Append([][]byte{make([]byte, 3200-header)}, noon))
	require.NoError(t, s.Close())
	s = bounded(t, folder, 1600)
	require.ErrorIs(t, s.AppendLast([][]byte{make([]byte, 100-header+1)}, noon), ErrFull)
	require.NoError(t, s.AppendLast([][]byte{make([]byte, 100-header)}, noon))
	require.NoError(t, s.Forget(^uint64(0)))
	require.Zero(t, s.State())
	require.ErrorIs(t, s.Append([][]byte{make([]byte, 1600-header+1)}, noon), ErrFull, "the limit is what was set")
	require.NoError(t, s.Append([][]byte{make([]byte, 1600-header)}, noon))
}

// TestNumbersGrow for good: a number that was forgotten never comes again, or the next
// entry would be forgotten with it.
func TestNumbersGrow(t *testing.T) {
	folder := t.TempDir()
	s := opened(t, folder)
	last := uint64(0)
	for range 3 {
		require.NoError(t, s.Append(things(0, 2), noon))
		all, err := s.First(10)
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, []uint64{last + 1, last + 2}, []uint64{all[0].Number, all[1].Number})
		last = all[1].Number
		require.NoError(t, s.Forget(last))
		require.NoError(t, s.Close())
		s = opened(t, folder)
	}
}

// TestForgottenInParts: up to the number and it, however often it is said; the bytes and
// the oldest are those of what is left.
func TestForgottenInParts(t *testing.T) {
	s := opened(t, t.TempDir())
	for n := range 5 {
		require.NoError(t, s.Append([][]byte{make([]byte, 10*n)}, noon.Add(time.Duration(n)*time.Minute)))
	}
	for _, c := range []struct {
		through uint64
		left    State
	}{
		{0, State{Count: 5, Bytes: 5*header + 100, Oldest: noon}},
		{2, State{Count: 3, Bytes: 3*header + 90, Oldest: noon.Add(2 * time.Minute)}},
		{2, State{Count: 3, Bytes: 3*header + 90, Oldest: noon.Add(2 * time.Minute)}},
		{1, State{Count: 3, Bytes: 3*header + 90, Oldest: noon.Add(2 * time.Minute)}},
		{4, State{Count: 1, Bytes: header + 40, Oldest: noon.Add(4 * time.Minute)}},
		{99, State{}},
		{99, State{}},
	} {
		require.NoError(t, s.Forget(c.through))
		state := s.State()
		if state.Count > 0 {
			state.Oldest = state.Oldest.UTC()
		}
		require.Equal(t, c.left, state, "through %d", c.through)
		first, err := s.First(2)
		require.NoError(t, err)
		require.Len(t, first, min(2, c.left.Count))
	}
}

// TestAFaultStays until there is reason to think that something is taken again.
func TestAFaultStays(t *testing.T) {
	s := bounded(t, t.TempDir(), 100)
	require.NoError(t, s.Append(things(0, 2), noon))
	require.ErrorIs(t, s.Append(things(2, 50), noon), ErrFull)
	require.NoError(t, s.Forget(0))
	require.ErrorIs(t, s.State().Fault, ErrFull, "nothing was taken out")
	s.Probe()
	require.ErrorIs(t, s.State().Fault, ErrFull, "while it holds something, what is taken out tells")
	require.Equal(t, texts(0, 2), held(t, s))
	require.NoError(t, s.Forget(1))
	require.NoError(t, s.State().Fault)

	require.NoError(t, s.Forget(2))
	require.ErrorIs(t, s.Append(things(2, 50), noon), ErrFull)
	require.NoError(t, s.Append(things(2, 3), noon))
	require.NoError(t, s.State().Fault, "what fits is taken")

	path := filepath.Join(t.TempDir(), "full.db")
	disk, err := bolt.Open(path, 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, disk.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucket(bucket)
		return err
	}))
	require.NoError(t, disk.Close())
	full, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true}) // takes nothing
	require.NoError(t, err)
	defer full.Close()
	stuck := &Spool{db: full, limit: roomy}
	require.Error(t, stuck.Append(things(0, 1), noon))
	stuck.Probe()
	require.Error(t, stuck.State().Fault)
}

// TestAgeOfNothing is none, and so is one of a clock that was set back.
func TestAgeOfNothing(t *testing.T) {
	require.Zero(t, State{Oldest: noon}.Age())
	require.Zero(t, State{Count: 1, Oldest: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)}.Age())
	require.Positive(t, State{Count: 1, Oldest: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}.Age())
}

// TestWhatIsTakenOver keeps its order behind what is there, and the time that it has
// waited; a process that is told to end takes over nothing.
func TestWhatIsTakenOver(t *testing.T) {
	folder := t.TempDir()
	first, second := opened(t, folder), opened(t, folder)
	require.NoError(t, second.Append(things(1, 2), noon.Add(-time.Hour)))
	require.NoError(t, second.Append(things(2, 3), noon))
	require.NoError(t, second.Close())
	ended, end := context.WithCancel(t.Context())
	end()
	require.NoError(t, first.Adopt(ended))
	require.Empty(t, held(t, first))
	require.NoError(t, first.Adopt(t.Context()))
	require.Equal(t, texts(1, 3), held(t, first))
	require.Equal(t, noon.Add(-time.Hour), first.State().Oldest.UTC())
}

// TestAMendedFileKeepsTheTimes of what it saved: how long the oldest has waited is told.
func TestAMendedFileKeepsTheTimes(t *testing.T) {
	folder := damaged(t, func(file []byte) []byte {
		clear(file[:2*os.Getpagesize()])
		return file
	})
	s := opened(t, folder)
	require.Equal(t, noon, s.State().Oldest.UTC())
	require.Equal(t, int64(roomy), s.limit)
	require.Equal(t, s.State().Bytes, s.held)
}

// TestAFolderThatCannotBeUsed is said at the start, and what no damage is in it is left
// as it is.
func TestAFolderThatCannotBeUsed(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	taken := filepath.Join(t.TempDir(), "taken")
	require.NoError(t, os.WriteFile(taken, nil, 0o600))
	_, err := Open(taken, roomy, log)
	require.ErrorContains(t, err, "the spool")

	folder := t.TempDir()
	require.NoError(t, os.Mkdir(file(folder, 1), 0o700))
	_, err = Open(folder, roomy, log)
	require.ErrorContains(t, err, "cannot be used")
	require.DirExists(t, file(folder, 1))

	folder = t.TempDir()
	s := opened(t, folder)
	require.NoError(t, os.Mkdir(file(folder, 2), 0o700))
	require.ErrorContains(t, s.Adopt(t.Context()), "cannot be taken over")
}

// TestTooManyProcesses in one folder: the next is told, instead of waiting for one to end.
func TestTooManyProcesses(t *testing.T) {
	folder := t.TempDir()
	for n := range most {
		db, err := bolt.Open(file(folder, n+1), 0o600, &bolt.Options{NoSync: true})
		require.NoError(t, err)
		defer db.Close()
	}
	_, err := Open(folder, roomy, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "64 processes")
}
