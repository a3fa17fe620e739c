package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/phone"
	"ringback/gateway"
	"ringback/gateway/calls/journal"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
)

// NewCallBack asks for a call to a ticket's customer.
type NewCallBack struct {
	Advisor string `json:"advisor,omitempty" maxLength:"36" doc:"Whose phone is rung first: a member of the staff. Left out: who is signed in, who can name nobody else"`
}

// CallBack is a call that one of the staff makes to a ticket's customer.
type CallBack struct {
	ID      string    `json:"id"`
	Ticket  string    `json:"ticket"`
	Advisor string    `json:"advisor" doc:"Whose phone rings first"`
	Who     string    `json:"who" doc:"Their name"`
	At      time.Time `json:"at"`
}

// CallBack has the advisor's own phone rung and, when they press 1, connects them with
// the ticket's customer, from the team's number. While a call of this advisor's on the
// ticket goes on it is that call, so that a button that is pressed twice rings once; the
// key, which may be empty, makes it safe to repeat later too. A ticket that was nobody's
// is theirs, as if they had written.
func (d Desk) CallBack(ctx context.Context, who staff.Principal, team, ticket, key string, n NewCallBack) (CallBack, error) {
	if err := checkID("advisor", n.Advisor); err != nil {
		return CallBack{}, err
	}
	var made CallBack
	var fresh outgoing
	err := d.onTicket(ctx, who.CompanyID, team, ticket, func(tx *sqlx.Tx, t tickets.Ticket) (err error) {
		made, err = once(ctx, tx, who.CompanyID, key, "call/"+t.ID, n, func() (CallBack, error) {
			var b journal.Back
			b, fresh, err = d.callBack(ctx, tx, who, t, n.Advisor)
			return CallBack{ID: b.ID, Ticket: b.TicketID, Advisor: b.Advisor, Who: b.Who, At: b.StartedAt}, err
		})
		return err
	})
	if err == nil && fresh.call.ID != "" && d.Gateway != nil {
		err = placed(d.Gateway.PlaceCallBack(context.WithoutCancel(ctx), fresh.call, fresh.from, fresh.phone))
		d.moved(who.CompanyID, team, ticket)
	}
	return made, err
}

// outgoing is a call that is to be placed once it is written down; the zero value: none.
type outgoing struct {
	call  journal.Back
	from  settings.Sender
	phone string // the advisor's
}

// callBack writes the call down, or finds the one that goes on.
func (d Desk) callBack(ctx context.Context, tx *sqlx.Tx, who staff.Principal, t tickets.Ticket, named string) (journal.Back, outgoing, error) {
	advisor, err := ringable(ctx, tx, who, t.TeamID, named)
	if err != nil {
		return journal.Back{}, outgoing{}, err
	}
	before, err := journal.UnderWay(ctx, tx, who.CompanyID, t.ID, advisor.ID)
	switch {
	case err == nil && before.TicketID == t.ID && before.Advisor == advisor.ID:
		return before, outgoing{}, nil
	case err == nil && before.TicketID == t.ID:
		return before, outgoing{}, settings.NewConflict("ticket", "call_going", "Who", before.Who)
	case err == nil:
		return before, outgoing{}, settings.NewConflict("advisor", "call_elsewhere", "Who", advisor.Name)
	case !errors.Is(err, journal.ErrNone):
		return before, outgoing{}, err
	}
	chosen, err := settings.Load(ctx, tx, who.CompanyID, t.TeamID)
	if err != nil {
		return before, outgoing{}, err
	}
	from, to, err := callRoute(ctx, tx, chosen, t)
	if err == nil && to == advisor.Phone {
		err = settings.NewConflict("advisor", "call_self")
	}
	if err != nil {
		return before, outgoing{}, err
	}
	made := journal.Back{
		CompanyID: t.CompanyID, ID: uuid.Must(uuid.NewV7()).String(), TeamID: t.TeamID, SenderID: from.ID, ContactID: t.Person(), TicketID: t.ID,
		Customer: to, Advisor: advisor.ID, Who: advisor.Name, StartedAt: d.Clock.Now(),
	}
	err = gateway.MakeCallBack(ctx, tx, made)
	if err == nil && t.Assignee == nil {
		err = t.Make(ctx, tx, tickets.Change{Status: t.Status, Assignee: &advisor.ID, Resolved: t.Resolved, By: tickets.By{Who: who.Who, Staff: who.StaffID}, At: made.StartedAt})
	}
	return made, outgoing{made, from, advisor.Phone}, err
}

