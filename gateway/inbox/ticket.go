package inbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// Ticket is a ticket as a list shows it.
type Ticket struct {
	ID        string     `db:"id" json:"id"`
	Number    int64      `db:"number" json:"number" doc:"As the customer sees it"`
	Status    string     `db:"status" json:"status" enum:"open,done,closed"`
	Kind      string     `db:"kind" json:"kind" enum:"message,call,missed_call,voicemail,web"`
	Contact   string     `db:"contact_id" json:"contact"`
	Name      string     `db:"contact_name" json:"contact_name" doc:"What the contact is called; empty: not known"`
	Address   string     `db:"contact_address" json:"contact_address" doc:"The contact's first address; empty: none"`
	Channel   string     `db:"channel" json:"channel" enum:"sms,voice,whatsapp_twilio,whatsapp_cloud,webchat," doc:"The kind of our sender by which the customer was last heard, which an advisor's reply goes out from; empty: that sender is gone"`
	Last      string     `db:"last_text" json:"last_text" doc:"The beginning of the newest message that is not automatic; empty: none"`
	Assignee  *string    `db:"assignee" json:"assignee"`
	Resolved  *bool      `db:"resolved" json:"resolved" doc:"Of one that is closed; null: nobody knows"`
	OpenedAt  time.Time  `db:"opened_at" json:"opened_at"`
	DoneAt    *time.Time `db:"done_at" json:"done_at"`
	ClosedAt  *time.Time `db:"closed_at" json:"closed_at"`
	CreatedAt time.Time  `db:"created_at" json:"created_at"`
	UpdatedAt time.Time  `db:"updated_at" json:"updated_at"`

	ActiveAt     time.Time  `db:"active_at" json:"active_at" doc:"The customer or an advisor was last heard"`
	WaitingSince *time.Time `db:"waiting_since" json:"waiting_since" doc:"The customer waits for us since then; null: they do not"`
	SnoozedUntil *time.Time `db:"snoozed_until" json:"snoozed_until" doc:"It comes back to what is to do then; null: it is there"`
	Labels       []Label    `db:"-" json:"labels" nullable:"false" doc:"By name"`
	Unproven     *Unproven  `db:"unproven" json:"unproven,omitempty" doc:"Of a ticket of the contact page's form: whose number was given, which nothing proves. The contact is one of its own; replies go to the number. Merging it into the other says that both are one person. Left out: there is no such doubt"`
	Undo         *Undo      `db:"-" json:"-"` // of one that was changed just now: what sets it back; nil: nothing does
	Unread       bool       `db:"unread" json:"unread" doc:"In a list: the customer was heard since whoever asks has read it. An API key has no such marks"`
}

// Unproven is who a ticket's customer says they are.
type Unproven struct {
	Contact string `json:"contact" doc:"Id of the contact who has the number"`
	Name    string `json:"name" doc:"What that contact is called; empty: not known, or the team has not met them"`
	Address string `json:"address" doc:"The number that was given; empty: erased"`

	Met bool `json:"-"` // the team has met that contact, and may look at them
}

// Scan reads the column.
func (u *Unproven) Scan(column any) error {
	read := struct {
		*Unproven

		Met *bool `json:"met"`
	}{u, &u.Met}
	switch raw := column.(type) {
	case []byte:
		return json.Unmarshal(raw, &read)
	case string:
		return json.Unmarshal([]byte(raw), &read)
	}
	return fmt.Errorf("unproven: cannot read %T", column)
}

var ticketColumns = `id, number, status, kind, contact_id, assignee, resolved, opened_at, done_at, closed_at, created_at, updated_at,
	coalesce(active_at, opened_at) as active_at, waiting_since, snoozed_until,
	coalesce((select left(m.text, 200) from messages m where m.company_id = tickets.company_id and m.ticket_id = tickets.id and m.author <> 'automation'
		order by m.seq desc limit 1), '') as last_text,
	coalesce((select s.kind from senders s where s.company_id = tickets.company_id and s.id = tickets.sender_id), '') as channel,
	case when claimed_id is not null then (select json_build_object('contact', claimed_id, 'address', coalesce(claimed_address, ''), 'name', coalesce(c.name, ''), 'met', c.id is not null)
		from (select 1) one left join (select c.id, c.name from standings s join contacts c on c.company_id = s.company_id and c.id = s.contact_id
			where s.company_id = tickets.company_id and s.team_id = tickets.team_id and s.contact_id = tickets.claimed_id and s.met) c on true) end as unproven,` + ofContact("tickets")

// ofContact are the name and the first address of the contact of a row of the
// table.
func ofContact(table string) string { return contactWhere(table, "") }

// ofMet is ofContact where the row may be of somebody whom its team has not met: what
// was said to a number that is not proven to be whose it is.
func ofMet(table string) string {
	return contactWhere(table, ` and exists (select from standings s
		where s.company_id = `+table+`.company_id and s.team_id = `+table+`.team_id and s.contact_id = `+table+`.contact_id and s.met)`)
}

func contactWhere(table, also string) string {
	return `
	coalesce((select name from contacts c where c.company_id = ` + table + `.company_id and c.id = ` + table + `.contact_id` + also + `), '') as contact_name,
	coalesce((select address from addresses a where a.company_id = ` + table + `.company_id and a.contact_id = ` + table + `.contact_id` + also + `
		order by created_at, address limit 1), '') as contact_address`
}

var findTicket = `select ` + ticketColumns + `, false as unread from tickets where company_id = $1 and team_id = $2 and id = $3`

// FindTicket returns a ticket of the team, or settings.ErrNotFound.
func FindTicket(ctx context.Context, q sqlx.QueryerContext, company, team, id string) (Ticket, error) {
	var t Ticket
	err := sqlx.GetContext(ctx, q, &t, findTicket, company, team, id)
	if errors.Is(err, sql.ErrNoRows) {
		return t, settings.ErrNotFound
	}
	if err != nil {
		return t, fmt.Errorf("ticket %s: %w", id, err)
	}
	one := []Ticket{t}
	err = withLabels(ctx, q, company, one)
	return one[0], err
}
