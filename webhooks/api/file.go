package api

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
	"ringback/settings/staff"
)

// File is a file of comma-separated values, written as it is read.
type File struct {
	Name string
	head []string
	rows func(write func(...string)) error
}

// exported is how many rows of a file are read at once: it may be long, and is
// neither kept in memory nor read in one statement.
const exported = 1000

// ConsentsFile is when and how the customers of a team opted out and in.
func ConsentsFile(ctx context.Context, desk inbox.Desk, who staff.Principal, team string) (File, error) {
	if err := desk.Exported(ctx, who, team, "consents.csv"); err != nil {
		return File{}, err
	}
	rows, err := desk.Consents(ctx, who, team, "", "", exported)
	head := []string{"at", "contact", "name", "address", "sender", "opted_out", "source", "words", "who", "event"}
	return File{"consents.csv", head, func(write func(...string)) error {
		for len(rows) > 0 && err == nil {
			for _, e := range rows {
				write(consentCells(e)...)
			}
			rows, err = desk.Consents(ctx, who, team, "", rows[len(rows)-1].ID, exported)
		}
		return err
	}}, err
}

func consentCells(e contacts.Evidence) []string {
	return []string{
		e.At.UTC().Format(time.RFC3339), e.Contact, e.Name, e.Address, orEmpty(e.Sender), strconv.FormatBool(e.OptedOut),
		e.Source, e.Words, e.Who, orEmpty(e.Event),
	}
}

func orEmpty(optional *string) string {
	if optional == nil {
		return ""
	}
	return *optional
}

func document(optional *json.RawMessage) string {
	if optional == nil {
		return ""
	}
	return string(*optional)
}

func decimal(optional *float64) string {
	if optional == nil {
		return ""
	}
	return strconv.FormatFloat(*optional, 'f', -1, 64)
}

// Head sets the headers of an answer that is the file.
func (f File) Head(set func(name, value string)) {
	set("Content-Type", "text/csv; charset=utf-8")
	set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	set("X-Content-Type-Options", "nosniff")
}

// Write writes the file. A fault on the way breaks the connection: a file that
// ends early must not look whole.
func (f File) Write(ctx context.Context, to io.Writer) {
	if err := writeFile(to, f.head, f.rows); err != nil {
		slog.ErrorContext(ctx, "a file broke off", "file", f.Name, "error", err)
		panic(http.ErrAbortHandler)
	}
}

// streamed answers with the file.
func streamed(f File, err error) (*huma.StreamResponse, error) {
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		f.Head(ctx.SetHeader)
		f.Write(ctx.Context(), ctx.BodyWriter())
	}}, nil
}

func writeFile(to io.Writer, head []string, rows func(write func(...string)) error) error {
	w := csv.NewWriter(to)
	w.UseCRLF = true // RFC 4180
	_ = w.Write(head)
	err := rows(func(cells ...string) {
		for n := range cells {
			cells[n] = harmless(cells[n])
		}
		_ = w.Write(cells) // Error tells
	})
	w.Flush()
	if err != nil {
		return err
	}
	return w.Error()
}

// harmless keeps a spreadsheet from taking what a customer wrote for a formula.
func harmless(cell string) string {
	if cell == "" {
		return ""
	}
	switch cell[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n':
		return "'" + cell
	}
	return cell
}
