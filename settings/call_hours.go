package settings

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/settings/schedule"
	zones "ringback/settings/zone"
)

// What Meta takes of hours: two stretches a weekday, and so many dates.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/call-settings
const (
	maxStretches = 2
	maxDates     = 20
)

// weeksAhead is over how many weeks the usual week is looked for, and the days
// that differ from it.
const weeksAhead = 8

// stretch is a part of a day, in minutes after midnight.
type stretch struct{ from, to int }

// CallHours are the times at which the team's phones ring, as a week and the
// dates that differ from it: what is usual on a weekday in the eight weeks to come
// is the week, and the rest are dates, holidays among them.
func (s *Snapshot) CallHours(now time.Time) channels.CallHours {
	hours := channels.CallHours{Enabled: true, Zone: s.Team.TimeZone, Week: []channels.DayHour{}, Days: []channels.DayHour{}}
	zone, err := zones.Load(s.Team.TimeZone)
	if err != nil {
		zone, hours.Zone = time.UTC, "UTC"
	}
	year, month, day := now.In(zone).Date()
	type date struct {
		time.Time
		rings   []stretch
		holiday bool
	}
	var dates []date
	usual := map[time.Weekday][]stretch{}
	for n := range weeksAhead * 7 {
		d := date{Time: time.Date(year, month, day+n, 12, 0, 0, 0, zone)}
		d.rings, d.holiday = ringsOn(s.Schedules, d.Time)
		dates = append(dates, d)
	}
	for weekday := range 7 {
		var seen [][]stretch
		for _, d := range dates {
			if int(d.Weekday()) == weekday && !d.holiday {
				seen = append(seen, d.rings)
			}
		}
		usual[time.Weekday(weekday)] = commonest(seen)
	}
	for n := range 7 { // Monday first
		weekday := time.Weekday((n + 1) % 7)
		for _, r := range usual[weekday] {
			hours.Week = append(hours.Week, r.on(strings.ToUpper(weekday.String())))
		}
	}
	for _, d := range dates {
		if len(hours.Days) < maxDates && !slices.Equal(d.rings, usual[d.Weekday()]) {
			hours.Days = append(hours.Days, whole(d.rings).on(d.Format(time.DateOnly)))
		}
	}
	return hours
}

// ringsOn are the stretches of a day at which phones ring, at most as many as
// Meta takes: of more the two that are closest to each other are one.
func ringsOn(set *schedule.Set, day time.Time) (rings []stretch, holiday bool) {
	for _, b := range set.Day(day) {
		holiday = holiday || b.Holiday != nil
		if b.InEffect == nil || b.Starts >= b.Ends {
			continue
		}
		if n := len(rings); n > 0 && b.Starts <= rings[n-1].to {
			rings[n-1].to = max(rings[n-1].to, b.Ends)
			continue
		}
		rings = append(rings, stretch{b.Starts, b.Ends})
	}
	for len(rings) > maxStretches {
		closest := 0
		for n := 1; n+1 < len(rings); n++ {
			if rings[n+1].from-rings[n].to < rings[closest+1].from-rings[closest].to {
				closest = n
			}
		}
		rings[closest].to = rings[closest+1].to
		rings = slices.Delete(rings, closest+1, closest+2)
	}
	return rings, holiday
}

// commonest is what is there most often; of two the first.
func commonest(seen [][]stretch) (best []stretch) {
	most := 0
	for _, one := range seen {
		count := 0
		for _, other := range seen {
			if slices.Equal(one, other) {
				count++
			}
		}
		if count > most {
			best, most = one, count
		}
	}
	return best
}

// whole is a date's one stretch. Meta has no word for a day without any: its first
// minute stands for none.
func whole(rings []stretch) stretch {
	if len(rings) == 0 {
		return stretch{0, 1}
	}
	return stretch{rings[0].from, rings[len(rings)-1].to}
}

// on is the stretch as Meta writes it. A day ends at 23:59.
func (r stretch) on(day string) channels.DayHour {
	clock := func(minutes int) string {
		minutes = min(minutes, 24*60-1)
		return fmt.Sprintf("%02d%02d", minutes/60, minutes%60)
	}
	return channels.DayHour{Day: day, From: clock(r.from), To: clock(r.to)}
}

// StoredCallHours are hours in a column; null: none.
type StoredCallHours struct{ *channels.CallHours }

