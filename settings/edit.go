package settings

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/settings/transaction"
)

// Edit is a change of one team's settings under way. It is the only road to
// them, so that no change can forget the team's version or its history: what
// an Edit records moves the version once, in the same transaction.
type Edit struct {
	Team Team // as it stands; its row is locked until the edit ends
	// Reaches says whose settings whoever edits may change beside this team's;
	// nil: everybody's. What several teams share is changed by who reaches all.
	Reaches func(team string) bool
	// Vault has the accounts of what has to be asked for at a provider; nil: nobody is asked.
	Vault *Vault
	// CountriesChosen: this edit says which countries the team texts, and a sender
	// that it adds changes nothing of that.
	CountriesChosen bool

	tx          *sqlx.Tx
	who         string
	moved       bool        // something changed
	automations bool        // one of the 14 did
	proven      []*unproven // what providers said is true
}

// "no key": what refers to the team's row need not wait for it.
const lockTeam = `select ` + teamColumns + ` from teams where company_id = $1 and id = $2 for no key update`

const moveVersions = `
update teams set version = version + 1, automations_version = automations_version + $3, updated_at = now()
where company_id = $1 and id = $2
returning ` + teamColumns

// EditTeam runs the change of a team's settings in one transaction; who stands
// in the history. An error of the change undoes all of it. The answer is the
// team as it stands afterwards. A change that rests on what only a provider can
// say is undone, the provider is asked, and the change is made again: nobody
// waits for a provider with the team's row in hand.
func EditTeam(ctx context.Context, db *sqlx.DB, companyID, teamID, who string, change func(*Edit) error) (Team, error) {
	return proving(ctx, who, func(e *Edit) (Team, error) { return editTeam(ctx, db, companyID, teamID, e, change) })
}

// mostProofs is how much one change may have providers asked.
const mostProofs = 100

// proving makes an edit, and makes it again as often as something that it rests on
// was proven.
func proving(ctx context.Context, who string, edit func(*Edit) (Team, error)) (Team, error) {
	var proven []*unproven
	for {
		team, err := edit(&Edit{who: who, proven: proven})
		var open *unproven
		if !errors.As(err, &open) {
			return team, err
		}
		if len(proven) == mostProofs {
			return team, Refuse("senders", "too_many", "Count", mostProofs)
		}
		if err := open.prove(ctx); err != nil {
			return team, err
		}
		proven = append(proven, open)
	}
}

func editTeam(ctx context.Context, db *sqlx.DB, companyID, teamID string, e *Edit, change func(*Edit) error) (Team, error) {
	err := transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		e.tx = tx
		if err := get(ctx, tx, &e.Team, lockTeam, companyID, teamID); err != nil {
			return fmt.Errorf("team %s: %w", teamID, err)
		}
		if err := change(e); err != nil {
			return err
		}
		if !e.moved {
			return nil
		}
		more := 0
		if e.automations {
			more = 1
		}
		if _, err := tx.ExecContext(ctx, followCallHours, companyID, teamID); err != nil {
			return wrap(err, "call hours")
		}
		return get(ctx, tx, &e.Team, moveVersions, companyID, teamID, more)
	})
	return e.Team, err
}

const insertHistory = `
insert into history (company_id, team_id, id, who, what, subject, before, after, from_address, at, staff_id)
values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9, coalesce($10::timestamptz, now()), nullif($11, '')::uuid)`

// record writes one line of history, unless nothing changed, and says whether
// anything did. Before is nil for what is new, after is nil for what is gone.
func (e *Edit) record(ctx context.Context, what, subject string, before, after any) (bool, error) {
	changed, err := record(ctx, e.tx, e.Team.CompanyID, &e.Team.ID, e.who, what, subject, before, after)
	e.moved = e.moved || changed
	e.automations = e.automations || changed && what == "automation"
	return changed, err
}

// Note writes a line of a team's history about something that is no setting,
// such as two contacts that were made one.
func Note(ctx context.Context, tx sqlx.ExtContext, companyID, teamID, who, what, subject string, before, after any) error {
	_, err := record(ctx, tx, companyID, &teamID, who, what, subject, before, after)
	return err
}

// NoteOfCompany writes a line of the company's history about something that is
// no setting, such as a sign-in.
func NoteOfCompany(ctx context.Context, tx sqlx.ExtContext, companyID, who, what, subject string, before, after any) error {
	_, err := record(ctx, tx, companyID, nil, who, what, subject, before, after)
	return err
}

func record(ctx context.Context, tx sqlx.ExtContext, companyID string, teamID *string, who, what, subject string, before, after any) (bool, error) {
	was, err := document(before)
	if err != nil {
		return false, err
	}
	is, err := document(after)
	if err != nil {
		return false, err
	}
	if was != nil && is != nil && *was == *is {
		return false, nil
	}
	_, err = tx.ExecContext(ctx, insertHistory, companyID, teamID, newID(), who, what, subject, was, is, origin(ctx), Played(ctx), author(ctx))
	if err != nil {
		return false, fmt.Errorf("history of %s %s: %w", what, subject, err)
	}
	return true, nil
}

// document is the value as JSON without what moves by itself, or nil.
func document(v any) (*string, error) {
	if v == nil {
		return nil, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	fields := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		return nil, err
	}
	delete(fields, "created_at")
	delete(fields, "updated_at")
	delete(fields, "sign_in")  // a member's own affair
	delete(fields, "calendar") // what somebody else's address says
	raw, err = json.Marshal(fields)
	text := string(raw)
	return &text, err
}

// get reads one row; none is ErrNotFound.
func get(ctx context.Context, q sqlx.QueryerContext, into any, query string, args ...any) error {
	err := sqlx.GetContext(ctx, q, into, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// newID is a UUID whose order is the order of making, so that a list by id is
// a list by time.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
