package staff

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// HalfWay is somebody whose password is right and who owes a code: with the token
// they come back with one (Gate.FinishSignIn).
type HalfWay struct{ Token string }

func (*HalfWay) Error() string { return "a code of the second factor is wanted" }

// ErrWrongCode is a code that is wrong, or was used before.
var ErrWrongCode = errors.New("the code is wrong or was used before")

// HalfWayFor is how long one has for it.
const HalfWayFor = 10 * time.Minute

const (
	hasCodes = `
select exists (select from staff_codes where company_id = $1 and staff_id = $2 and secret is not null)
	or exists (select from staff_passkeys where company_id = $1 and staff_id = $2)`
	insertStep = `insert into sign_in_steps (hash, company_id, staff_id, expires_at) values ($1, $2, $3, now() + make_interval(secs => $4))`
	sweepSteps = `delete from sign_in_steps where hash in (select hash from sign_in_steps where expires_at < now() limit 100)`
	findStep   = `
select ` + memberColumns + ` from sign_in_steps s join staff m on m.company_id = s.company_id and m.id = s.staff_id
where s.hash = $1 and s.expires_at > now() and m.active`
	endStep = `delete from sign_in_steps where hash = $1`
)

// second asks for the code of who has a second factor; a passkey is one, and is shown
// in the place of both (SignInByPasskey).
func (g Gate) second(ctx context.Context, v Visit, m member, code string) error {
	owes, err := g.owesCode(ctx, g.DB, m.CompanyID, m.ID)
	if err != nil || !owes {
		return err
	}
	if strings.TrimSpace(code) == "" {
		return g.halfWay(ctx, g.DB, m.CompanyID, m.ID)
	}
	return g.code(ctx, v, m, code)
}

func (g Gate) owesCode(ctx context.Context, q sqlx.QueryerContext, company, staff string) (bool, error) {
	var owes bool
	if err := sqlx.GetContext(ctx, q, &owes, hasCodes, company, staff); err != nil {
		return false, fmt.Errorf("second factor of staff %s: %w", staff, err)
	}
	return owes, nil
}

// halfWay is *HalfWay.
func (g Gate) halfWay(ctx context.Context, db sqlx.ExecerContext, company, staff string) error {
	token := randomToken()
	if _, err := db.ExecContext(ctx, sweepSteps); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if _, err := db.ExecContext(ctx, insertStep, hash(token), company, staff, HalfWayFor.Seconds()); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return &HalfWay{token}
}

// code is ErrWrongCode unless it is one of theirs, which is used up.
func (g Gate) code(ctx context.Context, v Visit, m member, code string) error {
	right, err := g.takeCode(ctx, m.CompanyID, m.ID, code)
	if err != nil || right {
		return err
	}
	if err := g.noteFailure(ctx, v, m.Email); err != nil {
		return err
	}
	return ErrWrongCode
}

// FinishSignIn makes the session of somebody who came half way and has a code now.
// Its errors are settings.ErrNotFound when they have to begin anew, ErrWrongCode and
// *Throttled.
func (g Gate) FinishSignIn(ctx context.Context, v Visit, token, code string) (Principal, string, error) {
	var m member
	err := g.DB.GetContext(ctx, &m, findStep, hash(token))
	if errors.Is(err, sql.ErrNoRows) {
		return Principal{}, "", settings.ErrNotFound
	}
	if err != nil {
		return Principal{}, "", fmt.Errorf("sign in: %w", err)
	}
	if err := count(ctx, g.DB, m.Email, v); err != nil {
		return Principal{}, "", err
	}
	if err := g.code(ctx, v, m, code); err != nil {
		return Principal{}, "", err
	}
	done, err := g.DB.ExecContext(ctx, endStep, hash(token))
	if err != nil {
		return Principal{}, "", fmt.Errorf("sign in: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return Principal{}, "", errors.Join(err, settings.ErrNotFound)
	}
	return g.welcome(ctx, v, m, m.Email)
}
