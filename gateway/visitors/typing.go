package visitors

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

const markTyping = `update visitors set typing_at = $3 where company_id = $1 and id = $2`

// MarkTyping notes that the visitor is writing.
func MarkTyping(ctx context.Context, db sqlx.ExecerContext, chat settings.Sender, visitor string, at time.Time) error {
	if _, err := db.ExecContext(ctx, markTyping, chat.CompanyID, visitor, at); err != nil {
		return fmt.Errorf("visitor %s: typing: %w", visitor, err)
	}
	return nil
}

const answering = `select advisor_at > $3 from visitors where company_id = $1 and id = $2`

// Answering reports whether an advisor has been writing to the visitor since then.
func Answering(ctx context.Context, q sqlx.QueryerContext, chat settings.Sender, visitor string, since time.Time) (bool, error) {
	var yes sql.NullBool
	if err := sqlx.GetContext(ctx, q, &yes, answering, chat.CompanyID, visitor, since); err != nil {
		return false, fmt.Errorf("visitor %s: answering: %w", visitor, err)
	}
	return yes.Bool, nil
}
