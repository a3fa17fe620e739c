package reports

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings/automations"
)

// OfAutomation is what one of the fourteen messages came to.
type OfAutomation struct {
	Key      string   `db:"automation" json:"automation"`
	Sent     int      `db:"sent" json:"sent" doc:"Texts that went out or are on their way; also what an advisor asked for"`
	Answered int      `db:"answered" json:"answered" doc:"Of those, the ones after which the customer wrote, or answered the question on its page, within a day"`
	OptedOut int      `db:"opted_out" json:"opted_out" doc:"Of those, the ones after which the customer opted out within a day"`
	Segments int      `db:"segments" json:"segments" doc:"SMS segments that the provider counted"`
	Cost     *float64 `db:"-" json:"cost,omitempty" doc:"Segments times the company's price; left out: it has none"`
}

// Who is asked something answers on a page without writing a message.
const countAutomations = `
select d.automation, count(*) as sent,
	count(*) filter (where exists (select from messages m where m.company_id = $1 and m.team_id = $2 and m.contact_id = d.contact_id
			and m.author = 'customer' and m.at > d.at and m.at < d.at + interval '1 day')
		or exists (select from requests r where r.company_id = $1 and r.team_id = $2 and r.contact_id = d.contact_id and r.ticket_id = d.ticket_id
			and r.answered_at > d.at and r.answered_at < d.at + interval '1 day'
			and d.automation = case r.kind when 'photo_video' then 'request_photo_video' when 'approval' then 'request_approval'
				when 'payment' then 'request_payment' when 'rating' then 'capture_advisor_rating' else 'ask_issue_resolved' end)) as answered,
	count(*) filter (where exists (select from consents c where c.company_id = $1 and c.contact_id = d.contact_id and c.team_id = $2
			and c.opted_out and c.at > d.at and c.at < d.at + interval '1 day')) as opted_out,
	coalesce(sum((select o.segments from deliveries o where o.company_id = $1 and o.id = d.delivery_id)), 0) as segments
from decisions d
where d.company_id = $1 and d.team_id = $2 and d.outcome = 'sent' and d.automation is not null and d.at >= $3 and d.at < $4
group by d.automation`

// ofAutomations returns what each of the fourteen came to from one moment until
// before another, in their usual order.
func ofAutomations(ctx context.Context, q sqlx.QueryerContext, company, team string, from, until time.Time) ([]OfAutomation, error) {
	var found []OfAutomation
	if err := sqlx.SelectContext(ctx, q, &found, countAutomations, company, team, from, until); err != nil {
		return nil, fmt.Errorf("automations of team %s: %w", team, err)
	}
	counted := make(map[string]OfAutomation, len(found))
	for _, one := range found {
		counted[one.Key] = one
	}
	all := make([]OfAutomation, 0, len(automations.All))
	for _, definition := range automations.All {
		one := counted[definition.Key]
		one.Key = definition.Key
		all = append(all, one)
	}
	return all, nil
}
