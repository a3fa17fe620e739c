package inbox

import (
	"cmp"
	"context"
	"time"

	"ringback/gateway/health"
	"ringback/gateway/traffic"
	"ringback/settings/staff"
)

// Traffic is what went through the company's gateway in the last hour, day or week, and
// how the server is.
func (d Desk) Traffic(ctx context.Context, who staff.Principal, last string) (traffic.Traffic, error) {
	t, err := traffic.Of(ctx, d.DB, who.CompanyID, last, d.Clock, d.counting())
	if err != nil {
		return t, err
	}
	var found []health.Finding
	if d.Health != nil {
		found = d.Health(ctx)
	}
	t.Warnings = traffic.Warnings(found)
	return t, nil
}

// counting is how long a look at the traffic may take.
func (d Desk) counting() time.Duration { return cmp.Or(d.Counting, traffic.Patience) }
