package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway"
	"ringback/gateway/readreceipts"
	"ringback/settings/staff"
)

// typingLasts is how long somebody who wrote a letter is taken to be writing.
const typingLasts = 6 * time.Second

const isTyping = `
select exists (select from addresses a join visitors v on v.company_id = a.company_id and v.id = a.address
	where a.company_id = $1 and a.contact_id = $2 and a.kind = 'visitor' and v.typing_at >= $3)`

// typing reports whether the contact is writing in a web chat right now. What
// they wrote before they last said something is that.
func (d Desk) typing(ctx context.Context, company, contact string, said time.Time) (bool, error) {
	var yes bool
	since := d.Clock.Now().Add(-typingLasts)
	if said.After(since) {
		since = said
	}
	err := sqlx.GetContext(ctx, d.DB, &yes, isTyping, company, contact, since)
	if err != nil {
		return false, fmt.Errorf("contact %s: typing: %w", contact, err)
	}
	return yes, nil
}

const showTyping = `
update visitors v set advisor_at = $3 from addresses a
where a.company_id = $1 and a.contact_id = $2 and a.kind = 'visitor' and v.company_id = $1 and v.id = a.address
returning v.id`

// Type lets the customer's browser show that an advisor is writing on the
// ticket. On other channels than the web chat nobody is told.
func (d Desk) Type(ctx context.Context, who staff.Principal, team, ticket string) error {
	t, err := FindTicket(ctx, d.DB, who.CompanyID, team, ticket)
	if err != nil {
		return err
	}
	var visitors []string
	if err := sqlx.SelectContext(ctx, d.DB, &visitors, showTyping, who.CompanyID, t.Contact, d.Clock.Now()); err != nil {
		return fmt.Errorf("ticket %s: typing: %w", ticket, err)
	}
	for _, id := range visitors {
		d.changed(gateway.Change{Kind: gateway.Chatted, CompanyID: who.CompanyID, TeamID: team, ID: id})
	}
	return nil
}

// Read lets the customer see that somebody has read what they wrote on the ticket,
// which is not unread any more for whoever asks.
func (d Desk) Read(ctx context.Context, who staff.Principal, team, ticket string) error {
	if _, err := FindTicket(ctx, d.DB, who.CompanyID, team, ticket); err != nil {
		return err
	}
	if err := d.Seen(ctx, who, team, ticket); err != nil {
		return err
	}
	return readreceipts.Mark(ctx, d.DB, who.CompanyID, ticket, d.Clock.Now(), d.Clock.Queue())
}
