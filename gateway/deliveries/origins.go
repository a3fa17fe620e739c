package deliveries

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

const origins = `
select d.id, c.provider_id from deliveries d join decisions c on c.company_id = d.company_id and c.id = d.decision_id
where d.company_id = $1 and d.id = any($2::uuid[])`

// Origins are the provider's ids of the events that deliveries follow from, by the
// deliveries' ids; of what the staff write there is none.
func Origins(ctx context.Context, q sqlx.QueryerContext, companyID string, ids ...string) (map[string]string, error) {
	var found []struct {
		ID     string `db:"id"`
		Origin string `db:"provider_id"`
	}
	if err := sqlx.SelectContext(ctx, q, &found, origins, companyID, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("origins of %d deliveries: %w", len(ids), err)
	}
	all := make(map[string]string, len(found))
	for _, f := range found {
		all[f.ID] = f.Origin
	}
	return all, nil
}