// placed says to people why a provider rings nobody.
func placed(err error) error {
	var refused *channels.SendError
	switch {
	case !errors.As(err, &refused):
		return err
	case refused.Code == "" || refused.Retry == channels.Later:
		return settings.NewConflict("ticket", "call_unavailable")
	}
	return settings.NewConflict("ticket", "call_refused", "Code", refused.Code)
}

// ringing is whose phone is rung first.
type ringing struct{ ID, Name, Phone string }

// Whose two calls at once are asked for come one after the other.
const ringableBy = `
select id, name, phone from staff where company_id = $1 and id = $2 and active and (role = 'admin' or $3::uuid = any(teams)) for update`

func ringable(ctx context.Context, tx sqlx.QueryerContext, who staff.Principal, team, named string) (ringing, error) {
	var a ringing
	switch {
	case who.StaffID == "" && named == "":
		return a, settings.Refuse("advisor", "missing")
	case who.StaffID != "" && named != "" && named != who.StaffID:
		return a, settings.Refuse("advisor", "call_own_phone")
	case named == "":
		named = who.StaffID
	}
	err := sqlx.GetContext(ctx, tx, &a, ringableBy, who.CompanyID, named, team)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return a, settings.Refuse("advisor", "assignee")
	case err != nil:
		return a, fmt.Errorf("staff %s: %w", named, err)
	case a.Phone == "":
		return a, settings.NewConflict("advisor", "no_own_phone")
	}
	return a, nil
}

// called is how the ticket's customer last called, by phone, and which other numbers
// are theirs.
const called = `
select coalesce((select sender_id::text from calls where company_id = $1 and ticket_id = $2 and kind = 'voice' and not outgoing order by started_at desc limit 1), '') as sender,
	coalesce((select caller from calls where company_id = $1 and ticket_id = $2 and kind = 'voice' and not outgoing and caller like '+%' order by started_at desc limit 1), '') as number,
	array(select address from addresses where company_id = $1 and contact_id = $3 and kind = 'phone' order by created_at desc, address) as theirs`

// callRoute is the team's number that the customer is called from, the one that they
// called before if it can be, and theirs.
func callRoute(ctx context.Context, tx sqlx.QueryerContext, team *settings.Snapshot, t tickets.Ticket) (from settings.Sender, to string, err error) {
	var last struct {
		Sender, Number string
		Theirs         pq.StringArray
	}
	if err := sqlx.GetContext(ctx, tx, &last, called, t.CompanyID, t.ID, t.ContactID); err != nil {
		return from, "", fmt.Errorf("ticket %s: whom to call: %w", t.ID, err)
	}
	switch {
	case t.ClaimedAddress != nil:
		last.Number = *t.ClaimedAddress
	case last.Number == "":
		route, err := t.Line(ctx, tx, team)
		if err != nil {
			return from, "", err
		}
		if last.Number = route.To; !strings.HasPrefix(route.To, "+") && len(last.Theirs) > 0 {
			last.Number = last.Theirs[0]
		}
		last.Number = phone.Dialed(last.Number, last.Theirs) // WhatsApp may have another form of it
	}
	for _, s := range team.Senders {
		if s.Kind == channels.Voice && (from.ID == "" || s.ID == last.Sender) {
			from = s
		}
	}
	switch {
	case from.ID == "":
		err = settings.NewConflict("ticket", "no_voice_sender")
	case !strings.HasPrefix(last.Number, "+"):
		err = settings.NewConflict("contact", "no_number")
	}
	return from, last.Number, err
}
