package audit

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Finding is something that may not be.
type Finding struct{ Property, Detail string }

// rows are those that may not be, whatever has happened so far.
const rows = `
select 'what is acknowledged is kept' as property, name as detail from unnest($2::text[]) as acknowledged (name)
    where not exists (select from events e where e.company_id = $1 and e.provider_id = name)
union all
select 'an event has one decision', e.kind || ' ' || e.provider_id || ' has ' || count(d.id)
    from events e left join decisions d on d.company_id = $1 and d.event_id = e.id
    where e.company_id = $1 and e.handled_at is not null and e.kind in ('message', 'call', 'ticket_done', 'ticket_closed')
    group by e.id, e.kind, e.provider_id having count(d.id) <> 1
union all
select 'a decision is on a handled event', coalesce(e.provider_id, 'nothing') from decisions d
    left join events e on e.company_id = $1 and e.id = d.event_id
    where d.company_id = $1 and e.handled_at is null
union all
select 'a message stands once on the timeline', e.provider_id || ' stands ' || count(m.id) || ' times'
    from events e join decisions d on d.company_id = $1 and d.event_id = e.id and d.reason <> 'internal_error'
    left join messages m on m.company_id = $1 and m.event_id = e.id
    where e.company_id = $1 and e.kind = 'message' and e.handled_at is not null
    group by e.id, e.provider_id having count(m.id) <> 1
union all
select 'a decision is at most one message', d.automation || ' on ' || d.provider_id || ': ' || count(o.id)
    from decisions d left join deliveries o on o.company_id = $1 and o.decision_id = d.id
    where d.company_id = $1
    group by d.id, d.automation, d.provider_id, d.outcome having count(o.id) <> case when d.outcome = 'sent' then 1 else 0 end
union all
select 'a message has its decision', 'delivery ' || o.seq from deliveries o
    where o.company_id = $1 and o.decision_id is not null and not exists (select from decisions d where d.company_id = $1 and d.id = o.decision_id)
union all
select 'a ticket is greeted once', t.number || ' is greeted ' || count(*) || ' times'
    from decisions d join tickets t on t.company_id = $1 and t.id = d.ticket_id
    where d.company_id = $1 and d.outcome = 'sent' and d.automation = 'customer_first_chat'
    group by t.number having count(*) > 1
union all
select 'a ticket has a number of its own, and the next one will', count(*) || ' tickets, ' || count(distinct t.number) || ' numbers up to ' || max(t.number) || ' of ' || c.last_ticket
    from companies c join tickets t on t.company_id = c.id
    where c.id = $1 group by c.id, c.last_ticket
    having count(*) <> count(distinct t.number) or max(t.number) > c.last_ticket or min(t.number) <= 1000
union all
select 'trouble is not an event''s own fault', provider_id || ' has ' || attempts || ' attempts' from events
    where company_id = $1 and attempts > 0`

// Rows finds rows of a company's that may not be, in the middle of whatever happens.
// Acknowledged are the provider's ids of events that have to be there.
func Rows(ctx context.Context, db sqlx.QueryerContext, company string, acknowledged []string) ([]Finding, error) {
	var found []Finding
	if err := sqlx.SelectContext(ctx, db, &found, rows, company, array(acknowledged)); err != nil {
		return nil, fmt.Errorf("the tables: %w", err)
	}
	return found, nil
}

func array(of []string) pq.StringArray { return append(pq.StringArray{}, of...) }
