package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/events"
	"ringback/gateway/rules"
	"ringback/settings"
)

// background is what decisions need to know beside the contacts themselves, in
// one round trip for all of a team's: the version of the team's settings, the
// newest ticket, the last hour's messages, which automations the contact got,
// what the team has spent, when an advisor last wrote, and what the contact was
// asked on this channel or names by a quote or a button: what is put off until the
// morning (RequestEvent names it) was not asked yet.
// Everything is as of the instant that is given, so that a demo's clock may go back.
const background = `
select g.n, team.version,
    (select row_to_json(x) from (
        select id, number, status, assignee, opened_at, closed_at from tickets
        where company_id = $1 and team_id = $2 and contact_id = g.contact and opened_at <= g.now
        order by (status = 'closed'), case when status = 'closed' then closed_at else opened_at end desc, opened_at desc, number desc limit 1) x) as ticket,
    (select json_agg(x) from (
        select m.author, m.text, coalesce(d.sent_at, m.at) as at
        from messages m left join deliveries d on d.company_id = $1 and d.id = m.delivery_id
        where m.company_id = $1 and m.team_id = $2 and m.contact_id = g.contact and m.at > g.now - interval '1 hour' and m.at <= g.now
        order by m.at desc, m.seq desc limit 20) x) as recent,
    (select json_agg(x) from (
        select automation, max(at) as last, max(coalesce(decided_at, at)) as decided,
            (array_agg(text order by coalesce(decided_at, at) desc))[1] as text,
            count(*) filter (where coalesce(decided_at, at) > g.now - interval '1 hour' and event_kind not in ('request', 'share')) as hour,
            count(*) filter (where coalesce(decided_at, at) > g.now - interval '1 day' and event_kind not in ('request', 'share')) as day
        from (select * from decisions
            where company_id = $1 and team_id = $2 and contact_id = g.contact and outcome = 'sent' and automation is not null and (at <= g.now) is true
            order by automation, at offset 0) d
        group by automation) x) as sent,
    (select row_to_json(x) from (
        select count(*) filter (where decided_at > g.now - interval '1 hour') as hour, count(*) as day
        from (select decided_at from decisions
            where company_id = $1 and contact_id = g.contact and outcome = 'sent' and automation is not null
                and decided_at > g.now - interval '1 day' and decided_at <= g.now and event_kind not in ('request', 'share')
            order by decided_at offset 0) d) x) as company,
    json_build_object(
        'hour', (select sent from spend where company_id = $1 and team_id = $2
            and span = 'hour' and starts_at = date_trunc('hour', g.now, 'UTC')),
        'day', (select sent from spend where company_id = $1 and team_id = $2
            and span = 'day' and starts_at = date_trunc('day', g.now, 'UTC'))) as spent,
    (select max(at) from (
        select m.at from messages m
        where m.company_id = $1 and m.team_id = $2 and m.contact_id = g.contact and m.at > g.now - interval '7 days' and m.at <= g.now
            and m.author = 'advisor'
        order by m.at desc limit 1) x) as advisor_wrote,
    (select m.at from messages m
        where m.company_id = $1 and m.team_id = $2 and m.contact_id = g.contact and m.at > g.now - interval '1 hour' and m.at <= g.now
            and m.author = 'customer'
        order by m.at desc, m.seq desc limit 1) as wrote,
    (select max(at) from (
        select coalesce(ended_at, started_at) as at from calls
        where company_id = $1 and team_id = $2 and contact_id = g.contact and not outgoing and started_at > g.now - interval '5 hours' and started_at <= g.now
        order by started_at desc limit 20) x) as called,
    quoted.request as quoted,
    case when g.gesture then (select json_agg(x) from (
        select m.text, m.media <> '[]' as file from messages m
        where m.company_id = $1 and m.team_id = $2 and m.contact_id = g.contact and m.at <= g.now and m.author <> 'customer'
        order by m.at desc, m.seq desc limit 100) x) end as ours,
    (select json_agg(x order by x.asked_at desc, x.id desc) from (
        select r.id, r.kind, r.asked_at, r.ticket_id as ticket, t.number, r.answer, r.answered_at, r.told_at is not null as told,
            case when r.state = 'cancelled' then r.ended_at end as withdrawn_at,
            exists (select from messages m
                where m.company_id = $1 and m.team_id = $2 and m.contact_id = g.contact and m.author = 'advisor'
                    and m.at >= r.asked_at and m.at <= g.now and (m.at, m.id) > (r.asked_at, r.id)) as advisor_since
        from (select * from requests
            where company_id = $1 and team_id = $2 and contact_id = g.contact and asked_at > g.now - interval '7 days' and asked_at <= g.now
            order by asked_at desc offset 0) r
        cross join lateral (select number from tickets where company_id = $1 and id = r.ticket_id offset 0) t
        where (r.channel = g.channel or r.id in (quoted.request, g.tapped))
            and (r.state in ('open', 'seen') and r.expires_at > g.now
                or r.state = 'answered' and r.answered_at > g.now - interval '1 hour'
                or r.state = 'cancelled' and r.ended_at > g.now - interval '1 hour')
            and not exists (select from decisions w
                where w.company_id = $1 and w.team_id = $2 and w.provider_id = 'request/' || r.id and w.outcome = 'deferred')
        order by r.id in (quoted.request, g.tapped) desc nulls last, r.asked_at desc, r.id desc limit 20) x) as asked
from rows from (json_to_recordset($3) as (contact uuid, now timestamptz, channel text, quoted text, tapped uuid, gesture boolean))
    with ordinality as g (contact, now, channel, quoted, tapped, gesture, n)
join teams team on team.company_id = $1 and team.id = $2
left join lateral (
    select d.request_id as request from deliveries d
    where d.company_id = $1 and d.provider_id = g.quoted and d.contact_id = g.contact and d.request_id is not null limit 1) quoted on true
order by g.n`

