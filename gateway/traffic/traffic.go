// Package traffic is what goes through a company's gateway, as who runs it looks at it:
// what providers told, what was decided and why, what became of each message, how long
// the oldest work waits, and each sender by itself.
//
// The hard decision: nothing is counted up beforehand. A count is read from the rows
// themselves, by their ids, which are in the order of time: it costs what happened since,
// not what is stored, and agrees with what the lists show.
package traffic

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/health"
	"ringback/settings"
)

// How far back one looks.
const (
	Hour = "hour"
	Day  = "day"
	Week = "week"
)

// Spans are they, the shortest first.
var Spans = []string{Hour, Day, Week}

var steps = map[string]struct {
	bars int
	each time.Duration
}{Hour: {60, time.Minute}, Day: {48, 30 * time.Minute}, Week: {56, 3 * time.Hour}}

// Traffic is what went through in a while.
type Traffic struct {
	Last    string    `json:"last" enum:"hour,day,week"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
	Seconds int       `json:"bar_seconds" doc:"How long a bar of the charts is"`

	Received  Flow `json:"received" doc:"What providers told and customers wrote by web chat; the part are callbacks about messages of ours"`
	Decided   Flow `json:"decided" doc:"Decisions; the part are those by which a text went out"`
	Delivered Flow `json:"delivered" doc:"Messages that were to go out; the part are those that did not arrive"`

	Events     []Count       `json:"events" nullable:"false" doc:"What was received: message, call, status, echo or note"`
	Decisions  []Count       `json:"decisions" nullable:"false" doc:"By outcome and reason"`
	Deliveries []Count       `json:"deliveries" nullable:"false" doc:"By state and the provider's error code"`
	Senders    []OfSender    `json:"senders" nullable:"false" doc:"By team and address, 200 at most; busy ones first where there are more"`
	Queues     []health.Work `json:"queues" nullable:"false" doc:"How long the oldest work has been due, of the whole server"`
	Warnings   []Warning     `json:"warnings" nullable:"false" doc:"What somebody has to look at, of the whole server, the gravest first"`
}

// Warning is a finding of the server's health. Its words and figures may speak of other
// companies, so that it is the code that is told.
type Warning struct {
	Code     health.Code     `json:"code" doc:"As in the metrics and in docs/monitoring.md, which says what to do"`
	Severity health.Severity `json:"severity" enum:"critical,warning"`
}

// Warnings are the findings by their codes, each once and as its gravest.
func Warnings(found []health.Finding) []Warning {
	all := []Warning{}
	for _, f := range found {
		at := slices.IndexFunc(all, func(w Warning) bool { return w.Code == f.Code })
		switch {
		case at < 0:
			all = append(all, Warning{f.Code, f.Severity})
		case f.Severity == health.Critical:
			all[at].Severity = f.Severity
		}
	}
	return all
}

// Flow is one of the charts: how many in each bar, the oldest first, and how many of
// them are the part.
type Flow struct {
	Total int   `json:"total"`
	Part  int   `json:"part"`
	Bars  []int `json:"bars" nullable:"false"`
	Parts []int `json:"parts" nullable:"false"`
}

// Count is how often something came up.
type Count struct {
	What string `json:"what" doc:"Kind, outcome or state"`
	Why  string `json:"why,omitempty" doc:"Reason, or a provider's error code"`
	N    int    `json:"n"`
}

// OfSender is what one of our addresses did meanwhile.
type OfSender struct {
	ID       string        `db:"id" json:"id"`
	Kind     channels.Kind `db:"kind" json:"kind"`
	Address  string        `db:"address" json:"address"`
	TeamID   string        `db:"team_id" json:"team_id"`
	Team     string        `db:"team" json:"team"`
	Rests    bool          `db:"rests" json:"rests" doc:"The provider refuses its account"`
	Received int           `db:"-" json:"received"`
	Out      int           `db:"-" json:"out" doc:"Messages that were to go out by it"`
	Arrived  int           `db:"-" json:"arrived" doc:"Of those, the ones the provider says were delivered or read"`
	Lost     int           `db:"-" json:"lost" doc:"Of those, the ones that did not arrive and will not"`
	Waiting  float64       `db:"waiting" json:"waiting_seconds" doc:"How long its oldest message has been due; 0: none is"`
}

// Patience bounds a look: what it cannot count by then is too much to be counted so.
const Patience = 8 * time.Second

// Of is a company's traffic until now. An unknown span and one in which too much
// happened to be counted within that time are an Invalid of the field "last".
func Of(ctx context.Context, db *sqlx.DB, company, last string, c *clock.Clock, within time.Duration) (Traffic, error) {
	if last == "" {
		last = Day
	}
	step, known := steps[last]
	if !known {
		return Traffic{}, settings.Refuse("last", "not_one_of", "List", Spans)
	}
	until := c.Now().Truncate(step.each).Add(step.each).UTC()
	t := Traffic{Last: last, From: until.Add(-time.Duration(step.bars) * step.each), Until: until, Seconds: int(step.each / time.Second)}
	looking, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	err := t.count(looking, db, company, step.bars, c.Now(), c.Queue().Real())
	if err != nil && looking.Err() != nil && ctx.Err() == nil {
		return Traffic{}, settings.Refuse("last", "too_much_to_count")
	}
	return t, err
}
