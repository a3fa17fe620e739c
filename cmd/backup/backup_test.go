package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/cmd/backup"
	"ringback/gateway/contacts"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/migrations"
	"ringback/migrations/testdb"
	"ringback/settings"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const words = "correct horse battery staple"

// world is a database with something of everything in it, and a file.
type world struct {
	*testing.T
	db    *sqlx.DB
	blobs blob.Store
	clock *clock.Clock
	file  media.Media
	team  settings.Team
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{T: t, db: testdb.New(t), clock: clocktest.StoppedAt(noon)}
	w.blobs = store(t)
	company, err := settings.EnsureCompany(t.Context(), w.db, "GVE “Żółw”")
	require.NoError(t, err)
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "America/Chicago"
	w.team, err = settings.CreateTeam(t.Context(), w.db, company.ID, "test", team)
	require.NoError(t, err)
	_, err = settings.EditTeam(t.Context(), w.db, company.ID, w.team.ID, "test", func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.SMS, Address: "+15005550006"})
		return err
	})
	require.NoError(t, err)
	w.happens()
	archive := media.New(media.Config{DB: w.db, Blobs: w.blobs, Clock: w.clock, Log: slog.New(slog.DiscardHandler)})
	w.file, err = archive.Store(t.Context(), media.Upload{CompanyID: company.ID, TeamID: w.team.ID, Name: "offer.pdf", Who: "Ann"}, strings.NewReader("%PDF-1.7\nan offer"))
	require.NoError(t, err)
	return w
}

func store(t *testing.T) blob.Store {
	t.Helper()
	blobs, err := blob.NewDisk(filepath.Join(t.TempDir(), "media"))
	require.NoError(t, err)
	return blobs
}

// happens writes a few hundred rows of every kind of value.
func (w *world) happens() {
	w.Helper()
	w.exec(`insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload, raw, handled_at)
		select $1, gen_random_uuid(), $2, $2, 'message', 'SM' || n, $3::timestamptz + n * interval '1.000001 second', now(), jsonb_build_object('Theirs', '+1', 'n', n::numeric / 3, 'text', E'a "quote", a \\ and\na line ()'), decode('00ff0a5c22', 'hex'), case when n % 2 = 0 then now() end
		from generate_series(1, 350) n`, w.team.CompanyID, w.team.ID, noon)
	w.exec(`insert into messages (company_id, id, team_id, contact_id, sender_id, author, text, at, may_answer)
		select $1, gen_random_uuid(), $2, gen_random_uuid(), $2, 'customer', case n % 3 when 0 then '' when 1 then E'żółw 🐢 \t"{(,)}"' else 'null' end, now(), case when n % 2 = 0 then array[gen_random_uuid(), gen_random_uuid()] else '{}' end
		from generate_series(1, 250) n`, w.team.CompanyID, w.team.ID)
	for n := range 3 {
		tx, err := w.db.Beginx()
		require.NoError(w, err)
		c, err := contacts.FindOrCreate(w.Context(), tx, w.team.CompanyID, w.team.ID, uuid.Nil.String(), channels.SMS, fmt.Sprintf("+1312555010%d", n), "Anna")
		require.NoError(w, err)
		require.NoError(w, contacts.Consent{CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: c.ID, OptedOut: true, Source: "message", Words: "STOP", At: noon}.Record(w.Context(), tx))
		require.NoError(w, tx.Commit())
		if n == 0 { // whose digests are there, and fire when an address is written
			require.NoError(w, contacts.Erase(w.Context(), w.db, contacts.Actor{CompanyID: w.team.CompanyID, Who: "Ann", At: noon}, c.ID))
		}
	}
}

func (w *world) exec(query string, args ...any) {
	w.Helper()
	_, err := w.db.ExecContext(w.Context(), query, args...)
	require.NoError(w, err)
}

