package contacts

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

const blocked = `
select exists (select from addresses a join contacts c on c.company_id = a.company_id and c.id = a.contact_id
    where a.company_id = $1 and a.kind = 'phone' and a.address = $2 and c.blocked_at is not null)`

// Blocked reports whether the customer with that number is.
func Blocked(ctx context.Context, q sqlx.QueryerContext, company, number string) (bool, error) {
	var yes bool
	if err := q.QueryRowxContext(ctx, blocked, company, number).Scan(&yes); err != nil {
		return false, fmt.Errorf("contact of %s: %w", mask(number), err)
	}
	return yes, nil
}

const staffs = `select exists (select from staff where company_id = $1 and phone = $2 and active)`

// Staffs reports whether a phone is one of the staff's, who are no customers.
func Staffs(ctx context.Context, q sqlx.QueryerContext, company, number string) (bool, error) {
	var yes bool
	if err := q.QueryRowxContext(ctx, staffs, company, number).Scan(&yes); err != nil {
		return false, fmt.Errorf("staff at %s: %w", mask(number), err)
	}
	return yes, nil
}
