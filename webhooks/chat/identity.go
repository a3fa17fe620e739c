package chat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
)

// identity is whom the company's own site says a visitor is, in a JSON Web
// Token (RFC 7519) that it signs with a key of the chat (HS256). A token lets
// somebody in once and for a short time, so that a copy of the page is no key.
type identity struct {
	jwt.RegisteredClaims        // sub: who it is to the site; exp; jti: the token's own name
	Name                 string `json:"name"`
	Phone                string `json:"phone"`
}

// What a token may say at the most.
const (
	tokenLimit   = 4 << 10        // bytes
	subjectLimit = 200            // characters
	lifeLimit    = 24 * time.Hour // until exp
	clockLeeway  = 30 * time.Second
)

// forged is what a token is told that does not hold. It is refused: letting its
// bearer in as a stranger would let them believe that they are known.
func forged(words string) error {
	return refused{status: http.StatusForbidden, field: "identity", code: "not_verified", words: "You could not be recognized: " + words + " Reload the page, or ask the site's owner."}
}

// verify says who the token's bearer is.
func (v *visit) verify(ctx context.Context, token string) (identity, error) {
	var who identity
	if len(token) > tokenLimit {
		return who, wrong("identity", "too_long", "must be a token of at most 4 KiB")
	}
	secrets, err := v.Secrets(ctx, v.sender.CompanyID, v.sender.ID)
	if err != nil {
		return who, err
	}
	if len(secrets) == 0 {
		return who, forged("this chat has no key to check the token with.")
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithLeeway(clockLeeway), jwt.WithTimeFunc(v.Clock.Now))
	for _, secret := range secrets {
		who = identity{}
		if _, err = parser.ParseWithClaims(token, &who, func(*jwt.Token) (any, error) { return secret, nil }); !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
			break
		}
	}
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return who, forged("the token has expired.")
	case err != nil:
		return who, forged("the token does not hold.")
	}
	return who, who.check(v.Clock.Now())
}

// check holds the claims to what can be kept.
func (who *identity) check(now time.Time) error {
	who.Name = strings.TrimSpace(who.Name)
	switch {
	case who.Subject == "" || utf8.RuneCountInString(who.Subject) > subjectLimit || strings.ContainsRune(who.Subject, 0):
		return forged("sub has to say who it is, in at most 200 characters.")
	case len(who.ID) < 8 || len(who.ID) > subjectLimit:
		return forged("jti has to be 8 to 200 characters, new in each token.")
	case who.ExpiresAt.After(now.Add(lifeLimit)):
		return forged("exp is more than a day away.")
	case utf8.RuneCountInString(who.Name) > 200 || strings.ContainsFunc(who.Name, func(r rune) bool { return r < ' ' }):
		return forged("name has to be one line of at most 200 characters.")
	case who.Phone != "" && settings.PhoneFault(who.Phone) != "":
		return forged("phone has to be a number such as +15005550006.")
	}
	return nil
}

const (
	useToken = `
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

// recognize lets somebody in whom the site vouches for. They are one visitor on
// all their devices and one contact with their number; what their browser said
// before it was known whose it is, before, becomes theirs.
func (v *visit) recognize(token, before string) error {
	ctx := v.g.Request.Context()
	who, err := v.verify(ctx, token)
	if err != nil {
		return err
	}
	id, given := v.visitorOf(who.Subject), fresh()
	also, err := v.vouched(ctx, who, before)
	if err != nil {
		return err
	}
	tx, err := v.DB.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	nonce := sha256.Sum256([]byte(who.ID))
	used, err := tx.ExecContext(ctx, useToken, v.sender.CompanyID, v.sender.ID, nonce[:], who.ExpiresAt.Time)
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	if n, err := used.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, forged("the token was used before."))
	}
	if _, err := tx.ExecContext(ctx, signIn, v.sender.CompanyID, id, v.sender.ID, random(32), who.Subject, hashed(given)); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	if err := v.meet(ctx, tx, who, id, also); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	v.g.JSON(http.StatusCreated, map[string]string{"token": given, "visitor": id})
	return nil
}

// meet makes one contact of the visitor and what is theirs.
func (v *visit) meet(ctx context.Context, tx *sqlx.Tx, who identity, id string, also []string) error {
	by := contacts.Actor{CompanyID: v.sender.CompanyID, TeamID: v.sender.TeamID, Who: string(channels.WebChat), At: v.Clock.Now()}
	if err := contacts.LinkAddresses(ctx, tx, by, channels.WebChat, id, who.Name, also); err != nil {
		return err
	}
	if _, err := contacts.FindOrCreate(ctx, tx, v.sender.CompanyID, v.sender.TeamID, v.sender.ID, channels.WebChat, id, who.Name); err != nil {
		return err
	}
	if who.Name == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, nameThem, v.sender.CompanyID, contacts.AddressKind(channels.WebChat, id), id, who.Name)
	return err
}

// vouched are the other addresses of somebody who is recognized: the number
// that the site vouches for, and the stranger that their browser was, if it
// wrote something.
func (v *visit) vouched(ctx context.Context, who identity, before string) ([]string, error) {
	var also []string
	if who.Phone != "" {
		also = append(also, who.Phone)
	}
	if before == "" {
		return also, nil
	}
	stranger, err := v.find(ctx, before)
	switch {
	case errors.Is(err, errStranger) || err == nil && (stranger.User != "" || stranger.Contact == ""):
		return also, nil
	case err != nil:
		return nil, err
	}
	return append(also, stranger.ID), nil
}

// visitorOf is the address of somebody whom the site knows, the same each time
// and nobody else's.
func (v *visit) visitorOf(subject string) string {
	sum := sha256.Sum256([]byte(v.sender.CompanyID + "/" + v.sender.ID + "/" + subject))
	return "v_" + hex.EncodeToString(sum[:16])
}
