// Package reports is what a team's days come to: calls and what became of
// them, tickets, answers, ratings. Nothing here is kept: each report is read
// from what happened, when somebody asks.
package reports

import (
	"context"
	"fmt"
	"time"

	zones "ringback/settings/zone"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings"
)

// Week is how a team's week went.
type Week struct {
	From     string `json:"from"`
	TimeZone string `json:"time_zone"`
	Days     []Day  `json:"days" nullable:"false"`
	Total    Counts `json:"total"`
}

// Day is one of its days.
type Day struct {
	Date string `json:"date"`
	Counts
}

// Counts are one day's, or the whole week's.
type Counts struct {
	Number     *int `db:"day" json:"-"` // 1 to 7; nil: the week
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

// $3 are the eight midnights around the seven days. A null day is the week. The
// text of a call is looked up by the call's own index, by a limit of one: an
// "exists" the planner may turn into a reading of all decisions.
const weekCounts = `
with called as (
	select width_bucket(c.started_at, $3::timestamptz[]) as day, c.outcome, gone.*,
		gone.missed and coalesce((select true from decisions d where d.company_id = $1 and d.team_id = $2 and d.provider_id = c.sid
			and d.event_kind = 'call' and d.outcome = 'sent' limit 1), false) as texted,
		gone.missed and exists (select from messages m where m.company_id = $1 and m.team_id = $2 and m.contact_id = c.contact_id
			and m.author = 'customer' and m.at > c.ended_at and m.at < c.ended_at + interval '1 day') as replied,
		gone.missed and (exists (select from messages m where m.company_id = $1 and m.team_id = $2 and m.contact_id = c.contact_id
				and m.author = 'advisor' and m.at > c.ended_at and m.at < c.ended_at + interval '1 day')
			or exists (select from calls a where a.company_id = $1 and a.team_id = $2 and a.contact_id = c.contact_id
				and a.outcome = 'answered' and a.started_at > c.started_at and a.started_at < c.started_at + interval '1 day')) as reached
	from calls c cross join lateral (select c.outcome in ('missed', 'hung_up') as missed) gone
	where c.company_id = $1 and c.team_id = $2 and c.started_at >= ($3::timestamptz[])[1] and c.started_at < ($3::timestamptz[])[8]
		and c.settled_at is not null
), by_call as (
	select day, count(*) as calls, count(*) filter (where missed) as missed, count(*) filter (where outcome = 'voicemail') as voicemails,
		count(*) filter (where texted) as texted, count(*) filter (where replied) as replied, count(*) filter (where replied or reached) as recovered
	from called group by grouping sets ((day), ())
), by_text as (
	select day, count(*) as after_hours from (
		select width_bucket(at, $3::timestamptz[]) as day from decisions
		where company_id = $1 and team_id = $2 and event_kind = 'message' and facts ->> 'open' = 'false'
			and at >= ($3::timestamptz[])[1] and at < ($3::timestamptz[])[8]) d
	group by grouping sets ((day), ())
), opened as (
	select width_bucket(t.opened_at, $3::timestamptz[]) as day, least(
		(select min(m.at) from messages m where m.company_id = $1 and m.ticket_id = t.id and m.author = 'advisor'),
		(select min(a.started_at) from calls a where a.company_id = $1 and a.ticket_id = t.id and a.outcome = 'answered')) - t.opened_at as answer
	from tickets t
	where t.company_id = $1 and t.team_id = $2 and t.kind <> 'call'
		and t.opened_at >= ($3::timestamptz[])[1] and t.opened_at < ($3::timestamptz[])[8]
), by_ticket as (
	select day, count(*) as tickets, count(answer) as answered,
		round(extract(epoch from percentile_cont(0.5) within group (order by answer))) as answer
	from opened group by grouping sets ((day), ())
), by_rating as (
	select day, count(*) as ratings, round(avg(score), 2) as rating from (
		select width_bucket(answered_at, $3::timestamptz[]) as day, (answer ->> 'score')::numeric as score from requests
		where company_id = $1 and team_id = $2 and kind = 'rating' and state = 'answered'
			and answered_at >= ($3::timestamptz[])[1] and answered_at < ($3::timestamptz[])[8]) r
	group by grouping sets ((day), ())
)
select n as day, coalesce(calls, 0) as calls, coalesce(missed, 0) as missed, coalesce(voicemails, 0) as voicemails,
	coalesce(texted, 0) as texted, coalesce(replied, 0) as replied, coalesce(recovered, 0) as recovered,
	coalesce(after_hours, 0) as after_hours, coalesce(tickets, 0) as tickets, coalesce(answered, 0) as answered, answer,
	coalesce(ratings, 0) as ratings, rating
from (select generate_series(1, 7) as n union all select null) days
left join by_call c on c.day is not distinct from n
left join by_text x on x.day is not distinct from n
left join by_ticket t on t.day is not distinct from n
left join by_rating g on g.day is not distinct from n
order by n nulls last`

// OfWeek is the week of a team that begins on that date; empty: this week,
// from its Monday. Now is the present moment.
func OfWeek(ctx context.Context, q sqlx.QueryerContext, team settings.Team, from string, now time.Time) (Week, error) {
	zone, err := zones.Load(team.TimeZone)
	if err != nil {
		return Week{}, fmt.Errorf("team %s: %w", team.ID, err)
	}
	first, err := settings.FirstDay(from, now.In(zone))
	if err != nil {
		return Week{}, err
	}
	midnights := make([]string, 8) // a day is not always 24 hours long
	for n := range midnights {
		midnights[n] = time.Date(first.Year(), first.Month(), first.Day()+n, 0, 0, 0, 0, zone).Format(time.RFC3339)
	}
	var found []Counts
	if err := sqlx.SelectContext(ctx, q, &found, weekCounts, team.CompanyID, team.ID, pq.Array(midnights)); err != nil {
		return Week{}, fmt.Errorf("week of team %s: %w", team.ID, err)
	}
	w := Week{From: first.Format(time.DateOnly), TimeZone: team.TimeZone, Days: []Day{}, Total: found[7]}
	for n, c := range found[:7] {
		w.Days = append(w.Days, Day{first.AddDate(0, 0, n).Format(time.DateOnly), c})
	}
	return w, nil
}