// Scan reads the column.
func (h *StoredCallHours) Scan(column any) error {
	switch raw := column.(type) {
	case nil:
		return nil
	case []byte:
		return json.Unmarshal(raw, &h.CallHours)
	case string:
		return json.Unmarshal([]byte(raw), &h.CallHours)
	}
	return fmt.Errorf("call hours: cannot read %T", column)
}

// Value writes the column.
func (h StoredCallHours) Value() (driver.Value, error) {
	if h.CallHours == nil {
		return nil, nil //nolint:nilnil // none is null
	}
	raw, err := json.Marshal(h.CallHours)
	return string(raw), err
}

// CallHoursState is how a number's call hours stand at Meta.
type CallHoursState struct {
	State    string              `json:"state" enum:"waiting,same,differs,failing" doc:"waiting: Meta is told within a minute. same: Meta has what the ring schedules say. differs: somebody changed them there since. failing: Meta did not take or tell them; it is tried again"`
	Wanted   *channels.CallHours `json:"wanted,omitempty" doc:"What the ring schedules and holidays came to when Meta took them"`
	Told     *channels.CallHours `json:"told,omitempty" doc:"What Meta says that it has"`
	PushedAt *time.Time          `json:"pushed_at,omitempty"`
	AskedAt  *time.Time          `json:"asked_at,omitempty" doc:"When Meta was last asked"`
	Fault    string              `json:"fault,omitempty" doc:"What Meta said in place of taking them"`
}

const callHoursOf = `select sender_id, wanted, told, pushed_at, asked_at, fault from call_hours where company_id = $1 and sender_id = any($2::uuid[])`

type callHoursRow struct {
	SenderID string          `db:"sender_id"`
	Wanted   StoredCallHours `db:"wanted"`
	Told     StoredCallHours `db:"told"`
	PushedAt *time.Time      `db:"pushed_at"`
	AskedAt  *time.Time      `db:"asked_at"`
	Fault    string          `db:"fault"`
}

func (r callHoursRow) state() *CallHoursState {
	s := &CallHoursState{State: "waiting", Wanted: r.Wanted.CallHours, Told: r.Told.CallHours, PushedAt: r.PushedAt, AskedAt: r.AskedAt, Fault: r.Fault}
	switch {
	case r.Fault != "":
		s.State = "failing"
	case s.Told == nil || s.Wanted == nil:
	case SameCallHours(*s.Told, *s.Wanted):
		s.State = "same"
	default:
		s.State = "differs"
	}
	return s
}

// SameCallHours reports whether both say the same of each day.
func SameCallHours(a, b channels.CallHours) bool {
	return a.Enabled == b.Enabled && a.Zone == b.Zone && slices.Equal(a.Week, b.Week) && slices.Equal(a.Days, b.Days)
}

// The hours of each number that follows its team's schedules are due when
// anything of the team's changes, or of the company's holidays: whoever works on
// them at the moment finds that they are not theirs any more.
const (
	followCallHours = `
with wanted as (
	select company_id, team_id, id from senders where company_id = $1 and team_id = $2 and kind = 'whatsapp_cloud' and settings @> '{"call_hours": true}'
), gone as (
	delete from call_hours where company_id = $1 and team_id = $2 and sender_id not in (select id from wanted)
)
insert into call_hours (company_id, team_id, sender_id) select company_id, team_id, id from wanted
on conflict (company_id, sender_id) do update set team_id = excluded.team_id, due_at = now(), claims = call_hours.claims + 1`

	followAllCallHours = `update call_hours set due_at = now(), claims = claims + 1 where company_id = $1`
)

// CallHoursDue is a number whose hours at Meta are ours to set or look at until a
// lease runs out.
type CallHoursDue struct {
	CompanyID string          `db:"company_id"`
	TeamID    string          `db:"team_id"`
	SenderID  string          `db:"sender_id"`
	Account   string          `db:"account"`
	Wanted    StoredCallHours `db:"wanted"` // what Meta took last
	Failures  int             `db:"failures"`
	Claims    int             `db:"claims"` // this one included
}

const claimCallHours = `
with due as (
	select h.company_id, h.sender_id, s.account from call_hours h join senders s on s.company_id = h.company_id and s.id = h.sender_id
	where h.due_at <= now() order by h.due_at limit $1 for update of h skip locked
)
update call_hours h set due_at = now() + $2::bigint * interval '1 millisecond', claims = h.claims + 1
from due where h.company_id = due.company_id and h.sender_id = due.sender_id
returning h.company_id, h.team_id, h.sender_id, due.account, h.wanted, h.failures, h.claims`

