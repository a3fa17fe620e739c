package settings

import (
	"context"

	"github.com/jmoiron/sqlx"
)

const findChat = `
select s.company_id, s.team_id, s.id, t.version
from senders s join teams t on t.company_id = s.company_id and t.id = s.team_id
where s.kind = 'webchat' and s.address = $1`

// FindChat returns the chat that has this site key, and what its team has chosen; ErrNotFound:
// there is none.
func FindChat(ctx context.Context, db *sqlx.DB, cache *Cache, key string) (Sender, *Snapshot, error) {
	var at struct {
		CompanyID string `db:"company_id"`
		TeamID    string `db:"team_id"`
		ID        string `db:"id"`
		Version   int64  `db:"version"`
	}
	if err := get(ctx, db, &at, findChat, key); err != nil {
		return Sender{}, nil, wrap(err, "chat")
	}
	team, err := cache.Get(ctx, db, at.CompanyID, at.TeamID, at.Version)
	if err != nil {
		return Sender{}, nil, err
	}
	chat, _ := team.Sender(at.ID)
	return chat, team, nil
}
