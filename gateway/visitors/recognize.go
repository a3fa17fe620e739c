package visitors

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
	"ringback/settings/transaction"
)

// Identity is whom a company's own site says that a visitor is. The site has signed it:
// who calls has verified that.
type Identity struct {
	Subject string    // who they are to the site
	Name    string    // empty: it does not say
	Phone   string    // in E.164 form; empty: it does not say
	Nonce   string    // by which it is known when it is used again
	Ends    time.Time // until when the site's word holds
}

// ErrUsed is an identity by which somebody was let in before.
var ErrUsed = errors.New("this identity was used before")

const (
	use = `
with old as (delete from identity_tokens where (company_id, sender_id, nonce) in (
	select company_id, sender_id, nonce from identity_tokens where expires_at < now() - interval '1 day' order by expires_at limit 20 for update skip locked))
insert into identity_tokens (company_id, sender_id, nonce, expires_at) values ($1, $2, $3, $4) on conflict do nothing`

	signIn = `
with visitor as (
	insert into visitors (company_id, id, sender_id, token_hash, user_id) values ($1, $2, $3, $4, $5) on conflict (company_id, id) do nothing
), old as (delete from visitor_tokens where token_hash in (
	select token_hash from visitor_tokens where company_id = $1 and visitor_id = $2 order by created_at desc offset 19))
insert into visitor_tokens (company_id, visitor_id, token_hash) values ($1, $2, $6)`

	nameThem = `
update contacts c set name = $4, updated_at = now() from addresses a
where a.company_id = $1 and a.kind = $2 and a.address = $3 and c.company_id = $1 and c.id = a.contact_id and c.name = ''`
)

// Recognize lets somebody in whom the site vouches for, once, and returns their id and
// the token of their browser. They are one visitor on all their devices and one contact with
// their number; what their browser said before it was known whose it is, under the token
// before, becomes theirs.
func Recognize(ctx context.Context, db *sqlx.DB, chat settings.Sender, who Identity, before string, at time.Time) (id, token string, err error) {
	also, err := who.vouched(ctx, db, chat, before)
	if err != nil {
		return "", "", err
	}
	id, token = who.visitor(chat), newToken()
	return id, token, transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		nonce := sha256.Sum256([]byte(who.Nonce))
		used, err := tx.ExecContext(ctx, use, chat.CompanyID, chat.ID, nonce[:], who.Ends)
		if err != nil {
			return fmt.Errorf("identity: %w", err)
		}
		if n, err := used.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrUsed)
		}
		if _, err := tx.ExecContext(ctx, signIn, chat.CompanyID, id, chat.ID, random(32), who.Subject, hash(token)); err != nil {
			return fmt.Errorf("identity: %w", err)
		}
		return who.link(ctx, tx, chat, id, also, at)
	})
}

// link makes one contact of the visitor and what is theirs.
func (who Identity) link(ctx context.Context, tx *sqlx.Tx, chat settings.Sender, id string, also []string, at time.Time) error {
	by := contacts.Actor{CompanyID: chat.CompanyID, TeamID: chat.TeamID, Who: string(channels.WebChat), At: at}
	if err := contacts.LinkAddresses(ctx, tx, by, channels.WebChat, id, who.Name, also); err != nil {
		return err
	}
	if _, err := contacts.FindOrCreate(ctx, tx, chat.CompanyID, chat.TeamID, chat.ID, channels.WebChat, id, who.Name); err != nil {
		return err
	}
	if who.Name == "" {
		return nil
	}
	if _, err := tx.ExecContext(ctx, nameThem, chat.CompanyID, contacts.AddressKind(channels.WebChat, id), id, who.Name); err != nil {
		return fmt.Errorf("name of visitor %s: %w", id, err)
	}
	return nil
}

// vouched are the other addresses of somebody who is recognized: the number that the site
// vouches for, and the stranger that their browser was, if it wrote something.
func (who Identity) vouched(ctx context.Context, db sqlx.ExtContext, chat settings.Sender, before string) ([]string, error) {
	var also []string
	if who.Phone != "" {
		also = append(also, who.Phone)
	}
	stranger, err := Find(ctx, db, chat, before)
	switch {
	case errors.Is(err, settings.ErrNotFound) || err == nil && (stranger.User != "" || stranger.Contact == ""):
		return also, nil
	case err != nil:
		return nil, err
	}
	return append(also, stranger.ID), nil
}

// visitor is the address of somebody whom the site knows, the same each time and nobody
// else's.
func (who Identity) visitor(chat settings.Sender) string {
	sum := sha256.Sum256([]byte(chat.CompanyID + "/" + chat.ID + "/" + who.Subject))
	return "v_" + hex.EncodeToString(sum[:16])
}
