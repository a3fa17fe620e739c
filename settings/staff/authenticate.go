package staff

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// Gate lets requests through to the routes.
type Gate struct {
	DB        *sqlx.DB
	Bootstrap string // a key with all scopes; empty: there is none
	Company   string // the company that the bootstrap key belongs to
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
// 401 without a key in force, 403 when the key lacks the route's scope, 404
// for a team or an id that is not theirs to know of.
func (g Gate) Authenticate(api huma.API) func(huma.Context, func(huma.Context)) {
	refuse := func(ctx huma.Context, status int, detail string) {
		if status == http.StatusUnauthorized {
			ctx.SetHeader("WWW-Authenticate", `Bearer realm="ringback"`)
		}
		_ = huma.WriteErr(api, ctx, status, detail) // the caller is gone; huma has said so
	}
	return func(ctx huma.Context, next func(huma.Context)) {
		p, err := g.principal(ctx.Context(), ctx.Header("Authorization"))
		if errors.Is(err, settings.ErrNotFound) {
			refuse(ctx, http.StatusUnauthorized, "Send the header Authorization: Bearer with an API key that is in force.")
			return
		}
		if err != nil {
			_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "", err)
			return
		}
		needs, known := routes[ctx.Operation().OperationID]
		switch {
		case !known:
			refuse(ctx, http.StatusForbidden, "This route is in no scope.")
			return
		case !p.May(needs.scope):
			refuse(ctx, http.StatusForbidden, "This API key lacks the scope "+string(needs.scope)+".")
			return
		case needs.company && p.TeamID != "":
			refuse(ctx, http.StatusForbidden, "This API key is bound to one team; this needs a key of the whole company.")
			return
		}
		if err := g.reaches(ctx, p); err != nil {
			_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "", err)
			return
		}
		next(huma.WithValue(ctx, principalKey{}, p))
	}
}

// principal is whose key the header holds, or ErrNotFound.
func (g Gate) principal(ctx context.Context, header string) (Principal, error) {
	scheme, key, _ := strings.Cut(header, " ")
	key = strings.TrimSpace(key)
	if !strings.EqualFold(scheme, "Bearer") || key == "" {
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
		p.TeamID = *k.TeamID
	}
	for _, s := range k.Scopes {
		p.Scopes = append(p.Scopes, Scope(s))
	}
	return p, nil
}

// reaches is ErrNotFound for a path whose ids are no ids, or whose team is
// another company's or not the one that the key is bound to.
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
		if p.TeamID != "" && !strings.EqualFold(p.TeamID, id) {
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

// Principal is who makes a request, for pages that ask by themselves;
// ErrNotFound: nobody that we know.
func (g Gate) Principal(r *http.Request) (Principal, error) {
	return g.principal(r.Context(), r.Header.Get("Authorization"))
}
