package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/events"
	"ringback/gateway/rules"
)

// background is what a decision needs to know beside the contact itself, in
// one round trip: the version of the team's settings, the newest ticket, the
// last hour's messages, which automations the contact got, what the team has
// spent, and what the contact was asked on this channel. Everything is as of $4, so that a demo's clock may go back.
const background = `
select t.version,
    (select row_to_json(x) from (
        select id, number, status, opened_at, closed_at from tickets
        where company_id = $1 and team_id = $2 and contact_id = $3 and opened_at <= $4
        order by (status = 'closed'), opened_at desc, number desc limit 1) x) as ticket,
    (select json_agg(x) from (
        select m.author, m.text, coalesce(d.sent_at, m.at) as at
        from messages m left join deliveries d on d.company_id = $1 and d.id = m.delivery_id
        where m.company_id = $1 and m.team_id = $2 and m.contact_id = $3 and m.at > $4::timestamptz - interval '1 hour' and m.at <= $4
        order by m.at desc, m.seq desc limit 20) x) as recent,
    (select json_agg(x) from (
        select automation, max(at) as last,
            count(*) filter (where at > $4::timestamptz - interval '1 hour' and event_kind not in ('request', 'share')) as hour,
            count(*) filter (where at > $4::timestamptz - interval '1 day' and event_kind not in ('request', 'share')) as day
        from decisions
        where company_id = $1 and team_id = $2 and contact_id = $3 and outcome = 'sent' and automation is not null and at <= $4
        group by automation) x) as sent,
    json_build_object(
        'hour', (select sent from spend where company_id = $1 and team_id = $2
            and span = 'hour' and starts_at = date_trunc('hour', $4::timestamptz, 'UTC')),
        'day', (select sent from spend where company_id = $1 and team_id = $2
            and span = 'day' and starts_at = date_trunc('day', $4::timestamptz, 'UTC'))) as spent,
    (select json_agg(x) from (
        select r.id, r.kind, r.asked_at, r.ticket_id as ticket, t.number, r.answer, r.answered_at, r.told_at is not null as told,
            r.state = 'cancelled' as cancelled
        from requests r join tickets t on t.company_id = r.company_id and t.id = r.ticket_id
        where r.company_id = $1 and r.team_id = $2 and r.contact_id = $3 and r.channel = $5
            and r.asked_at > $4::timestamptz - interval '7 days' and r.asked_at <= $4
            and (r.state in ('open', 'seen') and r.expires_at > $4
                or r.state = 'answered' and r.answered_at > $4::timestamptz - interval '1 hour'
                or r.state = 'cancelled' and r.ended_at > $4::timestamptz - interval '1 hour')
        order by r.asked_at desc, r.id desc limit 20) x) as asked
from teams t where t.company_id = $1 and t.id = $2`

type backgroundRow struct {
	Version int64   `db:"version"`
	Ticket  *string `db:"ticket"`
	Recent  *string `db:"recent"`
	Sent    *string `db:"sent"`
	Spent   *string `db:"spent"`
	Asked   *string `db:"asked"`
}

// situation gathers all that the decision on an event may depend on. The
// contact's standing has to be locked already.
func (g *Gateway) situation(ctx context.Context, tx sqlx.ExtContext, e events.Event, of rules.Event, c contacts.Contact) (rules.Situation, error) {
	var row backgroundRow
	now := g.Clock.Now()
	if now.Before(e.OccurredAt) {
		now = e.OccurredAt
	}
	if err := sqlx.GetContext(ctx, tx, &row, background, e.CompanyID, e.TeamID, c.ID, now, string(of.Channel)); err != nil {
		return rules.Situation{}, fmt.Errorf("event %s: background: %w", e.ID, err)
	}
	team, err := g.Settings.Get(ctx, tx, e.CompanyID, e.TeamID, row.Version)
	if err != nil {
		return rules.Situation{}, fmt.Errorf("event %s: settings: %w", e.ID, err)
	}
	s := rules.Situation{
		Now:     now,
		Team:    team,
		Event:   of,
		Hours:   rules.HoursAt(team, e.OccurredAt),
		Contact: contactOf(c),
	}
	if err := row.into(&s); err != nil {
		return s, err
	}
	if err := readQuestions(row.Asked, &s); err != nil {
		return s, err
	}
	return s, reached(ctx, tx, e, c.ID, &s)
}

// eventOf is a message as the rules see it.
func eventOf(e events.Event, received channels.Event) rules.Event {
	m := received.Message
	event := rules.Event{
		Kind: e.Kind, At: e.OccurredAt, Channel: received.Sender, Sender: e.SenderID, From: received.CustomerAddress,
		Form: m.Kind, Text: m.Text, Reply: m.Reply, OptOut: m.OptOut,
	}
	for _, file := range m.Media {
		if kind, _, _ := strings.Cut(file.ContentType, "/"); kind == "image" || kind == "video" {
			event.Files++
		}
	}
	return event
}

func contactOf(c contacts.Contact) rules.Contact {
	known := rules.Contact{
		Name: c.Name, Language: c.Language,
		Blocked: c.BlockedAt != nil, Unreachable: c.UnreachableAt != nil,
		OptedOut: c.OptedOutAt != nil || c.SenderOptOut, Ours: c.Ours,
	}
	if c.PausedUntil != nil {
		known.PausedUntil = *c.PausedUntil
	}
	if c.AdvisorAt != nil {
		known.AdvisorAt = *c.AdvisorAt
	}
	return known
}

// into reads the JSON parts of the row.
func (r backgroundRow) into(s *rules.Situation) error {
	var ticket *struct {
		ID       string     `json:"id"`
		Number   int64      `json:"number"`
		Status   string     `json:"status"`
		OpenedAt time.Time  `json:"opened_at"`
		ClosedAt *time.Time `json:"closed_at"`
	}
	var sent []struct {
		Automation string    `json:"automation"`
		Last       time.Time `json:"last"`
		Hour       int       `json:"hour"`
		Day        int       `json:"day"`
	}
	for _, part := range []struct {
		from *string
		into any
	}{{r.Ticket, &ticket}, {r.Recent, &s.Recent}, {r.Sent, &sent}, {r.Spent, &s.Spent}} {
		if part.from == nil {
			continue
		}
		if err := json.Unmarshal([]byte(*part.from), part.into); err != nil {
			return fmt.Errorf("background: %w", err)
		}
	}
	if ticket != nil {
		s.Ticket = &rules.Ticket{ID: ticket.ID, Number: ticket.Number, Status: ticket.Status, OpenedAt: ticket.OpenedAt}
		if ticket.ClosedAt != nil {
			s.Ticket.ClosedAt = *ticket.ClosedAt
		}
	}
	s.History.Last = map[string]time.Time{}
	for _, one := range sent {
		s.History.Last[one.Automation] = one.Last
		s.History.Hour += one.Hour
		s.History.Day += one.Day
	}
	return nil
}