// sealed is a backup of the world.
func (w *world) sealed(to ...age.Recipient) []byte {
	w.Helper()
	if len(to) == 0 {
		quick, err := age.NewScryptRecipient(words)
		require.NoError(w, err)
		quick.SetWorkFactor(10)
		to = append(to, quick)
	}
	var file bytes.Buffer
	done, err := backup.Write(w.Context(), backup.Source{DB: w.db, Blobs: w.blobs, Key: "the secret key", Version: "test", At: noon}, &file, to...)
	require.NoError(w, err)
	require.Equal(w, 1, done.Files)
	require.Greater(w, done.Rows, int64(600))
	return file.Bytes()
}

// elsewhere is an empty database, which may not even have a schema.
func elsewhere(t *testing.T, schema bool) (backup.Target, *string) {
	t.Helper()
	db := testdb.New(t)
	if !schema {
		db.MustExec(`drop schema public cascade`)
		db.MustExec(`create schema public`)
	}
	key := new(string)
	return backup.Target{DB: db, Blobs: store(t), Key: func(k string) error { *key = k; return nil }}, key
}

func restore(t *testing.T, file []byte, to backup.Target, key string) error {
	t.Helper()
	identity, err := backup.Identity(key)
	require.NoError(t, err)
	_, err = backup.Restore(t.Context(), bytes.NewReader(file), to, identity)
	return err
}

// content is every row of every table, as text, by table.
func content(t *testing.T, db *sqlx.DB) map[string][]string {
	t.Helper()
	var tables []string
	require.NoError(t, db.Select(&tables, `select relname from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname <> 'goose_db_version'`))
	all := map[string][]string{}
	for _, table := range tables {
		rows := []string{}
		require.NoError(t, db.Select(&rows, `select x::text from `+table+` x order by 1`))
		all[table] = rows
	}
	return all
}

// TestABackupComesBackRowForRow: into a database without a schema as into one
// with it, and what is written afterwards goes on where the old one stood.
func TestABackupComesBackRowForRow(t *testing.T) {
	w := newWorld(t)
	file, before := w.sealed(), content(t, w.db)
	require.NotContains(t, string(file), "Service")
	for _, schema := range []bool{false, true} {
		to, key := elsewhere(t, schema)
		require.NoError(t, restore(t, file, to, words))
		require.Equal(t, before, content(t, to.DB))
		require.Equal(t, "the secret key", *key)
		f, err := to.Blobs.Open(t.Context(), w.team.CompanyID+"/"+w.file.ID[len(w.file.ID)-2:]+"/"+w.file.ID)
		require.NoError(t, err)
		text, err := io.ReadAll(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Equal(t, "%PDF-1.7\nan offer", string(text))
		var was, is int64
		require.NoError(t, w.db.Get(&was, `select max(seq) from events`))
		require.NoError(t, to.DB.Get(&is, `select nextval('events_seq_seq')`))
		require.Equal(t, was+1, is)
		_, err = to.DB.Exec(`delete from history`)
		require.ErrorContains(t, err, "append-only", "what the database does of itself it does again")
		require.ErrorIs(t, restore(t, file, to, words), backup.ErrNotEmpty, "not twice")
	}
	require.Equal(t, before, content(t, w.db), "the source is as it was")
}

// TestABackupIsSealedForAKey: of age's, by its public half too.
func TestABackupIsSealedForAKey(t *testing.T) {
	w := newWorld(t)
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	whose, err := backup.Recipient(identity.String())
	require.NoError(t, err)
	file := w.sealed(whose)
	to, _ := elsewhere(t, true)
	other, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	require.ErrorIs(t, restore(t, file, to, other.String()), backup.ErrKey)
	require.ErrorIs(t, restore(t, file, to, words), backup.ErrKey)
	require.NoError(t, restore(t, file, to, identity.String()))
}

// TestWhatIsNoWholeBackupIsRefused: and nothing of it stays in the database.
func TestWhatIsNoWholeBackupIsRefused(t *testing.T) {
	w := newWorld(t)
	file := w.sealed()
	to, _ := elsewhere(t, true)
	empty := content(t, to.DB)
	require.ErrorIs(t, restore(t, file, to, "other words"), backup.ErrKey)
	for _, length := range []int{len(file) - 1, len(file) - 20, len(file) / 2, len(file) / 3, 1000} {
		require.ErrorIs(t, restore(t, file[:length], to, words), backup.ErrBroken, length)
		require.Equal(t, empty, content(t, to.DB))
	}
	changed := bytes.Clone(file)
	changed[len(changed)/2] ^= 1
	require.ErrorIs(t, restore(t, changed, to, words), backup.ErrBroken)
	for _, nothing := range []string{"", "hello", string(file[:100])} {
		require.ErrorContains(t, restore(t, []byte(nothing), to, words), "no backup")
	}
	require.NoError(t, restore(t, file, to, words))
}

// TestANewerBackupIsRefused: one whose schema this version does not know.
func TestANewerBackupIsRefused(t *testing.T) {
	w := newWorld(t)
	w.exec(`insert into goose_db_version (version_id, is_applied) values (9999, true)`)
	to, _ := elsewhere(t, false)
	err := restore(t, w.sealed(), to, words)
	require.ErrorIs(t, err, migrations.ErrNewer)
	require.ErrorContains(t, err, "newer version of Ringback")
}

// TestAnOlderBackupIsBroughtUpToDate: on the steps that it was made on, and
// then the others.
func TestAnOlderBackupIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	old, _ := elsewhere(t, false)
	all, err := migrations.Status(t.Context(), old.DB.DB)
	require.NoError(t, err)
	var versions []int64
	for _, m := range all[:len(all)-2] {
		versions = append(versions, m.Version)
	}
	require.NoError(t, migrations.UpTo(t.Context(), old.DB.DB, versions))
	_, err = old.DB.Exec(`insert into companies (id, name) values (gen_random_uuid(), 'GVE')`)
	require.NoError(t, err)
	var file bytes.Buffer
	quick, err := age.NewScryptRecipient(words)
	require.NoError(t, err)
	quick.SetWorkFactor(10)
	_, err = backup.Write(t.Context(), backup.Source{DB: old.DB, Blobs: old.Blobs, At: noon}, &file, quick)
	require.NoError(t, err)
	to, _ := elsewhere(t, false)
	require.NoError(t, restore(t, file.Bytes(), to, words))
	pending, err := migrations.Pending(t.Context(), to.DB.DB)
	require.NoError(t, err)
	require.Zero(t, pending)
	var name string
	require.NoError(t, to.DB.Get(&name, `select name from companies`))
	require.Equal(t, "GVE", name)
}

