// Package backup writes a whole Ringback into one sealed file, and brings it back
// on another machine: the database, the files, and the key that the companies'
// secrets are sealed with.
//
// The hard decision: the file is a tar of rows as Postgres itself writes them
// out, and not what pg_dump makes. So it needs no other program, neither has to
// fit into memory nor onto the disk twice, and comes back into any Postgres, on
// exactly the steps of the schema that it was made on; what a newer version has
// added to the schema is done afterwards, as on any database.
//
// age seals it: what was cut off or changed does not open.
package backup

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

// format is the number of this form of the file. A later one has a higher
// number, and is refused here.
const format = 1

// manifest is the first thing in the file.
type manifest struct {
	Format  int      `json:"format"`
	Version string   `json:"version"` // of the program that wrote it
	MadeAt  string   `json:"made_at"`
	Steps   []int64  `json:"steps"` // of the schema
	Tables  []table  `json:"tables"`
	Key     string   `json:"secret_key,omitempty"`
	Serials []serial `json:"serials"`
}

// table is one of the database's, after those that it refers to.
type table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// serial is a column that numbers itself.
type serial struct {
	Table  string `json:"table"`
	Column string `json:"column"`
}

// ending is the last thing in the file: what it must have held.
type ending struct {
	Rows  map[string]int64 `json:"rows"`
	Files int              `json:"files"`
	Next  map[string]int64 `json:"next"` // of serials, by table
}

// The names of the file's parts. Rows and files stand in folders.
const (
	manifestName = "manifest.json"
	endingName   = "ending.json"
	rowsFolder   = "rows/"
	filesFolder  = "files/"
)

// chunk is how many bytes of rows make a part, a row more or less.
const chunk = 1 << 20

// ErrKey is a key that does not open the file.
var ErrKey = errors.New("the key does not open this backup; it was sealed with another one")

// ErrBroken is a file that is not as it was written.
var ErrBroken = errors.New("the backup is cut off or damaged; the database is left empty")

// broken is an error of reading what was sealed: the key was right, so the file
// is not.
func broken(err error) error { return fmt.Errorf("%w (%w)", ErrBroken, err) }

// secretKey is how age begins a key that is none of a person's words.
const secretKey = "AGE-SECRET-KEY-"

// Recipient is whom a backup is sealed for: whoever knows these words, or has
// this key of age's.
func Recipient(key string) (age.Recipient, error) {
	if !strings.HasPrefix(key, secretKey) {
		return age.NewScryptRecipient(key)
	}
	identity, err := age.ParseX25519Identity(key)
	if err != nil {
		return nil, err
	}
	return identity.Recipient(), nil
}

// Identity is who opens what Recipient has sealed.
func Identity(key string) (age.Identity, error) {
	if !strings.HasPrefix(key, secretKey) {
		return age.NewScryptIdentity(key)
	}
	return age.ParseX25519Identity(key)
}

// appendRow adds a row to a part, with its length before it.
func appendRow(part []byte, row string) []byte {
	return append(binary.AppendUvarint(part, uint64(len(row))), row...)
}

// longestRow bounds what is believed of a row's length.
const longestRow = 1 << 30

// eachRow reads the rows of a part.
func eachRow(part io.Reader, do func(row string) error) error {
	raw, err := io.ReadAll(part)
	if err != nil {
		return broken(err)
	}
	for len(raw) > 0 {
		length, n := binary.Uvarint(raw)
		if n <= 0 || length > longestRow || uint64(len(raw)-n) < length {
			return broken(errors.New("a row without an end"))
		}
		raw = raw[n:]
		if err := do(string(raw[:length])); err != nil {
			return err
		}
		raw = raw[length:]
	}
	return nil
}
