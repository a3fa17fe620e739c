package staff

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"ringback/settings"
)

// NoteRefused writes into the audit that the principal was refused an operation for lack
// of rights. Any other error is none of its business, and so is an operation that needs
// no scope.
func (g Gate) NoteRefused(ctx context.Context, p Principal, operation string, err error) error {
	var denied Denied
	scope := string(routes[operation].scope)
	if p.Who == "" || scope == "" || !errors.As(err, &denied) {
		return nil
	}
	kind, _, _ := strings.Cut(scope, ":")
	return settings.NoteRefused(ctx, g.DB, p.CompanyID, p.Who, kind, settings.Refused{
		By: cmp.Or(p.StaffID, p.Who), Operation: operation, Scope: scope, Reason: denied.Code,
	})
}
