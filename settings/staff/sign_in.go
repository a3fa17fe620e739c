package staff

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
	"ringback/settings/transaction"
)

// ErrWrong is an e-mail address or a password that is wrong; nobody is told
// which.
var ErrWrong = errors.New("the email address or the password is wrong")

// One person may be on the staff of several companies, with one e-mail address
// and different passwords.
const findByEmail = `
select ` + memberColumns + ` from staff m
where lower(m.email) = lower($1) and m.active and m.password is not null
order by m.created_at, m.id limit 3`

// SignIn makes a new session and returns who it is of, with its token. The
// session that they came with ends: an identifier that somebody planted is
// worth nothing afterwards. Who has a second factor says a code with it, or comes
// back with one: FinishSignIn. Its errors are ErrWrong, ErrWrongCode, *HalfWay,
// *Throttled and ErrBusy.
func (g Gate) SignIn(ctx context.Context, v Visit, email, password, code string) (Principal, string, error) {
	if err := count(ctx, g.DB, email, v); err != nil {
		return Principal{}, "", err
	}
	m, err := g.who(ctx, strings.TrimSpace(email), password)
	if errors.Is(err, ErrWrong) {
		if noted := g.noteFailure(ctx, v, strings.TrimSpace(email)); noted != nil {
			return Principal{}, "", noted
		}
	}
	if err == nil && g.Identity.Only {
		err = g.local(ctx, m)
	}
	if err == nil {
		err = g.second(ctx, v, m, code)
	}
	if err != nil {
		return Principal{}, "", err
	}
	return g.welcome(ctx, v, m, email)
}

// welcome makes a session of somebody who has shown who they are.
func (g Gate) welcome(ctx context.Context, v Visit, m member, email string) (Principal, string, error) {
	var token string
	err := transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		if err := forgive(ctx, tx, email, v.From); err != nil {
			return err
		}
		if err := note(ctx, tx, v, m.CompanyID, m.ID, m.Name, "sign_in"); err != nil {
			return err
		}
		var err error
		if token, err = g.enter(ctx, tx, v, m.CompanyID, m.ID); err != nil {
			return err
		}
		return remember(ctx, tx, email, v, token)
	})
	if err != nil {
		return Principal{}, "", err
	}
	m.Proven = true
	return m.principal(), token, nil
}

const isLocal = `select m.role = 'admin' and not exists (` + identityOf + `) from staff m where company_id = $1 and id = $2`

// local is ErrWrong for who signs in by the provider alone: all but admins who
// are not connected with it, the way back in.
func (g Gate) local(ctx context.Context, m member) error {
	var local bool
	if err := g.DB.GetContext(ctx, &local, isLocal, m.CompanyID, m.ID); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if !local {
		return ErrWrong
	}
	return nil
}

// who finds the member whose password it is. Unknown addresses and too long
// passwords take their time as well.
func (g Gate) who(ctx context.Context, email, password string) (member, error) {
	var found []member
	if possible(email) {
		if err := g.DB.SelectContext(ctx, &found, findByEmail, email); err != nil {
			return member{}, fmt.Errorf("sign in: %w", err)
		}
	}
	if utf8.RuneCountInString(password) > longest {
		password = ""
	}
	if len(found) == 0 {
		found = []member{{Password: nobodys}}
	}
	for _, m := range found {
		right, err := rightPassword(ctx, m.Password, password)
		if err != nil {
			return member{}, err
		}
		if right && m.ID != "" {
			return m, nil
		}
	}
	return member{}, ErrWrong
}

// possible reports whether Postgres can be asked about it at all.
func possible(email string) bool {
	return len(email) <= 254 && utf8.ValidString(email) && !strings.Contains(email, "\x00")
}

// enter begins a session in the place of the one that they came with.
func (g Gate) enter(ctx context.Context, tx *sqlx.Tx, v Visit, companyID, staffID string) (string, error) {
	for _, step := range []struct {
		query string
		value any
	}{
		{endToken, hash(v.Session)},
		{sweepSessions, idle.Seconds()},
		{sweepTries, window.Seconds()},
	} {
		if _, err := tx.ExecContext(ctx, step.query, step.value); err != nil {
			return "", fmt.Errorf("sessions: %w", err)
		}
	}
	return begin(ctx, tx, v, companyID, staffID)
}

