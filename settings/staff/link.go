package staff

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/settings"
	"ringback/settings/transaction"
)

// Links are 256 random bits, kept as a hash, and gone once they were used.
const (
	welcomeFor = 24 * time.Hour
	inviteFor  = 3 * 24 * time.Hour
)

// Link is a one-time address to choose a password at.
type Link struct {
	URL       string    `json:"url" doc:"To hand over: whoever opens it first chooses the password. Nobody can show it again"`
	ExpiresAt time.Time `json:"expires_at"`
	SentTo    string    `json:"sent_to" doc:"The address that an e-mail with it went to; empty: none did"`
}

const (
	insertLink = `
insert into sign_in_links (company_id, id, staff_id, hash, expires_at)
values ($1, $2, nullif($3, '')::uuid, $4, now() + make_interval(secs => $5)) returning expires_at`
	endLinks   = `delete from sign_in_links where company_id = $1 and staff_id = $2`
	endWelcome = `delete from sign_in_links where company_id = $1 and staff_id is null`
	sweepLinks = `delete from sign_in_links where company_id = $1 and expires_at < now()`
	mayEnter   = `select name, active from staff where company_id = $1 and id = $2 for update`
)

// Invite makes a link for one of the staff to choose a password, their first or
// a new one; an earlier link of theirs ends. The password they have stays until
// the link is used. By is who makes it, as the history names them.
func (g Gate) Invite(ctx context.Context, companyID, staffID, by string) (Link, error) {
	var link Link
	err := transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		var invited struct {
			Name   string
			Active bool
		}
		err := tx.GetContext(ctx, &invited, mayEnter, companyID, staffID)
		if errors.Is(err, sql.ErrNoRows) {
			return settings.ErrNotFound
		}
		if err != nil {
			return err
		}
		if !invited.Active {
			return settings.NewConflict("active", "has_left")
		}
		if _, err := tx.ExecContext(ctx, endLinks, companyID, staffID); err != nil {
			return err
		}
		after := map[string]any{"name": invited.Name}
		if err := settings.NoteOfCompany(ctx, tx, companyID, by, "invitation", staffID, nil, after); err != nil {
			return err
		}
		link, err = g.link(ctx, tx, companyID, staffID, "/set-password/", inviteFor)
		return err
	})
	if err != nil {
		return Link{}, fmt.Errorf("invite staff %s: %w", staffID, err)
	}
	return link, nil
}

func (g Gate) link(ctx context.Context, tx sqlx.ExtContext, companyID, staffID, path string, good time.Duration) (Link, error) {
	token := randomToken()
	link := Link{URL: g.Site() + path + token}
	if _, err := tx.ExecContext(ctx, sweepLinks, companyID); err != nil {
		return link, err
	}
	id := uuid.Must(uuid.NewV7()).String()
	err := sqlx.GetContext(ctx, tx, &link.ExpiresAt, insertLink, companyID, id, staffID, hash(token), good.Seconds())
	return link, err
}

// Invited is who may choose a password by a link.
type Invited struct {
	CompanyID string `db:"company_id" json:"-"`
	StaffID   string `db:"staff_id" json:"-"` // empty: the first admin, who is not on the staff yet
	First     bool   `db:"first" json:"first" doc:"The link is for the first admin, who also says who they are and names the company"`
	Company   string `db:"company" json:"company"`
	Name      string `db:"name" json:"name"`
	Email     string `db:"email" json:"email"`
	Role      string `db:"role" json:"-"`

	ByProvider bool `db:"-" json:"by_provider,omitempty" doc:"No password is chosen here: they sign in by the identity provider"`
}

const findLink = `
select l.company_id, coalesce(l.staff_id::text, '') as staff_id, l.staff_id is null as first, c.name as company,
	coalesce(m.name, '') as name, coalesce(m.email, '') as email, coalesce(m.role, '') as role
from sign_in_links l
join companies c on c.id = l.company_id
left join staff m on m.company_id = l.company_id and m.id = l.staff_id
where l.hash = $1 and l.expires_at > now()
	and case when l.staff_id is null then not ` + adminThere + ` else coalesce(m.active, false) end`

// adminThere is true of a link's company once one of its admins can sign in.
const adminThere = `exists (
	select from staff m where m.company_id = l.company_id and m.role = 'admin' and m.active
		and (m.password is not null or $2 and exists (` + identityOf + `)))`

// Invited says who the link is for, without using it up; settings.ErrNotFound
// for one that is not in force any more, or never was.
func (g Gate) Invited(ctx context.Context, token string) (Invited, error) {
	found, err := g.lookUp(ctx, token)
	found.ByProvider = g.Identity.Only && !found.First && found.Role != settings.RoleAdmin
	return found, err
}

func (g Gate) lookUp(ctx context.Context, token string) (Invited, error) {
	var found Invited
	err := g.DB.GetContext(ctx, &found, findLink, hash(token), g.Identity.Provider != nil)
	if errors.Is(err, sql.ErrNoRows) {
		return found, settings.ErrNotFound
	}
	if err != nil {
		return found, fmt.Errorf("link: %w", err)
	}
	return found, nil
}

// ChoosePassword uses a link of Invite up and returns the token of a session of
// its owner's. All their sessions of before end. It is *HalfWay, with the password
// chosen, for who has a second factor.
func (g Gate) ChoosePassword(ctx context.Context, v Visit, token, password string) (string, error) {
	who, err := g.Invited(ctx, token)
	if err != nil || who.First || who.ByProvider {
		return "", cmp.Or(err, settings.ErrNotFound)
	}
	if err := checkPassword("password", password, who.Name, who.Email, who.Company); err != nil {
		return "", err
	}
	hashed, err := hashPassword(ctx, password)
	if err != nil {
		return "", err
	}
	var session string
	var owes error // a code: who finds a link has no second factor by it
	err = transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		if err := useUp(ctx, tx, token); err != nil {
			return err
		}
		if half, err := g.owesCode(ctx, tx, who.CompanyID, who.StaffID); err != nil || half {
			if err != nil {
				return err
			}
			if err := g.replace(ctx, tx, v, who.CompanyID, who.StaffID, hashed); err != nil {
				return err
			}
			var on *HalfWay
			if owes = g.halfWay(ctx, tx, who.CompanyID, who.StaffID); !errors.As(owes, &on) {
				return owes
			}
			return nil
		}
		if session, err = g.renew(ctx, tx, v, who.CompanyID, who.StaffID, hashed); err != nil {
			return err
		}
		return remember(ctx, tx, who.Email, v, session)
	})
	return session, cmp.Or(err, owes)
}

// useUp deletes the link; of two who use it at once, one finds nothing.
func useUp(ctx context.Context, tx sqlx.ExecerContext, token string) error {
	done, err := tx.ExecContext(ctx, `delete from sign_in_links where hash = $1`, hash(token))
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return settings.ErrNotFound
	}
	return nil
}
