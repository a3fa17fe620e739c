// Package zone knows the world's time zones.
//
// The hard decision: the program's own tables go before the machine's. Mexico,
// Paraguay and Kazakhstan have changed their clocks in recent years, and on a
// host whose tables are older every opening hour there would be an hour wrong,
// without anybody being told. Go asks the machine first. Whoever has newer tables
// than this program names them in ZONEINFO, as for any program in Go.
package zone

import (
	"archive/zip"
	"bytes"
	_ "embed" // the tables
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// The tables as the Go that this is built with has them: lib/time/zoneinfo.zip.
// A test holds that they are those, and says how to renew them.
//
//go:embed zoneinfo.zip
var tables []byte

var files = sync.OnceValues(func() (map[string]*zip.File, error) {
	archive, err := zip.NewReader(bytes.NewReader(tables), int64(len(tables)))
	if err != nil {
		return nil, fmt.Errorf("the tables of time zones: %w", err)
	}
	all := map[string]*zip.File{}
	for _, f := range archive.File {
		all[f.Name] = f
	}
	return all, nil
})

var loaded sync.Map // *time.Location by name

// Load is the zone of an IANA name. One that our tables do not have may be in the
// machine's.
func Load(name string) (*time.Location, error) {
	if name == "" || name == "UTC" || name == "Local" || os.Getenv("ZONEINFO") != "" {
		return time.LoadLocation(name)
	}
	if known, ok := loaded.Load(name); ok {
		return known.(*time.Location), nil //nolint:forcetypeassert // nothing else is put in
	}
	all, err := files()
	if err != nil {
		return nil, err
	}
	file, ok := all[name]
	if !ok {
		return time.LoadLocation(name)
	}
	content, err := file.Open()
	if err != nil {
		return nil, fmt.Errorf("time zone %s: %w", name, err)
	}
	defer func() { _ = content.Close() }()
	table, err := io.ReadAll(content)
	if err != nil {
		return nil, fmt.Errorf("time zone %s: %w", name, err)
	}
	zone, err := time.LoadLocationFromTZData(name, table)
	if err != nil {
		return nil, fmt.Errorf("time zone %s: %w", name, err)
	}
	loaded.Store(name, zone)
	return zone, nil
}
