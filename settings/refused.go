package settings

import (
	"context"
	"encoding/json"

	"github.com/jmoiron/sqlx"
)

// Refused is what somebody asked for and may not do. It names the operation alone, and
// nobody whom it would have been about.
type Refused struct {
	By        string `json:"by"` // whose id it is, or the key's name
	Operation string `json:"operation"`
	Scope     string `json:"scope"`
	Reason    string `json:"reason"` // the code of what is missing
}

// The index history_refused_once keeps one a minute for each person or key and kind.
const noteRefused = `
insert into history (company_id, id, who, what, subject, after, from_address, at, staff_id)
values ($1, $2, $3, 'refused', $4, $5::jsonb, $6, coalesce($7::timestamptz, now()), nullif($8, '')::uuid)
on conflict do nothing`

// NoteRefused writes into the company's audit that somebody was refused something of a
// kind, such as settings: once a minute, however often they ask.
func NoteRefused(ctx context.Context, db sqlx.ExecerContext, companyID, who, kind string, r Refused) error {
	after, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, noteRefused, companyID, newID(), who, kind, string(after), origin(ctx), Played(ctx), author(ctx))
	return wrap(err, "what was refused")
}
