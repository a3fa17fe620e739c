package settings

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
)

type originKey struct{}

// WithOrigin says from where somebody does what this context is for: the
// address of their network, as the history is to tell.
func WithOrigin(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, originKey{}, address)
}

// origin is what WithOrigin said; empty: nobody did.
func origin(ctx context.Context) string {
	address, _ := ctx.Value(originKey{}).(string)
	return address
}

type authorKey struct{}

// WithAuthor says who of the staff does what this context is for, by their id, as the
// history is to tell; empty: none of them.
func WithAuthor(ctx context.Context, staffID string) context.Context {
	return context.WithValue(ctx, authorKey{}, staffID)
}

// author is what WithAuthor said; empty: nobody did.
func author(ctx context.Context) string {
	id, _ := ctx.Value(authorKey{}).(string)
	return id
}

type playedKey struct{}

// WithClock says by which clock somebody does what this context is for, as the history
// is to tell: a demo's may be played.
func WithClock(ctx context.Context, now clock.Due) context.Context {
	return context.WithValue(ctx, playedKey{}, now)
}

// Played is what WithClock said, and else the database's own clock.
func Played(ctx context.Context) clock.Due {
	now, _ := ctx.Value(playedKey{}).(clock.Due)
	return now
}

// Audited is a line of the history as an auditor reads it: of whichever team,
// and from where.
type Audited struct {
	Change

	Team *string `db:"team_id" json:"team" doc:"null: of the company itself"`
	From string  `db:"from_address" json:"from" doc:"The address of their network; empty: the gateway itself, or a command on its machine"`
}

// AuditFilter narrows the audit; what is empty does not.
type AuditFilter struct {
	Since *time.Time // not before
	Who   string     // their name, in capitals or not, or the id of one of the staff

	Refused bool // alone what somebody lacked the right to
}

const audit = `
select ` + changeColumns + `, team_id, from_address from history
where company_id = $1 and ($2 = '' or id < nullif($2, '')::uuid)
	and ($3::timestamptz is null or at >= $3) and ($4 = '' or lower(who) = lower($4) or staff_id = any(array(select s.id from staff s where s.company_id = $1 and (lower(s.name) = lower($4) or s.id::text = $4))))
	and (not $6 or what = 'refused')
order by id desc limit $5`

// Audit returns what was done in the whole company, the newest first, from the
// one before that id on. Whoever is called so now is found with all that they did, also
// under another name.
func Audit(ctx context.Context, q sqlx.QueryerContext, companyID string, f AuditFilter, before string, limit int) ([]Audited, error) {
	found := []Audited{}
	err := sqlx.SelectContext(ctx, q, &found, audit, companyID, before, f.Since, f.Who, limit, f.Refused)
	for n := range found {
		found[n].CanRestore = found[n].Restorable()
	}
	return found, wrap(err, "audit")
}
