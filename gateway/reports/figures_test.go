package reports_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/gateway/reports"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/automations"
)

// What a team's days are made of, as far as a report looks at it.
type (
	call struct {
		contact, ticket, outcome string
		at, ended                time.Time
		settled, texted          bool
		other                    bool // of another team
	}
	message struct {
		contact, ticket, author string
		at                      time.Time
		other                   bool
	}
	ticket struct {
		id, contact, kind string
		at                time.Time
	}
	decision struct {
		contact, key, outcome, kind string
		closed                      bool
		segments                    int
		at                          time.Time
	}
	consent struct {
		contact string
		out     bool
		at      time.Time
	}
	rating struct {
		contact, ticket, state string
		score                  int
		at                     time.Time
	}
)

// world is a drawn past of a team in Chicago around a night on which the clocks
// go forward.
type world struct {
	random    *rand.Rand
	zone      *time.Location
	calls     []call
	messages  []message
	tickets   []ticket
	decisions []decision
	consents  []consent
	ratings   []rating
}

// happened is when somebody did something, or something was done with them.
type happened struct {
	contact string
	at      time.Time
}

// later is somebody and when they are heard of again: as often as not at once, or a
// day after what happened, to the second.
func (w *world) later(past []happened, people []string) (string, time.Time) {
	if w.random.IntN(4) == 0 {
		return one(w, people...), w.moment()
	}
	p := one(w, past...)
	return p.contact, p.at.Add(one(w, 0, 24*time.Hour) + time.Duration(w.random.IntN(3)-1)*time.Second)
}

// moment is within five days, as often as not a second beside a midnight.
func (w *world) moment() time.Time {
	beside := time.Duration(w.random.IntN(3)-1) * time.Second
	midnight := time.Date(2026, 3, 6+w.random.IntN(6), 0, 0, 0, 0, w.zone)
	if w.random.IntN(2) == 0 {
		return midnight.Add(beside)
	}
	return midnight.Add(time.Duration(w.random.IntN(86400)) * time.Second)
}

func one[T any](w *world, of ...T) T { return of[w.random.IntN(len(of))] }

func draw(seed uint64) *world {
	zone, err := time.LoadLocation("America/Chicago")
	if err != nil {
		panic(err)
	}
	w := &world{random: rand.New(rand.NewPCG(seed, 1)), zone: zone} // #nosec G404 -- drawn for a test
	people := make([]string, 12)                                    // so many that one answer does not hide another
	for n := range people {
		people[n] = uuid.NewString()
	}
	var past, ends []happened // the second of calls
	for range 12 {
		t := ticket{id: uuid.NewString(), contact: one(w, people...), kind: one(w, "message", "missed_call", "voicemail", "web", "call"), at: w.moment()}
		w.tickets, past = append(w.tickets, t), append(past, happened{t.contact, t.at})
	}
	some := func() (contact, id string) {
		t := one(w, w.tickets...)
		return t.contact, t.id
	}
	for range 25 {
		c := call{outcome: one(w, "answered", "voicemail", "hung_up", "missed", "too_short"), settled: w.random.IntN(5) > 0, texted: w.random.IntN(2) > 0, other: w.random.IntN(8) == 0}
		_, c.ticket = some()
		c.contact, c.at = w.later(past, people)
		c.ended = c.at.Add(time.Minute)
		w.calls, past = append(w.calls, c), append(past, happened{c.contact, c.at})
		ends = append(ends, happened{c.contact, c.ended})
	}
	for range 20 {
		d := decision{key: one(w, automations.CustomerFirstChat, automations.AfterHoursText, automations.CustomerCallMissed), outcome: one(w, "sent", "sent", "skipped"), kind: one(w, "message", "request"), closed: w.random.IntN(2) == 0, segments: w.random.IntN(3)}
		d.contact, d.at = w.later(past, people)
		w.decisions, past = append(w.decisions, d), append(past, happened{d.contact, d.at})
	}
	for n := range 40 {
		m := message{author: one(w, "customer", "advisor", "automation"), other: w.random.IntN(8) == 0}
		_, m.ticket = some()
		m.contact, m.at = w.later([][]happened{past, ends}[n%2], people)
		w.messages = append(w.messages, m)
	}
	for range 5 {
		c := consent{out: w.random.IntN(3) > 0}
		c.contact, c.at = w.later(past, people)
		w.consents = append(w.consents, c)
	}
	for range 8 {
		r := rating{state: one(w, "answered", "answered", "open"), score: 1 + w.random.IntN(5), at: w.moment()}
		r.contact, r.ticket = some()
		w.ratings = append(w.ratings, r)
	}
	return w
}

