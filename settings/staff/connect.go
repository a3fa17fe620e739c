package staff

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels/oidc"
	"ringback/settings"
	"ringback/settings/transaction"
)

const (
	insertIdentity = `insert into staff_identities (company_id, id, staff_id, issuer, subject) values ($1, $2, $3, $4, $5)`
	lockMember     = `select password is not null or exists (` + identityOf + `) from staff m where company_id = $1 and id = $2 for update`
	// identityOf says of a member m whether they sign in by the provider.
	identityOf = `select from staff_identities i where i.company_id = m.company_id and i.staff_id = m.id`
)

// connect says who the principal is at the provider. First is of somebody who
// could not sign in so far: whoever did so in between is left alone, and links to
// choose a password end.
func (g Gate) connect(ctx context.Context, p Principal, name string, who oidc.Person, first bool) error {
	return transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		var ready bool
		if err := tx.GetContext(ctx, &ready, lockMember, p.CompanyID, p.StaffID); err != nil {
			return fmt.Errorf("staff %s: %w", p.StaffID, err)
		}
		if first && ready {
			return &Shut{ShutTaken}
		}
		if first {
			if _, err := tx.ExecContext(ctx, endLinks, p.CompanyID, p.StaffID); err != nil {
				return err
			}
		}
		id := uuid.Must(uuid.NewV7()).String()
		if _, err := tx.ExecContext(ctx, insertIdentity, p.CompanyID, id, p.StaffID, who.Issuer, who.Subject); err != nil {
			return fmt.Errorf("identity of staff %s: %w", p.StaffID, err)
		}
		after := map[string]any{"name": name, "provider": g.provider(), "email": who.Email}
		return settings.NoteOfCompany(ctx, tx, p.CompanyID, p.Who, "identity", p.StaffID, nil, after)
	})
}

// ConnectProvider connects who is signed in with who came back from the provider.
// Its errors are *Shut, *Throttled and ErrProve.
func (g Gate) ConnectProvider(ctx context.Context, v Visit, p Principal, f oidc.Flow, state, code string) error {
	if p.CompanyID != g.Company {
		return settings.ErrNotFound // the provider is another company's
	}
	if err := p.Proven(); err != nil {
		return err
	}
	who, err := g.finish(ctx, v, f, state, code)
	if err != nil {
		return err
	}
	there, err := g.identity(ctx, who)
	if err == nil && there.ID == p.StaffID {
		return nil
	}
	if !errors.Is(err, settings.ErrNotFound) {
		return cmp.Or(err, error(&Shut{ShutOther}))
	}
	return g.connect(ctx, p, p.Name, who, false)
}

const (
	endIdentities = `
with gone as (delete from staff_identities where company_id = $1 and staff_id = $2 returning id)
select count(*) from gone`
	endVouched = `
with silent as (
	delete from push_devices d using sessions s
	where s.company_id = $1 and s.staff_id = $2 and s.identity_id is not null
		and d.company_id = s.company_id and d.staff_id = s.staff_id and d.session_id = s.id)
delete from sessions where company_id = $1 and staff_id = $2 and identity_id is not null`
	hasPassword     = `select password is not null from staff where company_id = $1 and id = $2`
	endLeftRecovery = endRecovery + ` and not exists (select from staff_codes c where c.company_id = $1 and c.staff_id = $2 and c.secret is not null)`
)

// lesser is somebody whose way in another may change: within their reach and no
// mightier, and they have shown of late who they are. It is Denied or ErrProve.
func (g Gate) lesser(ctx context.Context, by Principal, id string) (settings.Member, error) {
	m, err := settings.FindMember(ctx, g.DB, by.CompanyID, by.Teams, id)
	if err != nil {
		return m, err
	}
	if err := by.MayLend(m.Role); err != nil {
		return m, err
	}
	return m, by.Proven()
}

// Disconnect has somebody sign in by the provider no more, and ends the sessions
// that began there; without a password, all of theirs, and their passkeys. Who asks is
// within reach of theirs, and no less mighty. The last admin who can sign in keeps it:
// a *settings.Conflict. Or it is ErrProve.
func (g Gate) Disconnect(ctx context.Context, by Principal, id string) error {
	m, err := g.lesser(ctx, by, id)
	if err != nil {
		return err
	}
	return settings.LoseSignIn(ctx, g.DB, m, func(tx *sqlx.Tx) error {
		var gone int
		if err := tx.GetContext(ctx, &gone, endIdentities, by.CompanyID, id); err != nil {
			return fmt.Errorf("identities of staff %s: %w", id, err)
		}
		if gone == 0 {
			return settings.ErrNotFound
		}
		ends := []string{endVouched}
		var local bool
		if err := tx.GetContext(ctx, &local, hasPassword, by.CompanyID, id); err != nil {
			return fmt.Errorf("staff %s: %w", id, err)
		}
		if !local {
			ends = []string{endSessions, endPasskeys, endLeftRecovery}
		}
		for _, query := range ends {
			if _, err := tx.ExecContext(ctx, query, by.CompanyID, id); err != nil {
				return fmt.Errorf("sessions of staff %s: %w", id, err)
			}
		}
		return settings.NoteOfCompany(ctx, tx, by.CompanyID, by.Who, "identity", id, map[string]any{"name": m.Name}, nil)
	})
}
