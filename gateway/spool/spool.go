// Package spool is a local log of what was acknowledged and is not in Postgres
// yet: while Postgres is away, the doors go on.
//
// The hard decision: a bbolt file and not a log of our own. It writes a page anew
// and never in place, and a commit counts once one page of the file says so, with
// a checksum: what a power cut tears was not acknowledged. An append waits for the
// disk, one for all that came together, and is taken out by who has brought it to
// Postgres. To bring a thing twice does no harm there; to lose it would.
package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
)

// ErrFull is that no more may be kept.
var ErrFull = errors.New("the spool is full")

// ErrDiskFull is that the disk has no room for more.
var ErrDiskFull = errors.New("the disk with the spool is full")

// ErrElsewhere is that another process plays what a spool holds that they share.
var ErrElsewhere = errors.New("another process plays the spool")

// ErrAway is that the servers of a spool do not take or hand out anything: too few of
// them are there.
var ErrAway = errors.New("the servers of the spool are away")

var (
	bucket     = []byte("events")
	errDamaged = errors.New("damaged")
	checksum   = crc32.MakeTable(crc32.Castagnoli)
)

// header is what an entry begins with: its checksum, and when it was appended.
const header = 4 + 8

// Spool is the log of one process. It is safe for use by many goroutines.
type Spool struct {
	db     *bolt.DB
	folder string
	limit  int64
	held   int64 // when it was opened, which may be more than a limit that was lowered
	log    *slog.Logger
	stuck  atomic.Bool // a write has met damage in the open file

	mu    sync.Mutex
	state State
}

// State is what a spool holds.
type State struct {
	Count  int
	Bytes  int64
	Oldest time.Time // when the first of them was appended; zero when there is none
	Fault  error     // why the last append failed; nil: it did not
	Unseen bool      // the servers that keep it were not there yet: it may hold anything
}

// Age is how long the oldest has waited; 0: there is none.
func (s State) Age() time.Duration {
	if s.Count == 0 {
		return 0
	}
	return max(0, time.Since(s.Oldest))
}

// Entry is one thing that was appended.
type Entry struct {
	Number uint64 // grows with each append
	Data   []byte
}

// Append keeps things in order, all or none, and returns when they are on the disk.
// At is the present time. The errors are ErrFull, ErrDiskFull and others of the disk.
func (s *Spool) Append(things [][]byte, at time.Time) error { return s.append(things, at, s.limit) }

// AppendLast is Append with a sixteenth more room, however much it held from before.
func (s *Spool) AppendLast(things [][]byte, at time.Time) error {
	return s.append(things, at, max(s.limit, s.held)+s.limit/16)
}

func (s *Spool) append(things [][]byte, at time.Time, limit int64) error {
	var size int64
	for _, data := range things {
		size += int64(header + len(data))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Bytes+size > limit {
		s.state.Fault = ErrFull
		return ErrFull
	}
	err := s.update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucket)
		b.FillPercent = 1 // nothing is ever put between two of them
		for _, data := range things {
			n, err := b.NextSequence()
			if err != nil {
				return err
			}
			if err := b.Put(key(n), seal(data, at)); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		err = fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	if s.state.Fault = err; err != nil {
		s.count() // a disk may fail when the entries stand on it already
		return fmt.Errorf("spool: %w", err)
	}
	if s.state.Count == 0 {
		s.state.Oldest = at
	}
	s.state.Count, s.state.Bytes = s.state.Count+len(things), s.state.Bytes+size
	if s.state.Bytes > s.limit {
		s.state.Fault = ErrFull // to everybody else
	}
	return nil
}

// count reads what it holds, as far as the file can be read.
func (s *Spool) count() {
	state := State{Fault: s.state.Fault}
	if s.view(state.read) == nil {
		s.state = state
	}
}

// Probe finds out whether the disk takes something again, after it did not. A spool
// that is empty would not hear of it until it is needed.
func (s *Spool) Probe() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Fault == nil || s.state.Count > 0 {
		return
	}
	err := s.update(func(tx *bolt.Tx) error { // which writes pages anew
		b := tx.Bucket(bucket)
		if err := b.Put(key(0), nil); err != nil {
			return err
		}
		return b.Delete(key(0))
	})
	if err == nil {
		s.state.Fault = nil
	}
}

// First are the oldest, n at the most.
func (s *Spool) First(n int) ([]Entry, error) {
	var first []Entry
	err := s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucket).Cursor()
		for k, v := c.First(); k != nil && len(first) < n; k, v = c.Next() {
			data, _, err := unseal(v)
			if err != nil {
				return fmt.Errorf("entry %d: %w", number(k), err)
			}
			first = append(first, Entry{Number: number(k), Data: append([]byte(nil), data...)})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return first, nil
}

// Forget takes out all up to a number: they are in Postgres.
func (s *Spool) Forget(through uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	count, size := 0, int64(0)
	var oldest time.Time
	err := s.update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucket)
		c := b.Cursor()
		for k, v := c.First(); k != nil && number(k) <= through; k, v = c.First() {
			count, size = count+1, size+int64(len(v))
			if err := b.Delete(k); err != nil {
				return err
			}
		}
		if k, v := c.First(); k != nil {
			_, oldest, _ = unseal(v)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.state.Count, s.state.Bytes, s.state.Oldest = s.state.Count-count, s.state.Bytes-size, oldest
	if count > 0 {
		s.state.Fault = nil // there is room again
	}
	return nil
}

// State says what it holds.
func (s *Spool) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// view and update keep a file that is damaged while it is open from ending the process.
// What a write panics at leaves the file locked for good: then nobody asks it anything
// more, and the next start mends it.
func (s *Spool) view(read func(*bolt.Tx) error) error {
	if s.stuck.Load() {
		return errDamaged
	}
	return guarded(func() error { return s.db.View(read) })
}

func (s *Spool) update(write func(*bolt.Tx) error) error {
	if s.stuck.Load() {
		return errDamaged
	}
	err := guarded(func() error { return s.db.Update(write) })
	if errors.Is(err, errDamaged) {
		s.stuck.Store(true)
	}
	return err
}

// Close lets go of the file.
func (s *Spool) Close() error {
	if s.stuck.Load() {
		return nil // the process's end does
	}
	return s.db.Close()
}

func key(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func number(key []byte) uint64 { return binary.BigEndian.Uint64(key) }

func seal(data []byte, at time.Time) []byte {
	sealed := make([]byte, header, header+len(data))
	binary.BigEndian.PutUint64(sealed[4:], uint64(at.UnixNano())) //nolint:gosec // until 2262
	sealed = append(sealed, data...)
	binary.BigEndian.PutUint32(sealed, crc32.Checksum(sealed[4:], checksum))
	return sealed
}

func unseal(sealed []byte) (data []byte, at time.Time, err error) {
	if len(sealed) < header || crc32.Checksum(sealed[4:], checksum) != binary.BigEndian.Uint32(sealed) {
		return nil, time.Time{}, errDamaged
	}
	return sealed[header:], time.Unix(0, int64(binary.BigEndian.Uint64(sealed[4:]))), nil //nolint:gosec // until 2262
}
