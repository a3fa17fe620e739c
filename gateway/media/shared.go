package media

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// shared is for how long a customer can open a file whose link stands in a text of theirs.
const shared = 30 * 24 * time.Hour

const share = `
update media set link_hash = $3, link_until = greatest(link_until, $4)
where company_id = $1 and id = $2 and state = 'stored'`

// Share lets whoever has the token of that hash open a stored file, for a month from then
// on. A file has one token, whoever is sent it.
func Share(ctx context.Context, q sqlx.ExecerContext, company, id string, hash []byte, at time.Time) error {
	if _, err := q.ExecContext(ctx, share, company, id, hash, at.Add(shared)); err != nil {
		return fmt.Errorf("file %s: share: %w", id, err)
	}
	return nil
}

const sharedBy = `select company_id, id, name, content_type, link_until from media where link_hash = $1 and state = 'stored'`

// Shared opens the file that was shared under the hash of a token; settings.ErrNotFound:
// there is none. One whose time is over has nothing to read, and says until when it had.
func (a *Archive) Shared(ctx context.Context, hash []byte) (Linked, error) {
	var row struct {
		CompanyID   string    `db:"company_id"`
		ID          string    `db:"id"`
		Name        string    `db:"name"`
		ContentType string    `db:"content_type"`
		Until       time.Time `db:"link_until"`
	}
	err := sqlx.GetContext(ctx, a.DB, &row, sharedBy, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return Linked{}, settings.ErrNotFound
	}
	if err != nil {
		return Linked{}, fmt.Errorf("shared file: %w", err)
	}
	l := Linked{ContentType: row.ContentType, Name: row.Name, Until: row.Until}
	if l.Name == "" {
		l.Name = "file" + extension(l.ContentType)
	}
	if !a.Clock.Now().Before(row.Until) {
		return l, nil
	}
	var content io.ReadSeekCloser
	content, err = a.Open(ctx, row.CompanyID, Media{ID: row.ID, State: Stored}, false)
	l.ReadSeekCloser = content
	return l, err
}