// TestAKeyThatIsRefusedEndsTheMatter: before anything is written.
func TestAKeyThatIsRefusedEndsTheMatter(t *testing.T) {
	w := newWorld(t)
	to, _ := elsewhere(t, true)
	refused := errors.New("another key")
	to.Key = func(string) error { return refused }
	require.ErrorIs(t, restore(t, w.sealed(), to, words), refused)
	require.Empty(t, content(t, to.DB)["companies"])
}

// slow is a store that takes its time over each file, by the database's clock.
type slow struct {
	blob.Store

	db *sqlx.DB
}

func (s slow) Open(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	if _, err := s.db.ExecContext(ctx, `select pg_sleep(0.6)`); err != nil {
		return nil, err
	}
	return s.Store.Open(ctx, name)
}

func (s slow) Put(ctx context.Context, name string, from io.Reader) error {
	if _, err := s.db.ExecContext(ctx, `select pg_sleep(0.6)`); err != nil {
		return err
	}
	return s.Store.Put(ctx, name, from)
}

// TestALargeFileMayTakeItsTime: our connections end a transaction that stands still,
// which one does while a file is copied.
func TestALargeFileMayTakeItsTime(t *testing.T) {
	w := newWorld(t)
	hasty := func(db *sqlx.DB) {
		db.MustExec(`do $$ begin execute format('alter database %I set idle_in_transaction_session_timeout = ''300ms''', current_database()); end $$`)
		db.SetMaxIdleConns(0) // what is opened from here on goes by it
	}
	hasty(w.db)
	w.blobs = slow{w.blobs, w.db}
	file := w.sealed()
	to, _ := elsewhere(t, true)
	hasty(to.DB)
	to.Blobs = slow{to.Blobs, to.DB}
	require.NoError(t, restore(t, file, to, words))
}
