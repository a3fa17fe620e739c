package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway"
)

// typingLasts is how long somebody who wrote a letter is taken to be writing.
const typingLasts = 6 * time.Second

const isTyping = `
select exists (select from addresses a join visitors v on v.company_id = a.company_id and v.id = a.address
	where a.company_id = $1 and a.contact_id = $2 and a.kind = 'visitor' and v.typing_at >= $3)`

// typing reports whether the contact is writing in a web chat right now. What
// they wrote before they last said something is that.
func (r routes) typing(ctx context.Context, company, contact string, said time.Time) (bool, error) {
	var yes bool
	since := r.Clock.Now().Add(-typingLasts)
	if said.After(since) {
		since = said
	}
	err := sqlx.GetContext(ctx, r.DB, &yes, isTyping, company, contact, since)
	if err != nil {
		return false, fmt.Errorf("contact %s: typing: %w", contact, err)
	}
	return yes, nil
}

// lastSaid is when the customer last said something; zero: never.
func lastSaid(timeline []entry) time.Time {
	for _, one := range slices.Backward(timeline) {
		if one.Type == "message" && one.Author == "customer" {
			return one.At
		}
	}
	return time.Time{}
}

const showTyping = `
update visitors v set advisor_at = $3 from addresses a
where a.company_id = $1 and a.contact_id = $2 and a.kind = 'visitor' and v.company_id = $1 and v.id = a.address
returning v.id`

// typeMessage lets the customer's browser show that an advisor is writing. On other
// channels than the web chat nobody is told.
func (r routes) typeMessage(ctx context.Context, in *TicketPath) (*Nothing, error) {
	p := caller(ctx)
	t, err := findTicketRow(ctx, r.DB, p.CompanyID, *in)
	if err != nil {
		return nil, err
	}
	var visitors []string
	if err := sqlx.SelectContext(ctx, r.DB, &visitors, showTyping, p.CompanyID, t.Contact, r.Clock.Now()); err != nil {
		return nil, fmt.Errorf("ticket %s: typing: %w", in.ID, err)
	}
	for _, id := range visitors {
		r.Changed(gateway.Change{Kind: gateway.Chatted, CompanyID: p.CompanyID, TeamID: in.Team, ID: id})
	}
	return nil, nil
}
