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
		return nil, settings.Invalid{{Field: "", Detail: "the file must be text in UTF-8: choose that when saving it"}}
	}
	reader := csv.NewReader(bytes.NewReader(file))
	head, _, _ := bytes.Cut(file, []byte("\n"))
	if bytes.ContainsRune(head, ';') && !bytes.ContainsRune(head, ',') {
		reader.Comma = ';'
	}
	names, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, settings.Invalid{{Field: "line 1", Detail: "is missing: it must name the columns, such as name,phone,language,opted_out"}}
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
		switch {
		case !slices.Contains(columns, names[n]):
			wrong = append(wrong, settings.Fault{Field: "line 1", Detail: fmt.Sprintf("%q is not a column: there are %s", name, strings.Join(columns, ", "))})
		case slices.Contains(names[:n], names[n]):
			wrong = append(wrong, settings.Fault{Field: "line 1", Detail: fmt.Sprintf("%q stands there twice", name)})
		}
	}
	if !slices.Contains(names, "phone") {
		wrong = append(wrong, settings.Fault{Field: "line 1", Detail: "the column phone is missing"})
	}
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
			faults = settings.Invalid{{Field: at(line, "phone"), Detail: fmt.Sprintf("stands on line %d already", first)}}
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
				wrong = append(wrong, settings.Fault{Field: at(line, "opted_out"), Detail: "must be yes, no or empty"})
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
			wrong = append(wrong, settings.Fault{Field: at(line, f.Field), Detail: f.Detail})
		}
	}
	if utf8.RuneCountInString(row.Name) > 200 {
		wrong = append(wrong, settings.Fault{Field: at(line, "name"), Detail: "must have at most 200 characters"})
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
		return settings.Invalid{{Field: "", Detail: err.Error()}}
	}
	detail := "cannot be read: " + broken.Err.Error()
	if errors.Is(broken.Err, csv.ErrFieldCount) {
		detail = "has another number of columns than the first line"
	}
	return settings.Invalid{{Field: fmt.Sprintf("line %d", broken.Line), Detail: detail}}
}
