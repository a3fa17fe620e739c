package contacts

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// Export is all that is known of one contact, in the whole company.
type Export struct {
	Contact  string // their id
	Language string // in which they are written to; empty: not known
	At       time.Time
	Sections []Section
	Files    []ExportedFile
}

// Section is what one table holds of them: objects, whose fields stand in the
// order in which people read them.
type Section struct {
	Name string
	Rows []json.RawMessage
}

// ExportedFile is a file of theirs that lies in the store.
type ExportedFile struct {
	ID          string    `db:"id"`
	TeamID      string    `db:"team_id"`
	Name        string    `db:"name"`
	ContentType string    `db:"content_type"`
	CreatedAt   time.Time `db:"created_at"`
}

const (
	ofEach = ` company_id = $1 and team_id = any(array(select id from teams where company_id = $1)) and contact_id = $2`

	// ofMet is of the teams that met them.
	ofMet = ` company_id = $1 and team_id = any(array(select team_id from standings where` + ofEach + `)) and contact_id = $2`
)

// sections are what an export tells, by the tables that point at a contact. A
// test holds that none of those is forgotten.
var sections = []struct{ name, table, query string }{
	{"contact", "contacts", `select name, language, blocked_at is not null as blocked, created_at, updated_at from contacts c where c.company_id = $1 and c.id = $2`},
	{"addresses", "addresses", `select kind, address, unreachable_at is not null as unreachable, line_type, created_at from addresses where company_id = $1 and contact_id = $2 order by created_at, address`},
	{"teams", "standings", `
select (select display_name from teams t where t.company_id = s.company_id and t.id = s.team_id) as team, opted_out_at from standings s where` + ofEach + ` order by 1`},
	{"consents", "consents", `
select at, (select display_name from teams t where t.company_id = e.company_id and t.id = e.team_id) as team, opted_out, source, words, who
from consents e where` + ofMet + ` order by at`},
	{"tickets", "tickets", `
select number, (select display_name from teams t where t.company_id = k.company_id and t.id = k.team_id) as team, kind, status, opened_at, done_at, closed_at
from tickets k where` + ofMet + ` order by number`},
	{"messages", "messages", `
select m.at, (select number from tickets k where k.company_id = m.company_id and k.id = m.ticket_id) as ticket, m.author, m.who, m.text,
	(select kind from senders s where s.company_id = m.company_id and s.id = m.sender_id) as channel
from messages m where company_id = $1 and contact_id = $2 order by seq`},
	{"notes", "notes", `
select at, (select number from tickets k where k.company_id = n.company_id and k.id = n.ticket_id) as ticket, who, text from notes n where` + ofMet + ` order by at, id`},
	{"planned", "planned", `
select send_at as at, (select number from tickets k where k.company_id = p.company_id and k.id = p.ticket_id) as ticket, who, text, state, reason
from planned p where` + ofMet + ` and state <> 'sent' order by send_at, id`},
	{"calls", "calls", `
select started_at as at, (select number from tickets k where k.company_id = c.company_id and k.id = c.ticket_id) as ticket, caller, outgoing, outcome, seconds
from calls c where` + ofMet + ` order by started_at`},
	{"requests", "requests", `
select asked_at as at, (select number from tickets k where k.company_id = r.company_id and k.id = r.ticket_id) as ticket, kind, state, message, description,
	amount, currency, answer, answered_at
from requests r where` + ofMet + ` order by asked_at`},
	{"decisions", "decisions", `select at, event_kind, automation, outcome, reason, text from decisions where` + ofMet + ` order by at, id`},
	{"deliveries", "deliveries", `
select created_at as at, kind as channel, from_address as "from", to_address as "to", text, state from deliveries where company_id = $1 and contact_id = $2 order by id`},
	{"files", "media", `select id, created_at as at, name, content_type, size, state, transcript from media where company_id = $1 and contact_id = $2 order by created_at, id`},
	{"chats", "visitors", `
select v.created_at, v.user_id from visitors v join addresses a on a.company_id = v.company_id and a.kind = 'visitor' and a.address = v.id
where a.company_id = $1 and a.contact_id = $2 order by 1`},
}

// unsaid are the tables that point at a contact and tell nothing that is not
// told by another, or that is not about the company's own work.
var unsaid = map[string]string{
	"reads":           "how far the staff have read",
	"sender_opt_outs": "stands in consents",
}

const exportedFiles = `
select id, team_id, name, content_type, created_at from media where company_id = $1 and contact_id = $2 and state = 'stored' order by created_at, id`

// ExportOf reads all that is known of a contact, at one moment, and notes in
// the company's history that somebody did. Whoever was merged into somebody is
// that one. settings.ErrNotFound: there is no such contact, or not any more.
func ExportOf(ctx context.Context, db *sqlx.DB, by Actor, id string) (Export, error) {
	e := Export{At: by.At}
	parsed, err := uuid.Parse(id)
	if err != nil {
		return e, fmt.Errorf("contact %s: %w", id, settings.ErrNotFound)
	}
	tx, err := db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return e, err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	if err := tx.GetContext(ctx, &e.Contact, survivor, by.CompanyID, parsed.String()); err != nil {
		return e, fmt.Errorf("contact %s: %w", id, err)
	}
	for _, s := range sections {
		rows := []json.RawMessage{}
		if err := tx.SelectContext(ctx, &rows, `select row_to_json(x) from (`+s.query+`) x`, by.CompanyID, e.Contact); err != nil {
			return e, fmt.Errorf("contact %s: %s: %w", id, s.name, err)
		}
		e.Sections = append(e.Sections, Section{s.name, rows})
	}
	if len(e.Sections[0].Rows) == 0 {
		return e, fmt.Errorf("contact %s: %w", id, settings.ErrNotFound)
	}
	if err := tx.GetContext(ctx, &e.Language, `select language from contacts where company_id = $1 and id = $2`, by.CompanyID, e.Contact); err != nil {
		return e, fmt.Errorf("contact %s: %w", id, err)
	}
	if err := tx.SelectContext(ctx, &e.Files, exportedFiles, by.CompanyID, e.Contact); err != nil {
		return e, fmt.Errorf("contact %s: files: %w", id, err)
	}
	if err := settings.NoteOfCompany(ctx, tx, by.CompanyID, by.Who, "export", e.Contact, nil, map[string]int{"files": len(e.Files)}); err != nil {
		return e, err
	}
	return e, tx.Commit()
}
