package contacts

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Number is a phone number as one company knows it.
type Number struct{ Company, Number string }

const blocked = `
select a.company_id, a.address from unnest($1::uuid[], $2::text[]) as asked (company_id, number)
join addresses a on a.company_id = asked.company_id and a.kind = 'phone' and a.address = asked.number
join contacts c on c.company_id = a.company_id and c.id = a.contact_id
where c.blocked_at is not null`

// Blocked are those of the numbers whose customers are blocked.
func Blocked(ctx context.Context, q sqlx.QueryerContext, all []Number) (map[Number]bool, error) {
	companies, numbers := make([]string, len(all)), make([]string, len(all))
	for i, n := range all {
		companies[i], numbers[i] = n.Company, n.Number
	}
	var found []struct {
		Company string `db:"company_id"`
		Number  string `db:"address"`
	}
	if err := sqlx.SelectContext(ctx, q, &found, blocked, pq.Array(companies), pq.Array(numbers)); err != nil {
		return nil, fmt.Errorf("whether callers are blocked: %w", err)
	}
	are := map[Number]bool{}
	for _, f := range found {
		are[Number(f)] = true
	}
	return are, nil
}

const staffs = `select exists (select from staff where company_id = $1 and phone = $2 and active and phone <> '')`

// Staffs reports whether a phone is one of the staff's, who are no customers.
func Staffs(ctx context.Context, q sqlx.QueryerContext, company, number string) (bool, error) {
	var yes bool
	if err := q.QueryRowxContext(ctx, staffs, company, number).Scan(&yes); err != nil {
		return false, fmt.Errorf("staff at %s: %w", mask(number), err)
	}
	return yes, nil
}
