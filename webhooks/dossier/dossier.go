// Package dossier makes the file that is handed to a customer who asks what a
// company knows of them: everything as JSON for machines, the same as a page
// for people, and their files beside it. The API and the console answer the
// same one.
//
// The hard decision: the file is written as it is read. What a customer sent in
// ten years does not have to fit into memory.
package dossier

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
	"ringback/gateway/media"
	"ringback/gateway/requests"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/webhooks/web/i18n"
)

//go:embed phrases page.html
var embedded embed.FS

var words = sync.OnceValue(func() *i18n.Catalog {
	folder, err := fs.Sub(embedded, "phrases")
	if err == nil {
		var c *i18n.Catalog
		if c, err = i18n.Load(folder, i18n.Codes); err == nil {
			return c
		}
	}
	panic(err) // it is in the binary
})

// Dossier is one customer's.
type Dossier struct {
	contacts.Export

	company string
	open    func(context.Context, contacts.ExportedFile) (io.ReadCloser, error)
}

// Of reads all that is known of a customer. Company is its name.
func Of(ctx context.Context, desk inbox.Desk, who staff.Principal, company, contact string) (Dossier, error) {
	e, err := desk.ExportContact(ctx, who, contact)
	return Dossier{e, company, func(ctx context.Context, f contacts.ExportedFile) (io.ReadCloser, error) {
		_, content, err := desk.OpenMedia(ctx, who, f.TeamID, f.ID, false)
		return content, err
	}}, err
}

// Head sets the headers of an answer that is the file.
func (d Dossier) Head(set func(name, value string)) {
	set("Content-Type", "application/zip")
	set("Content-Disposition", `attachment; filename="customer-`+d.Contact+`.zip"`)
	set("X-Content-Type-Options", "nosniff")
	set("Cache-Control", "no-store")
}

// Patience bounds how long the file may take to be written.
const Patience = 10 * time.Minute

// Write writes the file. A fault on the way breaks the connection: a file that
// ends early must not look whole.
func (d Dossier) Write(ctx context.Context, to io.Writer) {
	if err := d.write(ctx, to); err != nil {
		slog.ErrorContext(ctx, "the export of a customer broke off", "contact", d.Contact, "error", err)
		panic(http.ErrAbortHandler)
	}
}

func (d Dossier) write(ctx context.Context, to io.Writer) error {
	z := zip.NewWriter(to)
	for name, content := range map[string]func(io.Writer) error{"customer.json": d.document, "customer.html": d.page} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: d.At})
		if err != nil {
			return err
		}
		if err := content(w); err != nil {
			return err
		}
	}
	for _, f := range d.Files {
		if err := d.file(ctx, z, f); err != nil {
			return fmt.Errorf("file %s: %w", f.ID, err)
		}
	}
	return z.Close()
}

// file adds one of their files, which is packed as it is: pictures and sound
// become no smaller.
func (d Dossier) file(ctx context.Context, z *zip.Writer, f contacts.ExportedFile) error {
	content, err := d.open(ctx, f)
	if errors.Is(err, settings.ErrNotFound) {
		return nil // it went meanwhile
	}
	if err != nil {
		return err
	}
	defer content.Close()
	w, err := z.CreateHeader(&zip.FileHeader{Name: fileName(f), Method: zip.Store, Modified: f.CreatedAt})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, content)
	return err
}

func fileName(f contacts.ExportedFile) string {
	return "files/" + f.ID + "-" + strings.ReplaceAll(media.SavedAs(f.Name, f.ContentType), "/", "_")
}

func (d Dossier) document(to io.Writer) error {
	all := map[string]any{"company": d.company, "exported_at": d.At.UTC().Format(time.RFC3339), "id": d.Contact}
	for _, s := range d.Sections {
		all[s.Name] = s.Rows
	}
	e := json.NewEncoder(to)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	return e.Encode(all)
}

// section is a table of the page.
type section struct {
	Title string
	Heads []string
	Rows  [][]string
}

