package reports

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Counts are those of one period, or of the whole report.
type Counts struct {
	Calls      int `db:"calls" json:"calls"`
	Missed     int `db:"missed" json:"missed" doc:"Calls that nobody answered and that left no voicemail"`
	Voicemails int `db:"voicemails" json:"voicemails"`
	Texted     int `db:"texted" json:"texted" doc:"Missed calls that got a text"`
	Replied    int `db:"replied" json:"replied" doc:"Missed calls whose caller wrote within a day"`
	Recovered  int `db:"recovered" json:"recovered" doc:"Missed calls whose caller wrote, or was written to or spoken with by an advisor, within a day"`
	AfterHours int `db:"after_hours" json:"texts_after_hours" doc:"Messages that customers wrote while the team was closed"`
	Tickets    int `db:"tickets" json:"tickets" doc:"Opened, other than by a call that was answered"`
	Answered   int `db:"answered" json:"tickets_answered" doc:"Of those, the ones that an advisor has answered since"`

	Answer  *float64 `db:"answer" json:"first_answer_seconds" doc:"Half of those were answered sooner: from opening to an advisor's first message or call; null: none was"`
	Ratings int      `db:"ratings" json:"ratings"`
	Rating  *float64 `db:"rating" json:"rating" doc:"Their average, 1 to 5; null: none"`
}

// $3 are the midnights between which the periods lie, $4 the first and $5 the
// last of them. The text of a call is looked up by the call's own index, by a limit
// of one: an "exists" the planner may turn into a reading of all decisions. Who
// writes while an advisor is on the phone with them was answered at once, not before.
//
// What there is much of is read from indexes alone: all that is asked of a call, a
// ticket, a message or a decision stands in the one it is found by.
const count = `
with called as materialized (
	select width_bucket(c.started_at, $3::timestamptz[]) as period, c.outcome, gone.missed,
		gone.missed and coalesce((select true from decisions d where d.company_id = $1 and d.team_id = $2 and d.provider_id = c.sid
			and d.event_kind = 'call' and d.outcome = 'sent' limit 1), false) as texted,
		gone.missed and exists (select from messages m where m.company_id = $1 and m.team_id = $2 and m.contact_id = c.contact_id
			and m.author = 'customer' and m.at > c.ended_at and m.at < gone.day) as replied,
		gone.missed and (exists (select from messages m where m.company_id = $1 and m.team_id = $2 and m.contact_id = c.contact_id
				and m.author = 'advisor' and m.at > c.ended_at and m.at < gone.day)
			or exists (select from calls a where a.company_id = $1 and a.team_id = $2 and a.contact_id = c.contact_id
				and a.outcome = 'answered' and a.started_at > c.started_at and a.started_at < c.started_at + interval '24 hours')) as reached
	from calls c cross join lateral (select c.outcome in ('missed', 'hung_up') as missed, c.ended_at + interval '24 hours' as day) gone
	where c.company_id = $1 and c.team_id = $2 and c.started_at >= $4 and c.started_at < $5 and c.settled_at is not null and not c.outgoing
), by_call as (
	select period, count(*) as calls, count(*) filter (where missed) as missed, count(*) filter (where outcome = 'voicemail') as voicemails,
		count(*) filter (where texted) as texted, count(*) filter (where replied) as replied, count(*) filter (where replied or reached) as recovered
	from called group by period
), by_text as (
	select width_bucket(at, $3::timestamptz[]) as period, count(*) as after_hours from decisions
	where company_id = $1 and team_id = $2 and event_kind = 'message' and facts ->> 'open' = 'false' and at >= $4 and at < $5
	group by period
), opened as materialized (
	select width_bucket(t.opened_at, $3::timestamptz[]) as period, date_part('epoch', least(
		(select min(m.at) from messages m where m.company_id = $1 and m.ticket_id = t.id and m.author = 'advisor'),
		(select min(a.started_at) from calls a where a.company_id = $1 and a.ticket_id = t.id and a.outcome = 'answered')) - t.opened_at) as answer
	from tickets t
	where t.company_id = $1 and t.team_id = $2 and t.kind <> 'call' and t.opened_at >= $4 and t.opened_at < $5
), by_ticket as (
	select period, count(*) as tickets, count(answer) as answered, array_agg(greatest(answer, 0)) filter (where answer is not null) as waits
	from opened group by period
), by_rating as (
	select width_bucket(answered_at, $3::timestamptz[]) as period, count(*) as ratings, sum(score) as scores from requests
	where company_id = $1 and team_id = $2 and kind = 'rating' and state = 'answered' and answered_at >= $4 and answered_at < $5
	group by period
)
select coalesce(calls, 0) as calls, coalesce(missed, 0) as missed, coalesce(voicemails, 0) as voicemails,
	coalesce(texted, 0) as texted, coalesce(replied, 0) as replied, coalesce(recovered, 0) as recovered,
	coalesce(after_hours, 0) as after_hours, coalesce(tickets, 0) as tickets, coalesce(answered, 0) as answered, waits,
	coalesce(ratings, 0) as ratings, coalesce(scores, 0) as scores
from generate_series(1, cardinality($3::timestamptz[]) - 1) as n
left join by_call c on c.period = n left join by_text x on x.period = n left join by_ticket t on t.period = n left join by_rating g on g.period = n
order by n`

// counted is what a period comes to, with what a longer time is reckoned by.
type counted struct {
	Counts
	Waits  pq.Float64Array `db:"waits"`  // seconds of each ticket that was answered
	Scores int             `db:"scores"` // of the ratings, added up
}

// countPeriods returns what the periods between those midnights come to.
func countPeriods(ctx context.Context, db *sqlx.DB, company, team string, midnights []time.Time) ([]counted, error) {
	var found []counted
	if err := db.SelectContext(ctx, &found, count, company, team, pq.Array(stamps(midnights)), midnights[0], midnights[len(midnights)-1]); err != nil {
		return nil, fmt.Errorf("counts of team %s: %w", team, err)
	}
	for n := range found {
		found[n].conclude()
	}
	return found, nil
}

// whole is what periods come to together.
func whole(periods []counted) Counts {
	var all counted
	for _, p := range periods {
		all.Calls, all.Missed, all.Voicemails = all.Calls+p.Calls, all.Missed+p.Missed, all.Voicemails+p.Voicemails
		all.Texted, all.Replied, all.Recovered = all.Texted+p.Texted, all.Replied+p.Replied, all.Recovered+p.Recovered
		all.AfterHours, all.Tickets, all.Answered = all.AfterHours+p.AfterHours, all.Tickets+p.Tickets, all.Answered+p.Answered
		all.Ratings, all.Scores, all.Waits = all.Ratings+p.Ratings, all.Scores+p.Scores, append(all.Waits, p.Waits...)
	}
	all.conclude()
	return all.Counts
}

// conclude sets what is no sum.
func (c *counted) conclude() {
	if most := len(c.Waits) - 1; most >= 0 {
		slices.Sort(c.Waits)
		median := math.Round((c.Waits[most/2] + c.Waits[(most+1)/2]) / 2)
		c.Answer = &median
	}
	if c.Ratings > 0 {
		mean := math.Round(100*float64(c.Scores)/float64(c.Ratings)) / 100
		c.Rating = &mean
	}
}

// stamps are moments as Postgres reads them in an array.
func stamps(moments []time.Time) []string {
	written := make([]string, len(moments))
	for n, at := range moments {
		written[n] = at.Format(time.RFC3339)
	}
	return written
}
