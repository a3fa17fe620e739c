package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings"
	"ringback/settings/staff"
)

// reach are the teams of $1 that know the contact $2, of those in a parameter; null: of
// all. None, where none of them has met the contact.
func reach(teams string) string {
	return `with reach as materialized (
	select team_id from standings where company_id = $1 and contact_id = $2 and (` + teams + `::uuid[] is null or team_id = any(` + teams + `::uuid[]))
	and exists (select from standings s where s.company_id = $1 and s.contact_id = $2 and s.met
		and s.team_id = any(array(select id from teams where company_id = $1 and (` + teams + `::uuid[] is null or id = any(` + teams + `::uuid[])))))
)`
}

// ofPerson are the newest rows of a table that are the contact's, behind a place: of
// each team, so that an index has them in order.
func ofPerson(table string) string {
	return `(select found.* from reach cross join lateral (
		select * from ` + table + ` where company_id = $1 and team_id = reach.team_id and contact_id = $2 and (at, id) < ($5::timestamptz, $6::uuid)
		order by at desc, id desc limit $7) found)`
}

// Where it stands, and what is of no ticket: what they said of texts to them, and what
// the staff did about it, which stands in the history.
var (
	whose    = `, e.team_id as team, e.ticket_id as ticket`
	consents = `select id, at, 'consent', who, '', words, null,
		case when opted_out then 'opted_out' when source in ('not_meant', 'agreed') then source else 'opted_in' end, source,
		null, null, '', null, null, '', '', null, '', null, false, '', ''` + whose + `
	from ` + ofPerson(`(select *, null::uuid as ticket_id from consents) consents`) + ` e`
	blocks = `select id, at, 'consent', who, '', '', null, case when is_blocked then 'blocked' else 'unblocked' end, '',
		null, null, '', null, null, '', '', null, '', null, false, '', ''` + whose + `
	from ` + ofPerson(`(select id, at, company_id, team_id, who, $2::uuid as contact_id, null::uuid as ticket_id, after ->> 'blocked' = 'true' as is_blocked from history
		where what = 'contact' and subject = any(array(select from_id::text from contact_merges where company_id = $1 and into_id = $2) || $2::uuid::text) and coalesce(before ->> 'blocked', 'false') <> after ->> 'blocked') blocks`) + ` e`
)

var contactTimeline = reach("$4") + `
select newest.*, (select number from tickets where company_id = $1 and id = newest.ticket) as number, coalesce((select name from teams where company_id = $1 and id = newest.team), '') as team_name from (
	` + union(ofPerson, whose, consents, blocks) + `
	order by at desc, id desc limit $7
) newest order by at desc, id desc`

// newest is before all that a timeline has.
var newest = Place{time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), "ffffffff-ffff-ffff-ffff-ffffffffffff"}

// ContactTimeline is what happened between a customer and the teams within reach that
// have met them, the newest first, from behind a place on: all but the decisions. Where
// no such team has met them, they are not found.
func (d Desk) ContactTimeline(ctx context.Context, who staff.Principal, contact string, after Place, limit int) ([]Entry, error) {
	switch {
	case !settings.IsID(contact):
		return nil, settings.ErrNotFound
	case after.ID == "":
		after = newest
	case after.At.IsZero():
		return nil, settings.Refuse("cursor", "cursor")
	}
	found := []Entry{}
	err := sqlx.SelectContext(ctx, d.DB, &found, contactTimeline, who.CompanyID, contact, d.Clock.Now(), pq.Array(who.Teams), after.At, after.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("timeline of contact %s: %w", contact, err)
	}
	if len(found) == 0 {
		return found, d.met(ctx, who, contact)
	}
	return found, nil
}

// met is settings.ErrNotFound when no team within reach has met the contact.
func (d Desk) met(ctx context.Context, who staff.Principal, contact string) error {
	var yes bool
	if err := sqlx.GetContext(ctx, d.DB, &yes, reach("$3")+` select exists (select from reach)`, who.CompanyID, contact, pq.Array(who.Teams)); err != nil {
		return fmt.Errorf("whether contact %s is within reach: %w", contact, err)
	}
	if !yes {
		return settings.ErrNotFound
	}
	return nil
}

// OpenTicket is one that is to do.
type OpenTicket struct {
	ID       string `db:"id"`
	Number   int64  `db:"number"`
	Team     string `db:"team_id"`
	TeamName string `db:"team_name"`
}

var openTickets = reach("$3") + `
select t.id, t.number, t.team_id, coalesce((select name from teams where company_id = $1 and id = t.team_id), '') as team_name
from reach join tickets t on t.company_id = $1 and t.team_id = reach.team_id and t.contact_id = $2
where t.status = 'open' order by t.opened_at desc, t.id desc limit 20`

// OpenTickets are a customer's, of all teams within reach, the newest first.
func (d Desk) OpenTickets(ctx context.Context, who staff.Principal, contact string) ([]OpenTicket, error) {
	found := []OpenTicket{}
	if err := sqlx.SelectContext(ctx, d.DB, &found, openTickets, who.CompanyID, contact, pq.Array(who.Teams)); err != nil {
		return nil, fmt.Errorf("open tickets of contact %s: %w", contact, err)
	}
	return found, nil
}
