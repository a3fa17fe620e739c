package contacts

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"ringback/settings"
	"ringback/settings/fault"
)

// Row is one line of an imported list.
type Row struct {
	Line                  int // in the file; its first is 1
	Name, Phone, Language string
	OptedOut              bool
}

// faultsTold is how many faults of a list are named; a file that is wrong in
// one place tends to be wrong in all.
const faultsTold = 100

var columns = []string{"name", "phone", "language", "opted_out"}

// ReadList reads a list of contacts: comma- or semicolon-separated text in
// UTF-8 whose first line names its columns. What is wrong with it is
// settings.Invalid, by line and column.
func ReadList(file []byte) ([]Row, error) {
	file = bytes.TrimPrefix(file, []byte("\ufeff")) // spreadsheets begin a file so
	if !utf8.Valid(file) || bytes.ContainsRune(file, 0) {
		return nil, settings.Refuse("", "file_utf8")
	}
	reader := csv.NewReader(bytes.NewReader(file))
	head, _, _ := bytes.Cut(file, []byte("\n"))
	if bytes.ContainsRune(head, ';') && !bytes.ContainsRune(head, ',') {
		reader.Comma = ';'
	}
	names, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, settings.Refuse("line 1", "columns_missing")
	}
	if err != nil {
		return nil, unreadable(err)
	}
	if wrong := checkColumns(names); len(wrong) > 0 {
		return nil, wrong
	}
	return readRows(reader, names)
}

func checkColumns(names []string) settings.Invalid {
	var wrong settings.Invalid
	for n, name := range names {
		names[n] = strings.ToLower(strings.TrimSpace(name))
		if len(wrong) == faultsTold {
			return wrong
		}
		switch {
		case !slices.Contains(columns, names[n]):
			wrong = append(wrong, fault.New("line 1", "no_column", "Name", name, "List", columns))
		case slices.Contains(names[:n], names[n]):
			wrong = append(wrong, fault.New("line 1", "column_twice", "Name", name))
		}
	}
	wrong.Add(!slices.Contains(names, "phone"), "line 1", "no_phone_column")
	return wrong
}

func readRows(reader *csv.Reader, names []string) ([]Row, error) {
	var wrong settings.Invalid
	rows, seen := []Row{}, map[string]int{}
	for len(wrong) < faultsTold {
		values, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, append(wrong, unreadable(err)...)
		}
		line, _ := reader.FieldPos(0)
		row, faults := readRow(line, names, values)
		if first, twice := seen[row.Phone]; twice && len(faults) == 0 {
			faults = settings.Invalid{fault.New(at(line, "phone"), "line_twice", "Line", first)}
		}
		seen[row.Phone] = line
		wrong = append(wrong, faults...)
		rows = append(rows, row)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return rows, nil
}

func readRow(line int, names, values []string) (Row, settings.Invalid) {
	row := Row{Line: line}
	var wrong settings.Invalid
	for n, value := range values {
		value = strings.TrimSpace(strings.TrimPrefix(value, "'")) // our own exports begin so what a spreadsheet could take for a formula
		switch names[n] {
		case "name":
			row.Name = value
		case "phone":
			row.Phone = value
		case "language":
			row.Language = value
		case "opted_out":
			var known bool
			if row.OptedOut, known = yes(value); !known {
				wrong = append(wrong, fault.New(at(line, "opted_out"), "yes_no"))
			}
		}
	}
	card := Card{Name: row.Name, Language: row.Language, Addresses: AddressList{{Kind: phone, Address: row.Phone}}}
	var faults settings.Invalid
	if errors.As(card.check(), &faults) {
		for _, f := range faults {
			if strings.HasPrefix(f.Field, "addresses") {
				f.Field = "phone"
			}
			wrong = append(wrong, f.At(at(line, f.Field)))
		}
	}
	return row, wrong
}

func yes(value string) (yes, known bool) {
	switch strings.ToLower(value) {
	case "yes", "true", "1":
		return true, true
	case "no", "false", "0", "":
		return false, true
	}
	return false, false
}

func at(line int, column string) string { return fmt.Sprintf("line %d, %s", line, column) }

func unreadable(err error) settings.Invalid {
	var broken *csv.ParseError
	if !errors.As(err, &broken) {
		return settings.Invalid{fault.New("", "unreadable", "Why", err.Error())}
	}
	line := fmt.Sprintf("line %d", broken.Line)
	if errors.Is(broken.Err, csv.ErrFieldCount) {
		return settings.Invalid{fault.New(line, "other_columns")}
	}
	return settings.Invalid{fault.New(line, "unreadable", "Why", broken.Err.Error())}
}