// happens writes the past down for a company and a team of their own.
func (w *world) happens(t *testing.T, db *sqlx.DB, company, team string) {
	t.Helper()
	exec := func(query string, args ...any) {
		_, err := db.Exec(query, append([]any{company, team}, args...)...)
		require.NoError(t, err)
	}
	whose := func(other bool) string {
		if other {
			return uuid.NewString()
		}
		return team
	}
	for n, one := range w.tickets {
		exec(`insert into tickets (company_id, team_id, id, contact_id, number, kind, opened_at) values ($1, $2, $3, $4, $5, $6, $7)`, one.id, one.contact, n+1, one.kind, one.at)
	}
	for n, one := range w.calls {
		var settled *time.Time
		if one.settled {
			settled = &one.ended
		}
		sid := fmt.Sprint("CA", n)
		exec(`insert into calls (company_id, team_id, id, sid, sender_id, caller, contact_id, ticket_id, started_at, ended_at, outcome, settled_at)
			values ($1, $3::uuid, gen_random_uuid(), $4, $2::uuid, '', $5, $6, $7, $8, $9, $10)`, whose(one.other), sid, one.contact, one.ticket, one.at, one.ended, one.outcome, settled)
		outcome := "skipped"
		if one.texted {
			outcome = "sent"
		}
		exec(`insert into decisions (company_id, team_id, id, contact_id, event_id, event_kind, provider_id, outcome, reason, facts, at)
			values ($1, $2, gen_random_uuid(), $3, gen_random_uuid(), 'call', $4, $5, 'x', '{}', $6)`, one.contact, sid, outcome, one.at)
	}
	for _, one := range w.messages {
		exec(`insert into messages (company_id, team_id, id, contact_id, ticket_id, sender_id, author, text, at)
			values ($1, $3::uuid, gen_random_uuid(), $4, $5, $2::uuid, $6, 'x', $7)`, whose(one.other), one.contact, one.ticket, one.author, one.at)
	}
	for n, one := range w.decisions {
		delivery := uuid.NewString()
		exec(`insert into deliveries (company_id, team_id, id, contact_id, sender_id, kind, account, from_address, to_address, text, segments)
			values ($1, $2, $3, $4, $2, 'sms', '', '', '', '', $5)`, delivery, one.contact, one.segments)
		exec(`insert into decisions (company_id, team_id, id, contact_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, delivery_id, at)
			values ($1, $2, gen_random_uuid(), $3, gen_random_uuid(), $4, $5, $6, $7, 'x', jsonb_build_object('open', $8::boolean), $9, $10)`,
			one.contact, one.kind, fmt.Sprint("SM", n), one.key, one.outcome, !one.closed, delivery, one.at)
	}
	for _, one := range w.consents {
		exec(`insert into consents (company_id, team_id, id, contact_id, opted_out, source, words, at) values ($1, $2, gen_random_uuid(), $3, $4, 'message', 'x', $5)`, one.contact, one.out, one.at)
	}
	for _, one := range w.ratings {
		exec(`insert into requests (company_id, team_id, id, contact_id, ticket_id, kind, state, token_hash, answer, asked_at, answered_at, expires_at)
			values ($1, $2, gen_random_uuid(), $3, $4, 'rating', $5, sha256(gen_random_uuid()::text::bytea), jsonb_build_object('score', $6::int), $7, $7, $7)`, one.contact, one.ticket, one.state, one.score, one.at)
	}
}

// soon reports whether something came after a moment, within a day.
func soon(what, after time.Time) bool {
	return what.After(after) && what.Before(after.Add(24*time.Hour))
}

