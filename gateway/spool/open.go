package spool

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// most is how many processes may share a folder.
const most = 64

// noLimit is of bytes that are kept, whatever they are.
const noLimit = math.MaxInt64 / 2

// takenAfter is how long a file's lock is asked for: whoever has it keeps it.
const takenAfter = 20 * time.Millisecond

// Open takes the first file of the folder that no other process has, made if need
// be, and moves into it what processes that are gone left in the others. The limit
// is of bytes that it may hold.
func Open(folder string, limit int64, log *slog.Logger) (*Spool, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("the spool: %w", err)
	}
	var own *Spool
	for n := 1; own == nil; n++ {
		if n > most {
			return nil, fmt.Errorf("the spool: %d processes use %s", most, folder)
		}
		var err error
		own, err = open(file(folder, n), log)
		if err != nil && !errors.Is(err, berrors.ErrTimeout) {
			return nil, fmt.Errorf("the spool in %s cannot be used: %w", folder, err)
		}
	}
	if name := filepath.Base(own.db.Path()); name != filepath.Base(file(folder, 1)) {
		log.Warn("another Ringback has the spool's first file; this one has a file of its own", "folder", folder, "file", name)
	}
	own.folder = folder
	if err := own.Adopt(context.Background()); err != nil {
		return nil, errors.Join(err, own.Close())
	}
	own.limit, own.held = limit, own.state.Bytes
	return own, nil
}

func file(folder string, n int) string { return filepath.Join(folder, fmt.Sprintf("spool-%d.db", n)) }

// Adopt moves in what others left behind whose processes are gone: their files' locks are
// free. A crash in between leaves it in both, which does no harm.
func (s *Spool) Adopt(ctx context.Context) error {
	others, err := filepath.Glob(filepath.Join(s.folder, "spool-*.db"))
	if err != nil {
		return err
	}
	for _, path := range others {
		if path == s.db.Path() || ctx.Err() != nil || s.stuck.Load() {
			continue
		}
		other, err := open(path, s.log)
		if errors.Is(err, berrors.ErrTimeout) {
			continue
		}
		if err == nil {
			err = errors.Join(s.take(other), other.Close())
		}
		if err != nil {
			return fmt.Errorf("what %s holds cannot be taken over: %w", path, err)
		}
	}
	return nil
}

// together is how many entries are moved at once.
const together = 1000

func (s *Spool) take(other *Spool) error {
	for {
		left, err := other.First(together)
		if err != nil || len(left) == 0 {
			return err
		}
		s.log.Info("taken over from a spool whose process is gone", "file", other.db.Path(), "events", len(left))
		things := make([][]byte, len(left))
		for n, e := range left {
			things[n] = e.Data
		}
		if err := s.append(things, other.State().Oldest, noLimit); err != nil { // it was acknowledged
			return err
		}
		if err := other.Forget(left[len(left)-1].Number); err != nil {
			return err
		}
	}
}

// open is one file, without a bound: what is in it was acknowledged. What is damaged
// in it is put aside, and what can be read of it goes on in a new one.
func open(path string, log *slog.Logger) (*Spool, error) {
	s := &Spool{limit: noLimit, log: log}
	err := guarded(func() error { return s.load(path) })
	if err != nil && !isDamage(err) {
		return nil, err
	}
	if err == nil {
		return s, nil
	}
	log.Error("the spool is damaged; what can be read of it goes on in a new file", "file", path, "error", err)
	if err := s.mend(path); err != nil {
		return nil, err
	}
	return s, nil
}

func isDamage(err error) bool {
	return slices.ContainsFunc([]error{errDamaged, berrors.ErrInvalid, berrors.ErrChecksum, berrors.ErrVersionMismatch},
		func(damage error) bool { return errors.Is(err, damage) })
}

// load opens the file and reads all of it.
func (s *Spool) load(path string) error {
	db, err := connect(path)
	if err != nil {
		return err
	}
	s.db, s.state = db, State{}
	return db.View(s.state.read)
}

// read counts all that is in the file.
func (s *State) read(tx *bolt.Tx) error {
	return tx.Bucket(bucket).ForEach(func(_, v []byte) error {
		_, at, err := unseal(v)
		if s.Count == 0 {
			s.Oldest = at
		}
		s.Count, s.Bytes = s.Count+1, s.Bytes+int64(len(v))
		return err
	})
}

func connect(path string) (*bolt.DB, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: takenAfter, FreelistType: bolt.FreelistMapType})
	if err != nil {
		return nil, err
	}
	made := false
	err = db.View(func(tx *bolt.Tx) error {
		made = tx.Bucket(bucket) != nil
		return nil
	})
	if err == nil && !made {
		err = db.Update(func(tx *bolt.Tx) error {
			_, err := tx.CreateBucket(bucket)
			return err
		})
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}
