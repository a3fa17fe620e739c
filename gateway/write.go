package gateway

import (
	"context"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/gateway/calls"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/deliveries"
	"ringback/gateway/effects"
	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/messages"
	"ringback/gateway/notifications"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/requests"
	"ringback/gateway/tickets"
)

// write writes the rows that follow from decisions, and nothing else does: one
// statement a table for all of them, where many are of the kind, and one after the
// other where few are. The contacts' standings are locked; due is the time at which
// what is queued is due.
func write(ctx context.Context, tx *sqlx.Tx, c effects.Changes, due clock.Due) error {
	for _, table := range []func(context.Context, *sqlx.Tx, effects.Changes, clock.Due) error{
		writeTickets, writeRequests, writeTimeline, writeCalls, writeNews, writeAnswers, writeStandings, writeDeliveries, writeDecisions,
	} {
		if err := table(ctx, tx, c, due); err != nil {
			return err
		}
	}
	return nil
}

// each calls write for one row after the other, until one fails.
func each[Row any](rows []Row, write func(Row) error) error {
	for _, row := range rows {
		if err := write(row); err != nil {
			return err
		}
	}
	return nil
}

func writeTickets(ctx context.Context, tx *sqlx.Tx, c effects.Changes, _ clock.Due) error {
	if err := each(c.Withdrawn, func(w effects.Withdrawal) error {
		return requests.Withdraw(ctx, tx, w.CompanyID, w.TicketID, w.Kind, tickets.By{}, w.At)
	}); err != nil {
		return err
	}
	if err := each(c.Reopened, func(r effects.Reopening) error {
		return tickets.Reopen(ctx, tx, r.CompanyID, r.TicketID, r.At)
	}); err != nil {
		return err
	}
	if err := tickets.Insert(ctx, tx, c.Opened...); err != nil {
		return err
	}
	return tickets.AssignInTurn(ctx, tx, c.Assigned...)
}

func writeRequests(ctx context.Context, tx *sqlx.Tx, c effects.Changes, _ clock.Due) error {
	if err := each(c.Ended, func(e effects.Ending) error {
		return e.Request.End(ctx, tx, e.State, tickets.By{}, e.At)
	}); err != nil {
		return err
	}
	if err := each(c.Rerouted, func(r requests.Request) error { return r.WentOut(ctx, tx, r.Channel) }); err != nil {
		return err
	}
	return each(c.Asked, func(r requests.Request) error { return r.Insert(ctx, tx) })
}

// writeTimeline writes what was said and what files came with it.
func writeTimeline(ctx context.Context, tx *sqlx.Tx, c effects.Changes, due clock.Due) error {
	if err := messages.Insert(ctx, tx, c.Messages...); err != nil {
		return err
	}
	if err := messages.Adopt(ctx, tx, c.Adopting...); err != nil {
		return err
	}
	return each(c.Files, func(f effects.Files) error { return f.Origin.Expect(ctx, tx, f.Media, due) })
}

func writeAnswers(ctx context.Context, tx *sqlx.Tx, c effects.Changes, _ clock.Due) error {
	return each(c.Answers, func(a effects.Answer) error { return writeAnswer(ctx, tx, a) })
}

// writeAnswer gives a request its answer, from which more may follow: a ticket
// that is resolved is closed.
func writeAnswer(ctx context.Context, tx *sqlx.Tx, a effects.Answer) error {
	t, err := tickets.Lock(ctx, tx, a.CompanyID, a.TeamID, a.TicketID)
	if err != nil {
		return err
	}
	r, err := requests.Lock(ctx, tx, a.CompanyID, a.RequestID)
	if err != nil {
		return err
	}
	if a.Given == nil {
		return r.ToldAgain(ctx, tx, a.At)
	}
	_, err = r.Give(ctx, tx, t, *a.Given, requests.ByText, a.At)
	return err
}

// writeStandings writes how the contacts stand with the team from now on.
func writeStandings(ctx context.Context, tx *sqlx.Tx, c effects.Changes, _ clock.Due) error {
	if err := each(c.Consents, func(consent contacts.Consent) error { return consent.Record(ctx, tx) }); err != nil {
		return err
	}
	if err := each(c.Refusals, func(r effects.Refusal) error {
		return contacts.Doubt(ctx, tx, r.CompanyID, r.TeamID, r.ContactID, r.Said)
	}); err != nil {
		return err
	}
	if err := each(c.Pauses, func(p effects.Pause) error {
		return contacts.Pause(ctx, tx, p.CompanyID, p.TeamID, p.ContactID, p.Until)
	}); err != nil {
		return err
	}
	return each(c.Spoken, func(s effects.Spoken) error {
		return contacts.AdvisorSpoke(ctx, tx, s.CompanyID, s.TeamID, s.ContactID, s.At)
	})
}

func writeCalls(ctx context.Context, tx *sqlx.Tx, c effects.Changes, _ clock.Due) error {
	if err := each(c.Calls, func(s effects.SettledCall) error {
		err := s.Call.Settle(ctx, tx, s.Settlement)
		if err == nil && s.Settlement.Ticket != "" {
			err = tickets.Called(ctx, tx, s.Call.CompanyID, s.Settlement.Ticket, s.Settlement.Outcome == string(calls.Answered), s.Settlement.EndedAt)
		}
		return err
	}); err != nil {
		return err
	}
	return each(c.Recordings, func(o media.Origin) error {
		return media.Settled(ctx, tx, o.CompanyID, o.CallID, o.TeamID, o.ContactID, o.TicketID)
	})
}

// writeNews writes what the company's own systems and the staff are told of,
// and the timers.
func writeNews(ctx context.Context, tx *sqlx.Tx, c effects.Changes, _ clock.Due) error {
	if err := outboundhooks.Tell(ctx, tx, c.Hooks...); err != nil {
		return err
	}
	if err := notifications.Tell(ctx, tx, c.Notices...); err != nil {
		return err
	}
	return each(c.Timers, func(timer events.InternalEvent) error { return timer.Raise(ctx, tx) })
}

func writeDeliveries(ctx context.Context, tx *sqlx.Tx, c effects.Changes, due clock.Due) error {
	return deliveries.Queue(ctx, tx, due, c.Deliveries...)
}

func writeDecisions(ctx context.Context, tx *sqlx.Tx, c effects.Changes, _ clock.Due) error {
	if err := decisions.Insert(ctx, tx, c.Decisions...); err != nil {
		return err
	}
	return each(c.Released, func(d decisions.Decision) error { return d.Release(ctx, tx) })
}
