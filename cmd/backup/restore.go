package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/cmd/progress"
	"ringback/gateway/media/blob"
	"ringback/migrations"
)

// Target is where a backup is brought back.
type Target struct {
	DB    *sqlx.DB
	Blobs blob.Store
	// Key is handed the key that the companies' secrets are sealed with, before
	// anything is written; empty: there was none. An error ends the matter.
	Key  func(key string) error
	Told *progress.Line // how far it is; nil: nobody is
	Size int64          // of the file; 0: not known
}

// ErrNotEmpty is a database that has something in it.
var ErrNotEmpty = errors.New("the database is not empty: a backup is brought back into an empty one")

// Restore brings a backup back: all of it or, in the database, nothing. What a
// newer schema than the backup's has to add is added in the end.
func Restore(ctx context.Context, from io.Reader, to Target, identities ...age.Identity) (Done, error) {
	if err := to.empty(ctx); err != nil {
		return Done{}, err
	}
	to.Told.Begin(progress.Step{What: "Step 1 of 2, the backup is read", Unit: progress.Bytes, Of: to.Size})
	opened, err := age.Decrypt(to.Told.Reading(from), identities...)
	if err != nil {
		var other *age.NoIdentityMatchError
		if errors.As(err, &other) {
			return Done{}, ErrKey
		}
		return Done{}, fmt.Errorf("that is no backup, or its beginning is missing: %w", err)
	}
	packed, err := gzip.NewReader(opened)
	if err != nil {
		return Done{}, broken(err)
	}
	r := reader{Target: to, tar: tar.NewReader(packed), rest: packed, rows: map[string]int64{}}
	if err := r.restore(ctx); err != nil {
		return Done{}, err
	}
	run := &migrations.Run{DB: to.DB.DB}
	to.Told.Begin(progress.Step{What: "Step 2 of 2", Words: func() string { return "Step 2 of 2, " + run.Progress().String() }})
	return r.done, run.Up(ctx)
}

const (
	anyTables = `select relname from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and relname <> 'goose_db_version' order by 1`
	anyRow    = `select exists (select from %s)`
)

// empty is ErrNotEmpty for a database that has a row in it. One that was only
// migrated is empty.
func (t Target) empty(ctx context.Context) error {
	var all []string
	if err := t.DB.SelectContext(ctx, &all, anyTables); err != nil {
		return err
	}
	for _, name := range all {
		var there bool
		if err := t.DB.GetContext(ctx, &there, fmt.Sprintf(anyRow, quote(name))); err != nil {
			return err
		}
		if there {
			return ErrNotEmpty
		}
	}
	return nil
}

type reader struct {
	Target

	tar   *tar.Reader
	rest  io.Reader // of the file, after the tar
	tx    *sqlx.Tx
	shape manifest
	rows  map[string]int64 // brought back so far
	done  Done
}

func (r *reader) restore(ctx context.Context) error {
	part, err := r.tar.Next()
	if err != nil || part.Name != manifestName {
		return broken(errors.New("it does not say what is in it"))
	}
	if err := json.NewDecoder(r.tar).Decode(&r.shape); err != nil {
		return broken(err)
	}
	if r.shape.Format > format {
		return fmt.Errorf("the backup is of the form %d: %w", r.shape.Format, migrations.ErrNewer)
	}
	if err := r.Key(r.shape.Key); err != nil {
		return err
	}
	if err := migrations.UpTo(ctx, r.DB.DB, r.shape.Steps); err != nil {
		return fmt.Errorf("the backup cannot be brought back: %w", err)
	}
	if r.tx, err = r.DB.BeginTxx(ctx, nil); err != nil {
		return err
	}
	defer func() { _ = r.tx.Rollback() }() // after Commit it says so and does nothing
	if err := r.prepare(ctx); err != nil {
		return err
	}
	for {
		part, err := r.tar.Next()
		if err != nil { // also the end, which the ending comes before
			return broken(err)
		}
		if part.Name == endingName {
			return r.end(ctx)
		}
		if err := r.part(ctx, part); err != nil {
			return err
		}
	}
}

// prepare lets rows be written as they were: what the database does of itself
// when one is written was done when they were written first.
func (r *reader) prepare(ctx context.Context) error {
	for statement := range strings.SplitSeq(plainly, "; ") {
		if _, err := r.tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	have, _, _, err := shape(ctx, r.tx)
	if err != nil {
		return err
	}
	for _, t := range r.shape.Tables {
		n := slices.IndexFunc(have, func(h table) bool { return h.Name == t.Name })
		if n < 0 || !sameColumns(have[n].Columns, t.Columns) {
			return broken(fmt.Errorf("its table %s is another", t.Name))
		}
		for _, statement := range []string{
			`alter table ` + quote(t.Name) + ` disable trigger user`,
			`create temp table ` + quote("backup_"+t.Name) + ` on commit drop as select ` + columns(t) + ` from ` + quote(t.Name) + ` limit 0`,
		} {
			if _, err := r.tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
		}
	}
	return nil
}

func sameColumns(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func (r *reader) part(ctx context.Context, part *tar.Header) error {
	if name, is := strings.CutPrefix(part.Name, filesFolder); is {
		r.done.Files++
		if err := r.Blobs.Put(ctx, name, r.tar); err != nil {
			return fmt.Errorf("file %s: %w", name, err)
		}
		return nil
	}
	name, is := strings.CutPrefix(part.Name, rowsFolder)
	n := slices.IndexFunc(r.shape.Tables, func(t table) bool { return t.Name == name })
	if !is || n < 0 {
		return broken(fmt.Errorf("it has a part %q", part.Name))
	}
	t := r.shape.Tables[n]
	insert := `insert into ` + quote(t.Name) + ` (` + columns(t) + `) overriding system value
select (x.r).* from (select r::pg_temp.` + quote("backup_"+t.Name) + ` as r from unnest($1::text[]) with ordinality as u (r, n) order by n offset 0) x`
	var rows pq.StringArray
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		if _, err := r.tx.ExecContext(ctx, insert, rows); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		r.rows[t.Name], rows = r.rows[t.Name]+int64(len(rows)), rows[:0]
		return nil
	}
	err := eachRow(r.tar, func(row string) error {
		if rows = append(rows, row); len(rows) < atOnce {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// end holds that all is there, and commits.
func (r *reader) end(ctx context.Context) error {
	var e ending
	if err := json.NewDecoder(r.tar).Decode(&e); err != nil {
		return broken(err)
	}
	maps.DeleteFunc(e.Rows, func(_ string, n int64) bool { return n == 0 })
	if !maps.Equal(e.Rows, r.rows) || e.Files != r.done.Files {
		return broken(errors.New("not all that it says is in it"))
	}
	if _, err := r.tar.Next(); !errors.Is(err, io.EOF) {
		return broken(errors.New("something comes after its end"))
	}
	if _, err := io.Copy(io.Discard, r.rest); err != nil { // only its very end says that all of it is as it was
		return broken(err)
	}
	for _, s := range r.shape.Serials {
		if _, err := r.tx.ExecContext(ctx, `select setval(pg_get_serial_sequence($1, $2), $3, $4)`, quote(s.Table), s.Column, max(e.Next[s.Table], 1), e.Next[s.Table] > 0); err != nil {
			return fmt.Errorf("numbers of %s: %w", s.Table, err)
		}
	}
	for _, t := range r.shape.Tables {
		if _, err := r.tx.ExecContext(ctx, `alter table `+quote(t.Name)+` enable trigger user`); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		r.done.Tables, r.done.Rows = r.done.Tables+1, r.done.Rows+r.rows[t.Name]
	}
	return r.tx.Commit()
}
