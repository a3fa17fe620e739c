package media

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings/transaction"
)

// A customer who began to send a file has two days to come back to it. Then
// its parts are deleted, and so are files that came whole and that nobody put
// into an answer. What one sweep does not get to, the next one does.
const (
	abandoned = `
select company_id, id, parts from uploads
where created_at < coalesce($1::timestamptz, now()) - interval '2 days'
order by created_at limit 50
for update skip locked`
	dropUpload = `delete from uploads where company_id = $1 and id = $2`

	loose = `
select company_id, id from media
where created_at < coalesce($1::timestamptz, now()) - interval '2 days' and message_id is null and origin is null and who = ''
order by created_at limit 50
for update skip locked`
	dropMedia = `delete from media where company_id = $1 and id = $2`
)

// row names what is to go.
type row struct {
	CompanyID string `db:"company_id"`
	ID        string `db:"id"`
	Parts     int    `db:"parts"`
}

// Sweep deletes files that customers began to send and left. The content goes
// before its row does: whoever is cut off in between does it again.
func (a *Archive) Sweep(ctx context.Context) error {
	err := a.sweep(ctx, abandoned, dropUpload, func(r row) (names []string) {
		for n := range r.Parts + 1 { // one more may lie there that was never counted
			names = append(names, Part(r.CompanyID, r.ID, n))
		}
		return names
	})
	if err != nil {
		return err
	}
	return a.sweep(ctx, loose, dropMedia, func(r row) []string {
		name := file(r.CompanyID, r.ID)
		return []string{name, thumbnail(name)}
	})
}

func (a *Archive) sweep(ctx context.Context, find, drop string, names func(row) []string) error {
	return transaction.Run(ctx, a.DB, func(tx *sqlx.Tx) error {
		var rows []row
		if err := sqlx.SelectContext(ctx, tx, &rows, find, a.Clock.Queue()); err != nil {
			return fmt.Errorf("sweep files: %w", err)
		}
		for _, r := range rows {
			for _, name := range names(r) {
				if err := a.Blobs.Delete(ctx, name); err != nil {
					return fmt.Errorf("sweep %s: %w", name, err)
				}
			}
			if _, err := tx.ExecContext(ctx, drop, r.CompanyID, r.ID); err != nil {
				return fmt.Errorf("sweep %s: %w", r.ID, err)
			}
		}
		return nil
	})
}

const dropLoose = `
delete from media where company_id = $1 and id = any($2::uuid[]) and message_id is null and origin is null and who = '' returning id`

// Drop deletes files that somebody sent and that were not taken.
func (a *Archive) Drop(ctx context.Context, company string, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	var gone []string
	if err := sqlx.SelectContext(ctx, a.DB, &gone, dropLoose, company, pq.StringArray(ids)); err != nil {
		return fmt.Errorf("drop files: %w", err)
	}
	for _, id := range gone {
		for _, name := range []string{file(company, id), thumbnail(file(company, id))} {
			if err := a.Blobs.Delete(ctx, name); err != nil {
				return fmt.Errorf("drop %s: %w", name, err)
			}
		}
	}
	return nil
}

// Part is the name under which a part of an upload lies in the store.
func Part(company, upload string, n int) string {
	return fmt.Sprintf("uploads/%s/%s/%d", company, upload, n)
}
