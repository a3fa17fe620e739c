package contacts

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

const agreed = `
insert into consents (company_id, id, team_id, contact_id, opted_out, source, words, at, who, staff_id)
values ($1, $2, $3, $4, false, 'agreed', $5, $6, $7, nullif($8, '')::uuid)`

// NoteAgreement keeps how somebody agreed to be written to, as one of the staff says it.
// It lifts no opt-out: that takes the customer's own word.
func NoteAgreement(ctx context.Context, q sqlx.ExecerContext, by Actor, contact, words string) error {
	if _, err := q.ExecContext(ctx, agreed, by.CompanyID, uuid.Must(uuid.NewV7()).String(), by.TeamID, contact, words, by.At, by.Who, by.StaffID); err != nil {
		return fmt.Errorf("contact %s: agreement: %w", contact, err)
	}
	return nil
}
