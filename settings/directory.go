package settings

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/jmoiron/sqlx"
)

// Directory knows which team a called number belongs to, also while the
// database is away: a caller who is waiting cannot be told to try later. What
// it says is current whenever the database answers in time.
type Directory struct {
	db      *sqlx.DB
	cache   *Cache
	account string // the environment's at Twilio
	vault   *Vault

	finding *shared[Called] // so that a thousand callers at once are few questions
	loading *shared[*Snapshot]
	signing *shared[[]string]

	silentSince atomic.Int64 // when the database did not answer last, in Unix nanoseconds

	mu      sync.RWMutex
	lines   map[string]Called    // by account and number
	teams   map[string]*Snapshot // by company and team
	secrets map[string][]string  // of companies' own accounts, by provider and account
	whole   bool                 // all of them are there
}

// Called is whom a number reaches.
type Called struct {
	Sender Sender
	Team   *Snapshot
}

// NewDirectory returns a directory that knows nothing yet; Learn and LearnAccounts
// fill it. Without a database it knows what RecallAccounts tells it.
func NewDirectory(db *sqlx.DB, cache *Cache, vault *Vault) *Directory {
	return &Directory{
		db: db, cache: cache, vault: vault, account: vault.Environment[Twilio].ID,
		finding: newShared[Called](), loading: newShared[*Snapshot](), signing: newShared[[]string](),
		lines: map[string]Called{}, teams: map[string]*Snapshot{}, secrets: map[string][]string{},
	}
}

const voiceSenders = `select ` + senderColumns + ` from senders where kind = 'voice' order by id limit 5000`

// Learn reads all numbers that can be called and their teams, so that the
// first caller after a start is answered even if the database goes away.
func (d *Directory) Learn(ctx context.Context) error {
	var senders []Sender
	if err := sqlx.SelectContext(ctx, d.db, &senders, voiceSenders); err != nil {
		return fmt.Errorf("the numbers that can be called: %w", err)
	}
	for _, s := range senders {
		if _, err := d.ask(ctx, s.Account, s.Address, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// A line is asked for with its team's version, in one round trip: a caller is waiting.
const (
	line = `select ` + senderColumns + `, (select version from teams t where t.company_id = senders.company_id and t.id = senders.team_id) as version
from senders where kind = 'voice' and account in ($1, '') and (account <> '' or $1 = $2 or $1 = '')`
	findLine   = line + ` and address = $3 order by account desc limit 1`
	findLineID = line + ` and id = $3`
)

// Find returns whom a number of an account reaches, or the sender of that id
// where it is given; ErrNotFound when it is nobody's. When the database does
// not answer before the context ends, it is what was known last; its error is
// returned when nothing is known.
func (d *Directory) Find(ctx context.Context, account, number, sender string) (Called, error) {
	called, err := d.finding.get(ctx, account+" "+number+" "+sender, func(ctx context.Context) (Called, error) {
		return d.ask(ctx, account, number, sender)
	})
	if err == nil && called.Team == nil {
		return Called{}, ErrNotFound
	}
	if err == nil {
		return called, nil
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	called, ok := d.lines[sender]
	if !ok {
		called, ok = d.lines[account+" "+number]
	}
	if !ok && account == d.account {
		called, ok = d.lines[" "+number]
	}
	if !ok {
		return Called{}, err
	}
	return called, nil
}

// Team returns a team of the same company, for a call-tree option that leads
// there; nil when there is none or nothing is known of it.
func (d *Directory) Team(ctx context.Context, company, team string) *Snapshot {
	snapshot, err := d.loading.get(ctx, company+" "+team, func(ctx context.Context) (*Snapshot, error) { return d.load(ctx, company, team) })
	if err == nil {
		return snapshot
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.teams[company+" "+team]
}

// ask reads the number's line from the database and remembers it. A number
// that is nobody's is no error; its Called is empty.
func (d *Directory) ask(ctx context.Context, account, number, sender string) (Called, error) {
	query, by := findLine, number
	if sender != "" {
		query, by = findLineID, sender
	}
	var found struct {
		Sender
		Version int64 `db:"version"`
	}
	err := get(ctx, d.db, &found, query, account, d.account, by)
	if errors.Is(err, ErrNotFound) {
		return Called{}, nil
	}
	if err != nil {
		return Called{}, err
	}
	called := Called{Sender: found.Sender}
	if called.Team, err = d.snapshot(ctx, called.Sender.CompanyID, called.Sender.TeamID, found.Version); err != nil {
		return Called{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines[account+" "+number], d.lines[called.Sender.ID] = called, called
	return called, nil
}

const teamVersion = `select version from teams where company_id = $1 and id = $2`

func (d *Directory) load(ctx context.Context, company, team string) (*Snapshot, error) {
	var version int64
	if err := get(ctx, d.db, &version, teamVersion, company, team); err != nil {
		return nil, wrap(err, "team "+team)
	}
	return d.snapshot(ctx, company, team, version)
}

// snapshot is the team as it stands in that version or a newer one, and remembers it.
func (d *Directory) snapshot(ctx context.Context, company, team string, version int64) (*Snapshot, error) {
	snapshot, err := d.cache.Get(ctx, d.db, company, team, version)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.teams[company+" "+team] = snapshot
	return snapshot, nil
}
