package tickets

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/phone"
	"ringback/gateway/contacts"
	"ringback/settings"
)

// ReplyRoute is where a customer is spoken to: from which sender of ours, and at
// which address of theirs.
type ReplyRoute struct {
	Sender settings.Sender // empty: the team has none left
	To     string          // empty: they withheld their number
	Again  bool            // one of the staff tries it although an earlier text did not arrive
}

// heard is where the customer was last heard on the ticket, in writing or by
// phone. What came with an event says which of their addresses it was. A
// photo that came by a link's page came by no channel.
const heard = `
select sender_id, theirs from (
    (select m.sender_id, coalesce(case when m.kind = 'system' then e.payload->'Also'->>0 end, e.payload->>'Theirs', '') as theirs, m.at
        from messages m left join events e on e.company_id = m.company_id and e.id = m.event_id
        where m.company_id = $1 and m.ticket_id = $2 and m.author = 'customer' and (m.event_id is not null or m.sender_id <> m.team_id)
        order by m.seq desc limit 1)
    union all
    (select sender_id, caller, started_at from calls
        where company_id = $1 and ticket_id = $2 and not outgoing order by started_at desc limit 1)) h
order by at desc limit 1`

// spokenTo is where we last wrote to from a sender on the ticket, if that is the
// customer's still and texts reach it.
const spokenTo = `
select d.to_address from messages m
join deliveries d on d.company_id = m.company_id and d.id = m.delivery_id
join addresses a on a.company_id = m.company_id and a.contact_id = $4 and a.address = d.to_address and a.unreachable_at is null
where m.company_id = $1 and m.ticket_id = $2 and d.sender_id = $3
order by m.seq desc limit 1`

// addresses are the contact's of a kind: those that are reached first, in front the one
// that the ticket was created with, then in a chat the visitor who is known to it, then
// the newest.
const addresses = `
select address from addresses a where company_id = $1 and contact_id = $2 and kind = $3
order by unreachable_at is not null, address = $4 desc nulls last,
	kind = 'visitor' and exists (select from visitors v where v.company_id = $1 and v.id = a.address and v.sender_id = $5) desc, created_at desc, address`

// Line is where the ticket's customer is spoken to: where they were last heard,
// and by text where that was the phone.
func (t Ticket) Line(ctx context.Context, q sqlx.QueryerContext, team *settings.Snapshot) (ReplyRoute, error) {
	var last struct {
		Sender string `db:"sender_id"`
		Theirs string `db:"theirs"`
	}
	err := sql.ErrNoRows
	if t.ID != "" {
		err = sqlx.GetContext(ctx, q, &last, heard, t.CompanyID, t.ID)
	}
	if errors.Is(err, sql.ErrNoRows) {
		last.Sender, err = value(t.SenderID), nil
	}
	if err != nil {
		return ReplyRoute{}, fmt.Errorf("ticket %s: where the customer was heard: %w", t.ID, err)
	}
	l := ReplyRoute{To: last.Theirs}
	l.Sender, _ = team.Sender(last.Sender)
	gone := l.Sender.ID == ""
	if gone || l.Sender.Kind == channels.Voice {
		if gone && !strings.HasPrefix(l.To, "+") { // an address of a channel that is gone
			l.To = ""
		}
		l.Sender, _ = team.Sender(TextSender(team, last.Sender))
	}
	if t.ClaimedAddress != nil {
		l.To = *t.ClaimedAddress
		return l, nil
	}
	if l.Sender.ID != "" && (gone || l.To == "") {
		l.To, err = t.reachedAt(ctx, q, l)
	}
	return l, err
}

// reachedAt is the customer's address on a route on which they were not heard: where
// we wrote to before, or else the one that they gave, or else their newest. By text it
// is the number as it is dialed, which WhatsApp may write in another way.
func (t Ticket) reachedAt(ctx context.Context, q sqlx.QueryerContext, l ReplyRoute) (string, error) {
	if l.To == "" && t.ID != "" {
		err := sqlx.GetContext(ctx, q, &l.To, spokenTo, t.CompanyID, t.ID, l.Sender.ID, t.ContactID)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return "", fmt.Errorf("ticket %s: where we wrote to: %w", t.ID, err)
		}
		if err == nil {
			return l.To, nil
		}
	}
	var theirs []string
	if err := sqlx.SelectContext(ctx, q, &theirs, addresses, t.CompanyID, t.ContactID, contacts.AddressKind(l.Sender.Kind, "+"), t.GivenAddress, l.Sender.ID); err != nil {
		return "", fmt.Errorf("contact %s: addresses: %w", t.ContactID, err)
	}
	if l.To == "" && len(theirs) > 0 {
		l.To = theirs[0]
	}
	if l.Sender.Kind == channels.SMS {
		l.To = phone.Dialed(l.To, theirs)
	}
	return l.To, nil
}

// TextSender is where a text comes from after a call to the sender of that id:
// the number that was called when it takes texts as well, else the team's
// first that does; empty: there is none.
func TextSender(team *settings.Snapshot, called string) string {
	voice, _ := team.Sender(called)
	first := ""
	for _, sender := range team.Senders {
		if sender.Kind != channels.SMS {
			continue
		}
		if sender.Address == voice.Address {
			return sender.ID
		}
		if first == "" {
			first = sender.ID
		}
	}
	return first
}
