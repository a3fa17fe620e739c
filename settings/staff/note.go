package staff

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings"
	"ringback/settings/transaction"
)

// note writes into the company's history that somebody signed in or chose a
// password, with what tells their own visits from a stranger's.
func note(ctx context.Context, tx sqlx.ExtContext, v Visit, companyID, staffID, name, what string) error {
	after := map[string]any{"name": name, "from": v.From, "device": Device(v.agent())}
	ctx = settings.WithAuthor(settings.WithOrigin(ctx, v.From), staffID)
	if err := settings.NoteOfCompany(ctx, tx, companyID, name, what, staffID, nil, after); err != nil {
		return fmt.Errorf("%s of staff %s: %w", what, staffID, err)
	}
	return nil
}

// What an unknown email address would do is nothing, by the same statement and
// without waiting for the disk: how long a refusal takes tells nobody whether
// there is such an address. Tries that the throttle refuses are not noted, so
// that nobody can fill the table.
const noteFailure = `
with known as (
	select m.company_id, m.id, m.name, row_number() over (order by m.created_at, m.id) as n from staff m
	where lower(m.email) = lower($1) and m.active and m.password is not null limit 3)
insert into history (company_id, id, who, what, subject, from_address, after, at)
select company_id, ($2::uuid[])[n], $3, 'sign_in_failed', id, $3, jsonb_build_object('name', name, 'from', $3::text, 'device', $4::text), coalesce($5::timestamptz, now())
from known`

func (g Gate) noteFailure(ctx context.Context, v Visit, email string) error {
	if !possible(email) {
		return nil
	}
	ids := make(pq.StringArray, 3)
	for n := range ids {
		ids[n] = uuid.Must(uuid.NewV7()).String()
	}
	return transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `set local synchronous_commit to off`); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, noteFailure, email, ids, v.From, Device(v.agent()), settings.Played(ctx)); err != nil {
			return fmt.Errorf("note a failed sign-in: %w", err)
		}
		return nil
	})
}
