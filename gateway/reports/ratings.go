package reports

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/jmoiron/sqlx"
)

// Rated is what some ratings come to.
type Rated struct {
	Count   int      `db:"count" json:"count"`
	Sum     int      `db:"sum" json:"-"`
	Average *float64 `db:"-" json:"average" doc:"Of 1 to 5, to two digits; null: there is none"`
}

// OfAdvisor is the ratings of one advisor.
type OfAdvisor struct {
	Advisor *string `db:"advisor" json:"advisor" doc:"Id of who had the ticket when it was asked; null: nobody had"`
	Name    string  `db:"name" json:"name"`
	Rated
}

// OneRating is what one customer said.
type OneRating struct {
	ID      string    `db:"id" json:"id"`
	Ticket  string    `db:"ticket_id" json:"ticket"`
	Number  int64     `db:"number" json:"number" doc:"Of the ticket"`
	Contact string    `db:"contact_id" json:"contact"`
	Advisor *string   `db:"advisor" json:"advisor"`
	Score   int       `db:"score" json:"score"`
	Comment string    `db:"comment" json:"comment"`
	At      time.Time `db:"answered_at" json:"at"`
}

// RatingFilter narrows ratings; what is empty does not.
type RatingFilter struct {
	Advisor      string     // id
	Since, Until *time.Time // not before, and before
}

const (
	rated = `
from requests r where r.company_id = $1 and r.team_id = $2 and r.kind = 'rating' and r.state = 'answered'
	and ($3 = '' or r.advisor = nullif($3, '')::uuid)
	and ($4::timestamptz is null or r.answered_at >= $4) and ($5::timestamptz is null or r.answered_at < $5)`

	ratingsByAdvisor = `
select x.advisor, coalesce(s.name, '') as name, x.count, x.sum from (
	select r.advisor, count(*) as count, sum(r.score) as sum ` + rated + ` group by r.advisor) x
left join staff s on s.company_id = $1 and s.id = x.advisor
order by x.count desc, x.sum desc, x.advisor limit 500`

	listRatings = `
select r.id, r.ticket_id, (select t.number from tickets t where t.company_id = r.company_id and t.id = r.ticket_id) as number,
	r.contact_id, r.advisor, r.score, coalesce(r.answer->>'comment', '') as comment, r.answered_at ` + rated + `
	and ($6 = '' or r.id < nullif($6, '')::uuid)
order by r.id desc limit $7`
)

// Ratings are what a team's ratings come to, as a whole and by advisor, the
// most often rated first.
func Ratings(ctx context.Context, q sqlx.QueryerContext, company, team string, f RatingFilter) (Rated, []OfAdvisor, error) {
	advisors := []OfAdvisor{}
	if err := sqlx.SelectContext(ctx, q, &advisors, ratingsByAdvisor, company, team, f.Advisor, f.Since, f.Until); err != nil {
		return Rated{}, nil, fmt.Errorf("ratings: %w", err)
	}
	var all Rated
	for n := range advisors {
		one := &advisors[n].Rated
		one.average()
		all.Count, all.Sum = all.Count+one.Count, all.Sum+one.Sum
	}
	all.average()
	return all, advisors, nil
}

// ListRatings returns each rating of a team, the newest first, from the one
// before that id on.
func ListRatings(ctx context.Context, q sqlx.QueryerContext, company, team string, f RatingFilter, before string, limit int) ([]OneRating, error) {
	found := []OneRating{}
	if err := sqlx.SelectContext(ctx, q, &found, listRatings, company, team, f.Advisor, f.Since, f.Until, before, limit); err != nil {
		return nil, fmt.Errorf("ratings: %w", err)
	}
	return found, nil
}

// average sets what the ratings come to.
func (a *Rated) average() {
	if a.Count > 0 {
		mean := math.Round(100*float64(a.Sum)/float64(a.Count)) / 100
		a.Average = &mean
	}
}