// between counts what a person would count who looks at each thing in turn.
func (w *world) between(from, until time.Time) (c reports.Counts) {
	in := func(at time.Time) bool { return !at.Before(from) && at.Before(until) }
	for _, one := range w.calls {
		if one.other || !one.settled || !in(one.at) {
			continue
		}
		c.Calls++
		if one.outcome == "voicemail" {
			c.Voicemails++
		}
		if one.outcome != "missed" && one.outcome != "hung_up" {
			continue
		}
		c.Missed++
		said := func(author string) bool {
			return slices.ContainsFunc(w.messages, func(m message) bool {
				return !m.other && m.contact == one.contact && m.author == author && soon(m.at, one.ended)
			})
		}
		spoke := slices.ContainsFunc(w.calls, func(a call) bool {
			return !a.other && a.contact == one.contact && a.outcome == "answered" && soon(a.at, one.at)
		})
		if one.texted {
			c.Texted++
		}
		if said("customer") {
			c.Replied++
		}
		if said("customer") || said("advisor") || spoke {
			c.Recovered++
		}
	}
	for _, one := range w.decisions {
		if one.kind == "message" && one.closed && in(one.at) {
			c.AfterHours++
		}
	}
	var waits []float64
	for _, one := range w.tickets {
		if one.kind == "call" || !in(one.at) {
			continue
		}
		c.Tickets++
		var first time.Time
		answer := func(at time.Time) {
			if first.IsZero() || at.Before(first) {
				first = at
			}
		}
		for _, m := range w.messages {
			if m.ticket == one.id && m.author == "advisor" {
				answer(m.at)
			}
		}
		for _, a := range w.calls {
			if a.ticket == one.id && a.outcome == "answered" {
				answer(a.at)
			}
		}
		if !first.IsZero() {
			c.Answered++
			waits = append(waits, max(0, first.Sub(one.at).Seconds())) // who is on the phone with them has answered at once
		}
	}
	if slices.Sort(waits); len(waits) > 0 {
		half := math.Round((waits[(len(waits)-1)/2] + waits[len(waits)/2]) / 2)
		c.Answer = &half
	}
	sum := 0
	for _, one := range w.ratings {
		if one.state == "answered" && in(one.at) {
			c.Ratings, sum = c.Ratings+1, sum+one.score
		}
	}
	if c.Ratings > 0 {
		mean := math.Round(100*float64(sum)/float64(c.Ratings)) / 100
		c.Rating = &mean
	}
	return c
}

// of counts what an automation came to.
func (w *world) of(key string, from, until time.Time, price float64) reports.OfAutomation {
	a := reports.OfAutomation{Key: key}
	for _, one := range w.decisions {
		if one.key != key || one.outcome != "sent" || one.at.Before(from) || !one.at.Before(until) {
			continue
		}
		a.Sent++
		a.Segments += one.segments
		if slices.ContainsFunc(w.messages, func(m message) bool {
			return !m.other && m.contact == one.contact && m.author == "customer" && soon(m.at, one.at)
		}) {
			a.Answered++
		}
		if slices.ContainsFunc(w.consents, func(c consent) bool { return c.out && c.contact == one.contact && soon(c.at, one.at) }) {
			a.OptedOut++
		}
	}
	cost := math.Round(float64(a.Segments)*price*10000) / 10000
	a.Cost = &cost
	return a
}

