package inbox

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/gateway/contacts"
	"ringback/gateway/messages"
	"ringback/settings"
	"ringback/settings/staff"
)

// Found is one thing that a search found.
type Found struct {
	Kind    string    `db:"kind" json:"kind" enum:"contact,ticket,message,voicemail"`
	ID      string    `db:"id" json:"id" doc:"Of the contact, ticket or message; of a voicemail, of its recording"`
	Team    string    `db:"team" json:"team" doc:"Id of the team below whose path it is"`
	Ticket  *string   `db:"ticket" json:"ticket" doc:"Of a contact, their newest with the team; null: there is none"`
	Number  *int64    `db:"number" json:"number" doc:"Of the ticket"`
	Contact string    `db:"contact" json:"contact"`
	Name    string    `db:"name" json:"name" doc:"What the contact is called; empty: not known"`
	Address string    `db:"address" json:"address" doc:"The contact's first address; empty: none"`
	Text    string    `db:"text" json:"text" doc:"Of a message, and of what a voicemail says in writing, the part that holds the first word; of a ticket, the beginning of its newest message"`
	At      time.Time `db:"at" json:"at"`

	TeamName string `db:"team_name" json:"team_name"`
}

// MaxSearch is how many characters are looked for at most.
const MaxSearch = 100

// excerpt is how many characters of a message are shown.
const excerpt = 160

var (
	foundContacts = `
select f.kind, f.id, f.contact, f.name, f.at, f.text, f.address, f.team, coalesce((select name from teams where company_id = $1 and id = f.team), '') as team_name, t.id as ticket, t.number
from (
	select 'contact' as kind, c.id, c.id as contact, c.name, c.created_at as at, '' as text, n,
		coalesce((select address from addresses a where a.company_id = $1 and a.contact_id = c.id order by created_at, address limit 1), '') as address,
		(select s.team_id from standings s where s.company_id = $1 and s.contact_id = c.id and ($2::uuid[] is null or s.team_id = any($2::uuid[])) and s.met
		order by s.team_id limit 1) as team
	from unnest($3::uuid[]) with ordinality h (wanted, n) join contacts c on c.company_id = $1 and c.id = h.wanted
) f left join lateral (select id, number from tickets t where t.company_id = $1 and t.team_id = f.team and t.contact_id = f.contact
	order by opened_at desc limit 1) t on true
where f.team is not null order by f.n`

	foundTicket = `
select 'ticket' as kind, id, team_id as team, id as ticket, number, contact_id as contact, coalesce(active_at, opened_at) as at,
	coalesce((select name from teams where company_id = $1 and id = team_id), '') as team_name,
	coalesce((select left(m.text, 160) from messages m where m.company_id = $1 and m.ticket_id = tickets.id and m.author <> 'automation'
		order by m.seq desc limit 1), '') as text,` + strings.NewReplacer("contact_name", "name", "contact_address", "address").Replace(ofContact("tickets")) + `
from tickets where company_id = $1 and number = $3 and ($2::uuid[] is null or team_id = any($2::uuid[]))`

	foundMessages = `
select 'message' as kind, m.id, m.team_id as team, m.ticket_id as ticket, m.contact_id as contact, m.text, m.at,
	(select number from tickets t where t.company_id = $1 and t.id = m.ticket_id) as number,
	coalesce((select name from teams where company_id = $1 and id = m.team_id), '') as team_name,` +
		strings.NewReplacer("contact_name", "name", "contact_address", "address").Replace(ofMet("m")) + `
from unnest($2::uuid[]) with ordinality h (wanted, n) join messages m on m.company_id = $1 and m.id = h.wanted order by h.n`

	foundVoicemails = `
select 'voicemail' as kind, m.id, m.team_id as team, m.ticket_id as ticket, m.contact_id as contact, m.transcript as text, coalesce(k.started_at, m.created_at) as at,
	(select number from tickets t where t.company_id = $1 and t.id = m.ticket_id) as number,
	coalesce((select name from teams where company_id = $1 and id = m.team_id), '') as team_name,` +
		strings.NewReplacer("contact_name", "name", "contact_address", "address").Replace(ofMet("m")) + `
from unnest($2::uuid[]) with ordinality h (wanted, n) join media m on m.company_id = $1 and m.id = h.wanted
left join calls k on k.company_id = $1 and k.id = m.call_id
where m.contact_id is not null order by h.n`
)

// Search finds contacts by name or number, tickets by number, and messages and voicemails by
// their words, of the teams within reach: at most so many of each, those that fit best
// first. Names may be one letter off.
func (d Desk) Search(ctx context.Context, who staff.Principal, text string, limit int) ([]Found, error) {
	text = strings.TrimSpace(text)
	if err := checkSearch(text); err != nil {
		return nil, err
	}
	found := []Found{}
	if number, ok := ticketNumber(text); ok {
		if err := d.add(ctx, &found, foundTicket, who.CompanyID, pq.Array(who.Teams), number); err != nil {
			return nil, err
		}
	}
	if strings.HasPrefix(text, "#") {
		return found, nil
	}
	people, err := contacts.Matching(ctx, d.DB, who.CompanyID, who.Teams, text, limit)
	if err == nil && len(people) > 0 {
		err = d.add(ctx, &found, foundContacts, who.CompanyID, pq.Array(who.Teams), pq.Array(people))
	}
	if err != nil {
		return nil, err
	}
	for _, one := range []struct {
		said  func(context.Context, sqlx.QueryerContext) ([]messages.Hit, error)
		shown string
	}{{d.words(who.CompanyID, who.Teams, text, limit).Find, foundMessages}, {d.words(who.CompanyID, who.Teams, text, limit).Voicemails, foundVoicemails}} {
		said, err := one.said(ctx, d.DB)
		if err != nil {
			return found, err
		}
		if len(said) == 0 {
			continue
		}
		ids := make([]string, len(said))
		for n, hit := range said {
			ids[n] = hit.ID
		}
		before := len(found)
		if err := d.add(ctx, &found, one.shown, who.CompanyID, pq.Array(ids)); err != nil {
			return found, err
		}
		for n := before; n < len(found); n++ {
			found[n].Text = messages.Around(found[n].Text, text, excerpt)
		}
	}
	return found, nil
}

func (d Desk) add(ctx context.Context, found *[]Found, query string, args ...any) error {
	var more []Found
	if err := sqlx.SelectContext(ctx, d.DB, &more, query, args...); err != nil {
		return fmt.Errorf("what was found: %w", err)
	}
	*found = append(*found, more...)
	return nil
}

// words looks for a text among what was said in a team, or in all of them.
func (d Desk) words(company string, teams []string, text string, limit int) messages.Search {
	return messages.Search{CompanyID: company, Teams: teams, Text: text, Now: d.Clock.Now(), Limit: limit}
}

// checkSearch refuses what nothing can be found by.
func checkSearch(text string) error {
	if err := shaped(struct {
		Text string `json:"q" maxLength:"100"`
	}{text}); err != nil {
		return err
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return settings.Refuse("q", "empty")
	}
	return nil
}

// ticketNumber reads a ticket's number as people write it: 42 or #42.
func ticketNumber(text string) (int64, bool) {
	number, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64)
	return number, err == nil && number > 0
}
