package migrations

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// patient are steps in which indexes that are made or dropped concurrently wait for as
// long as they have to. At their end they wait for every transaction that began before,
// a dump or a long report; nobody who reads or writes waits behind them. Under lockWait
// an index of an hour would be thrown away for one of a second, and made again and again.
type patient struct{ fs.FS }

// concurrent is one statement, which begins a line.
var concurrent = regexp.MustCompile(`(?m)^(?:create (?:unique )?|drop )index concurrently [^;]*;`)

// Open opens a step, or the folder.
func (p patient) Open(name string) (fs.File, error) {
	file, err := p.FS.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return file, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	again := fmt.Sprintf("set lock_timeout = 0;\n$0\nset lock_timeout = %d;", lockWait.Milliseconds())
	return step{file, strings.NewReader(concurrent.ReplaceAllString(string(text), again))}, nil
}

// step is a file with other words.
type step struct {
	fs.File
	words *strings.Reader
}

func (s step) Read(b []byte) (int, error) { return s.words.Read(b) }
