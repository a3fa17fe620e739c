package staff

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/settings"
	"ringback/settings/transaction"
)

// Passkey is what somebody signs in with: a key that their device keeps and shows
// after it has recognized them. It stands in the place of a password, or beside it:
// who has none signs in by the provider alone, which is to be asked about them.
type Passkey struct {
	ID        string     `db:"id" json:"id"`
	Name      string     `db:"name" json:"name" doc:"As its owner calls it"`
	CreatedAt time.Time  `db:"created_at" json:"created_at"`
	UsedAt    *time.Time `db:"used_at" json:"used_at" doc:"null: not yet"`
}

// ErrPasskey is a passkey that is not taken: nobody's here, made for something else,
// or too late.
var ErrPasskey = errors.New("the passkey was not taken")

const findPasskeys = `select id, name, created_at, used_at from staff_passkeys where company_id = $1 and staff_id = $2 order by created_at, id`

// Passkeys are the principal's.
func (g Gate) Passkeys(ctx context.Context, p Principal) ([]Passkey, error) {
	found := []Passkey{}
	if err := g.DB.SelectContext(ctx, &found, findPasskeys, p.CompanyID, p.StaffID); err != nil {
		return nil, fmt.Errorf("passkeys of staff %s: %w", p.StaffID, err)
	}
	return found, nil
}

// mostPasskeys is how many somebody may have.
const mostPasskeys = 20

const (
	addPasskey = `
insert into staff_passkeys (company_id, id, staff_id, credential, record, name)
select $1, $2, $3, $4, $5, $6 where (select count(*) from staff_passkeys where company_id = $1 and staff_id = $3) < $7
on conflict do nothing`
	usePasskey  = `update staff_passkeys set record = $3, used_at = now() where company_id = $1 and id = $2`
	dropPasskey = `delete from staff_passkeys where company_id = $1 and staff_id = $2 and id = $3 returning name`
)

// keeper is the principal as who may have passkeys: they have shown of late who they
// are, and have a password. It is ErrProve, or settings.Invalid.
func (g Gate) keeper(ctx context.Context, p Principal) (holder, error) {
	if err := p.Proven(); err != nil {
		return holder{}, err
	}
	h, err := g.holder(ctx, p.CompanyID, p.StaffID)
	if err == nil && h.Password == "" {
		err = settings.Refuse("passkey", "passkey_needs_password")
	}
	return h, err
}

// StartPasskey begins to make a passkey for the principal: what their browser is told,
// and a token with which it comes back. It is ErrProve, or settings.Invalid where
// there can be none.
func (g Gate) StartPasskey(ctx context.Context, p Principal) (options []byte, token string, err error) {
	owner, err := g.keeper(ctx, p)
	if err != nil {
		return nil, "", err
	}
	return g.ceremony(func(w *webauthn.WebAuthn) (any, *webauthn.SessionData, error) {
		return w.BeginRegistration(owner,
			webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
				ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired,
			}),
			webauthn.WithExclusions(webauthn.Credentials(owner.keys).CredentialDescriptors()),
			webauthn.WithConveyancePreference(protocol.PreferNoAttestation))
	}, p.StaffID)
}

// AddPasskey puts in force what the browser made. Who has no recovery codes yet gets
// them, which nobody can show again. It is ErrProve, ErrPasskey, or settings.Invalid.
func (g Gate) AddPasskey(ctx context.Context, v Visit, p Principal, token string, made []byte, name string) ([]string, error) {
	owner, err := g.keeper(ctx, p)
	if err != nil {
		return nil, err
	}
	name = strings.TrimSpace(name)
	if name == "" {
		name = Device(v.agent())
	}
	if err := settings.CheckName("name", name); err != nil {
		return nil, err
	}
	var key *webauthn.Credential
	err = g.answer(ctx, token, p.StaffID, func(w *webauthn.WebAuthn, session webauthn.SessionData) error {
		said, err := protocol.ParseCredentialCreationResponseBytes(made)
		if err == nil {
			key, err = w.CreateCredential(owner, session, said)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	record, err := json.Marshal(key)
	if err != nil {
		return nil, fmt.Errorf("passkey of staff %s: %w", p.StaffID, err)
	}
	var plain []string
	err = transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, addPasskey, p.CompanyID, uuid.Must(uuid.NewV7()).String(), p.StaffID, key.ID, string(record), name, mostPasskeys)
		if err != nil {
			return fmt.Errorf("passkey of staff %s: %w", p.StaffID, err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, settings.Refuse("passkey", "passkeys_many", "Count", mostPasskeys))
		}
		var left int
		if err := tx.GetContext(ctx, &left, `select count(*) from staff_recovery_codes where company_id = $1 and staff_id = $2`, p.CompanyID, p.StaffID); err != nil {
			return err
		}
		if left == 0 {
			if plain, err = renewRecovery(ctx, tx, p); err != nil {
				return err
			}
		}
		return note(ctx, tx, v, p.CompanyID, p.StaffID, p.Name, "passkey")
	})
	return plain, err
}

// RemovePasskey takes one of the principal's away. Their recovery codes go with their
// last way of a second factor. It is ErrProve or settings.ErrNotFound.
func (g Gate) RemovePasskey(ctx context.Context, p Principal, id string) error {
	if err := p.Proven(); err != nil {
		return err
	}
	if !settings.IsID(id) {
		return settings.ErrNotFound
	}
	return transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		var name string
		err := tx.GetContext(ctx, &name, dropPasskey, p.CompanyID, p.StaffID, id)
		if errors.Is(err, sql.ErrNoRows) {
			return settings.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("passkey of staff %s: %w", p.StaffID, err)
		}
		owes, err := g.owesCode(ctx, tx, p.CompanyID, p.StaffID)
		if err == nil && !owes {
			_, err = tx.ExecContext(ctx, endRecovery, p.CompanyID, p.StaffID)
		}
		if err != nil {
			return fmt.Errorf("passkey of staff %s: %w", p.StaffID, err)
		}
		return settings.NoteOfCompany(ctx, tx, p.CompanyID, p.Who, "passkey", p.StaffID, map[string]any{"name": p.Name, "passkey": name}, nil)
	})
}

// AskPasskey begins to look at a passkey, whoever's it is.
func (g Gate) AskPasskey() (options []byte, token string, err error) {
	return g.ceremony(func(w *webauthn.WebAuthn) (any, *webauthn.SessionData, error) {
		return w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	}, "")
}

// SignInByPasskey makes a session of whose passkey it is: their device has recognized
// them, so that nothing else is asked. Its error is ErrPasskey.
func (g Gate) SignInByPasskey(ctx context.Context, v Visit, token string, shown []byte) (Principal, string, error) {
	m, err := g.owner(ctx, token, shown)
	if err == nil && g.Identity.Only {
		if err = g.local(ctx, m); errors.Is(err, ErrWrong) {
			err = ErrPasskey
		}
	}
	if err != nil {
		return Principal{}, "", err
	}
	return g.welcome(ctx, v, m, m.Email)
}

// ProveByPasskey is Prove by one of the principal's passkeys; ErrPasskey.
func (g Gate) ProveByPasskey(ctx context.Context, p Principal, token string, shown []byte) (Principal, error) {
	m, err := g.owner(ctx, token, shown)
	if err == nil && (m.ID != p.StaffID || m.CompanyID != p.CompanyID) {
		err = ErrPasskey
	}
	if err != nil {
		return p, err
	}
	return g.proven(ctx, p)
}
