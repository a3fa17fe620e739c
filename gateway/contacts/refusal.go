package contacts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// Refusal is what a customer wrote that may ask a team for no more texts: near
// one, and not sure.
type Refusal struct {
	At    time.Time `json:"at"`
	Words string    `json:"words"`
	Event string    `json:"event"`
}

// Scan reads the column.
func (r *Refusal) Scan(column any) error {
	raw, ok := column.([]byte)
	if !ok {
		return fmt.Errorf("refusal: cannot read %T", column)
	}
	return json.Unmarshal(raw, r)
}

// refusalColumn needs the standing as s. Who has opted out has been understood.
const refusalColumn = `case when s.near_refusal_at is not null and s.opted_out_at is null then
		json_build_object('at', s.near_refusal_at, 'words', s.near_refusal_words, 'event', s.near_refusal_event) end as refusal`

const findRefusal = `select ` + refusalColumn + ` from standings s where s.company_id = $1 and s.team_id = $2 and s.contact_id = $3`

// FindRefusal is what a contact wrote that may be an opt-out; nil: nothing that is
// not settled.
func FindRefusal(ctx context.Context, q sqlx.QueryerContext, company, team, contact string) (*Refusal, error) {
	var r *Refusal
	err := sqlx.GetContext(ctx, q, &r, findRefusal, company, team, contact)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("contact %s: refusal: %w", contact, err)
	}
	return r, nil
}

const settled = `near_refusal_at = null, near_refusal_words = '', near_refusal_event = null`

// The first one stays until it is settled: it is what the staff are asked about.
const doubt = `
update standings set near_refusal_at = $4, near_refusal_words = $5, near_refusal_event = $6
where company_id = $1 and team_id = $2 and contact_id = $3 and near_refusal_at is null and opted_out_at is null`

// Doubt notes that a contact, whose standing is locked, may have asked a team for
// no more texts.
func Doubt(ctx context.Context, q sqlx.ExecerContext, company, team, contact string, r Refusal) error {
	if _, err := q.ExecContext(ctx, doubt, company, team, contact, r.At, r.Words, r.Event); err != nil {
		return fmt.Errorf("contact %s: refusal: %w", contact, err)
	}
	return nil
}

const (
	settle = `update standings set ` + settled + ` where company_id = $1 and team_id = $2 and contact_id = $3`

	notMeant = `
insert into consents (company_id, id, team_id, contact_id, opted_out, source, words, event_id, at, who, staff_id)
values ($1, $2, $3, $4, false, 'not_meant', $5, $6, $7, $8, nullif($9, '')::uuid)`
)

// SettleRefusal is one of the staff's word on what a customer may have meant: an
// opt-out, with the customer's own words as its evidence, or none, of which is kept
// who said so. With nothing to settle it is a *settings.Conflict.
func SettleRefusal(ctx context.Context, tx sqlx.ExtContext, by Actor, id string, meant bool) (Card, error) {
	c, err := findBy(ctx, tx, findLocked, by.CompanyID, by.TeamID, id)
	if err != nil {
		return c, err
	}
	said := c.Refusal
	if said == nil {
		return c, settings.NewConflict("refusal", "no_refusal")
	}
	if meant {
		err = Consent{
			CompanyID: by.CompanyID, TeamID: by.TeamID, ContactID: id, OptedOut: true,
			Source: "api", Words: said.Words, EventID: said.Event, Who: by.Who, StaffID: by.StaffID, At: by.At,
		}.Record(ctx, tx)
	} else {
		_, settling := tx.ExecContext(ctx, settle, by.CompanyID, by.TeamID, id)
		_, noting := tx.ExecContext(ctx, notMeant, by.CompanyID, uuid.Must(uuid.NewV7()).String(), by.TeamID, id, said.Words, said.Event, by.At, by.Who, by.StaffID)
		err = errors.Join(settling, noting)
	}
	if err != nil {
		return c, fmt.Errorf("contact %s: refusal: %w", id, err)
	}
	if err := by.note(ctx, tx, id, map[string]any{"refusal": "in_doubt"}, map[string]any{"refusal": refusalWord(meant)}); err != nil {
		return c, err
	}
	return Find(ctx, tx, by.CompanyID, by.TeamID, id)
}

func refusalWord(meant bool) string {
	if meant {
		return "meant"
	}
	return "not_meant"
}
