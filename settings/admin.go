package settings

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// admin reports whether the member can do everything in the company.
func (m Member) admin() bool { return m.Active && m.Role == RoleAdmin }

const countAdmins = `
select count(*) as "all", count(*) filter (where ` + ready + `) as ready from staff where company_id = $1 and role = 'admin' and active`

// keepAnAdmin is a *Conflict when the company would be left without an admin,
// or without one who can sign in although this one could. Under the company's
// lock two admins cannot remove each other at once.
func keepAnAdmin(ctx context.Context, tx *sqlx.Tx, before, after Member) error {
	var left struct{ All, Ready int }
	if err := get(ctx, tx, &left, countAdmins, before.CompanyID); err != nil {
		return fmt.Errorf("admins: %w", err)
	}
	if left.All > 0 && (left.Ready > 0 || before.SignIn != SignInReady) {
		return nil
	}
	field := "role"
	if after.Role == RoleAdmin {
		field = "active"
	}
	return NewConflict(field, "last_admin")
}

// What a member's SignIn says.
const (
	SignInNone    = "none"
	SignInInvited = "invited"
	SignInReady   = "ready"
)

const (
	endSessions = `delete from sessions where company_id = $1 and staff_id = $2`
	endLinks    = `delete from sign_in_links where company_id = $1 and staff_id = $2`
)

// shutOut ends all of the member's sessions, and the links to choose a password.
func (m Member) shutOut(ctx context.Context, tx *sqlx.Tx) error {
	for _, query := range []string{endSessions, endLinks} {
		if _, err := tx.ExecContext(ctx, query, m.CompanyID, m.ID); err != nil {
			return fmt.Errorf("sessions of staff %s: %w", m.ID, err)
		}
	}
	return nil
}

const memberByEmail = `select ` + memberColumns + ` from staff where company_id = $1 and lower(email) = lower($2)`

// FindMemberByEmail returns who of the company's staff has that address, in
// whatever letters.
func FindMemberByEmail(ctx context.Context, q sqlx.QueryerContext, companyID, email string) (Member, error) {
	var m Member
	err := get(ctx, q, &m, memberByEmail, companyID, email)
	return m, wrap(err, "staff "+email)
}

// LoseSignIn runs what takes a way to sign in from one of the staff. That no
// admin could sign in afterwards, although this one could before, is a *Conflict.
func LoseSignIn(ctx context.Context, db *sqlx.DB, m Member, lose func(*sqlx.Tx) error) error {
	return editStaff(ctx, db, m.CompanyID, func(tx *sqlx.Tx) (bool, error) {
		if err := lose(tx); err != nil {
			return false, err
		}
		if !m.admin() {
			return false, nil
		}
		return false, keepAnAdmin(ctx, tx, m, m)
	})
}

// FirstAdmin names the company and makes the member its admin, in the place of
// whoever of the staff has that email address already. Finish is the end of the
// same transaction.
func FirstAdmin(ctx context.Context, db *sqlx.DB, companyID, name string, m Member, finish func(*sqlx.Tx, Member) error) (Member, error) {
	err := editStaff(ctx, db, companyID, func(tx *sqlx.Tx) (bool, error) {
		if _, err := changeCompany(ctx, tx, companyID, m.Name, func(c *Company) error { c.Name = name; return nil }); err != nil {
			return false, err
		}
		var before Member
		err := get(ctx, tx, &before, memberByEmail, companyID, m.Email)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return false, err
		}
		who := m.Name
		if err != nil {
			_, err = m.add(ctx, tx, companyID, who, nil)
		} else {
			m.ID, m.CompanyID, m.Phone, m.Teams = before.ID, companyID, before.Phone, before.Teams
			_, err = m.store(ctx, tx, who, before, nil)
		}
		if err != nil {
			return false, err
		}
		return true, finish(tx, m)
	})
	return m, wrap(err, "the first admin")
}
