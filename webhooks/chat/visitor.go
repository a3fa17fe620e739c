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
	// Contact is who they are to the company; empty: they never wrote.
	Contact string `db:"contact_id"`
}

const addVisitor = `insert into visitors (company_id, id, sender_id, token_hash) values ($1, $2, $3, $4)`

// enter lets somebody new in and gives them their token.
func (d *doors) enter(v *visit) error {
	var asked struct {
		Identity json.RawMessage `json:"identity"`
	}
	if err := v.body(&asked); err != nil {
		return err
	}
	if len(asked.Identity) > 0 && string(asked.Identity) != "null" { // refused, not let in as somebody else
		return wrong("identity", "This chat takes no signed-in visitors: leave identity out.")
	}
	if err := d.allow("enter/"+v.address(), entering); err != nil {
		return err
	}
	id, token := "v_"+hex.EncodeToString(random(16)), base64.RawURLEncoding.EncodeToString(random(32))
	if _, err := v.DB.ExecContext(v.g.Request.Context(), addVisitor, v.sender.CompanyID, id, v.sender.ID, hashed(token)); err != nil {
		return fmt.Errorf("new visitor: %w", err)
	}
	v.g.JSON(http.StatusCreated, map[string]string{"token": token, "visitor": id})
	return nil
}

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
select v.id, coalesce(a.contact_id::text, '') as contact_id, c.blocked_at is not null as blocked
from visitors v
left join addresses a on a.company_id = v.company_id and a.kind = 'visitor' and a.address = v.id
left join contacts c on c.company_id = v.company_id and c.id = a.contact_id
where v.token_hash = $1 and v.company_id = $2 and v.sender_id = $3`

var errStranger = refused{status: http.StatusUnauthorized, words: "This browser is not known here any more. Begin anew."}

// known lets in who has a token of this chat.
func (d *doors) known(do func(*visit) error) func(*visit) error {
	return func(v *visit) error {
		given := token(v.g)
		if given == "" {
			return errStranger
		}
		err := v.DB.GetContext(v.g.Request.Context(), &v.visitor, findVisitor, hashed(given), v.sender.CompanyID, v.sender.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return errStranger
		}
		if err != nil {
			return fmt.Errorf("visitor: %w", err)
		}
		return do(v)
	}
}

// contact is who the visitor is, looked up anew; empty: they never wrote.
func (v *visit) contact(ctx context.Context) (string, error) {
	if v.visitor.Contact != "" {
		return v.visitor.Contact, nil
	}
	err := v.DB.GetContext(ctx, &v.visitor.Contact, `select contact_id from addresses where company_id = $1 and kind = 'visitor' and address = $2`,
		v.sender.CompanyID, v.visitor.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v.visitor.Contact, err
}

// notFound is settings.ErrNotFound where no row is.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return settings.ErrNotFound
	}
	return err
}
