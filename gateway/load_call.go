package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/phone"
	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/effects"
	"ringback/gateway/events"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

// loadCall is the case of a call whose timer has run out: what it was, and
// what the team and the caller are to each other.
func (g *Gateway) loadCall(ctx context.Context, tx *sqlx.Tx, e events.Event) (effects.Case, error) {
	call, err := journal.Find(ctx, tx, e.CompanyID, e.SenderID, e.ProviderID)
	if errors.Is(err, journal.ErrNone) {
		return effects.Case{}, errGone
	}
	if err != nil {
		return effects.Case{}, err
	}
	entries, end, err := readJournal(call)
	if err != nil {
		return effects.Case{}, err
	}
	return g.onSettledCall(ctx, tx, e, call, entries, end)
}

// onSettledCall is the case of a call that is decided about for the first time:
// which automations went out on the ticket that it is logged on counts as well.
func (g *Gateway) onSettledCall(ctx context.Context, tx *sqlx.Tx, e events.Event, call journal.Call, entries []calls.Entry, end calls.End) (effects.Case, error) {
	c, err := g.onCall(ctx, tx, e, call, entries, end)
	if err != nil {
		return c, err
	}
	if c.Call.Effect(c.Situation) == calls.OnTicket {
		c.Situation.History.OnTicket, err = decisions.OnTicket(ctx, tx, e.CompanyID, c.Situation.Ticket.ID)
	}
	return c, err
}

// loadHeldCall is the case of a call whose reply was held back. This time it is
// decided for good: the reply goes out, unless an advisor was quicker.
func (g *Gateway) loadHeldCall(ctx context.Context, tx *sqlx.Tx, e events.Event) (effects.Case, error) {
	sid := strings.TrimSuffix(e.ProviderID, effects.HeldCall(""))
	deferred, err := decisions.Deferred(ctx, tx, e.CompanyID, sid, string(rules.CallSettled))
	if errors.Is(err, decisions.ErrNone) {
		return effects.Case{}, errGone
	}
	if err != nil {
		return effects.Case{}, err
	}
	call, err := journal.Find(ctx, tx, e.CompanyID, e.SenderID, sid)
	if err != nil {
		return effects.Case{}, err
	}
	entries, end, err := readJournal(call)
	if err != nil {
		return effects.Case{}, err
	}
	c, err := g.onCall(ctx, tx, e, call, entries, end)
	c.Deferred, c.Situation.Call.Held = &deferred, deferred.Automation
	return c, err
}

// onCall is the case of a call that is over, with these lines.
func (g *Gateway) onCall(ctx context.Context, tx *sqlx.Tx, e events.Event, call journal.Call, entries []calls.Entry, end calls.End) (effects.Case, error) {
	if end.At.IsZero() { // its end never came: the last line is all there is
		end.At = entries[len(entries)-1].At
	}
	nobody, err := unknown(ctx, tx, call, entries)
	if err != nil {
		return effects.Case{}, err
	}
	if nobody {
		call.Caller = phone.Anonymous
	}
	contact, err := g.callerOf(ctx, tx, call, entries)
	if err != nil {
		return effects.Case{}, err
	}
	e.TeamID, e.OccurredAt = call.TeamID, call.StartedAt
	s, err := g.situation(ctx, tx, e, answerTo(call), contact)
	if err != nil {
		return effects.Case{}, err
	}
	result := calls.Settle(entries, call.StartedAt, end)
	if _, known := s.Team.Advisors[result.Advisor]; !known {
		result.Advisor = "" // the address that named them was not ours, or they have left
	}
	if s.Event.Sender == "" {
		s.Event.Sender = tickets.TextSender(s.Team, call.SenderID)
	}
	if !withheld(call) { // whom they called is not who texts them: of which of the two did they opt out?
		if contact, err = contacts.Lock(ctx, tx, e.CompanyID, e.TeamID, contact.ID, s.Event.Sender, s.Event.Channel, call.Caller); err != nil {
			return effects.Case{}, err
		}
		s.Contact = contact.Known()
	}
	s.Call = rules.Call{
		Outcome: string(result.Outcome), Step: result.Step, Ended: end.At, Verstat: calls.Verstat(entries), Advisor: s.Team.Advisors[result.Advisor].Name,
	}
	if s.Call.Unverified() {
		if s.Spent.Unverified, err = decisions.Unverified(ctx, tx, e.CompanyID, e.TeamID, s.Now); err != nil {
			return effects.Case{}, err
		}
	}
	return effects.Case{
		Event: e, Contact: contact, Situation: s, Now: g.Clock.Now(), Call: &effects.Call{Call: call, Result: result, End: end.At},
	}, nil
}

// answerTo is the call as the rules see it: a reply to one by WhatsApp goes there,
// from the number that was called, and to any other by text, from a sender that is
// still to be found.
func answerTo(call journal.Call) rules.Event {
	of := rules.Event{Kind: rules.CallSettled, At: call.StartedAt, Channel: channels.SMS, From: call.Caller}
	if rules.OnWhatsApp(call.Kind) {
		of.Channel, of.Sender = call.Kind, call.SenderID
	}
	return of
}

// withheld reports whether nothing is known of who called.
func withheld(call journal.Call) bool {
	return call.Caller == "" || !rules.OnWhatsApp(call.Kind) && rules.Withheld(call.Caller)
}

// unknown reports whether the number says nothing of who called: it was
// withheld, is that of a line which forwards its callers, or is one of the
// staff's.
func unknown(ctx context.Context, tx sqlx.QueryerContext, c journal.Call, entries []calls.Entry) (bool, error) {
	if withheld(c) || calls.Forwarded(entries, c.Caller) {
		return true, nil
	}
	return contacts.Staffs(ctx, tx, c.CompanyID, c.Caller)
}

// callerOf is the contact who called. A withheld caller is one without an
// address, a new one for each call.
func (g *Gateway) callerOf(ctx context.Context, tx *sqlx.Tx, c journal.Call, entries []calls.Entry) (contacts.Contact, error) {
	if withheld(c) {
		return contacts.Nameless(ctx, tx, c.CompanyID, c.TeamID)
	}
	by := contacts.Actor{CompanyID: c.CompanyID, TeamID: c.TeamID, Who: string(c.Kind), At: g.Clock.Now()}
	if err := contacts.LinkAddresses(ctx, tx, by, c.Kind, c.Caller, calls.Name(entries), nil); err != nil {
		return contacts.Contact{}, err
	}
	return contacts.FindOrCreate(ctx, tx, c.CompanyID, c.TeamID, c.SenderID, c.Kind, c.Caller, calls.Name(entries))
}

// readJournal is a call's lines, and how it ended as far as they say.
func readJournal(c journal.Call) ([]calls.Entry, calls.End, error) {
	var entries []calls.Entry
	if err := json.Unmarshal(c.Journal, &entries); err != nil {
		return nil, calls.End{}, fmt.Errorf("call %s: journal: %w", c.SID, err)
	}
	end := calls.End{Status: c.Status, Seconds: c.Seconds}
	if c.EndedAt != nil {
		end.At = *c.EndedAt
	}
	return entries, end, nil
}
