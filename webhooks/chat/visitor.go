package chat

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"ringback/settings"
)

// visitor is who writes, known by a token in their browser.
type visitor struct {
	ID     string `db:"id"`
	Blocks bool   `db:"blocked"`
	User   string `db:"user_id"` // who they are to the site; empty: it has not said
	// Contact is who they are to the company; empty: they never wrote.
	Contact string `db:"contact_id"`
	Stale   bool   `db:"stale"` // their token goes on for longer when it is used, which is noted once a day
}

// A browser that does not come back is known for 90 days, as the columns' defaults say.
const addVisitor = `insert into visitors (company_id, id, sender_id, token_hash) values ($1, $2, $3, $4)`

// createVisitor lets somebody in and gives them their token: somebody new, or whom the
// site has signed in.
func (d *doors) createVisitor(v *visit) error {
	var asked struct {
		Identity json.RawMessage `json:"identity"`
	}
	if err := v.body(&asked); err != nil {
		return err
	}
	if err := d.allow("enter/"+v.address(), entering); err != nil {
		return err
	}
	if len(asked.Identity) > 0 && string(asked.Identity) != "null" {
		var signed string
		if json.Unmarshal(asked.Identity, &signed) != nil || signed == "" {
			return wrong("identity", "missing", "must be the token that the site's server signed")
		}
		return v.recognize(signed, token(v.g))
	}
	id, token := "v_"+hex.EncodeToString(random(16)), fresh()
	if _, err := v.DB.ExecContext(v.g.Request.Context(), addVisitor, v.sender.CompanyID, id, v.sender.ID, hashed(token)); err != nil {
		return fmt.Errorf("new visitor: %w", err)
	}
	v.g.JSON(http.StatusCreated, map[string]string{"token": token, "visitor": id})
	return nil
}

// fresh is a new token of a browser.
func fresh() string { return base64.RawURLEncoding.EncodeToString(random(32)) }

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

func hashed(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

const findVisitor = `
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

// goOn lets a token that is used last longer, for a year in all.
const goOn = `
with own as (
	update visitors set ends_at = least(now() + interval '90 days', created_at + interval '1 year') where token_hash = $1 and company_id = $2
)
update visitor_tokens set ends_at = least(now() + interval '90 days', created_at + interval '1 year') where token_hash = $1 and company_id = $2`

var errStranger = refused{status: http.StatusUnauthorized, words: "This browser is not known here any more. Begin anew."}

// known lets in who has a token of this chat.
func (d *doors) known(do func(*visit) error) func(*visit) error {
	return func(v *visit) error {
		var err error
		if v.visitor, err = v.find(v.g.Request.Context(), token(v.g)); err != nil {
			return err
		}
		return do(v)
	}
}

// find returns who has that token, or errStranger.
func (v *visit) find(ctx context.Context, token string) (visitor, error) {
	var found visitor
	if token == "" {
		return found, errStranger
	}
	err := v.DB.GetContext(ctx, &found, findVisitor, hashed(token), v.sender.CompanyID, v.sender.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return found, errStranger
	}
	if err != nil {
		return found, fmt.Errorf("visitor: %w", err)
	}
	if found.Stale {
		if _, err := v.DB.ExecContext(ctx, goOn, hashed(token), v.sender.CompanyID); err != nil {
			return found, fmt.Errorf("visitor: %w", err)
		}
	}
	return found, nil
}

// notFound is settings.ErrNotFound where no row is.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return settings.ErrNotFound
	}
	return err
}
