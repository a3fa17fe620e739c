package contacts

import (
	"context"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/nyaruka/phonenumbers"

	"ringback/channels"
)

// KindsOf are the kinds of addresses from which customers come on a channel.
func KindsOf(channel channels.Kind) pq.StringArray {
	switch channel {
	case channels.WebChat:
		return pq.StringArray{visitor}
	case channels.WhatsAppTwilio, channels.WhatsAppCloud:
		return pq.StringArray{phone, whatsapp}
	}
	return pq.StringArray{phone}
}

const freeNumber = `
select '+' || n from generate_series($2::bigint, $2::bigint + 10000) n
where not exists (select from addresses where company_id = $1 and kind = 'phone' and address = '+' || n) limit 1`

// Unaddressed is an address on that channel that no contact of the company has. A
// number is one of the first of the countries, or of the United States.
func Unaddressed(ctx context.Context, q sqlx.QueryerContext, company string, channel channels.Kind, countries []string) (string, error) {
	if channel == channels.WebChat {
		return uuid.NewString(), nil
	}
	country := "US"
	if len(countries) > 0 {
		country = countries[0]
	}
	example := phonenumbers.GetExampleNumberForType(country, phonenumbers.MOBILE)
	first := int64(12015550123)
	if example != nil {
		if parsed, err := strconv.ParseInt(phonenumbers.Format(example, phonenumbers.E164)[1:], 10, 64); err == nil {
			first = parsed
		}
	}
	var address string
	if err := sqlx.GetContext(ctx, q, &address, freeNumber, company, first); err != nil {
		return "", fmt.Errorf("a number that is nobody's: %w", err)
	}
	return address, nil
}
