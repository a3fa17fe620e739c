package gateway

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/deliveries"
	"ringback/gateway/events"
	"ringback/gateway/rules"
)

// handleStatuses moves deliveries forward, in one statement as long as they go
// well. A callback that comes late, twice, or for a message that is not ours
// changes nothing; it stands recorded.
func (g *Gateway) handleStatuses(ctx context.Context, tx *sqlx.Tx, all []events.Event, payloads []any) ([]Change, error) {
	var changes []Change
	var good []deliveries.Step
	move := func() error {
		moved, err := deliveries.Advance(ctx, tx, good)
		for _, m := range moved {
			if m.Again && (m.State == channels.Delivered || m.State == channels.Read) {
				err = errors.Join(err, contacts.Reached(ctx, tx, m.CompanyID, contacts.AddressKind(m.Kind, m.To), m.To))
			}
			changes = append(changes, Change{
				Kind: "delivery", CompanyID: m.CompanyID, TeamID: m.TeamID, ID: m.ID, moved: movedTo{m.Kind, m.State, ""},
			})
		}
		good = nil
		return err
	}
	for n, e := range all {
		step := deliveries.Step{CompanyID: e.CompanyID, SenderID: e.SenderID, Status: *payloads[n].(channels.Event).Status, At: e.OccurredAt}
		if s := step.Status; s.Reason == "" && s.State != channels.Failed && s.State != channels.Undelivered {
			good = append(good, step)
			continue
		}
		if err := move(); err != nil {
			return nil, err
		}
		more, err := g.handleRefusal(ctx, tx, e, step)
		if err != nil {
			return nil, err
		}
		changes = append(changes, more...)
	}
	return changes, move()
}

// handleRefusal is a status that tells what went wrong, from which more follows.
func (g *Gateway) handleRefusal(ctx context.Context, tx *sqlx.Tx, e events.Event, step deliveries.Step) ([]Change, error) {
	s := step.Status
	m, found, err := deliveries.Find(ctx, tx, step)
	if err != nil || !found {
		return nil, err
	}
	if err := learn(ctx, tx, m, s.Reason, s.Code, e); err != nil {
		return nil, err
	}
	if err := templateRefused(ctx, tx, m.CompanyID, m.TeamID, m.SenderID, m.Template, s.Reason, e.OccurredAt); err != nil {
		return nil, err
	}
	if !m.State.Before(s.State) {
		return nil, nil
	}
	if err := m.Move(ctx, tx, step); err != nil {
		return nil, err
	}
	if err := tellAdmins(ctx, tx, m, s.Reason, s.Code, s.Detail, g.Clock.Now()); err != nil {
		return nil, err
	}
	again, err := g.planAgain(ctx, tx, m, s)
	if err != nil {
		return nil, err
	}
	changes, err := g.fallBack(ctx, tx, m, s.Reason)
	if err != nil {
		return nil, err
	}
	if lost := s.State == channels.Failed || s.State == channels.Undelivered; lost && !again && len(changes) == 0 {
		if err := m.TellLost(ctx, tx, s.State, s.Reason, s.Code, e.OccurredAt); err != nil {
			return nil, err
		}
	}
	return append(changes, Change{
		Kind: "delivery", CompanyID: m.CompanyID, TeamID: m.TeamID, ID: m.ID, moved: movedTo{m.Kind, s.State, s.Code},
	}), nil
}

// learn keeps what a provider's refusal tells about the person: that they
// stopped this sender, or that no text reaches the number.
func learn(ctx context.Context, q sqlx.ExtContext, m deliveries.Moved, reason channels.Reason, code string, e events.Event) error {
	switch reason {
	case channels.ReasonOptedOut:
		if m.ContactID == "" { // one of the staff, who is no customer, and wants no more notices by text
			c, err := contacts.FindOrCreate(ctx, q, m.CompanyID, m.TeamID, m.SenderID, m.Kind, m.To, "")
			if err != nil {
				return err
			}
			m.ContactID = c.ID
		}
		return contacts.Consent{
			CompanyID: m.CompanyID, TeamID: m.TeamID, ContactID: m.ContactID, SenderID: m.SenderID, OptedOut: true,
			Source: "provider", Words: code, EventID: e.ID, At: e.OccurredAt,
		}.Record(ctx, q)
	case channels.ReasonUnreachable:
		if rules.OnWhatsApp(m.Kind) && contacts.AddressKind(m.Kind, m.To) == contacts.AddressKind(channels.SMS, m.To) {
			return nil // texts may well reach the number
		}
		return contacts.Unreachable(ctx, q, m.CompanyID, contacts.AddressKind(m.Kind, m.To), m.To, code, e.OccurredAt)
	}
	return nil
}
