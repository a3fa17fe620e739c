package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"time"
)

// guarded runs what reads a file that may be damaged: bbolt panics at a page that
// makes no sense, and the memory that a file was mapped to faults behind its end.
func guarded(read func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: %v", errDamaged, fault)
		}
	}()
	return read()
}

// mend puts a new file in the damaged one's place, with what can be read of it, and
// keeps the damaged one beside. The new one is whole before it takes the place: a crash
// or a disk that is full meanwhile leaves the damaged one there, to be mended again.
func (s *Spool) mend(path string) error {
	if s.db != nil {
		_ = guarded(s.db.Close) // which a damaged file may not take; the process's end does it then
		s.db = nil
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fresh := path + ".mending"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := s.load(fresh); err != nil {
		return err
	}
	found := scan(file)
	for part := range slices.Chunk(found, together) {
		things := make([][]byte, len(part))
		for n, e := range part {
			things[n] = e.data
		}
		if err := s.Append(things, part[0].at); err != nil {
			return errors.Join(err, s.db.Close())
		}
	}
	if err := s.db.Close(); err != nil {
		return err
	}
	aside := fmt.Sprintf("%s.damaged-%d", path, time.Now().UnixNano())
	if err := os.Link(path, aside); err != nil { // not every file system can
		s.log.Error("the damaged spool cannot be kept for people to look at", "error", err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	if err := s.load(path); err != nil {
		return err
	}
	s.log.Error("the damaged spool is kept for people to look at", "file", aside, "saved", len(found))
	return nil
}

// lately is how much older than the newest an entry may be that is found in a damaged
// file: a page that is free still has what was taken out of it. What is brought to
// Postgres again soon does no harm there; after a year, it may be new to it.
const lately = 24 * time.Hour

type saved struct {
	data []byte
	at   time.Time
}

// The layout of bbolt's pages, which has not changed since 2013.
const (
	pageHeader, flagsAt, countAt   = 16, 8, 10
	leaf                           = 0x02
	element, positionAt, keySizeAt = 16, 4, 8
	valueSizeAt                    = 12
	nested, nestedHeader           = 0x01, 16
)

// scan finds the entries in a file page by page, in their order, without the tree
// that leads to them: each has a checksum of its own.
func scan(file []byte) []saved {
	byNumber := map[uint64]saved{}
	page := os.Getpagesize()
	for at := 0; at+pageHeader <= len(file); at += page {
		scanPage(file[at:], byNumber)
	}
	var newest time.Time
	for _, e := range byNumber {
		if e.at.After(newest) {
			newest = e.at
		}
	}
	var all []saved
	for _, n := range slices.Sorted(maps.Keys(byNumber)) {
		if e := byNumber[n]; newest.Sub(e.at) <= lately {
			all = append(all, e)
		}
	}
	return all
}

// scanPage is one page, as far as the bytes reach that begin with it.
func scanPage(page []byte, into map[uint64]saved) {
	order := binary.NativeEndian // as bbolt maps them
	if len(page) < pageHeader || order.Uint16(page[flagsAt:]) != leaf {
		return
	}
	for n := range int(order.Uint16(page[countAt:])) {
		at := pageHeader + n*element
		if at+element > len(page) {
			return
		}
		from := at + int(order.Uint32(page[at+positionAt:]))
		value := from + int(order.Uint32(page[at+keySizeAt:]))
		to := value + int(order.Uint32(page[at+valueSizeAt:]))
		switch {
		case to > len(page):
		case order.Uint32(page[at:]) == nested && to-value > nestedHeader: // a small bucket stands in its parent's page
			scanPage(page[value+nestedHeader:to], into)
		case value-from == 8:
			if data, appended, err := unseal(page[value:to]); err == nil {
				into[number(page[from:value])] = saved{data, appended}
			}
		}
	}
}
