package staff

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/channels/mail"
	"ringback/settings"
	"ringback/settings/fault"
)

// Gate lets requests through to the routes.
type Gate struct {
	DB        *sqlx.DB
	Bootstrap string        // a key with all scopes; empty: there is none
	Company   string        // the company that the bootstrap key belongs to
	PublicURL func() string // where browsers reach us; nil: that is not known
	Identity  Identity
	Mail      *mail.Server        // writes to people; nil: nothing does
	Key       *settings.SecretKey // seals what signs people in; nil: there is none
}

// Site is where browsers reach us; empty: that is not known.
func (g Gate) Site() string {
	if g.PublicURL == nil {
		return ""
	}
	return g.PublicURL()
}

// Allowed is nil when the operation is one that the principal may call, and else
// says in words why it is not; ErrEnrol: a second factor is needed first.
func (p Principal) Allowed(operation string) error {
	n, known := routes[operation]
	if !known {
		return Deny("denied_route")
	}
	if err := refusal(n, p); err != nil {
		return err
	}
	if p.owes(operation) {
		return ErrEnrol
	}
	return nil
}

// Denied is why somebody who is known may not do something.
type Denied struct{ fault.Fault }

// Deny makes one: a code, and what its words name.
func Deny(code string, pairs ...any) Denied { return Denied{fault.New("", code, pairs...)} }

// Open reports whether an operation is everybody's, known or not.
func Open(operation string) bool { return routes[operation].open }

// OfKey is whose API key it is; settings.ErrNotFound for one that is not in
// force.
func (g Gate) OfKey(ctx context.Context, key string) (Principal, error) {
	if key == "" {
		return Principal{}, settings.ErrNotFound
	}
	if g.Boots(key) {
		return Principal{CompanyID: g.Company, Scopes: Scopes, Who: "bootstrap key"}, nil
	}
	k, err := find(ctx, g.DB, key)
	if err != nil {
		return Principal{}, err
	}
	if k.Stale {
		if _, err := g.DB.ExecContext(ctx, useKey, k.CompanyID, k.ID); err != nil {
			return Principal{}, fmt.Errorf("key %s: %w", k.ID, err)
		}
	}
	p := Principal{CompanyID: k.CompanyID, Who: "key " + k.ID}
	if k.StaffID != nil {
		p.owner = *k.StaffID
	}
	if k.Name != "" {
		p.Who = "key " + k.Name + " (" + k.ID + ")"
	}
	if k.TeamID != nil {
		p.Teams = []string{*k.TeamID}
	}
	for _, s := range k.Scopes {
		p.Scopes = append(p.Scopes, Scope(s))
	}
	return p, nil
}

// Boots reports whether a key is the bootstrap key.
func (g Gate) Boots(key string) bool { return g.Bootstrap != "" && equal(key, g.Bootstrap) }

// equal compares without telling by its time how much was right.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
