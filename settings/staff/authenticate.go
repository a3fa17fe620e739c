package staff

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// Gate lets requests through to the routes.
type Gate struct {
	DB        *sqlx.DB
	Bootstrap string // a key with all scopes; empty: there is none
	Company   string // the company that the bootstrap key belongs to
	// PublicURL is where browsers reach us, which decides how the cookie is
	// named and guarded; nil: an address that is not https.
	PublicURL func() string
}

type principalKey struct{}

// From returns who makes the request. It may be called behind the gate alone.
func From(ctx context.Context) Principal {
	p, ok := ctx.Value(principalKey{}).(Principal)
	if !ok {
		panic("staff.From: the route stands before the gate")
	}
	return p
}

// Authenticate returns the check that stands before every route of the API:
// 401 without a key or a session in force, 403 when it lacks the route's scope
// or another site's page has sent it, 404 for a team or an id that is not
// theirs to know of.
func (g Gate) Authenticate(api huma.API) func(huma.Context, func(huma.Context)) {
	refuse := func(ctx huma.Context, status int, detail string) {
		if status == http.StatusUnauthorized {
			ctx.SetHeader("WWW-Authenticate", `Bearer realm="ringback"`)
		}
		_ = huma.WriteErr(api, ctx, status, detail) // the caller is gone; huma has said so
	}
	return func(ctx huma.Context, next func(huma.Context)) {
		r := humagin.Unwrap(ctx).Request
		needs, known := routes[ctx.Operation().OperationID]
		if _, byKey := bearer(r); !byKey && g.CrossOrigin(r) != nil {
			refuse(ctx, http.StatusForbidden, "Another site's page sent this: only our own pages may use a session.")
			return
		}
		if needs.open {
			next(ctx)
			return
		}
		p, err := g.Principal(r)
		if errors.Is(err, settings.ErrNotFound) {
			refuse(ctx, http.StatusUnauthorized, "Send the header Authorization: Bearer with an API key that is in force, or sign in.")
			return
		}
		if err != nil {
			_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "", err)
			return
		}
		if !known {
			refuse(ctx, http.StatusForbidden, "This route is in no scope.")
			return
		}
		if why := refusal(needs, p); why != "" {
			refuse(ctx, http.StatusForbidden, why)
			return
		}
		if err := g.reaches(ctx, p); err != nil {
			_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "", err)
			return
		}
		next(huma.WithValue(ctx, principalKey{}, p))
	}
}

// Principal is who makes the request, by its API key or, without one, by its
// session's cookie; settings.ErrNotFound when neither is in force.
func (g Gate) Principal(r *http.Request) (Principal, error) {
	if key, byKey := bearer(r); byKey {
		return g.ofKey(r.Context(), key)
	}
	return g.ofSession(r)
}

// bearer is the API key that the request brings. Other schemes are not meant
// for us: a proxy may ask browsers for a password of its own.
func bearer(r *http.Request) (key string, there bool) {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(key), strings.EqualFold(scheme, "Bearer")
}

// ofKey is whose key it is, or ErrNotFound.
func (g Gate) ofKey(ctx context.Context, key string) (Principal, error) {
	if key == "" {
		return Principal{}, settings.ErrNotFound
	}
	if g.Bootstrap != "" && same(key, g.Bootstrap) {
		return Principal{CompanyID: g.Company, Scopes: Scopes, Who: "bootstrap key"}, nil
	}
	k, err := find(ctx, g.DB, key)
	if err != nil {
		return Principal{}, err
	}
	p := Principal{CompanyID: k.CompanyID, Who: "key " + k.ID}
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

// reaches is ErrNotFound for a path whose ids are no ids, or whose team is
// another company's or not one of those within the principal's reach.
func (g Gate) reaches(ctx huma.Context, p Principal) error {
	for _, name := range []string{"id", "team"} {
		if !strings.Contains(ctx.Operation().Path, "{"+name+"}") {
			continue
		}
		id := ctx.Param(name)
		if parsed, err := uuid.Parse(id); err != nil || parsed.String() != strings.ToLower(id) {
			return settings.ErrNotFound
		}
		if name != "team" {
			continue
		}
		if !p.Reaches(id) {
			return settings.ErrNotFound
		}
		if _, err := settings.FindTeam(ctx.Context(), g.DB, p.CompanyID, id); err != nil {
			return err
		}
	}
	return nil
}

// same compares without telling by its time how much was right.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
