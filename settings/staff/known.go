package staff

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Where somebody signed in during the last ninety days they are known: the
// network, and the browser that still has the cookie of a session, in force or
// not. Whoever fails in their name elsewhere does not keep them out there.
const (
	isKnown   = `select exists (select from sign_in_known where key = any($1) and seen_at > now() - interval '90 days')`
	makeKnown = `
insert into sign_in_known (key, seen_at) select key, now() from unnest($1::bytea[]) as k (key)
on conflict (key) do update set seen_at = excluded.seen_at`
	sweepKnown = `
delete from sign_in_known where key in (select key from sign_in_known where seen_at < now() - interval '90 days' limit 100)`
)

// places are the keys of where somebody comes from, for that e-mail address.
func places(email, network string, sessions ...string) pq.ByteaArray {
	email = strings.ToLower(strings.TrimSpace(email))
	keys := pq.ByteaArray{hash("network " + network + " " + email)}
	for _, token := range sessions {
		if token != "" {
			keys = append(keys, hash("browser "+token+" "+email))
		}
	}
	return keys
}

func known(ctx context.Context, db sqlx.QueryerContext, email string, v Visit) (bool, error) {
	var yes bool
	if err := sqlx.GetContext(ctx, db, &yes, isKnown, places(email, v.From, v.Session)); err != nil {
		return false, fmt.Errorf("where a sign-in comes from: %w", err)
	}
	return yes, nil
}

// remember notes that somebody signed in from there, and has that session now.
func remember(ctx context.Context, db sqlx.ExecerContext, email string, v Visit, token string) error {
	if _, err := db.ExecContext(ctx, makeKnown, places(email, v.From, token)); err != nil {
		return fmt.Errorf("where a sign-in comes from: %w", err)
	}
	if _, err := db.ExecContext(ctx, sweepKnown); err != nil {
		return fmt.Errorf("where a sign-in comes from: %w", err)
	}
	return nil
}
