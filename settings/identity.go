package settings

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// IdentityKey is a key by which a company's site says who a visitor of its web
// chat is: it signs a JSON Web Token with it.
type IdentityKey struct {
	ID        string    `db:"id" json:"id"`
	SenderID  string    `db:"sender_id" json:"sender_id"`
	CreatedAt time.Time `db:"created_at" json:"created_at"`
}

// identityKeys is how many a chat may have: the one in use, and the one that
// takes its place.
const identityKeys = 2

const listIdentityKeys = `
select id, sender_id, created_at from identity_keys where company_id = $1 and sender_id = $2 order by created_at desc, id`

// ListIdentityKeys returns the keys of a chat, the newest first.
func ListIdentityKeys(ctx context.Context, q sqlx.QueryerContext, companyID, senderID string) ([]IdentityKey, error) {
	keys := []IdentityKey{}
	err := sqlx.SelectContext(ctx, q, &keys, listIdentityKeys, companyID, senderID)
	return keys, wrap(err, "identity keys")
}

const addIdentityKey = `
insert into identity_keys (company_id, sender_id, id, secret) values ($1, $2, $3, $4) returning id, sender_id, created_at`

// AddIdentityKey makes a key of a web chat, and returns its secret, which
// nobody can read again. Both of two keys are believed, so that a site can be
// moved from one to the other.
func (e *Edit) AddIdentityKey(ctx context.Context, v *Vault, senderID string) (IdentityKey, string, error) {
	var k IdentityKey
	s, err := e.Sender(ctx, senderID)
	if err != nil {
		return k, "", err
	}
	if s.Kind != channels.WebChat {
		return k, "", NewConflict("id", "not_webchat")
	}
	if v.Key == nil {
		return k, "", NewConflict("", "no_secret_key")
	}
	before, err := ListIdentityKeys(ctx, e.tx, e.Team.CompanyID, senderID)
	if err != nil {
		return k, "", err
	}
	if len(before) >= identityKeys {
		return k, "", NewConflict("", "keys_full", "Count", identityKeys)
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: it ends the program instead
	secret, id := base64.RawURLEncoding.EncodeToString(raw), newID()
	if err := get(ctx, e.tx, &k, addIdentityKey, e.Team.CompanyID, senderID, id, v.Key.Seal([]byte(secret), aboutIdentity(e.Team.CompanyID, id))); err != nil {
		return k, "", wrap(err, "identity key")
	}
	_, err = e.record(ctx, "identity_key", k.ID, nil, k)
	return k, secret, err
}

func aboutIdentity(companyID, id string) string { return "identity/" + companyID + "/" + id }

const deleteIdentityKey = `
delete from identity_keys where company_id = $1 and sender_id = $2 and id = $3 returning id, sender_id, created_at`

// DeleteIdentityKey ends a key. Visitors whom it has let in stay.
func (e *Edit) DeleteIdentityKey(ctx context.Context, senderID, id string) error {
	if _, err := e.Sender(ctx, senderID); err != nil {
		return err
	}
	if !IsID(id) {
		return Refuse("key", "key_id")
	}
	var k IdentityKey
	if err := get(ctx, e.tx, &k, deleteIdentityKey, e.Team.CompanyID, senderID, id); err != nil {
		return wrap(err, "identity key "+id)
	}
	_, err := e.record(ctx, "identity_key", id, k, nil)
	return err
}

const identitySecrets = `select id, secret from identity_keys where company_id = $1 and sender_id = $2 order by created_at desc`

// IdentitySecrets are the live secrets of a chat; none: nobody can be signed in.
func (v *Vault) IdentitySecrets(ctx context.Context, q sqlx.QueryerContext, companyID, senderID string) ([][]byte, error) {
	var rows []struct {
		ID     string `db:"id"`
		Secret []byte `db:"secret"`
	}
	if err := sqlx.SelectContext(ctx, q, &rows, identitySecrets, companyID, senderID); err != nil {
		return nil, wrap(err, "identity keys")
	}
	var secrets [][]byte
	for _, row := range rows {
		if v.Key == nil {
			return nil, fmt.Errorf("identity key %s: RINGBACK_SECRET_KEY is not set", row.ID)
		}
		secret, err := v.Key.Open(row.Secret, aboutIdentity(companyID, row.ID))
		if err != nil {
			return nil, wrap(err, "identity key "+row.ID)
		}
		secrets = append(secrets, secret)
	}
	return secrets, nil
}