type backgroundRow struct {
	N       int     `db:"n"`
	Version int64   `db:"version"`
	Ticket  *string `db:"ticket"`
	Recent  *string `db:"recent"`
	Sent    *string `db:"sent"`
	Spent   *string `db:"spent"`
	Asked   *string `db:"asked"`
	Quoted  *string `db:"quoted"`
	Company *string `db:"company"`
	Ours    *string `db:"ours"`

	AdvisorWrote *time.Time `db:"advisor_wrote"`
	Wrote        *time.Time `db:"wrote"` // the customer, within the last hour
	Called       *time.Time `db:"called"`
}

// meeting is an event with whom it is about: what a situation is gathered for.
type meeting struct {
	event   events.Event
	of      rules.Event // as the rules see it
	contact contacts.Contact
	quoted  string // the provider's id of the message that it quotes
}

// situation gathers all that the decision on one event may depend on. The
// contact's standing has to be locked already.
func (g *Gateway) situation(ctx context.Context, tx sqlx.ExtContext, e events.Event, of rules.Event, c contacts.Contact) (rules.Situation, error) {
	all, err := g.situations(ctx, tx, []meeting{{event: e, of: of, contact: c}})
	if err != nil {
		return rules.Situation{}, err
	}
	return all[0], nil
}

// situations gathers all that the decisions on a team's events may depend on, of
// which no two are about the same contact. The standings have to be locked already.
func (g *Gateway) situations(ctx context.Context, tx sqlx.ExtContext, all []meeting) ([]rules.Situation, error) {
	type given struct {
		Contact string        `json:"contact"`
		Now     time.Time     `json:"now"`
		Channel channels.Kind `json:"channel"`
		Quoted  *string       `json:"quoted"` // the provider's id of a message
		Tapped  *string       `json:"tapped"` // the id of a request
		Gesture bool          `json:"gesture"`
	}
	asked, now, first := make([]given, len(all)), g.Clock.Now(), all[0].event
	for n, m := range all {
		asked[n] = given{Contact: m.contact.ID, Now: now, Channel: m.of.Channel}
		_, asked[n].Gesture = gestureOf(m.of)
		if m.of.Quotes {
			asked[n].Quoted = &all[n].quoted
		}
		if _, request := rules.Tapped(m.of.Reply); request != "" {
			asked[n].Tapped = &request
		}
		if now.Before(m.event.OccurredAt) {
			asked[n].Now = m.event.OccurredAt
		}
	}
	rows, err := g.background(ctx, tx, first.CompanyID, first.TeamID, asked)
	if err != nil {
		return nil, fmt.Errorf("event %s and %d more: %w", first.ID, len(all)-1, err)
	}
	if len(rows) != len(all) {
		return nil, fmt.Errorf("event %s: team %s: %w", first.ID, first.TeamID, settings.ErrNotFound)
	}
	situations := make([]rules.Situation, len(all))
	for n, m := range all {
		s := &situations[n]
		team, err := g.Settings.Get(ctx, tx, m.event.CompanyID, m.event.TeamID, rows[n].Version)
		if err != nil {
			return nil, fmt.Errorf("event %s: settings: %w", m.event.ID, err)
		}
		*s = rules.Situation{Now: asked[n].Now, Team: team, Event: m.of, Hours: rules.HoursAt(team, m.event.OccurredAt), Contact: m.contact.Known()}
		if err := rows[n].into(s); err != nil {
			return nil, err
		}
		if err := readQuestions(rows[n].Asked, s); err != nil {
			return nil, err
		}
		if err := readGesture(rows[n].Ours, s); err != nil {
			return nil, err
		}
		if err := reached(ctx, tx, m.event, m.contact.ID, s); err != nil {
			return nil, err
		}
		if err := g.ofStaff(ctx, tx, m.event, s); err != nil {
			return nil, err
		}
	}
	return situations, nil
}

