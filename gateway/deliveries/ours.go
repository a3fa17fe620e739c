package deliveries

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// What is under way has no id of the provider's yet: its words tell.
const ours = `
select exists (select from deliveries where company_id = $1 and sender_id = $2 and provider_id = $3)
    or exists (select from deliveries where company_id = $1 and sender_id = $2 and to_address = any($4)
        and due_at is not null and tried_at is not null and provider_id is null and text = $5)`

// Ours reports whether a message that a provider tells of is one that went out from
// here, or that is going out at this moment, from that sender to one of those
// addresses.
func Ours(ctx context.Context, q sqlx.QueryerContext, company, sender, providerID, text string, to ...string) (bool, error) {
	var yes bool
	if err := sqlx.GetContext(ctx, q, &yes, ours, company, sender, providerID, pq.Array(to), text); err != nil {
		return false, fmt.Errorf("message %s: whether it is ours: %w", providerID, err)
	}
	return yes, nil
}