// TestFiguresAreThoseThatAPersonCounts, of drawn pasts: by the day, on the clock
// of the team, over a night that is an hour shorter.
func TestFiguresAreThoseThatAPersonCounts(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for seed := range uint64(6) {
		w := draw(seed)
		company := settings.Company{ID: uuid.NewString(), SegmentPrice: 0.0079, Currency: "USD"}
		team := settings.Team{ID: uuid.NewString(), TimeZone: "America/Chicago"}
		w.happens(t, db, company.ID, team.ID)
		got, err := reports.Of(t.Context(), db, company, team, reports.Range{From: "2026-03-06", To: "2026-03-10"}, time.Time{})
		require.NoError(t, err)
		require.Equal(t, []string{"day", "USD", "America/Chicago"}, []string{got.By, got.Currency, got.TimeZone})
		midnight := func(day int) time.Time { return time.Date(2026, 3, day, 0, 0, 0, 0, w.zone) }
		require.Len(t, got.Periods, 5)
		for n, p := range got.Periods {
			day := fmt.Sprintf("2026-03-%02d", 6+n)
			require.Equal(t, []string{day, day}, []string{p.From, p.To})
			require.Equal(t, w.between(midnight(6+n), midnight(7+n)), p.Counts, "seed %d, %s", seed, day)
		}
		require.Equal(t, w.between(midnight(6), midnight(11)), got.Total, "seed %d", seed)
		require.Len(t, got.Automations, len(automations.All))
		for n, a := range got.Automations {
			require.Equal(t, w.of(automations.All[n].Key, midnight(6), midnight(11), company.SegmentPrice), a, "seed %d", seed)
		}
		week, err := reports.Of(t.Context(), db, company, team, reports.Range{From: "2026-03-06", To: "2026-03-10", By: reports.Week}, time.Time{})
		require.NoError(t, err)
		require.Len(t, week.Periods, 2, "until Sunday, and from Monday on")
		require.Equal(t, w.between(midnight(6), midnight(9)), week.Periods[0].Counts)
		require.Equal(t, got.Total, week.Total, "however it is divided")
		long, err := reports.Of(t.Context(), db, company, team, reports.Range{From: "2026-02-05", To: "2026-04-20", By: reports.Day}, time.Time{})
		require.NoError(t, err)
		require.Len(t, long.Periods, 75)
		for n, p := range long.Periods {
			from := time.Date(2026, 2, 5+n, 0, 0, 0, 0, w.zone)
			require.Equal(t, w.between(from, from.AddDate(0, 0, 1)), p.Counts, "seed %d, %s: counted in pieces, of which one ends with the eighth of March", seed, p.From)
		}
		require.Equal(t, w.between(midnight(1), midnight(31)), long.Total, "seed %d", seed)
		for n, a := range long.Automations {
			require.Equal(t, w.of(automations.All[n].Key, midnight(1), midnight(31), company.SegmentPrice), a, "seed %d", seed)
		}
	}
}

// TestRatingsAreCounted by who had the ticket, and listed page by page.
func TestRatingsAreCounted(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	company, team, ann, bob := uuid.NewString(), uuid.NewString(), uuid.NewString(), uuid.NewString()
	_, err := db.Exec(`insert into companies (id, name) values ($1, 'GVE')`, company)
	require.NoError(t, err)
	_, err = db.Exec(`insert into staff (company_id, id, name, email, role) values ($1, $2, 'Ann', 'ann@example.com', 'advisor')`, company, ann)
	require.NoError(t, err)
	_, err = db.Exec(`insert into tickets (company_id, team_id, id, contact_id, number, kind, opened_at) values ($1, $2, $2, $2, 7, 'message', now())`, company, team)
	require.NoError(t, err)
	monday := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for n, one := range []struct {
		advisor any
		score   int
		state   string
	}{{ann, 5, "answered"}, {ann, 4, "answered"}, {ann, 4, "answered"}, {bob, 1, "answered"}, {nil, 2, "answered"}, {bob, 5, "expired"}} {
		_, err := db.Exec(`insert into requests (company_id, team_id, id, contact_id, ticket_id, kind, state, token_hash, advisor, answer, asked_at, answered_at, expires_at)
			values ($1, $2, $3::uuid, $2, $2, 'rating', $4, sha256($3::uuid::text::bytea), $5, jsonb_build_object('score', $6::int, 'comment', 'no ' || $7::int), $8, $8, $8)`,
			company, team, fmt.Sprintf("0197f000-0000-7000-8000-%012d", n), one.state, one.advisor, one.score, n, monday.AddDate(0, 0, n))
		require.NoError(t, err)
	}
	average := func(f float64) *float64 { return &f }
	all, by, err := reports.Ratings(t.Context(), db, company, team, reports.RatingFilter{})
	require.NoError(t, err)
	require.Equal(t, reports.Rated{Count: 5, Sum: 16, Average: average(3.2)}, all)
	require.Equal(t, []reports.OfAdvisor{
		{Advisor: &ann, Name: "Ann", Rated: reports.Rated{Count: 3, Sum: 13, Average: average(4.33)}},
		{Rated: reports.Rated{Count: 1, Sum: 2, Average: average(2)}},
		{Advisor: &bob, Rated: reports.Rated{Count: 1, Sum: 1, Average: average(1)}},
	}, by, "who has left has no name here")
	list := func(f reports.RatingFilter) (said []string) {
		for before := ""; ; {
			page, err := reports.ListRatings(t.Context(), db, company, team, f, before, 2)
			require.NoError(t, err)
			if len(page) == 0 {
				return said
			}
			for _, one := range page {
				said, before = append(said, fmt.Sprint(one.Score, " ", one.Comment)), one.ID
			}
		}
	}
	tuesday, thursday := monday.AddDate(0, 0, 1), monday.AddDate(0, 0, 3)
	require.Equal(t, []string{"2 no 4", "1 no 3", "4 no 2", "4 no 1", "5 no 0"}, list(reports.RatingFilter{}))
	require.Equal(t, []string{"4 no 2", "4 no 1"}, list(reports.RatingFilter{Since: &tuesday, Until: &thursday}), "from the first moment until before the last")
	require.Equal(t, []string{"4 no 2", "4 no 1", "5 no 0"}, list(reports.RatingFilter{Advisor: ann}))
	none, by, err := reports.Ratings(t.Context(), db, company, uuid.NewString(), reports.RatingFilter{})
	require.NoError(t, err)
	require.Nil(t, none.Average)
	require.Empty(t, by)
}

