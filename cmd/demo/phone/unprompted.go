package phone

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"
)

const readUnprompted = `
select to_jsonb(d) as delivery, m.at
from messages m join deliveries d on d.company_id = m.company_id and d.id = m.delivery_id
where m.company_id = $1 and m.team_id = $2 and d.sender_id = $3 and d.to_address = $4 and d.id <> all($5)
order by m.seq desc limit $6`

// unprompted puts what no text of the customer's led to, an advisor's words or
// a question, among the bubbles, in the order in which it came to the phone.
func (p *Phone) unprompted(ctx context.Context, c conversation, texts []*text, bubbles []bubble) ([]bubble, error) {
	sender, theirs := c.line()
	if sender == "" || theirs == "" || c.App.Key == whatsAppKey || c.App.Key == webKey {
		return bubbles, nil // WhatsApp is drawn from what Meta brought, the chat by itself
	}
	there := []string{}
	for _, t := range texts {
		if t.Delivery != nil {
			there = append(there, t.Delivery.ID)
		}
	}
	var all []struct {
		Delivery string    `db:"delivery"`
		At       time.Time `db:"at"`
	}
	if err := p.DB.SelectContext(ctx, &all, readUnprompted, p.Company, c.Sender.TeamID, sender, theirs, pq.Array(there), newest); err != nil {
		return nil, fmt.Errorf("phone: what the team wrote: %w", err)
	}
	came, sent := p.came(c), make([]delivery, len(all))
	var ids []string
	for i, one := range all {
		if err := json.Unmarshal([]byte(one.Delivery), &sent[i]); err != nil {
			return nil, fmt.Errorf("phone: what the team wrote: %w", err)
		}
		ids = append(ids, sent[i].Media...)
	}
	files, err := p.stored(ctx, ids, nil)
	if err != nil {
		return nil, err
	}
	for i, d := range sent {
		d.as(came)
		d.take(p, files)
		bubbles = append(bubbles, d.bubble(all[i].At, c.zone))
	}
	slices.SortStableFunc(bubbles, func(a, b bubble) int { return a.At.Compare(b.At.Time) })
	return bubbles, nil
}
