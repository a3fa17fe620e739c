package reports

import (
	"context"
	"fmt"
	"math"
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

// Who is asked something answers on a page without writing a message. That, and opting
// out, few do: they are gathered first, and only theirs are looked at one by one.
const countAutomations = `
select d.automation, count(*) as sent,
	count(*) filter (where exists (select from messages m where m.company_id = $1 and m.team_id = $2 and m.contact_id = d.contact_id
			and m.author = 'customer' and m.at > d.at and m.at < d.day)
		or (d.contact_id, d.ticket_id) in (select r.contact_id, r.ticket_id from requests r where r.company_id = $1 and r.team_id = $2
			and r.answered_at > $3 and r.answered_at < $4::timestamptz + interval '24 hours')
		and exists (select from requests r where r.company_id = $1 and r.team_id = $2 and r.contact_id = d.contact_id and r.ticket_id = d.ticket_id
			and r.answered_at > d.at and r.answered_at < d.day
			and d.automation = case r.kind when 'photo_video' then 'request_photo_video' when 'approval' then 'request_approval'
				when 'payment' then 'request_payment' when 'rating' then 'capture_advisor_rating' else 'ask_issue_resolved' end)) as answered,
	count(*) filter (where d.contact_id in (select c.contact_id from consents c where c.company_id = $1 and c.team_id = $2
			and c.opted_out and c.at > $3 and c.at < $4::timestamptz + interval '24 hours')
		and exists (select from consents c where c.company_id = $1 and c.contact_id = d.contact_id and c.team_id = $2
			and c.opted_out and c.at > d.at and c.at < d.day)) as opted_out,
	coalesce(sum((select o.segments from deliveries o where o.company_id = $1 and o.id = d.delivery_id)), 0) as segments
from (select automation, contact_id, ticket_id, delivery_id, at, at + interval '24 hours' as day from decisions
	where company_id = $1 and team_id = $2 and outcome = 'sent' and automation is not null and at >= $3 and at < $4 offset 0) d
group by d.automation`

// ofAutomations returns what the automations came to from one moment until before
// another, in no order and without those that did nothing.
func ofAutomations(ctx context.Context, db *sqlx.DB, company, team string, from, until time.Time) ([]OfAutomation, error) {
	var found []OfAutomation
	if err := db.SelectContext(ctx, &found, countAutomations, company, team, from, until); err != nil {
		return nil, fmt.Errorf("automations of team %s: %w", team, err)
	}
	return found, nil
}

// allAutomations is what each of the fourteen came to, in their usual order, a segment
// at that price; 0: costs are not said.
func allAutomations(found []OfAutomation, price float64) []OfAutomation {
	counted := make(map[string]OfAutomation, len(automations.All))
	for _, one := range found {
		sum := counted[one.Key]
		counted[one.Key] = OfAutomation{Sent: sum.Sent + one.Sent, Answered: sum.Answered + one.Answered, OptedOut: sum.OptedOut + one.OptedOut, Segments: sum.Segments + one.Segments}
	}
	all := make([]OfAutomation, 0, len(automations.All))
	for _, definition := range automations.All {
		one := counted[definition.Key]
		one.Key = definition.Key
		if price > 0 {
			cost := math.Round(float64(one.Segments)*price*10000) / 10000
			one.Cost = &cost
		}
		all = append(all, one)
	}
	return all
}