func (g *Gateway) background(ctx context.Context, tx sqlx.QueryerContext, company, team string, asked any) ([]backgroundRow, error) {
	given, err := json.Marshal(asked)
	if err != nil {
		return nil, fmt.Errorf("background: %w", err)
	}
	var rows []backgroundRow
	if err := sqlx.SelectContext(ctx, tx, &rows, background, company, team, string(given)); err != nil {
		return nil, fmt.Errorf("background: %w", err)
	}
	return rows, nil
}

// eventOf is a message as the rules see it.
func eventOf(e events.Event, received channels.Event) rules.Event {
	m := received.Message
	event := rules.Event{
		Kind: e.Kind, At: e.OccurredAt, Channel: received.Sender, Sender: e.SenderID, From: received.CustomerAddress,
		Form: m.Kind, Text: m.Text, Reply: m.Reply, OptOut: m.OptOut, Quotes: m.About != "" && !m.Kind.IsAnnotation(),
	}
	for _, file := range m.Media {
		if kind, _, _ := strings.Cut(file.ContentType, "/"); kind == "image" || kind == "video" {
			event.Files++
		}
	}
	return event
}

// into reads the JSON parts of the row.
func (r backgroundRow) into(s *rules.Situation) error {
	var ticket *struct {
		ID       string     `json:"id"`
		Number   int64      `json:"number"`
		Status   string     `json:"status"`
		Assignee string     `json:"assignee"`
		OpenedAt time.Time  `json:"opened_at"`
		ClosedAt *time.Time `json:"closed_at"`
	}
	var company struct{ Hour, Day int }
	var sent []struct {
		Automation string    `json:"automation"`
		Last       time.Time `json:"last"`
		Decided    time.Time `json:"decided"`
		Text       string    `json:"text"`
		Hour       int       `json:"hour"`
		Day        int       `json:"day"`
	}
	for _, part := range []struct {
		from *string
		into any
	}{{r.Ticket, &ticket}, {r.Recent, &s.Recent}, {r.Sent, &sent}, {r.Spent, &s.Spent}, {r.Company, &company}} {
		if part.from == nil {
			continue
		}
		if err := json.Unmarshal([]byte(*part.from), part.into); err != nil {
			return fmt.Errorf("background: %w", err)
		}
	}
	if ticket != nil {
		s.Ticket = &rules.Ticket{ID: ticket.ID, Number: ticket.Number, Status: ticket.Status, Assignee: ticket.Assignee, OpenedAt: ticket.OpenedAt}
		if ticket.ClosedAt != nil {
			s.Ticket.ClosedAt = *ticket.ClosedAt
		}
	}
	if r.AdvisorWrote != nil {
		s.AdvisorWrote = *r.AdvisorWrote
	}
	if r.Wrote != nil {
		s.Heard = *r.Wrote
	}
	if r.Called != nil && r.Called.After(s.Heard) {
		s.Heard = *r.Called
	}
	if r.Quoted != nil {
		s.Event.Quoted = *r.Quoted
	}
	s.History.CompanyHour, s.History.CompanyDay = company.Hour, company.Day
	s.History.Last, s.History.Decided = map[string]time.Time{}, map[string]time.Time{}
	var newest time.Time
	for _, one := range sent {
		if one.Decided.After(newest) {
			newest, s.Echo = one.Decided, one.Text
		}
		s.History.Last[one.Automation], s.History.Decided[one.Automation] = one.Last, one.Decided
		s.History.Hour += one.Hour
		s.History.Day += one.Day
	}
	if n := slices.IndexFunc(s.Recent, func(said rules.Said) bool { return said.Author == "automation" }); n >= 0 {
		s.Echo = s.Recent[n].Text // of which some answer a word, and no automation
	}
	return nil
}
