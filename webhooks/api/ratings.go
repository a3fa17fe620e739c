package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

func (r routes) ratings(api huma.API) {
	huma.Register(api, Op("list-ratings", http.MethodGet, "/teams/{team}/ratings", http.StatusOK,
		"How customers rated the team's help, as a whole and by advisor, and each rating"), r.listRatings)
}

// Rated is what some ratings come to.
type Rated struct {
	Count   int      `db:"count" json:"count"`
	Sum     int      `db:"sum" json:"-"`
	Average *float64 `db:"-" json:"average" doc:"Of 1 to 5, to two digits; null: there is none"`
}

// ofAdvisor is the ratings of one advisor.
type ofAdvisor struct {
	Advisor *string `db:"advisor" json:"advisor" doc:"Id of who had the ticket when it was asked; null: nobody had"`
	Name    string  `db:"name" json:"name"`
	Rated
}

// oneRating is what one customer said.
type oneRating struct {
	ID      string    `db:"id" json:"id"`
	Ticket  string    `db:"ticket_id" json:"ticket"`
	Number  int64     `db:"number" json:"number" doc:"Of the ticket"`
	Contact string    `db:"contact_id" json:"contact"`
	Advisor *string   `db:"advisor" json:"advisor"`
	Score   int       `db:"score" json:"score"`
	Comment string    `db:"comment" json:"comment"`
	At      time.Time `db:"answered_at" json:"at"`
}

type ratingsOfTeam struct {
	Rated
	Advisors []ofAdvisor `json:"advisors" nullable:"false" doc:"The most often rated first"`
	List[oneRating]
}

type ratingsQuery struct {
	Team string `path:"team"`
	Page
	Advisor string `query:"advisor" maxLength:"36" doc:"Only this advisor's"`
	Since   string `query:"since" maxLength:"40" doc:"Not before this time"`
	Until   string `query:"until" maxLength:"40" doc:"Before this time"`
}

const (
	rated = `
from requests r where r.company_id = $1 and r.team_id = $2 and r.kind = 'rating' and r.state = 'answered'
	and ($3 = '' or r.advisor = nullif($3, '')::uuid)
	and ($4::timestamptz is null or r.answered_at >= $4) and ($5::timestamptz is null or r.answered_at < $5)`

	ratingsByAdvisor = `
select x.advisor, coalesce(s.name, '') as name, x.count, x.sum from (
	select r.advisor, count(*) as count, sum((r.answer->>'score')::int) as sum ` + rated + ` group by r.advisor) x
left join staff s on s.company_id = $1 and s.id = x.advisor
order by x.count desc, x.sum desc, x.advisor limit 500`

	listRatings = `
select r.id, r.ticket_id, (select t.number from tickets t where t.company_id = r.company_id and t.id = r.ticket_id) as number,
	r.contact_id, r.advisor, (r.answer->>'score')::int as score, coalesce(r.answer->>'comment', '') as comment, r.answered_at ` + rated + `
	and ($6 = '' or r.id < nullif($6, '')::uuid)
order by r.id desc limit $7`
)

func (r routes) listRatings(ctx context.Context, in *ratingsQuery) (*Answer[ratingsOfTeam], error) {
	company := caller(ctx).CompanyID
	if err := checkID("advisor", in.Advisor); err != nil {
		return nil, err
	}
	from, err := since(in.Since)
	if err != nil {
		return nil, err
	}
	until, err := since(in.Until)
	if err != nil {
		return nil, settings.Refuse("until", "time")
	}
	all := ratingsOfTeam{Advisors: []ofAdvisor{}}
	if err := sqlx.SelectContext(ctx, r.DB, &all.Advisors, ratingsByAdvisor, company, in.Team, in.Advisor, from, until); err != nil {
		return nil, fmt.Errorf("ratings: %w", err)
	}
	count, sum := 0, 0
	for n := range all.Advisors {
		one := &all.Advisors[n]
		one.of(one.Count, one.Sum)
		count, sum = count+one.Count, sum+one.Sum
	}
	all.of(count, sum)
	page, err := Listed(in.Page, func(one oneRating) string { return one.ID }, func(before string, limit int) ([]oneRating, error) {
		found := []oneRating{}
		err := sqlx.SelectContext(ctx, r.DB, &found, listRatings, company, in.Team, in.Advisor, from, until, before, limit)
		if err != nil {
			return nil, fmt.Errorf("ratings: %w", err)
		}
		return found, nil
	})
	if err != nil {
		return nil, err
	}
	all.List = page.Body
	return Answered(all, nil)
}

// of sets what the ratings come to.
func (a *Rated) of(count, sum int) {
	if a.Count, a.Sum = count, sum; count > 0 {
		mean := math.Round(100*float64(sum)/float64(count)) / 100
		a.Average = &mean
	}
}
