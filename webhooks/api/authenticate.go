package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"ringback/settings"
	"ringback/settings/staff"
	"ringback/webhooks/web/limit"
	"ringback/webhooks/web/session"
)

type principalKey struct{}

type refusedKey struct{}

// noteRefused has the audit tell that whoever asks lacked the right, if that is what is
// wrong.
func noteRefused(ctx context.Context, err error) {
	if note, ok := ctx.Value(refusedKey{}).(func(error)); ok {
		note(err)
	}
}

// caller returns who makes the request. It may be called behind authenticate alone.
func caller(ctx context.Context) staff.Principal {
	p, ok := ctx.Value(principalKey{}).(staff.Principal)
	if !ok {
		panic("api: the route stands before the check of who asks")
	}
	return p
}

// authenticate returns the check that stands before every route of the API:
// 401 without a key or a session in force, 403 when it lacks the route's scope
// or another site's page has sent it, 404 for a team or an id that is not
// theirs to know of; 429 for a network that asks too often for what is everybody's.
func (r routes) authenticate(api huma.API) func(huma.Context, func(huma.Context)) {
	refuse := func(ctx huma.Context, status int, detail string) {
		if status == http.StatusUnauthorized {
			ctx.SetHeader("WWW-Authenticate", `Bearer realm="ringback"`)
		}
		_ = huma.WriteErr(api, ctx, status, detail) // the caller is gone; huma has said so
	}
	return func(ctx huma.Context, next func(huma.Context)) {
		request, operation := humagin.Unwrap(ctx).Request, ctx.Operation().OperationID
		ctx = huma.WithContext(ctx, settings.WithClock(settings.WithOrigin(ctx.Context(), session.Address(request)), r.Clock.Queue()))
		ctx.SetHeader("Cache-Control", "no-store") // people's data; files say more exactly what may be kept
		if !session.ByKey(request) && r.gate.CrossOrigin(request) != nil {
			refuse(ctx, http.StatusForbidden, "Another site's page sent this: only our own pages may use a session.")
			return
		}
		if staff.Open(operation) {
			if wait := session.Wait(r.Asked, request); wait > 0 {
				ctx.SetHeader("Retry-After", limit.Seconds(wait))
				refuse(ctx, http.StatusTooManyRequests, "Too many requests from your network at once.")
				return
			}
			next(ctx)
			return
		}
		p, err := r.gate.Principal(request)
		if errors.Is(err, settings.ErrNotFound) {
			refuse(ctx, http.StatusUnauthorized, "Send the header Authorization: Bearer with an API key that is in force, or sign in.")
			return
		}
		if err != nil {
			_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "", err)
			return
		}
		ctx = huma.WithContext(ctx, settings.WithAuthor(ctx.Context(), p.StaffID))
		ctx = huma.WithValue(huma.WithValue(ctx, principalKey{}, p), refusedKey{}, func(err error) {
			if err := r.gate.NoteRefused(ctx.Context(), p, operation, err); err != nil {
				slog.ErrorContext(ctx.Context(), "what was refused is not in the audit", "operation", operation, "error", err)
			}
		})
		if err := p.Allowed(operation); errors.Is(err, staff.ErrEnrol) {
			_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "", err)
			return
		} else if err != nil {
			noteRefused(ctx.Context(), err)
			refuse(ctx, http.StatusForbidden, err.Error())
			return
		}
		if err := r.reaches(ctx, p); err != nil {
			_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "", err)
			return
		}
		next(ctx)
	}
}

// reaches is ErrNotFound for a path whose ids are no ids, or whose team is
// another company's or not one of those within the principal's reach.
func (r routes) reaches(ctx huma.Context, p staff.Principal) error {
	for _, name := range []string{"id", "team"} {
		if !strings.Contains(ctx.Operation().Path, "{"+name+"}") {
			continue
		}
		id := ctx.Param(name)
		if !settings.IsID(id) {
			return settings.ErrNotFound
		}
		if name != "team" {
			continue
		}
		if !p.Reaches(id) {
			return settings.ErrNotFound
		}
		if _, err := settings.FindTeam(ctx.Context(), r.DB, p.CompanyID, id); err != nil {
			return err
		}
	}
	return nil
}
