// Package media is the files of a company: photos and documents that customers
// send, recordings of calls, what the staff upload. A row says what a file is
// and how far it has come; its content lies in a blob.Store.
//
// The hard decision: a file that came with a message is a row from the first
// moment, written in the transaction that writes the message, and its content
// follows when it follows. So a provider that is slow, wrong or hostile takes
// nothing from the timeline, and fetching is work like any other: claimed by a
// due time moved forward, tried again with growing waits, and given up with a
// word that people read.
package media

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/media/blob"
	"ringback/gateway/periodic"
	"ringback/gateway/queue"
	"ringback/gateway/rounds"
	"ringback/settings"
)

// State is how far a file has come.
type State string

// The states of a file.
const (
	Waiting State = "waiting" // it still lies at the provider
	Stored  State = "stored"
	Refused State = "refused" // it will not be taken: Reason says why
	Failed  State = "failed"  // the provider did not give it: somebody may try again
)

// Media is a file as the API shows it.
type Media struct {
	ID          string    `db:"id" json:"id"`
	URL         string    `db:"url" json:"url" doc:"Of its content, below this server's own address"`
	Thumbnail   string    `db:"thumbnail_url" json:"thumbnail_url,omitempty" doc:"Of a small picture of it"`
	ContentType string    `db:"content_type" json:"content_type" doc:"As its content says; empty while it is not known"`
	Size        int64     `db:"size" json:"size" doc:"Bytes; 0 while it is not known"`
	Name        string    `db:"name" json:"name" doc:"As its owner named it; empty: it has no name"`
	State       State     `db:"state" json:"state" enum:"waiting,stored,refused,failed"`
	Reason      string    `db:"reason" json:"reason,omitempty" doc:"Why it is not there, in one word"`
	CreatedAt   time.Time `db:"created_at" json:"created_at"`
	Seconds     *int      `db:"seconds" json:"seconds,omitempty" doc:"Of a recording of a call: how long it is, as the provider says"`

	Transcript string `db:"transcript" json:"transcript,omitempty" doc:"Of a recording of a call: what it says, as software heard it, which may be wrong; left out: nothing was heard, or nobody is asked (SPEECH_URL)"`
}

const address = `'/api/v1/teams/' || x.team_id || '/media/' || x.id`

// columns are a Media of the row x.
const columns = `x.id, ` + address + ` as url, case when x.thumbnail then ` + address + ` || '/thumbnail' else '' end as thumbnail_url,
	x.content_type, x.size, x.name, x.state, x.reason, x.created_at, x.seconds, x.transcript`

// Of is SQL for the list of files, as JSON, that a condition on the row x of
// media picks; null when there is none. Files scans it.
func Of(condition string) string {
	return `(select json_agg(f order by f.created_at, f.id) from (select ` + columns + ` from media x where ` + condition + `) f)`
}

// Files is what Of answers.
type Files []Media

// Scan reads the column.
func (f *Files) Scan(column any) error {
	switch raw := column.(type) {
	case nil:
		*f = nil
		return nil
	case []byte:
		return json.Unmarshal(raw, f)
	}
	return fmt.Errorf("media: cannot read %T", column)
}

// Config is what an archive works with.
type Config struct {
	DB        *sqlx.DB
	Blobs     blob.Store
	Clock     *clock.Clock
	Channels  []channels.Channel
	Accounts  settings.Accounts // whose secrets files are fetched with
	PublicURL func() string
	Key       []byte // signs links; see Key
	Log       *slog.Logger
	Rounds    *rounds.Rounds                 // hears when its work comes round; may be nil
	Changed   func(company, team, id string) // told when a file has come or will not; may be nil

	Transcribed bool // what is recorded of calls is to be put down in writing

	Limit    int64         // bytes of a fetched file; 0: 25 MiB
	Patience time.Duration // for one file to be fetched whole; 0: a minute
}

// Archive keeps the files and fetches those that still lie at providers.
type Archive struct {
	Config
	fetchers map[channels.Kind]channels.Fetcher
	staff    darkroom // for what the staff upload
	others   darkroom // for what strangers send
	fetches  *queue.Queue[claimed]
	chores   periodic.Runner
}

