package reports

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Counts are those of one period, or of the whole report.
type Counts struct {
	Number     *int `db:"period" json:"-"` // from 1 on; nil: the whole
	Calls      int  `db:"calls" json:"calls"`
	Missed     int  `db:"missed" json:"missed" doc:"Calls that nobody answered and that left no voicemail"`
	Voicemails int  `db:"voicemails" json:"voicemails"`
	Texted     int  `db:"texted" json:"texted" doc:"Missed calls that got a text"`
	Replied    int  `db:"replied" json:"replied" doc:"Missed calls whose caller wrote within a day"`
	Recovered  int  `db:"recovered" json:"recovered" doc:"Missed calls whose caller wrote, or was written to or spoken with by an advisor, within a day"`
	AfterHours int  `db:"after_hours" json:"texts_after_hours" doc:"Messages that customers wrote while the team was closed"`
	Tickets    int  `db:"tickets" json:"tickets" doc:"Opened, other than by a call that was answered"`
	Answered   int  `db:"answered" json:"tickets_answered" doc:"Of those, the ones that an advisor has answered since"`

	Answer  *float64 `db:"answer" json:"first_answer_seconds" doc:"Half of those were answered sooner: from opening to an advisor's first message or call; null: none was"`
	Ratings int      `db:"ratings" json:"ratings"`
	Rating  *float64 `db:"rating" json:"rating" doc:"Their average, 1 to 5; null: none"`
}

// $3 are the midnights between which the periods lie, $4 the first and $5 the
// last of them. A null period is the whole. The text of a call is looked up by
// the call's own index, by a limit of one: an "exists" the planner may turn into
// a reading of all decisions. Who writes while an advisor is on the phone with them
// was answered at once, not before.
const count = `
with called as (
	select width_bucket(c.started_at, $3::timestamptz[]) as period, c.outcome, gone.*,
		gone.missed and coalesce((select true from decisions d where d.company_id = $1 and d.team_id = $2 and d.provider_id = c.sid
			and d.event_kind = 'call' and d.outcome = 'sent' limit 1), false) as texted,
		gone.missed and exists (select from messages m where m.company_id = $1 and m.team_id = $2 and m.contact_id = c.contact_id
			and m.author = 'customer' and m.at > c.ended_at and m.at < c.ended_at + interval '1 day') as replied,
		gone.missed and (exists (select from messages m where m.company_id = $1 and m.team_id = $2 and m.contact_id = c.contact_id
				and m.author = 'advisor' and m.at > c.ended_at and m.at < c.ended_at + interval '1 day')
			or exists (select from calls a where a.company_id = $1 and a.team_id = $2 and a.contact_id = c.contact_id
				and a.outcome = 'answered' and a.started_at > c.started_at and a.started_at < c.started_at + interval '1 day')) as reached
	from calls c cross join lateral (select c.outcome in ('missed', 'hung_up') as missed) gone
	where c.company_id = $1 and c.team_id = $2 and c.started_at >= $4 and c.started_at < $5 and c.settled_at is not null and not c.outgoing
), by_call as (
	select period, count(*) as calls, count(*) filter (where missed) as missed, count(*) filter (where outcome = 'voicemail') as voicemails,
		count(*) filter (where texted) as texted, count(*) filter (where replied) as replied, count(*) filter (where replied or reached) as recovered
	from called group by grouping sets ((period), ())
), by_text as (
	select period, count(*) as after_hours from (
		select width_bucket(at, $3::timestamptz[]) as period from decisions
		where company_id = $1 and team_id = $2 and event_kind = 'message' and facts ->> 'open' = 'false' and at >= $4 and at < $5) d
	group by grouping sets ((period), ())
), opened as (
	select width_bucket(t.opened_at, $3::timestamptz[]) as period, least(
		(select min(m.at) from messages m where m.company_id = $1 and m.ticket_id = t.id and m.author = 'advisor'),
		(select min(a.started_at) from calls a where a.company_id = $1 and a.ticket_id = t.id and a.outcome = 'answered')) - t.opened_at as answer
	from tickets t
	where t.company_id = $1 and t.team_id = $2 and t.kind <> 'call' and t.opened_at >= $4 and t.opened_at < $5
), by_ticket as (
	select period, count(*) as tickets, count(answer) as answered,
		round(extract(epoch from percentile_cont(0.5) within group (order by case when answer < interval '0' then interval '0' else answer end))) as answer
	from opened group by grouping sets ((period), ())
), by_rating as (
	select period, count(*) as ratings, round(avg(score), 2) as rating from (
		select width_bucket(answered_at, $3::timestamptz[]) as period, (answer ->> 'score')::numeric as score from requests
		where company_id = $1 and team_id = $2 and kind = 'rating' and state = 'answered' and answered_at >= $4 and answered_at < $5) r
	group by grouping sets ((period), ())
)
select n as period, coalesce(calls, 0) as calls, coalesce(missed, 0) as missed, coalesce(voicemails, 0) as voicemails,
	coalesce(texted, 0) as texted, coalesce(replied, 0) as replied, coalesce(recovered, 0) as recovered,
	coalesce(after_hours, 0) as after_hours, coalesce(tickets, 0) as tickets, coalesce(answered, 0) as answered, answer,
	coalesce(ratings, 0) as ratings, rating
from (select generate_series(1, cardinality($3::timestamptz[]) - 1) as n union all select null) periods
left join by_call c on c.period is not distinct from n
left join by_text x on x.period is not distinct from n
left join by_ticket t on t.period is not distinct from n
left join by_rating g on g.period is not distinct from n
order by n nulls last`

// countPeriods returns the counts of the periods between those midnights, and
// at the end those of the whole.
func countPeriods(ctx context.Context, q sqlx.QueryerContext, company, team string, midnights []time.Time) ([]Counts, error) {
	var found []Counts
	if err := sqlx.SelectContext(ctx, q, &found, count, company, team, pq.Array(stamps(midnights)), midnights[0], midnights[len(midnights)-1]); err != nil {
		return nil, fmt.Errorf("counts of team %s: %w", team, err)
	}
	return found, nil
}

// stamps are moments as Postgres reads them in an array.
func stamps(moments []time.Time) []string {
	written := make([]string, len(moments))
	for n, at := range moments {
		written[n] = at.Format(time.RFC3339)
	}
	return written
}
