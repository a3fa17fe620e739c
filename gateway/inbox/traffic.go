package inbox

import (
	"cmp"
	"context"
	"time"

	"ringback/gateway/traffic"
	"ringback/settings/staff"
)

// Traffic is what went through the company's gateway in the last hour, day or week.
func (d Desk) Traffic(ctx context.Context, who staff.Principal, last string) (traffic.Traffic, error) {
	return traffic.Of(ctx, d.DB, who.CompanyID, last, d.Clock, d.counting())
}

// counting is how long a look at the traffic may take.
func (d Desk) counting() time.Duration { return cmp.Or(d.Counting, traffic.Patience) }
