package contacts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings"
)

// Merging and erasing take their locks without waiting and begin anew when somebody
// has one of them: who waits while holding something others wait for could
// wait for ever, and handling takes contacts in the order of their events.
const (
	mergeTries = 100
	mergeWait  = 20 * time.Millisecond
)

// lockNotAvailable is Postgres's code for a lock that is not waited for.
const lockNotAvailable = "55P03"

// Merge makes one contact of two that are one person: into takes over whatever
// points at from, and from is no more. An opt-out or a block of either stays.
// Merging what is merged already changes nothing. It answers into.
func Merge(ctx context.Context, db *sqlx.DB, by Actor, from, into string) (Card, error) {
	for _, id := range []*string{&from, &into} { // rows are told apart by it below: written as the database does
		parsed, err := uuid.Parse(*id)
		if err != nil {
			return Card{}, fmt.Errorf("contact %s: %w", *id, settings.ErrNotFound)
		}
		*id = parsed.String()
	}
	var c Card
	err := insist(ctx, func() (err error) {
		c, err = mergeOnce(ctx, db, by, from, into)
		return err
	})
	return c, err
}

const (
	mergedInto = `select into_id from contact_merges where company_id = $1 and from_id = $2`

	lockContacts = `select id from contacts where company_id = $1 and id = any($2::uuid[]) order by id for update nowait`

	lockStandings = `
select team_id, contact_id, opted_out_at is not null as opted_out from standings
where company_id = $1 and team_id = any(array(select id from teams where company_id = $1)) and contact_id = any($2::uuid[])
order by team_id, contact_id for update nowait`
)

type standing struct {
	TeamID    string `db:"team_id"`
	ContactID string `db:"contact_id"`
	OptedOut  bool   `db:"opted_out"`
}

func mergeOnce(ctx context.Context, db *sqlx.DB, by Actor, from, into string) (Card, error) {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return Card{}, err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	var there []string
	if err := tx.SelectContext(ctx, &there, lockContacts, by.CompanyID, pq.Array([]string{from, into})); err != nil {
		return Card{}, fmt.Errorf("merge contact %s: %w", from, err)
	}
	if done, err := mergedAlready(ctx, tx, by, from, into); err != nil || done {
		if err != nil {
			return Card{}, err
		}
		return Find(ctx, tx, by.CompanyID, by.TeamID, into)
	}
	// Both have to be the team's to know of, or one says on a ticket that they are the other.
	goes, err := Find(ctx, tx, by.CompanyID, by.TeamID, from)
	if err != nil {
		return Card{}, err
	}
	stays, err := findBy(ctx, tx, findClaimed, by.CompanyID, by.TeamID, into, from)
	if err != nil {
		return Card{}, err
	}
	if err := by.mayMerge(ctx, tx, goes, stays); err != nil {
		return Card{}, err
	}
	var standings []standing
	if err := tx.SelectContext(ctx, &standings, lockStandings, by.CompanyID, pq.Array([]string{from, into})); err != nil {
		return Card{}, fmt.Errorf("merge contact %s: standings: %w", from, err)
	}
	if err := by.merge(ctx, tx, standings, from, into); err != nil {
		return Card{}, fmt.Errorf("merge contact %s into %s: %w", from, into, err)
	}
	c, err := Find(ctx, tx, by.CompanyID, by.TeamID, into)
	if err != nil {
		return c, err
	}
	return c, tx.Commit()
}

func mergedAlready(ctx context.Context, tx *sqlx.Tx, by Actor, from, into string) (bool, error) {
	var survivor string
	err := tx.GetContext(ctx, &survivor, mergedInto, by.CompanyID, from)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("contact %s: %w", from, err)
	}
	return survivor == into, nil
}

// Whoever is blocked as either is so as one.
const mergeCards = `
with gone as (delete from contacts where company_id = $1 and id = $2 returning *),
first as (update contact_merges set into_id = $3 where company_id = $1 and into_id = $2),
noted as (insert into contact_merges (company_id, from_id, into_id, who, at) values ($1, $2, $3, $4, $5))
update contacts c set
	name = case when c.name = '' then gone.name else c.name end,
	language = case when c.language = '' then gone.language else c.language end,
	blocked_at = least(c.blocked_at, gone.blocked_at), updated_at = now()
from gone where c.company_id = $1 and c.id = $3`

func (by Actor) merge(ctx context.Context, tx *sqlx.Tx, standings []standing, from, into string) error {
	out := map[string]bool{}
	teams := pq.StringArray{}
	for _, s := range standings {
		if s.ContactID == from {
			teams = append(teams, s.TeamID)
		} else {
			out[s.TeamID] = s.OptedOut
		}
	}
	for _, s := range standings {
		if s.ContactID == from && s.OptedOut && !out[s.TeamID] {
			if err := by.optOutStays(ctx, tx, s.TeamID, from, into); err != nil {
				return err
			}
		}
	}
	if _, err := tx.ExecContext(ctx, mergeCards, by.CompanyID, from, into, by.Who, by.At); err != nil {
		return err
	}
	if err := by.movePointers(ctx, tx, teams, from, into); err != nil {
		return err
	}
	return settings.Note(ctx, tx, by.CompanyID, by.TeamID, by.Who, "contact", into, nil, map[string]string{"merged": from})
}

const noteOptOut = `
insert into consents (company_id, id, team_id, contact_id, opted_out, source, words, who, at, staff_id)
values ($1, $2, $3, $4, true, 'api', $5, $6, $7, nullif($8, '')::uuid)`

// optOutStays is the evidence of why into is opted out of a team from now on.
func (by Actor) optOutStays(ctx context.Context, tx *sqlx.Tx, team, from, into string) error {
	id := uuid.Must(uuid.NewV7()).String()
	_, err := tx.ExecContext(ctx, noteOptOut, by.CompanyID, id, team, into, "merged with contact "+from+", who is opted out", by.Who, by.At, by.StaffID)
	return err
}
