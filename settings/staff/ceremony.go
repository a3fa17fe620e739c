package staff

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"ringback/settings"
)

// PasskeyFor is how long a browser has to answer.
const PasskeyFor = 5 * time.Minute

// MayPasskeys reports whether there can be passkeys here: browsers keep them for a
// name, by an encrypted address or on this machine, and what they answer to is
// sealed for the time between.
func (g Gate) MayPasskeys() bool {
	_, err := g.relyingParty()
	return err == nil
}

func (g Gate) relyingParty() (*webauthn.WebAuthn, error) {
	u, err := url.Parse(g.Site())
	switch {
	case g.Key == nil:
		return nil, settings.Refuse("passkey", "no_secret_key")
	case err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil || u.Scheme != "https" && u.Hostname() != "localhost":
		return nil, settings.Refuse("passkey", "no_passkeys")
	}
	return webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: "Ringback", RPOrigins: []string{u.Scheme + "://" + u.Host}})
}

// begun is what a browser carries, sealed, between what it is asked and its answer.
type begun struct {
	Session webauthn.SessionData `json:"session"`
	Staff   string               `json:"staff"` // whose passkey is made; empty: one is looked at
	Until   time.Time            `json:"until"`
}

const aboutPasskey = "passkey"

func (g Gate) ceremony(begin func(*webauthn.WebAuthn) (any, *webauthn.SessionData, error), staff string) (options []byte, token string, err error) {
	w, err := g.relyingParty()
	if err != nil {
		return nil, "", err
	}
	asked, session, err := begin(w)
	if err != nil {
		return nil, "", fmt.Errorf("passkey: %w", err)
	}
	if options, err = json.Marshal(asked); err != nil {
		return nil, "", fmt.Errorf("passkey: %w", err)
	}
	kept, err := json.Marshal(begun{*session, staff, time.Now().Add(PasskeyFor)})
	if err != nil {
		return nil, "", fmt.Errorf("passkey: %w", err)
	}
	return options, base64.RawURLEncoding.EncodeToString(g.Key.Seal(kept, aboutPasskey)), nil
}

const (
	sweepAnswers = `delete from passkey_answers where hash in (select hash from passkey_answers where expires_at < now() limit 100)`
	takeAnswer   = `insert into passkey_answers (hash, expires_at) select $1, $2 where $2 > now() on conflict do nothing`
)

// answer has the answer to a ceremony looked at, which is taken once and in time.
// What is wrong with it is ErrPasskey.
func (g Gate) answer(ctx context.Context, token, staff string, look func(*webauthn.WebAuthn, webauthn.SessionData) error) error {
	w, err := g.relyingParty()
	if err != nil {
		return err
	}
	var b begun
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		var kept []byte
		if kept, err = g.Key.Open(sealed, aboutPasskey); err == nil {
			err = json.Unmarshal(kept, &b)
		}
	}
	if err != nil || b.Staff != staff {
		return ErrPasskey
	}
	if err := look(w, b.Session); err != nil {
		var wrong *protocol.Error
		if errors.As(err, &wrong) {
			return ErrPasskey
		}
		return err
	}
	if _, err := g.DB.ExecContext(ctx, sweepAnswers); err != nil {
		return fmt.Errorf("passkey: %w", err)
	}
	done, err := g.DB.ExecContext(ctx, takeAnswer, hash("passkey "+b.Session.Challenge), b.Until)
	if err != nil {
		return fmt.Errorf("passkey: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrPasskey)
	}
	return nil
}

// holder is somebody with their passkeys, as the library sees them.
type holder struct {
	member

	ids  []string // of the keys
	keys []webauthn.Credential
}

// WebAuthnID is by whom a passkey is found: company and person.
func (h holder) WebAuthnID() []byte {
	company, staff := uuid.MustParse(h.CompanyID), uuid.MustParse(h.ID)
	return append(company[:], staff[:]...)
}

// WebAuthnName is what a device shows.
func (h holder) WebAuthnName() string { return h.Email }

// WebAuthnDisplayName is what a device shows as well.
func (h holder) WebAuthnDisplayName() string { return h.Name }

// WebAuthnCredentials are the keys.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

const (
	findHolder = `select ` + memberColumns + ` from staff m where m.company_id = $1 and m.id = $2 and m.active`
	keysOf     = `select id, record from staff_passkeys where company_id = $1 and staff_id = $2 order by created_at, id`
)

// holder is ErrPasskey for who is not there, or not active.
func (g Gate) holder(ctx context.Context, company, staff string) (holder, error) {
	var h holder
	err := g.DB.GetContext(ctx, &h.member, findHolder, company, staff)
	if errors.Is(err, sql.ErrNoRows) {
		return h, ErrPasskey
	}
	var rows []struct {
		ID     string `db:"id"`
		Record []byte `db:"record"`
	}
	if err == nil {
		err = g.DB.SelectContext(ctx, &rows, keysOf, company, staff)
	}
	if err != nil {
		return h, fmt.Errorf("passkeys of staff %s: %w", staff, err)
	}
	for _, row := range rows {
		var key webauthn.Credential
		if err := json.Unmarshal(row.Record, &key); err != nil {
			return h, fmt.Errorf("passkey %s: %w", row.ID, err)
		}
		h.ids, h.keys = append(h.ids, row.ID), append(h.keys, key)
	}
	return h, nil
}

// owner is whose passkey was shown. One whose counter has gone back was copied, and
// is not taken; nor is one of who has no password, whom it would let in unasked.
func (g Gate) owner(ctx context.Context, token string, shown []byte) (member, error) {
	var h holder
	var key *webauthn.Credential
	err := g.answer(ctx, token, "", func(w *webauthn.WebAuthn, session webauthn.SessionData) error {
		said, err := protocol.ParseCredentialRequestResponseBytes(shown)
		if err != nil {
			return err
		}
		var trouble error // of ours, which the library would hide
		_, key, err = w.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
			if len(handle) != 32 {
				return nil, ErrPasskey
			}
			company, staff := uuid.UUID(handle[:16]), uuid.UUID(handle[16:])
			var err error
			if h, err = g.holder(ctx, company.String(), staff.String()); err != nil && !errors.Is(err, ErrPasskey) {
				trouble = err
			}
			return h, err
		}, session, said)
		switch {
		case trouble != nil:
			return trouble
		case err != nil || key.Authenticator.CloneWarning || h.Password == "":
			return ErrPasskey
		}
		return nil
	})
	if err != nil {
		return member{}, err
	}
	for n, one := range h.keys {
		if !bytes.Equal(one.ID, key.ID) {
			continue
		}
		record, err := json.Marshal(key)
		if err == nil {
			_, err = g.DB.ExecContext(ctx, usePasskey, h.CompanyID, h.ids[n], string(record))
		}
		if err != nil {
			return member{}, fmt.Errorf("passkey %s: %w", h.ids[n], err)
		}
	}
	return h.member, nil
}