// New prepares an archive; Start sets it to fetching.
func New(c Config) *Archive {
	if c.Changed == nil {
		c.Changed = func(string, string, string) {}
	}
	if c.Limit == 0 {
		c.Limit = Limit
	}
	if c.Patience == 0 {
		c.Patience = time.Minute
	}
	a := &Archive{Config: c, fetchers: channels.ByKind[channels.Fetcher](c.Channels), staff: newDarkroom(staffBear), others: newDarkroom(strangersBear), chores: periodic.Runner{Rounds: c.Rounds}}
	a.fetches = a.newFetches()
	return a
}

const find = `select ` + columns + ` from media x where x.company_id = $1 and x.team_id = $2 and x.id = $3`

// Find returns a team's file, or settings.ErrNotFound.
func Find(ctx context.Context, q sqlx.QueryerContext, company, team, id string) (Media, error) {
	var m Media
	err := sqlx.GetContext(ctx, q, &m, find, company, team, id)
	if errors.Is(err, sql.ErrNoRows) {
		return m, settings.ErrNotFound
	}
	if err != nil {
		return m, fmt.Errorf("media %s: %w", id, err)
	}
	return m, nil
}

const there = `select id from media where company_id = $1 and team_id = $2 and id = any($3::uuid[]) and state = 'stored'`

// Check refuses ids that are not of the team's stored files, as a
// settings.Invalid about the field.
func Check(ctx context.Context, q sqlx.QueryerContext, company, team, field string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	var known, possible []string
	for _, id := range ids {
		if parsed, err := uuid.Parse(id); err == nil && parsed.String() == id {
			possible = append(possible, id)
		}
	}
	if err := sqlx.SelectContext(ctx, q, &known, there, company, team, pq.StringArray(possible)); err != nil {
		return fmt.Errorf("media: %w", err)
	}
	var wrong settings.Invalid
	for n, id := range ids {
		wrong.Add(!slices.Contains(known, id), fmt.Sprintf("%s[%d]", field, n), "media_id")
	}
	if wrong != nil {
		return wrong
	}
	return nil
}

// Open opens the content of a file that Find found, and of its thumbnail where
// small is set; settings.ErrNotFound while it is not there.
func (a *Archive) Open(ctx context.Context, company string, m Media, small bool) (io.ReadSeekCloser, error) {
	name := file(company, m.ID)
	if small {
		name = thumbnail(name)
	}
	if m.State != Stored || small && m.Thumbnail == "" {
		return nil, settings.ErrNotFound
	}
	f, err := a.Blobs.Open(ctx, name)
	if errors.Is(err, blob.ErrNone) {
		a.Log.Error("a stored file is gone", "media", m.ID)
		return nil, settings.ErrNotFound
	}
	return f, err
}

// file is the name of a file in the store: in one of 256 folders of its
// company's.
func file(company, id string) string { return company + "/" + id[len(id)-2:] + "/" + id }

// FileName is SQL for that name, of a row of media.
const FileName = `company_id || '/' || right(id::text, 2) || '/' || id`

func thumbnail(file string) string { return file + ".thumb" }

func newID() string { return uuid.Must(uuid.NewV7()).String() }

const (
	makeKey = `insert into link_keys (name, key) values ($1, $2) on conflict do nothing`
	readKey = `select key from link_keys where name = $1`
)

// Key is what links of one purpose are signed with where no secret key is
// configured: made once, and the same for all replicas.
func Key(ctx context.Context, db *sqlx.DB, purpose string) ([]byte, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	if _, err := db.ExecContext(ctx, makeKey, purpose, key); err != nil {
		return nil, fmt.Errorf("the key of %s links: %w", purpose, err)
	}
	if err := db.GetContext(ctx, &key, readKey, purpose); err != nil {
		return nil, fmt.Errorf("the key of %s links: %w", purpose, err)
	}
	return key, nil
}
