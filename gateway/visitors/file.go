package visitors

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/settings"
)

const sent = `
select id, content_type, name from media
where company_id = $1 and team_id = $2 and kind = 'webchat' and account = $3 and id = any($4::uuid[]) order by created_at, id`

// Files are those of the files that the visitor has sent, the oldest first: one that is
// somebody else's or that there is not is left out.
func Files(ctx context.Context, q sqlx.QueryerContext, chat settings.Sender, visitor string, ids []string) ([]channels.Media, error) {
	var rows []struct {
		ID   string `db:"id"`
		Type string `db:"content_type"`
		Name string `db:"name"`
	}
	if err := sqlx.SelectContext(ctx, q, &rows, sent, chat.CompanyID, chat.TeamID, visitor, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("files of a visitor: %w", err)
	}
	found := make([]channels.Media, len(rows))
	for n, row := range rows {
		found[n] = channels.Media{ID: row.ID, ContentType: row.Type, Name: row.Name}
	}
	return found, nil
}
