package staff

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"ringback/settings"
	"ringback/settings/transaction"
)

// Codes is what somebody has of a second factor beside their password.
type Codes struct {
	On       bool `json:"on" db:"on" doc:"An authenticator app is in force: signing in takes a code of it"`
	Passkeys int  `json:"passkeys" db:"passkeys" doc:"How many passkeys there are: signing in takes one of them, or a code"`
	Recovery int  `json:"recovery_codes_left" db:"recovery" doc:"How many recovery codes are left: each is good for one code, once"`
}

// NewApp is an authenticator app that waits for its first code.
type NewApp struct {
	URL    string `json:"url" doc:"What the app reads as a QR code"`
	Secret string `json:"secret" doc:"The same to type"`
}

const findCodes = `
select exists (select from staff_codes where company_id = $1 and staff_id = $2 and secret is not null) as "on",
	(select count(*) from staff_passkeys where company_id = $1 and staff_id = $2) as passkeys,
	(select count(*) from staff_recovery_codes where company_id = $1 and staff_id = $2) as recovery`

// Codes are the principal's.
func (g Gate) Codes(ctx context.Context, p Principal) (Codes, error) {
	var c Codes
	if err := g.DB.GetContext(ctx, &c, findCodes, p.CompanyID, p.StaffID); err != nil {
		return c, fmt.Errorf("second factor of staff %s: %w", p.StaffID, err)
	}
	return c, nil
}

func aboutCodes(company, staff string) string { return "second factor/" + company + "/" + staff }

const waitForCode = `
insert into staff_codes (company_id, staff_id, pending) values ($1, $2, $3)
on conflict (company_id, staff_id) do update set pending = excluded.pending`

// StartCodes makes a secret for the principal's authenticator app, which is in force
// once ConfirmCodes has seen a code of it. One that is in force stays until then. It
// is ErrProve, or settings.Invalid where secrets cannot be kept.
func (g Gate) StartCodes(ctx context.Context, p Principal) (NewApp, error) {
	if err := p.Proven(); err != nil {
		return NewApp{}, err
	}
	if g.Key == nil {
		return NewApp{}, settings.Refuse("secret", "no_secret_key")
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Ringback", AccountName: p.Email})
	if err != nil {
		return NewApp{}, fmt.Errorf("second factor of staff %s: %w", p.StaffID, err)
	}
	sealed := g.Key.Seal([]byte(key.URL()), aboutCodes(p.CompanyID, p.StaffID))
	if _, err := g.DB.ExecContext(ctx, waitForCode, p.CompanyID, p.StaffID, sealed); err != nil {
		return NewApp{}, fmt.Errorf("second factor of staff %s: %w", p.StaffID, err)
	}
	return NewApp{key.URL(), key.Secret()}, nil
}

// WaitingApp is the one that StartCodes made; settings.ErrNotFound: none waits.
func (g Gate) WaitingApp(ctx context.Context, p Principal) (NewApp, error) {
	var sealed []byte
	err := g.DB.GetContext(ctx, &sealed, `select pending from staff_codes where company_id = $1 and staff_id = $2`, p.CompanyID, p.StaffID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && sealed == nil {
		return NewApp{}, settings.ErrNotFound
	}
	if err != nil {
		return NewApp{}, fmt.Errorf("second factor of staff %s: %w", p.StaffID, err)
	}
	key, err := g.openCodes(sealed, p.CompanyID, p.StaffID)
	if err != nil {
		return NewApp{}, err
	}
	return NewApp{key.URL(), key.Secret()}, nil
}

func (g Gate) openCodes(sealed []byte, company, staff string) (*otp.Key, error) {
	if g.Key == nil {
		return nil, errors.New("there is no RINGBACK_SECRET_KEY to open second factors with")
	}
	plain, err := g.Key.Open(sealed, aboutCodes(company, staff))
	if err != nil {
		return nil, fmt.Errorf("second factor of staff %s: %w", staff, err)
	}
	return otp.NewKeyFromURL(string(plain))
}

const (
	takePending = `
update staff_codes set secret = pending, pending = null, last_step = $3 where company_id = $1 and staff_id = $2 and pending = $4`
)

// ConfirmCodes puts the app that waits in force by a code of it, and returns the
// recovery codes, which nobody can show again. It is ErrProve, *Throttled, or
// settings.Invalid of the field code.
func (g Gate) ConfirmCodes(ctx context.Context, v Visit, p Principal, code string) ([]string, error) {
	if err := p.Proven(); err != nil {
		return nil, err
	}
	if err := count(ctx, g.DB, p.Email, v); err != nil {
		return nil, err
	}
	var row struct {
		Pending []byte
		Now     time.Time
	}
	err := g.DB.GetContext(ctx, &row, `select pending, now() as now from staff_codes where company_id = $1 and staff_id = $2`, p.CompanyID, p.StaffID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.Pending == nil {
		return nil, settings.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("second factor of staff %s: %w", p.StaffID, err)
	}
	key, err := g.openCodes(row.Pending, p.CompanyID, p.StaffID)
	if err != nil {
		return nil, err
	}
	step := stepOf(key, code, row.Now)
	if step == 0 {
		return nil, settings.Refuse("code", "wrong_code")
	}
	var plain []string
	err = transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, takePending, p.CompanyID, p.StaffID, step, row.Pending)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return settings.ErrNotFound // another one waits by now
		}
		if err := forgive(ctx, tx, p.Email, v.From); err != nil {
			return err
		}
		if plain, err = renewRecovery(ctx, tx, p); err != nil {
			return err
		}
		return note(ctx, tx, v, p.CompanyID, p.StaffID, p.Name, "second_factor")
	})
	return plain, err
}

