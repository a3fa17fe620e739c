package visitors

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

const readUpTo = `select read_seq from visitors where company_id = $1 and id = $2`

// ReadUpTo is the place up to which the visitor has read; 0: nothing.
func ReadUpTo(ctx context.Context, q sqlx.QueryerContext, chat settings.Sender, visitor string) (seq int64, err error) {
	if err := sqlx.GetContext(ctx, q, &seq, readUpTo, chat.CompanyID, visitor); err != nil {
		return 0, fmt.Errorf("visitor %s: read: %w", visitor, err)
	}
	return seq, nil
}

const markRead = `update visitors set read_seq = $3 where company_id = $1 and id = $2 and read_seq < $3`

// MarkRead notes that the visitor has read up to a place. It never goes back.
func MarkRead(ctx context.Context, db sqlx.ExecerContext, chat settings.Sender, visitor string, seq int64) error {
	if _, err := db.ExecContext(ctx, markRead, chat.CompanyID, visitor, seq); err != nil {
		return fmt.Errorf("visitor %s: read: %w", visitor, err)
	}
	return nil
}
