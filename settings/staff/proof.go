package staff

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"ringback/channels/oidc"
	"ringback/settings"
)

// Whoever changes who may get in shows again who they are, unless they have done so
// within provenFor: a machine that was left open, or a session that was stolen, is
// not enough. A key needs its scope alone: nobody leaves it open.
const provenFor = 10 * time.Minute

// ErrProve is that somebody has to show again who they are (Gate.Prove) before
// they may do that.
var ErrProve = errors.New("show again who you are")

// Proven is ErrProve for somebody who signed in, or showed who they are, too long
// ago.
func (p Principal) Proven() error {
	if p.StaffID == "" || p.proven {
		return nil
	}
	return ErrProve
}

const prove = `update sessions set proved_at = now() where company_id = $1 and staff_id = $2 and id = $3`

// Prove has the principal show again who they are, by their password, or by a code
// if they have a second factor, and returns them as who has done so. What is wrong is
// the field password or code. Its other errors are *Throttled and ErrBusy.
func (g Gate) Prove(ctx context.Context, v Visit, p Principal, password, code string) (Principal, error) {
	if err := count(ctx, g.DB, p.Email, v); err != nil {
		return p, err
	}
	owes, err := g.owesCode(ctx, g.DB, p.CompanyID, p.StaffID)
	if err != nil {
		return p, err
	}
	if owes {
		err = g.code(ctx, v, member{CompanyID: p.CompanyID, ID: p.StaffID, Email: p.Email}, code)
		if errors.Is(err, ErrWrongCode) {
			err = settings.Refuse("code", "wrong_code")
		}
	} else {
		err = g.provePassword(ctx, v, p, password)
	}
	if err != nil {
		return p, err
	}
	if err := forgive(ctx, g.DB, p.Email, v.From); err != nil {
		return p, err
	}
	return g.proven(ctx, p)
}

func (g Gate) provePassword(ctx context.Context, v Visit, p Principal, password string) error {
	var stored string
	err := g.DB.GetContext(ctx, &stored, findPassword, p.CompanyID, p.StaffID)
	if errors.Is(err, sql.ErrNoRows) {
		return settings.Refuse("password", "no_password")
	}
	if err != nil {
		return fmt.Errorf("password of staff %s: %w", p.StaffID, err)
	}
	right, err := rightPassword(ctx, stored, password)
	if err != nil {
		return err
	}
	if !right {
		if err := g.noteFailure(ctx, v, p.Email); err != nil {
			return err
		}
		return settings.Refuse("password", "not_your_password")
	}
	return nil
}

func (g Gate) proven(ctx context.Context, p Principal) (Principal, error) {
	if _, err := g.DB.ExecContext(ctx, prove, p.CompanyID, p.StaffID, p.session); err != nil {
		return p, fmt.Errorf("session %s: %w", p.session, err)
	}
	p.proven = true
	return p, nil
}

// ProveByProvider is Prove by who came back from the provider, which has asked them
// anew. Its errors are *Shut and *Throttled.
func (g Gate) ProveByProvider(ctx context.Context, v Visit, p Principal, f oidc.Flow, state, code string) error {
	who, err := g.finish(ctx, v, f, state, code)
	if err != nil {
		return err
	}
	there, err := g.identity(ctx, who)
	if errors.Is(err, settings.ErrNotFound) || err == nil && there.ID != p.StaffID {
		return &Shut{ShutOther}
	}
	if err == nil && time.Since(who.Proven) > provenFor { // it says when it asked them, or did not
		err = &Shut{ShutRefused}
	}
	if err == nil {
		_, err = g.proven(ctx, p)
	}
	return err
}