const (
	findPassword = `select password from staff where company_id = $1 and id = $2 and active and password is not null`
	setPassword  = `update staff set password = $3 where company_id = $1 and id = $2 and active returning name`
	setLanguage  = `update staff set language = $3 where company_id = $1 and id = $2`
)

// ChangePassword sets a new password, which ends all the person's sessions but
// the one that this returns the token of.
func (g Gate) ChangePassword(ctx context.Context, v Visit, p Principal, old, fresh string) (string, error) {
	if err := checkPassword("password", fresh, p.Name, p.Email); err != nil {
		return "", err
	}
	if err := count(ctx, g.DB, p.Email, v); err != nil {
		return "", err
	}
	var stored string
	if err := g.DB.GetContext(ctx, &stored, findPassword, p.CompanyID, p.StaffID); err != nil {
		return "", fmt.Errorf("password of staff %s: %w", p.StaffID, err)
	}
	right, err := rightPassword(ctx, stored, old)
	if err != nil {
		return "", err
	}
	if !right {
		return "", settings.Refuse("old_password", "not_your_password")
	}
	hashed, err := hashPassword(ctx, fresh)
	if err != nil {
		return "", err
	}
	var token string
	err = transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		if err := forgive(ctx, tx, p.Email, v.From); err != nil {
			return err
		}
		if token, err = g.renew(ctx, tx, v, p.CompanyID, p.StaffID, hashed); err != nil {
			return err
		}
		return remember(ctx, tx, p.Email, v, token)
	})
	return token, err
}

// renew stores a password, ends all sessions and links of that member of the
// staff, and begins one new session. It is ErrNotFound for who is not active.
func (g Gate) renew(ctx context.Context, tx *sqlx.Tx, v Visit, companyID, staffID, hashed string) (string, error) {
	if err := g.replace(ctx, tx, v, companyID, staffID, hashed); err != nil {
		return "", err
	}
	return g.enter(ctx, tx, v, companyID, staffID)
}

// replace is renew without the new session.
func (g Gate) replace(ctx context.Context, tx *sqlx.Tx, v Visit, companyID, staffID, hashed string) error {
	var name string
	err := tx.GetContext(ctx, &name, setPassword, companyID, staffID, hashed)
	if errors.Is(err, sql.ErrNoRows) {
		err = settings.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("password of staff %s: %w", staffID, err)
	}
	if err := note(ctx, tx, v, companyID, staffID, name, "password"); err != nil {
		return err
	}
	for _, query := range []string{endSessions, endLinks, endSteps} {
		if _, err := tx.ExecContext(ctx, query, companyID, staffID); err != nil {
			return fmt.Errorf("sessions of staff %s: %w", staffID, err)
		}
	}
	return nil
}

// SetLanguage chooses the language that the console speaks to the person;
// empty is what their browser asks for.
func (g Gate) SetLanguage(ctx context.Context, p Principal, tag string) error {
	if tag != "" {
		if err := settings.CheckLanguage("language", tag); err != nil {
			return err
		}
	}
	if _, err := g.DB.ExecContext(ctx, setLanguage, p.CompanyID, p.StaffID, tag); err != nil {
		return fmt.Errorf("language of staff %s: %w", p.StaffID, err)
	}
	return nil
}

// Profile is who a principal is and what they may, as the API and the account
// page show it.
type Profile struct {
	ID       *string  `json:"id" doc:"Of the member of the staff; null for an API key"`
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Role     string   `json:"role" doc:"Empty for an API key"`
	Company  string   `json:"company" doc:"Id of the company"`
	Teams    []string `json:"teams" doc:"Ids of the teams within reach; null: all of the company's"`
	Scopes   []Scope  `json:"scopes" nullable:"false"`
	Language string   `json:"language" doc:"Of the console; empty: the browser's"`
}

// Profile is the principal in the form that is shown.
func (p Principal) Profile() Profile {
	shown := Profile{
		Name: p.Name, Email: p.Email, Role: p.Role, Company: p.CompanyID, Teams: p.Teams, Scopes: p.Scopes, Language: p.Language,
	}
	if p.StaffID != "" {
		shown.ID = &p.StaffID
	}
	return shown
}
