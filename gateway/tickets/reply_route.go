package tickets

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
)

// ReplyRoute is where a customer is spoken to: from which sender of ours, and at
// which address of theirs.
type ReplyRoute struct {
	Sender settings.Sender // empty: the team has none left
	To     string          // empty: they withheld their number
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

// newest is the contact's newest address of a kind.
const newest = `
select address from addresses where company_id = $1 and contact_id = $2 and kind = $3
order by unreachable_at is not null, created_at desc, address limit 1`

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
	if l.Sender.ID == "" || l.Sender.Kind == channels.Voice {
		written := l.Sender.ID == "" && l.To != "" && l.To[0] != '+' // an address of a channel that is gone
		l.Sender, _ = team.Sender(TextSender(team, last.Sender))
		if written {
			l.To = ""
		}
	}
	if t.ClaimedAddress != nil {
		l.To = *t.ClaimedAddress
		return l, nil
	}
	if l.To == "" && l.Sender.ID != "" {
		err = q.QueryRowxContext(ctx, newest, t.CompanyID, t.ContactID, contacts.AddressKind(l.Sender.Kind, "+")).Scan(&l.To)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return ReplyRoute{}, fmt.Errorf("contact %s: address: %w", t.ContactID, err)
		}
	}
	return l, nil
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
