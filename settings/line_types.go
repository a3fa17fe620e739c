package settings

import (
	"context"

	"github.com/jmoiron/sqlx"
)

const wantsLineTypes = `select exists (select from senders where id = $1 and settings @> '{"line_types": true}')`

// WantsLineTypes reports whether it is found out of those who call that sender, or
// whom it texts first, what line their numbers are.
func WantsLineTypes(ctx context.Context, q sqlx.QueryerContext, sender string) (bool, error) {
	var yes bool
	err := get(ctx, q, &yes, wantsLineTypes, sender)
	return yes, wrap(err, "sender "+sender)
}
