package contacts

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// A STOP that stands beside the block, or stood before it, stays.
const unblocked = `
with lifted as (
    delete from sender_opt_outs o using consents k
    where o.company_id = $1 and o.sender_id = $2 and o.contact_id = $3
      and k.company_id = $1 and k.contact_id = $3 and k.sender_id = $2 and k.opted_out and k.source = 'provider' and k.at = o.at
      and not exists (select from consents s where s.company_id = $1 and s.contact_id = $3 and s.sender_id = $2 and s.opted_out and s.source <> 'provider' and s.at <= o.at
          and not exists (select from consents i where i.company_id = $1 and i.contact_id = $3 and not i.opted_out and i.source not in ('agreed', 'not_meant') and i.at > s.at))
    returning o.contact_id
), evidence as (
    insert into consents (company_id, id, team_id, contact_id, sender_id, opted_out, source, words, event_id, at)
    select $1, $4, $5, contact_id, $2, false, 'unblocked', $6, $7, $8 from lifted limit 1
)
select (select max(at) from sender_opt_outs where company_id = $1 and sender_id in ($2, $1) and contact_id = $3 and not (sender_id = $2 and exists (select from lifted)))`

// Heard is a message of a contact's to a sender of ours.
type Heard struct {
	CompanyID, TeamID, SenderID, EventID string
	Words                                string
	At                                   time.Time
}

// Unblocked ends what a provider said of a contact who had blocked a sender, as they
// write to it now: they see what it answers. An opt-out in their own words stays.
func (c Contact) Unblocked(ctx context.Context, q sqlx.ExtContext, h Heard) (Contact, error) {
	err := sqlx.GetContext(ctx, q, &c.SenderOutAt, unblocked, h.CompanyID, h.SenderID, c.ID, uuid.Must(uuid.NewV7()).String(), h.TeamID, h.Words, h.EventID, h.At)
	if err != nil {
		return c, fmt.Errorf("contact %s: unblocked: %w", c.ID, err)
	}
	return c, nil
}
