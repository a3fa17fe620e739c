package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/jmoiron/sqlx"

	"ringback/cmd/progress"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
)

// Source is what a backup is made of.
type Source struct {
	DB      *sqlx.DB
	Blobs   blob.Store
	Key     string // that the companies' secrets are sealed with, in base64; empty: none
	Version string // of this program
	At      time.Time
	Told    *progress.Line // how far it is; nil: nobody is
}

// Done is what a backup held, or what was brought back.
type Done struct {
	Tables int   `json:"tables"`
	Rows   int64 `json:"rows"`
	Files  int   `json:"files"`
	// What was not there when a backup was made: files that the database knows, and the
	// key that its secrets are sealed with.
	Missing int  `json:"missing,omitempty"`
	Keyless bool `json:"keyless,omitempty"`
}

const (
	steps = `select version_id from goose_db_version where version_id > 0 and is_applied order by version_id`

	// A table comes after all that it refers to.
	tables = `
with recursive own as (
	select oid, relname from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname <> 'goose_db_version'
), rank (oid, n) as (
	select oid, 0 from own
	union all
	select c.conrelid, r.n + 1 from rank r join pg_constraint c on c.confrelid = r.oid and c.contype = 'f' and c.conrelid <> c.confrelid
)
select o.relname as name, (select json_agg(attname order by attnum) from pg_attribute where attrelid = o.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns
from own o join rank r on r.oid = o.oid group by o.oid, o.relname order by max(r.n), o.relname`

	serials = `
select c.relname as table, a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attidentity <> '' and not a.attisdropped order by 1, 2`

	// What the database says of its values is the same everywhere, and it waits
	// for as long as a large file takes.
	plainly = `set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres'; set local extra_float_digits = 1; set local bytea_output = 'hex'`
)

// storedFiles are the names of what lies in the store: files, their thumbnails,
// and the parts of what is being sent.
const storedFiles = `
select ` + media.FileName + ` as name, company_id::text as company, id::text as media from media where state = 'stored'
union all select ` + media.FileName + ` || '.thumb', company_id::text, id::text from media where state = 'stored' and thumbnail
union all select 'uploads/' || company_id || '/' || id || '/' || n, '', '' from uploads cross join lateral generate_series(0, parts) n`

// Write writes the whole of the source, as it is at one moment, sealed for the
// recipients. Nothing of it is held in memory for longer than it takes to
// write it; the source goes on being used meanwhile.
func Write(ctx context.Context, from Source, to io.Writer, recipients ...age.Recipient) (Done, error) {
	sealed, err := age.Encrypt(to, recipients...)
	if err != nil {
		return Done{}, fmt.Errorf("seal the backup: %w", err)
	}
	packed, _ := gzip.NewWriterLevel(sealed, gzip.BestSpeed) // a level that there is
	w := writer{Source: from, tar: tar.NewWriter(packed)}
	if err := w.write(ctx); err != nil {
		return Done{}, err
	}
	for _, layer := range []io.Closer{w.tar, packed, sealed} {
		if err := layer.Close(); err != nil {
			return Done{}, err
		}
	}
	return w.done, nil
}

type writer struct {
	Source

	tar  *tar.Writer
	tx   *sqlx.Tx
	done Done
}

func (w *writer) write(ctx context.Context) error {
	var err error
	if w.tx, err = w.DB.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}); err != nil {
		return err
	}
	defer func() { _ = w.tx.Rollback() }() // nothing was written
	for part := range strings.SplitSeq(plainly, "; ") {
		if _, err := w.tx.ExecContext(ctx, part); err != nil {
			return err
		}
	}
	m := manifest{Format: format, Version: w.Version, MadeAt: w.At.UTC().Format(time.RFC3339), Key: w.Key}
	if m.Tables, m.Serials, m.Steps, err = shape(ctx, w.tx); err != nil {
		return err
	}
	if w.done.Keyless, err = w.keyless(ctx); err != nil {
		return err
	}
	if err := w.document(manifestName, m); err != nil {
		return err
	}
	end := ending{Rows: map[string]int64{}, Next: map[string]int64{}}
	about, of, err := w.expect(ctx, m.Tables)
	if err != nil {
		return err
	}
	w.Told.Begin(progress.Step{What: "Step 1 of 2, database", Unit: "rows", Of: of, About: true})
	for _, t := range m.Tables {
		if end.Rows[t.Name], err = w.rows(ctx, t); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		w.done.Tables, w.done.Rows = w.done.Tables+1, w.done.Rows+end.Rows[t.Name]
		of += end.Rows[t.Name] - about[t.Name]
		w.Told.Of(of)
	}
	for _, s := range m.Serials {
		var next int64
		if err := w.tx.GetContext(ctx, &next, `select coalesce(max(`+quote(s.Column)+`), 0) from `+quote(s.Table)); err != nil {
			return fmt.Errorf("numbers of %s: %w", s.Table, err)
		}
		end.Next[s.Table] = next
	}
	if err := w.files(ctx); err != nil {
		return err
	}
	end.Files = w.done.Files
	return w.document(endingName, end)
}