// stepOf is the step of 30 seconds that the code is of: this one, or the one before
// or after, for clocks differ; 0: of none.
func stepOf(key *otp.Key, code string, now time.Time) int64 {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	for _, off := range []int64{0, -1, 1} {
		step := now.Unix()/30 + off
		want, err := totp.GenerateCode(key.Secret(), time.Unix(step*30, 0))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step
		}
	}
	return 0
}

const (
	findSecret = `select secret, now() as now from staff_codes where company_id = $1 and staff_id = $2 and secret is not null`
	takeStep   = `update staff_codes set last_step = $3 where company_id = $1 and staff_id = $2 and last_step < $3`
	takeCode   = `delete from staff_recovery_codes where company_id = $1 and staff_id = $2 and hash = $3`
)

// takeCode uses up a code of the app or a recovery code; false: it is neither, or
// was used before.
func (g Gate) takeCode(ctx context.Context, company, staff, code string) (bool, error) {
	var row struct {
		Secret []byte
		Now    time.Time
	}
	err := g.DB.GetContext(ctx, &row, findSecret, company, staff)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("second factor of staff %s: %w", staff, err)
	}
	step := int64(0)
	if err == nil {
		key, err := g.openCodes(row.Secret, company, staff)
		if err != nil {
			return false, err
		}
		step = stepOf(key, code, row.Now)
	}
	query, value := takeStep, any(step)
	if step == 0 {
		typed := strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(strings.TrimSpace(code)))
		query, value = takeCode, hash("recovery "+typed)
	}
	done, err := g.DB.ExecContext(ctx, query, company, staff, value)
	if err != nil {
		return false, fmt.Errorf("second factor of staff %s: %w", staff, err)
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

const (
	endCodes    = `delete from staff_codes where company_id = $1 and staff_id = $2`
	endPasskeys = `delete from staff_passkeys where company_id = $1 and staff_id = $2`
	endSteps    = `delete from sign_in_steps where company_id = $1 and staff_id = $2`
)

// RemoveCodes takes the principal's authenticator app away, with the recovery codes
// unless a passkey is left; ErrProve.
func (g Gate) RemoveCodes(ctx context.Context, p Principal) error {
	if err := p.Proven(); err != nil {
		return err
	}
	return g.removeCodes(ctx, p, settings.Member{CompanyID: p.CompanyID, ID: p.StaffID, Name: p.Name}, false)
}

// ResetCodes takes somebody's second factor away, who has lost it, passkeys as well,
// and ends their sessions. Who asks is within reach of theirs and no less mighty. It is Denied,
// ErrProve, or settings.ErrNotFound for who has none.
func (g Gate) ResetCodes(ctx context.Context, by Principal, id string) error {
	m, err := g.lesser(ctx, by, id)
	if err != nil {
		return err
	}
	if err := g.removeCodes(ctx, by, m, true); err != nil {
		return err
	}
	if !m.Active {
		return nil
	}
	if _, err := g.tell(ctx, by.CompanyID, m.ID, letterReset, g.Site()+"/account/second-factor", by.Who); err != nil {
		slog.ErrorContext(ctx, "nobody was told that their second factor was reset", "error", err)
	}
	return nil
}

func (g Gate) removeCodes(ctx context.Context, by Principal, m settings.Member, out bool) error {
	return transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		ends := []string{endCodes}
		if out {
			ends = append(ends, endPasskeys)
		}
		gone := int64(0)
		for _, query := range ends {
			done, err := tx.ExecContext(ctx, query, m.CompanyID, m.ID)
			if err != nil {
				return fmt.Errorf("second factor of staff %s: %w", m.ID, err)
			}
			n, err := done.RowsAffected()
			if err != nil {
				return fmt.Errorf("second factor of staff %s: %w", m.ID, err)
			}
			gone += n
		}
		if gone == 0 {
			return settings.ErrNotFound
		}
		owes, err := g.owesCode(ctx, tx, m.CompanyID, m.ID)
		if err != nil {
			return err
		}
		queries := []string{endSteps}
		if !owes {
			queries = append(queries, endRecovery)
		}
		if out {
			queries = append(queries, endSessions)
		}
		for _, query := range queries {
			if _, err := tx.ExecContext(ctx, query, m.CompanyID, m.ID); err != nil {
				return fmt.Errorf("second factor of staff %s: %w", m.ID, err)
			}
		}
		return settings.NoteOfCompany(ctx, tx, m.CompanyID, by.Who, "second_factor", m.ID, map[string]any{"name": m.Name}, nil)
	})
}
