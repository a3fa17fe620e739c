package staff

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings"
)

// A session ends when it was not used for as long as idle, and at last after
// Longest. Both are measured by the database's clock.
const (
	idle    = 12 * time.Hour
	Longest = 14 * 24 * time.Hour
)

// member is one of the staff as somebody who signs in.
type member struct {
	CompanyID string         `db:"company_id"`
	ID        string         `db:"id"`
	Name      string         `db:"name"`
	Email     string         `db:"email"`
	Role      string         `db:"role"`
	Teams     pq.StringArray `db:"teams"`
	Language  string         `db:"language"`
	Password  string         `db:"password"`
	Session   string         `db:"session"`
	Stale     bool           `db:"stale"`    // the session's last use should be written down
	Identity  string         `db:"identity"` // by which the session began at the provider; empty: here
	Enroll    bool           `db:"enroll"`   // they owe a second factor
	Proven    bool           `db:"proven"`   // they showed who they are of late
	Ask       bool           `db:"ask"`      // whether the provider still vouches for them
}

const memberColumns = `m.company_id, m.id, m.name, m.email, m.role, m.teams, m.language, coalesce(m.password, '') as password`

// Role and teams are read with every request, so that a change is in force at
// once, and whoever is not active any more has no session. One that began here is of
// somebody with a password: about anybody else the provider is asked.
const findSession = `
select ` + memberColumns + `, s.id as session, s.seen_at < now() - interval '1 minute' as stale,
	coalesce(s.identity_id::text, '') as identity, s.refresh is not null and s.asked_at < now() - make_interval(secs => $4) as ask,
	coalesce(s.proved_at, s.created_at) > now() - make_interval(secs => $9) as proven,
	c.second_factor = 'required' and s.identity_id is null and not exists (
		select from staff_codes f where f.company_id = m.company_id and f.staff_id = m.id and f.secret is not null) and not exists (
		select from staff_passkeys f where f.company_id = m.company_id and f.staff_id = m.id) as enroll
from sessions s join staff m on m.company_id = s.company_id and m.id = s.staff_id
join companies c on c.id = m.company_id
where s.hash = $1 and m.active
	and case when s.identity_id is null then m.password is not null and (not $7 or m.role = 'admin' and not exists (` + identityOf + `))
		when not $8 then false
		when s.refresh is null then s.created_at > now() - make_interval(secs => $6)
		else s.vouched_at > now() - make_interval(secs => $5) end
	and s.seen_at > now() - make_interval(secs => $2) and s.created_at > now() - make_interval(secs => $3)`

const seeSession = `
update sessions set seen_at = now() where company_id = $1 and id = $2 and seen_at < now() - interval '1 minute'`

// OfSession is whose session it is; settings.ErrNotFound for one that is not in
// force.
func (g Gate) OfSession(ctx context.Context, token string) (Principal, error) {
	if token == "" {
		return Principal{}, settings.ErrNotFound
	}
	var m member
	err := g.DB.GetContext(ctx, &m, findSession, hash(token), idle.Seconds(), Longest.Seconds(),
		askEvery.Seconds(), silentFor.Seconds(), blindFor.Seconds(), g.Identity.Only, g.Identity.Provider != nil, provenFor.Seconds())
	if errors.Is(err, sql.ErrNoRows) {
		return Principal{}, settings.ErrNotFound
	}
	if err != nil {
		return Principal{}, fmt.Errorf("session: %w", err)
	}
	if m.Stale {
		if _, err := g.DB.ExecContext(ctx, seeSession, m.CompanyID, m.Session); err != nil {
			return Principal{}, fmt.Errorf("session %s: %w", m.Session, err)
		}
	}
	if m.Ask {
		if err := g.ask(ctx, &m); err != nil {
			return Principal{}, err
		}
	}
	return m.principal(), nil
}

const insertSession = `insert into sessions (company_id, id, staff_id, hash, device, from_address) values ($1, $2, $3, $4, $5, $6)`

// begin makes a session of the member and returns its token, which nobody but
// their browser is to keep.
func begin(ctx context.Context, tx sqlx.ExecerContext, v Visit, companyID, staffID string) (string, error) {
	token := randomToken()
	id := uuid.Must(uuid.NewV7()).String()
	if _, err := tx.ExecContext(ctx, insertSession, companyID, id, staffID, hash(token), v.agent(), v.From); err != nil {
		return "", fmt.Errorf("session of staff %s: %w", staffID, err)
	}
	return token, nil
}

const (
	// Who is signed out reads no notices either: not the next person who sits there.
	endSession = `
with silent as (delete from push_devices where company_id = $1 and staff_id = $2 and session_id = $3)
delete from sessions where company_id = $1 and staff_id = $2 and id = $3`
	endSessions = `
with silent as (delete from push_devices where company_id = $1 and staff_id = $2)
delete from sessions where company_id = $1 and staff_id = $2`
	endToken = `delete from sessions where hash = $1`
	// few at a time: whoever signs in does not wait for a big cleaning
	sweepSessions = `
delete from sessions where (company_id, id) in (
	select company_id, id from sessions where seen_at < now() - make_interval(secs => $1) limit 100)`
)

// SignOut ends the principal's session, or all that they have on any machine.
func (g Gate) SignOut(ctx context.Context, p Principal, everywhere bool) error {
	query, args := endSession, []any{p.CompanyID, p.StaffID, p.session}
	if everywhere {
		query, args = endSessions, args[:2]
	}
	if _, err := g.DB.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("sign out staff %s: %w", p.StaffID, err)
	}
	return nil
}

// randomToken is 256 random bits for a link or a session.
func randomToken() string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(random)
}