// ClaimCallHours takes numbers whose hours are due, so many at most.
func ClaimCallHours(ctx context.Context, db *sqlx.DB, most int, lease time.Duration) ([]CallHoursDue, error) {
	var due []CallHoursDue
	err := sqlx.SelectContext(ctx, db, &due, claimCallHours, most, lease.Milliseconds())
	return due, wrap(err, "claim call hours")
}

const renewCallHours = `
update call_hours set due_at = now() + $4::bigint * interval '1 millisecond' where company_id = $1 and sender_id = $2 and claims = $3`

// Renew has the lease run anew; false: somebody else has the number, or its team
// has changed something.
func (d CallHoursDue) Renew(ctx context.Context, db *sqlx.DB, lease time.Duration) (bool, error) {
	result, err := db.ExecContext(ctx, renewCallHours, d.CompanyID, d.SenderID, d.Claims, lease.Milliseconds())
	if err != nil {
		return false, wrap(err, "call hours of "+d.SenderID)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// Hours are what the team's schedules say now.
func (d CallHoursDue) Hours(ctx context.Context, q sqlx.QueryerContext, now time.Time) (channels.CallHours, error) {
	team, err := Load(ctx, q, d.CompanyID, d.TeamID)
	if err != nil {
		return channels.CallHours{}, err
	}
	return team.CallHours(now), nil
}

const (
	keepCallHours = `
update call_hours set wanted = $4::jsonb, told = $5::jsonb, pushed_at = case when $6 then $7::timestamptz else pushed_at end, asked_at = $7, fault = '', failures = 0,
	due_at = now() + interval '1 hour'
where company_id = $1 and sender_id = $2 and claims = $3`

	againCallHours = `update call_hours set wanted = null, due_at = now(), claims = claims + 1 where company_id = $1 and sender_id = $2`
)

// Keep stores what Meta took, if it was told, and what it says that it has. It is
// asked again in an hour: days go by, and somebody may change them there. Where
// somebody else had the number meanwhile, what was told last may be what we told
// first: Meta is told once more.
func (d CallHoursDue) Keep(ctx context.Context, db *sqlx.DB, wanted, told channels.CallHours, pushed bool, now time.Time) error {
	kept, err := db.ExecContext(ctx, keepCallHours, d.CompanyID, d.SenderID, d.Claims, StoredCallHours{&wanted}, StoredCallHours{&told}, pushed, now)
	if err != nil {
		return wrap(err, "call hours of "+d.SenderID)
	}
	if n, err := kept.RowsAffected(); err != nil || n == 1 || !pushed {
		return err
	}
	_, err = db.ExecContext(ctx, againCallHours, d.CompanyID, d.SenderID)
	return wrap(err, "call hours of "+d.SenderID)
}

// The longer it fails the longer it is left alone: half a minute, then twice as
// long each time, up to an hour.
const failCallHours = `
update call_hours set fault = $4, failures = failures + 1,
	due_at = now() + least(interval '30 seconds' * pow(2, least(failures, 10)), interval '1 hour')
where company_id = $1 and sender_id = $2 and claims = $3`

// Fail notes what Meta said in place of taking or telling the hours.
func (d CallHoursDue) Fail(ctx context.Context, db *sqlx.DB, fault string) error {
	_, err := db.ExecContext(ctx, failCallHours, d.CompanyID, d.SenderID, d.Claims, fault)
	return wrap(err, "call hours of "+d.SenderID)
}

// CallHoursOf are the states of those of a company's senders that follow their
// teams' schedules.
func CallHoursOf(ctx context.Context, q sqlx.QueryerContext, senders []Sender) (map[string]*CallHoursState, error) {
	var following []string
	for _, s := range senders {
		if s.Settings.CallHours {
			following = append(following, s.ID)
		}
	}
	if len(following) == 0 {
		return nil, nil //nolint:nilnil // none follows
	}
	var rows []callHoursRow
	if err := sqlx.SelectContext(ctx, q, &rows, callHoursOf, senders[0].CompanyID, pq.Array(following)); err != nil {
		return nil, wrap(err, "call hours")
	}
	found := map[string]*CallHoursState{}
	for _, row := range rows {
		found[row.SenderID] = row.state()
	}
	return found, nil
}
