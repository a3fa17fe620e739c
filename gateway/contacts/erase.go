package contacts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/settings"
	"ringback/settings/transaction"
)

// lateness is how long after an erasure a provider may still tell of what was
// erased; then that is erased as well.
const lateness = 48 * time.Hour

const (
	// Whoever was merged into somebody is that one.
	survivor = `
select coalesce((select into_id from contact_merges where company_id = $1 and from_id = $2), $2::uuid)`

	salted = `
insert into erasure_salts (company_id, salt) values ($1, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) on conflict do nothing`

	noteErasure = `
insert into erasures (company_id, person, addresses, teams, who, at, due_at)
select $1, $2, array(select address from addresses where company_id = $1 and contact_id = $2), $6, $3, $4::timestamptz, $4::timestamptz + $5::bigint * interval '1 millisecond'`

	erasedBefore = `select exists (select from erasures where company_id = $1 and person = $2)`

	eraseCard = `delete from contacts where company_id = $1 and id = $2`
)

// Erase takes a contact and whatever says who they were, or what they said,
// out of the database, and has their files deleted soon after. What counts in
// figures stays, as somebody's whom nobody knows; so does an opt-out, by a
// digest of each of their addresses. Who was erased already is not erased
// again. It takes its locks as Merge does: whoever is being handled is erased a
// moment later, and what they write in that moment is a stranger's.
func Erase(ctx context.Context, db *sqlx.DB, by Actor, id string) error {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return fmt.Errorf("contact %s: %w", id, settings.ErrNotFound)
	}
	return insist(ctx, func() error { return by.eraseOnce(ctx, db, parsed.String()) })
}

// insist begins anew when somebody has a lock that is needed.
func insist(ctx context.Context, try func() error) error {
	for range mergeTries {
		err := try()
		var answer *pq.Error
		if !errors.As(err, &answer) || answer.Code != lockNotAvailable && answer.Code != deadlock {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(mergeWait):
		}
	}
	return settings.NewConflict("", "in_use")
}

func (by Actor) eraseOnce(ctx context.Context, db *sqlx.DB, id string) error {
	return transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		if err := tx.GetContext(ctx, &id, survivor, by.CompanyID, id); err != nil {
			return fmt.Errorf("erase contact %s: %w", id, err)
		}
		there, teams, err := by.lockWhole(ctx, tx, id)
		if err != nil || !there {
			return err
		}
		if _, err := tx.ExecContext(ctx, salted, by.CompanyID); err != nil {
			return fmt.Errorf("erase contact %s: %w", id, err)
		}
		if _, err := tx.ExecContext(ctx, noteErasure, by.CompanyID, id, by.Who, by.At, lateness.Milliseconds(), teams); err != nil {
			return fmt.Errorf("erase contact %s: %w", id, err)
		}
		for _, p := range append(around[:len(around):len(around)], pointers...) {
			if _, err := tx.ExecContext(ctx, p.erase, by.CompanyID, id); err != nil {
				return fmt.Errorf("erase contact %s: %s: %w", id, p.table, err)
			}
		}
		if _, err := tx.ExecContext(ctx, eraseCard, by.CompanyID, id); err != nil {
			return fmt.Errorf("erase contact %s: %w", id, err)
		}
		return settings.NoteOfCompany(ctx, tx, by.CompanyID, by.Who, "erasure", id, nil, map[string]bool{"erased": true})
	})
}

// lockWhole locks a contact and their standings with all teams, which it
// returns; false: they were erased before.
func (by Actor) lockWhole(ctx context.Context, tx *sqlx.Tx, id string) (bool, pq.StringArray, error) {
	var found []string
	if err := tx.SelectContext(ctx, &found, lockContacts, by.CompanyID, pq.Array([]string{id})); err != nil {
		return false, nil, fmt.Errorf("contact %s: %w", id, err)
	}
	if len(found) == 0 {
		before, err := Erased(ctx, tx, by.CompanyID, id)
		if err == nil && !before {
			err = fmt.Errorf("contact %s: %w", id, settings.ErrNotFound)
		}
		return false, nil, err
	}
	var standings []standing
	if err := tx.SelectContext(ctx, &standings, lockStandings, by.CompanyID, pq.Array([]string{id})); err != nil {
		return false, nil, fmt.Errorf("contact %s: standings: %w", id, err)
	}
	teams := pq.StringArray{}
	for _, s := range standings {
		teams = append(teams, s.TeamID)
	}
	return true, teams, nil
}

// What a provider told of the erased after they were. A message is none of
// that: whoever writes from that address since is somebody new.
const (
	dueErasures = `
select company_id, person from erasures where due_at <= coalesce($1::timestamptz, now()) order by due_at limit 20 for update skip locked`

	eraseLate = `
update events e set payload = '{}', raw = null
where e.company_id = $1 and e.payload ->> 'Theirs' is not null and e.payload ->> 'Theirs' = ` + theirs + ` and e.handled_at is not null
	and (e.payload -> 'Status' ->> 'delivery' in (select id::text from deliveries where company_id = $1 and contact_id = $2)
		or e.payload -> 'Status' ->> 'provider_id' in (select provider_id from deliveries where company_id = $1 and contact_id = $2)
		or e.payload -> 'Call' ->> 'id' in (select sid from calls where` + ofTeams + `))`

	settleErasure = `update erasures set addresses = '{}', due_at = null where company_id = $1 and person = $2`
)

// EraseLate erases what providers told late of people who were erased two days
// ago, and forgets by which addresses it was found. It reports whether there
// was anybody.
func EraseLate(ctx context.Context, tx *sqlx.Tx, now clock.Due) (bool, error) {
	var due []struct {
		CompanyID string `db:"company_id"`
		Person    string `db:"person"`
	}
	if err := tx.SelectContext(ctx, &due, dueErasures, now); err != nil {
		return false, fmt.Errorf("erasures: %w", err)
	}
	for _, one := range due {
		for _, query := range []string{eraseLate, eraseCalls, eraseMedia, drop("addresses"), settleErasure} {
			if _, err := tx.ExecContext(ctx, query, one.CompanyID, one.Person); err != nil {
				return false, fmt.Errorf("erase %s: %w", one.Person, err)
			}
		}
	}
	return len(due) > 0, nil
}

// Erased reports whether the contact of that id was.
func Erased(ctx context.Context, q sqlx.QueryerContext, company, contact string) (bool, error) {
	var yes bool
	if err := sqlx.GetContext(ctx, q, &yes, erasedBefore, company, contact); err != nil {
		return false, fmt.Errorf("contact %s: %w", contact, err)
	}
	return yes, nil
}

const eraseFile = `
insert into erased_files (company_id, id, person, kind, account, source, due_at)
select $1, gen_random_uuid(), $2, $3, $4, $5::jsonb, at from erasures where company_id = $1 and person = $2`

// EraseFile has a file of somebody who was erased deleted where its provider
// keeps it.
func EraseFile(ctx context.Context, tx sqlx.ExecerContext, company, person string, kind channels.Kind, account string, file channels.Media) error {
	lies, err := json.Marshal(file)
	if err == nil {
		_, err = tx.ExecContext(ctx, eraseFile, company, person, string(kind), account, string(lies))
	}
	if err != nil {
		return fmt.Errorf("a file of %s: %w", person, err)
	}
	return nil
}
