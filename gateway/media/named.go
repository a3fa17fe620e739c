package media

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
)

const namesOf = `select id, content_type, name from media where company_id = $1 and id = any($2::uuid[])`

// Named is what the company's files are, and how their owners named them, by
// their ids; those that are gone are not there.
func Named(ctx context.Context, q sqlx.QueryerContext, company string, ids []string) (map[string]channels.Attachment, error) {
	var rows []struct {
		ID          string `db:"id"`
		ContentType string `db:"content_type"`
		Name        string `db:"name"`
	}
	if err := sqlx.SelectContext(ctx, q, &rows, namesOf, company, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("what %d files are: %w", len(ids), err)
	}
	found := map[string]channels.Attachment{}
	for _, r := range rows {
		found[r.ID] = channels.Attachment{ContentType: r.ContentType, Name: r.Name}
	}
	return found, nil
}