// shape is the tables of a database, the columns that number themselves, and
// the steps that its schema has taken.
func shape(ctx context.Context, q sqlx.QueryerContext) ([]table, []serial, []int64, error) {
	var found []struct {
		Name    string `db:"name"`
		Columns string `db:"columns"`
	}
	if err := sqlx.SelectContext(ctx, q, &found, tables); err != nil {
		return nil, nil, nil, fmt.Errorf("tables: %w", err)
	}
	var all []table
	for _, f := range found {
		t := table{Name: f.Name}
		if err := json.Unmarshal([]byte(f.Columns), &t.Columns); err != nil {
			return nil, nil, nil, err
		}
		all = append(all, t)
	}
	var numbered []serial
	if err := sqlx.SelectContext(ctx, q, &numbered, serials); err != nil {
		return nil, nil, nil, fmt.Errorf("tables: %w", err)
	}
	var taken []int64
	if err := sqlx.SelectContext(ctx, q, &taken, steps); err != nil {
		return nil, nil, nil, fmt.Errorf("the schema's steps: %w", err)
	}
	return all, numbered, taken, nil
}

// atOnce is how many rows are read at once. A raw body may be large.
const atOnce = 100

// rows writes a table's rows, in parts.
func (w *writer) rows(ctx context.Context, t table) (int64, error) {
	if _, err := w.tx.ExecContext(ctx, `declare reading no scroll cursor for select row(`+columns(t)+`)::text from `+quote(t.Name)); err != nil {
		return 0, err
	}
	var written int64
	var part []byte
	for {
		var rows []string
		if err := w.tx.SelectContext(ctx, &rows, fmt.Sprintf(`fetch %d from reading`, atOnce)); err != nil {
			return 0, err
		}
		for _, row := range rows {
			part = appendRow(part, row)
			written++
		}
		w.Told.At(w.done.Rows + written)
		if len(part) >= chunk || len(rows) < atOnce && len(part) > 0 {
			if err := w.part(rowsFolder+t.Name, int64(len(part)), strings.NewReader(string(part))); err != nil {
				return 0, err
			}
			part = part[:0]
		}
		if len(rows) < atOnce {
			break
		}
	}
	_, err := w.tx.ExecContext(ctx, `close reading`)
	return written, err
}

// storedFile is one of these, and the row of media that says so; of a part: none.
type storedFile struct {
	Name    string `db:"name"`
	Company string `db:"company"`
	Media   string `db:"media"`
}

// files writes what lies in the store. What is not there was about to go, or is missing.
func (w *writer) files(ctx context.Context) error {
	var all int64
	if err := w.tx.GetContext(ctx, &all, `select count(*) from (`+storedFiles+`) f`); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	w.Told.Begin(progress.Step{What: "Step 2 of 2, files", Unit: "files", Of: all})
	var written int64
	if _, err := w.tx.ExecContext(ctx, `declare looking no scroll cursor for `+storedFiles); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	for {
		var some, gone []storedFile
		if err := w.tx.SelectContext(ctx, &some, fmt.Sprintf(`fetch %d from looking`, atOnce)); err != nil {
			return fmt.Errorf("files: %w", err)
		}
		for _, f := range some {
			err := w.file(ctx, f.Name)
			if errors.Is(err, blob.ErrNone) {
				gone, err = append(gone, f), nil
			}
			if err != nil {
				return fmt.Errorf("file %s: %w", f.Name, err)
			}
			written++
			w.Told.At(written)
		}
		if err := w.miss(ctx, gone); err != nil {
			return fmt.Errorf("files: %w", err)
		}
		if len(some) < atOnce {
			return nil
		}
	}
}

func (w *writer) file(ctx context.Context, name string) error {
	content, err := w.Blobs.Open(ctx, name)
	if err != nil {
		return err
	}
	defer content.Close()
	size, err := content.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = content.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	w.done.Files++
	return w.part(filesFolder+name, size, content)
}

func (w *writer) document(name string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return w.part(name, int64(len(raw)), strings.NewReader(string(raw)))
}

func (w *writer) part(name string, size int64, content io.Reader) error {
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: w.At, Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err := io.Copy(w.tar, content)
	return err
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func columns(t table) string {
	quoted := make([]string, len(t.Columns))
	for n, c := range t.Columns {
		quoted[n] = quote(c)
	}
	return strings.Join(quoted, ", ")
}
