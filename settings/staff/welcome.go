package staff

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

const anAdmin = `
select exists (select from staff m where company_id = $1 and role = 'admin' and active
	and (password is not null or $2 and exists (` + identityOf + `)))`

// Welcome returns a link for whoever becomes the first admin, as long as the
// company has no admin who can sign in; settings.ErrNotFound when it has one.
// Links of an earlier start stay good: another replica may have shown them.
func (g Gate) Welcome(ctx context.Context, companyID string) (Link, error) {
	var there bool
	if err := g.DB.GetContext(ctx, &there, anAdmin, companyID, g.Identity.Provider != nil); err != nil {
		return Link{}, fmt.Errorf("the first admin: %w", err)
	}
	if there {
		return Link{}, settings.ErrNotFound
	}
	link, err := g.link(ctx, g.DB, companyID, "", "/welcome/", welcomeFor)
	if err != nil {
		return Link{}, fmt.Errorf("the first admin: %w", err)
	}
	return link, nil
}

// UseLink uses a one-time link up: of the first admin, as Begin does, or of one
// of the staff, who chooses a password alone, as ChoosePassword does.
func (g Gate) UseLink(ctx context.Context, v Visit, token string, said First) (string, error) {
	who, err := g.Invited(ctx, token)
	if err != nil {
		return "", err
	}
	if who.First {
		return g.Begin(ctx, v, token, said)
	}
	return g.ChoosePassword(ctx, v, token, said.Password)
}

// First is what the first admin says at the beginning.
type First struct{ Company, Name, Email, Password string }

// Begin uses a link of Welcome up: it names the company, makes the first admin
// and returns the token of a session of theirs. Faults name the fields company,
// name, email and password.
func (g Gate) Begin(ctx context.Context, v Visit, token string, f First) (string, error) {
	who, err := g.Invited(ctx, token)
	if err != nil || !who.First {
		return "", cmp.Or(err, settings.ErrNotFound)
	}
	f.Company, f.Name, f.Email = strings.TrimSpace(f.Company), strings.TrimSpace(f.Name), strings.TrimSpace(f.Email)
	m := settings.NewMember()
	m.Name, m.Email, m.Role = f.Name, f.Email, settings.RoleAdmin
	if err := f.check(m); err != nil {
		return "", err
	}
	hashed, err := hashPassword(ctx, f.Password)
	if err != nil {
		return "", err
	}
	var session string
	_, err = settings.FirstAdmin(ctx, g.DB, who.CompanyID, f.Company, m, func(tx *sqlx.Tx, admin settings.Member) error {
		if err := useUp(ctx, tx, token); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, endWelcome, who.CompanyID); err != nil {
			return err
		}
		session, err = g.renew(ctx, tx, v, who.CompanyID, admin.ID, hashed)
		return err
	})
	return session, err
}

// check names all that is wrong at once.
func (f First) check(m settings.Member) error {
	var wrong settings.Invalid
	for _, err := range []error{
		settings.CheckName("company", f.Company), m.CheckPerson(), checkPassword("password", f.Password, f.Name, f.Email, f.Company),
	} {
		_ = wrong.Take(err) // they know no other errors
	}
	return wrong.Err()
}