// TestWhichDaysAReportIsOf: what is left out, what cannot be, and how it is
// divided.
func TestWhichDaysAReportIsOf(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	company, team := settings.Company{ID: uuid.NewString()}, settings.Team{ID: uuid.NewString(), TimeZone: "America/Chicago"}
	now := time.Date(2026, 6, 11, 4, 59, 59, 0, time.UTC) // the tenth, in Chicago
	for _, c := range []struct {
		from, to, by string
		want         string // from, to, by, how many periods; or what is wrong
	}{
		{"", "", "", "2026-06-01 2026-06-10 day 10"},
		{"2026-06-10", "", "", "2026-06-10 2026-06-10 day 1"},
		{"2026-07-01", "", "", "2026-07-01 2026-07-01 day 1"},
		{"", "2026-05-31", "", "2026-05-01 2026-05-31 day 31"},
		{"2026-05-01", "2026-06-01", "", "2026-05-01 2026-06-01 week 6"},
		{"2026-01-01", "2026-07-01", "", "2026-01-01 2026-07-01 week 27"},
		{"2026-01-01", "2026-07-02", "", "2026-01-01 2026-07-02 month 7"},
		{"2026-01-15", "2026-03-14", "month", "2026-01-15 2026-03-14 month 3"},
		{"2024-01-01", "2024-12-31", "day", "2024-01-01 2024-12-31 day 366"},
		{"2025-01-01", "2026-01-02", "", "to days_long"},
		{"2026-06-02", "2026-06-01", "", "to days_before"},
		{"2026-06-31", "", "", "from date"},
		{"", "tomorrow", "", "to date"},
		{"", "", "year", "by not_one_of"},
	} {
		got, err := reports.Of(t.Context(), db, company, team, reports.Range{From: c.from, To: c.to, By: c.by}, now)
		said := fmt.Sprint(got.From, " ", got.To, " ", got.By, " ", len(got.Periods))
		var wrong settings.Invalid
		if errors.As(err, &wrong) {
			said = wrong[0].Field + " " + wrong[0].Code
		} else {
			require.NoError(t, err)
			require.Equal(t, []string{got.From, got.To}, []string{got.Periods[0].From, got.Periods[len(got.Periods)-1].To})
			for n := 1; n < len(got.Periods); n++ { // without a gap
				last, err := time.Parse(time.DateOnly, got.Periods[n-1].To)
				require.NoError(t, err)
				require.Equal(t, last.AddDate(0, 0, 1).Format(time.DateOnly), got.Periods[n].From)
			}
			require.Nil(t, got.Automations[0].Cost, "without a price there is no cost")
		}
		require.Equal(t, c.want, said, "%v", c)
	}
	team.TimeZone = "Nowhere"
	_, err := reports.Of(t.Context(), db, company, team, reports.Range{}, now)
	require.Error(t, err)
}
