// Package visitors is who writes in a chat on a company's website: their tokens, what they
// read there, and what they leave.
//
// The hard decision: a visitor is nobody until they write. The row of somebody who opened
// a chat knows their browser and nothing else, and a contact is made of them by their first
// message, as of whoever texts.
package visitors

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// Visitor is who writes in a chat, known by a token in their browser.
type Visitor struct {
	ID      string `db:"id"` // their address in the chat: v_ and 32 hexadecimal digits
	Blocked bool   `db:"blocked"`
	User    string `db:"user_id"`    // who they are to the site; empty: it has not said
	Contact string `db:"contact_id"` // who they are to the company; empty: they never wrote
	Stale   bool   `db:"stale"`      // their token goes on for longer when it is used, which is noted once a day
}

// A browser that does not come back is known for 90 days, as the columns' defaults say.
const insert = `insert into visitors (company_id, id, sender_id, token_hash) values ($1, $2, $3, $4)`

// Create lets somebody new into the chat, and returns their id and the token of their
// browser, which is kept nowhere else.
func Create(ctx context.Context, db sqlx.ExecerContext, chat settings.Sender) (id, token string, err error) {
	id, token = "v_"+hex.EncodeToString(random(16)), newToken()
	if _, err := db.ExecContext(ctx, insert, chat.CompanyID, id, chat.ID, hash(token)); err != nil {
		return "", "", fmt.Errorf("new visitor: %w", err)
	}
	return id, token, nil
}

const find = `
with known as (
	select id, ends_at, created_at from visitors where token_hash = $1 and company_id = $2
	union all
	select visitor_id, ends_at, created_at from visitor_tokens where token_hash = $1 and company_id = $2
)
select v.id, v.user_id, known.ends_at < least(now() + interval '89 days', known.created_at + interval '1 year') as stale, coalesce(a.contact_id::text, '') as contact_id, c.blocked_at is not null as blocked
from known join visitors v on v.company_id = $2 and v.id = known.id
left join addresses a on a.company_id = v.company_id and a.kind = 'visitor' and a.address = v.id
left join contacts c on c.company_id = v.company_id and c.id = a.contact_id
where v.sender_id = $3 and known.ends_at > now()`

// A token that is used lasts longer, for a year in all.
const extend = `
with own as (
	update visitors set ends_at = least(now() + interval '90 days', created_at + interval '1 year') where token_hash = $1 and company_id = $2
)
update visitor_tokens set ends_at = least(now() + interval '90 days', created_at + interval '1 year') where token_hash = $1 and company_id = $2`

// Find returns who has that token of the chat; settings.ErrNotFound: nobody, or not any more.
func Find(ctx context.Context, db sqlx.ExtContext, chat settings.Sender, token string) (Visitor, error) {
	var found Visitor
	if token == "" {
		return found, settings.ErrNotFound
	}
	err := sqlx.GetContext(ctx, db, &found, find, hash(token), chat.CompanyID, chat.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return found, settings.ErrNotFound
	}
	if err == nil && found.Stale {
		_, err = db.ExecContext(ctx, extend, hash(token), chat.CompanyID)
	}
	if err != nil {
		return found, fmt.Errorf("visitor: %w", err)
	}
	return found, nil
}

func newToken() string { return base64.RawURLEncoding.EncodeToString(random(32)) }

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return b
}

func hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
