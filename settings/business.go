package settings

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Of one business more than these would be no business's.
const businessNumbers = `
select settings ->> 'business_account_id' as business, account from senders s
where settings ->> 'business_account_id' = any($1) and settings ->> 'business_account_id' <> '' and kind = 'whatsapp_cloud' and account <> '' and not ` + Disowned + `
order by 1, 2 limit 1000`

// BusinessNumbers are the phone number ids of the senders in WhatsApp business
// accounts, by business. One of which Meta has said that it is none of the business's
// is not among them.
func BusinessNumbers(ctx context.Context, q sqlx.QueryerContext, businesses []string) (map[string][]string, error) {
	var rows []struct{ Business, Account string }
	if err := sqlx.SelectContext(ctx, q, &rows, businessNumbers, pq.Array(businesses)); err != nil {
		return nil, fmt.Errorf("the numbers of business accounts: %w", err)
	}
	found := map[string][]string{}
	for _, row := range rows {
		found[row.Business] = append(found[row.Business], row.Account)
	}
	return found, nil
}
