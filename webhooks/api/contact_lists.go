package api

import (
	"context"
	"encoding/csv"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/contacts"
)

const listSize = 5 << 20

func importOp(path string) huma.Operation {
	op := Op("import-contacts", http.MethodPost, path, http.StatusOK,
		"Add a list of customers: all of it, or nothing when a line is wrong")
	op.Description = "Text in UTF-8, comma- or semicolon-separated, at most 5 MB. The first line names the columns: " +
		"`phone` (in E.164 form), `name`, `language`, `opted_out` (yes or no). " +
		"A number that is known keeps what the line leaves empty. `no` opts nobody in."
	op.MaxBodyBytes = listSize
	op.BodyReadTimeout = time.Minute
	return op
}

// csvOp describes a route that answers with a file of comma-separated values.
func csvOp(id, path, summary string) huma.Operation {
	op := Op(id, http.MethodGet, path, http.StatusOK, summary)
	op.Responses = map[string]*huma.Response{"200": {
		Description: "OK",
		Content:     map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	return op
}

type contactList struct {
	Team    string `path:"team"`
	RawBody []byte `contentType:"text/csv"`
}

func (r routes) importContacts(ctx context.Context, in *contactList) (*Answer[contacts.Imported], error) {
	return Answered(r.Inbox.ImportContacts(ctx, caller(ctx), in.Team, in.RawBody))
}

type consentsOfTeam struct {
	Team string `path:"team"`
	Page
}

type consentsOfOne struct {
	TicketPath
	Page
}

func (r routes) listConsents(ctx context.Context, in *consentsOfTeam) (*Answer[List[contacts.Evidence]], error) {
	return r.consents(ctx, in.Team, "", in.Page)
}

func (r routes) contactConsents(ctx context.Context, in *consentsOfOne) (*Answer[List[contacts.Evidence]], error) {
	return r.consents(ctx, in.Team, in.ID, in.Page)
}

func (r routes) consents(ctx context.Context, team, contact string, page Page) (*Answer[List[contacts.Evidence]], error) {
	return Listed(page, func(e contacts.Evidence) string { return e.ID }, func(before string, limit int) ([]contacts.Evidence, error) {
		return r.Inbox.Consents(ctx, caller(ctx), team, contact, before, limit)
	})
}

// exported is how many rows of a file are read at once: it may be long, and is
// neither kept in memory nor read in one statement.
const exported = 1000

type exportPath struct {
	Team string `path:"team"`
}

func (r routes) exportConsents(ctx context.Context, in *exportPath) (*huma.StreamResponse, error) {
	who := caller(ctx)
	rows, err := r.Inbox.Consents(ctx, who, in.Team, "", "", exported)
	if err != nil {
		return nil, err
	}
	head := []string{"at", "contact", "name", "address", "sender", "opted_out", "source", "words", "who", "event"}
	return file("consents.csv", head, func(write func(...string)) error {
		for len(rows) > 0 && err == nil {
			for _, e := range rows {
				write(e.At.UTC().Format(time.RFC3339), e.Contact, e.Name, e.Address, orEmpty(e.Sender), strconv.FormatBool(e.OptedOut), e.Source, e.Words, e.Who, orEmpty(e.Event))
			}
			rows, err = r.Inbox.Consents(ctx, who, in.Team, "", rows[len(rows)-1].ID, exported)
		}
		return err
	}), nil
}

func orEmpty(optional *string) string {
	if optional == nil {
		return ""
	}
	return *optional
}

// file answers with comma-separated values. A fault on the way breaks the
// connection: a file that ends early must not look whole.
func file(name string, head []string, rows func(write func(...string)) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", "text/csv; charset=utf-8")
		ctx.SetHeader("Content-Disposition", `attachment; filename="`+name+`"`)
		ctx.SetHeader("X-Content-Type-Options", "nosniff")
		if err := writeFile(ctx.BodyWriter(), head, rows); err != nil {
			slog.ErrorContext(ctx.Context(), "a file broke off", "file", name, "error", err)
			panic(http.ErrAbortHandler)
		}
	}}
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
