package requests

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/rules"
	"ringback/settings"
)

// cool is how long an advisor waits before asking for the same again while
// there is no answer: pressing twice is no second text, and asking once more
// the next day is. An approval or a payment that is open is not asked for
// again at all: two links would be two payments.
var cool = map[string]time.Duration{
	rules.AskPhotoVideo: time.Minute, rules.AskRating: time.Hour, rules.AskResolved: time.Hour,
}

const open = `
select ` + columns + ` from requests
where company_id = $1 and ticket_id = $2 and kind = $3 and (state in ('open', 'seen') and expires_at > $4 or processing_since is not null)
order by asked_at desc`

// MayAsk is a *settings.Conflict with the time left when the same thing was
// asked for already and is still open, and one without while its money is on
// its way.
func (r Request) MayAsk(ctx context.Context, q sqlx.QueryerContext) error {
	var before []Request
	if err := sqlx.SelectContext(ctx, q, &before, open, r.CompanyID, r.TicketID, r.Kind, r.AskedAt); err != nil {
		return fmt.Errorf("requests of ticket %s: %w", r.TicketID, err)
	}
	for _, b := range before {
		if b.Processing != nil && r.same(b) {
			return settings.NewConflict("kind", "payment_processing")
		}
		until := b.ExpiresAt
		if wait, ok := cool[r.Kind]; ok {
			until = b.AskedAt.Add(wait)
		} else if !r.same(b) {
			continue
		}
		if left := until.Sub(r.AskedAt); left > 0 {
			return settings.NewConflict("kind", "already_open", "Left", Left(left), "Until", until.UTC().Format(time.RFC3339))
		}
	}
	return nil
}

// same reports whether two requests are for the same thing: the same money for
// the same purpose, or the same words to approve.
func (r Request) same(b Request) bool {
	if r.Kind == rules.AskPayment {
		return r.Amount != nil && b.Amount != nil && *r.Amount == *b.Amount && r.Currency == b.Currency && r.Description == b.Description
	}
	return r.Message == b.Message && r.Description == b.Description && slices.Equal(r.Files(), b.Files())
}

// Left is a span as one says it, rounded up: "6 d 23 h", "59 min".
func Left(span time.Duration) string {
	minutes := int((span + time.Minute - 1) / time.Minute)
	days, hours, minutes := minutes/(24*60), minutes/60%24, minutes%60
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	}
	return fmt.Sprintf("%d min", minutes)
}