func (d Dossier) page(to io.Writer) error {
	l := words().Match(d.Language, "")
	page, err := template.New("page.html").Funcs(template.FuncMap{"t": l.T}).ParseFS(embedded, "page.html")
	if err != nil {
		return err
	}
	shown := struct {
		Lang, Company, At string
		Sections          []section
		Files             []string
	}{Lang: l.Tag, Company: d.company, At: d.At.UTC().Format(moment)}
	for _, s := range d.Sections {
		table, err := tableOf(l, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		shown.Sections = append(shown.Sections, table)
	}
	for _, f := range d.Files {
		shown.Files = append(shown.Files, fileName(f))
	}
	return page.Execute(to, shown)
}

func tableOf(l *i18n.Language, s contacts.Section) (section, error) {
	table := section{Title: l.T("section." + s.Name)}
	for n, row := range s.Rows {
		fields, err := fieldsOf(row)
		if err != nil {
			return table, err
		}
		var cells []string
		for _, f := range fields {
			if n == 0 {
				table.Heads = append(table.Heads, l.T("field."+f.name))
			}
			cells = append(cells, f.said(l, s.Name, fields))
		}
		table.Rows = append(table.Rows, cells)
	}
	return table, nil
}

// codes are the fields that hold codes, with where the words for those stand.
var codes = map[string][]string{
	"addresses.kind": {"address."}, "addresses.line_type": {"line_type."},
	"consents.source": {"source."}, "tickets.kind": {"tickets.kind."}, "tickets.status": {"tickets.state."},
	"messages.author": {"author."}, "messages.channel": {"channel."}, "planned.state": {"planned."}, "planned.reason": {"refusal.", "reason."},
	"calls.outcome": {"call.", "back.", "reason."}, "requests.kind": {"ask."}, "requests.state": {"asked."},
	"decisions.event_kind": {"event."}, "decisions.automation": {"automation."}, "decisions.outcome": {"outcome."}, "decisions.reason": {"reason."},
	"deliveries.channel": {"channel."}, "deliveries.state": {"state."}, "files.state": {"file."},
}

type field struct {
	name, value string
	quoted      bool // it is a text, and no number, yes or no
}

// moment is how the page writes a time: the customer's own zone is nobody's to know.
const moment = "2006-01-02 15:04 UTC"

// said is a field's value as people write it; the other fields of its row say what money
// an amount is.
func (f field) said(l *i18n.Language, section string, row []field) string {
	for _, prefix := range codes[section+"."+f.name] {
		if words().Has(prefix + f.value) {
			return l.T(prefix + f.value)
		}
	}
	if !f.quoted && (f.value == "true" || f.value == "false") {
		return l.T("page." + f.value)
	}
	if section == "requests" && f.name == "answer" {
		return answered(l, f.value)
	}
	if section == "contact" && f.name == "language" {
		return cmp.Or(i18n.Names[f.value], f.value)
	}
	if at, err := time.Parse(time.RFC3339, f.value); err == nil && f.name != "text" {
		return at.UTC().Format(moment)
	}
	if f.name != "amount" {
		return f.value
	}
	amount, err := strconv.ParseInt(f.value, 10, 64)
	n := slices.IndexFunc(row, func(other field) bool { return other.name == "currency" })
	if err != nil || n < 0 {
		return f.value
	}
	return requests.Money(amount, row[n].value, l.Tag)
}

// answered is an answer in the words that the team reads.
func answered(l *i18n.Language, raw string) string {
	var a requests.Answer
	if json.Unmarshal([]byte(raw), &a) != nil {
		return raw // none
	}
	var said []string
	switch word := a.Word(); {
	case a.Score > 0:
		said = append(said, l.T("ticket.rated", "Score", a.Score))
	case word != "":
		said = append(said, l.T("ask."+word))
	}
	if a.Payment != "" {
		said = append(said, l.T("asked."+a.Payment))
	}
	if len(a.Files) > 0 {
		said = append(said, fmt.Sprintf("%s: %d", l.T("page.files"), len(a.Files)))
	}
	if a.Comment != "" {
		said = append(said, a.Comment)
	}
	return strings.Join(said, "; ")
}

// fieldsOf reads an object's fields in their order.
func fieldsOf(row json.RawMessage) ([]field, error) {
	var fields []field
	d := json.NewDecoder(bytes.NewReader(row))
	if _, err := d.Token(); err != nil { // the brace
		return nil, err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, err
		}
		value := string(raw)
		switch {
		case value == "null":
			value = ""
		case raw[0] == '"':
			if err := json.Unmarshal(raw, &value); err != nil {
				return nil, err
			}
		}
		fields = append(fields, field{name.(string), value, raw[0] == '"'}) //nolint:forcetypeassert // what a database calls a column
	}
	return fields, nil
}
