package gateway

import (
	"context"
	"errors"
	"time"

	"ringback/channels"
	"ringback/gateway/ask"
	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/settings"
)

// fastTimeout is the usual Config.FastTimeout.
const fastTimeout = 80 * time.Millisecond

// slowTimeout is how long an answer waits where silence is better than to go on without:
// when nothing is known of the number that was called, and for the key an advisor pressed,
// since whoever has talked to one must not be sent on to the next.
const slowTimeout = 5 * time.Second

// Call says what a caller hears next and writes down what that takes them to.
// Nil: nothing, and the call ends, or an advisor is connected.
func (g *Gateway) Call(ctx context.Context, asked channels.CallRequest) channels.Script {
	called, ok := g.called(ctx, asked)
	if !ok {
		g.journal(ctx, g.FastTimeout, []channels.Event{asked.Event}) // a stray, for all to see
		return channels.Script{channels.Hangup{}}
	}
	if asked.Place.Call != "" {
		return g.callBack(ctx, called, asked)
	}
	if asked.Place.At == "" && (calls.ComesBack(called.Team, called.Sender.Address, asked.Event) || g.blocked(ctx, called, asked.Event.CustomerAddress)) {
		g.journal(ctx, g.FastTimeout, []channels.Event{named(asked.Event, called)})
		return channels.Script{channels.Reject{}}
	}
	question := calls.Question{
		Team: called.Team, Sender: called.Sender.ID, Number: called.Sender.Address, Place: asked.Place, Caller: asked.Event.CustomerAddress,
		Digits: asked.Digits, Dial: asked.Event.Call.Dial, Now: g.Clock.Now(),
	}
	if g.Play != nil {
		question.Play = func(id string) string { return g.Play(called.Sender.CompanyID, id) }
	}
	if called.Team.Team.RingLastAdvisor && asked.Place.At != "" {
		question.First = g.lastAdvisor(ctx, called, asked.Event.CustomerAddress)
	}
	if d := asked.Event.Call.Dial; d != nil && d.Status == "completed" && !d.Bridged && g.accepted(ctx, called, d.Leg) {
		question.Dial = &channels.Dial{Status: d.Status, Bridged: true}
	}
	script, lines := calls.Next(question)
	if asked.Over {
		lines, script = nil, nil
	}
	arrived, within := []channels.Event{named(asked.Event, called)}, g.FastTimeout
	for _, line := range lines {
		e := arrived[0]
		e.Kind, e.ProviderID, e.Raw = channels.CallStepped, asked.Event.ProviderID+"/"+string(line.Step), nil
		if line.Step == channels.StepAnswered && asked.Leg != "" {
			g.pressed.Add(asked.Leg, struct{}{})
			e.ProviderID, within = journal.Answered(asked.Leg), max(slowTimeout, g.FastTimeout)
		}
		e.Call = &channels.Call{ID: asked.Event.Call.ID, Step: line.Step, Option: line.Option, Advisor: line.Advisor, Round: line.Round, Team: called.Team.Team.ID}
		arrived = append(arrived, e)
	}
	g.journal(ctx, within, arrived)
	return script
}

// blocked reports whether the caller is; when the database does not say in time,
// they are let in.
func (g *Gateway) blocked(ctx context.Context, called settings.Called, caller string) bool {
	asking, cancel := context.WithTimeout(ctx, g.FastTimeout)
	defer cancel()
	blocked, err := g.blocks.About(asking, contacts.Number{Company: called.Sender.CompanyID, Number: caller})
	return err == nil && blocked
}

// called is whom the call reaches: by the number, or by what our own address
// says where the provider names only the call.
func (g *Gateway) called(ctx context.Context, asked channels.CallRequest) (settings.Called, bool) {
	find := func(within time.Duration) (settings.Called, error) {
		asking, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		return g.Directory.Find(asking, asked.Event.Account, asked.Event.SenderAddress, asked.Place.Sender)
	}
	called, err := find(g.FastTimeout)
	if err != nil && !errors.Is(err, settings.ErrNotFound) {
		called, err = find(slowTimeout)
	}
	if err != nil {
		return called, false
	}
	if asked.Place.Team != "" {
		asking, cancel := context.WithTimeout(ctx, g.FastTimeout)
		defer cancel()
		if other := g.Directory.Team(asking, called.Sender.CompanyID, asked.Place.Team); other != nil {
			called.Team = other
		}
	}
	return called, true
}

func named(e channels.Event, called settings.Called) channels.Event {
	e.SenderID = called.Sender.ID
	return e
}

func (g *Gateway) journal(ctx context.Context, within time.Duration, arrived []channels.Event) {
	waiting, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	g.Journal(waiting, arrived)
}

// lastAdvisor is whoever has the caller's newest ticket, if it is not older
// than a week; empty when nobody has, or the database does not say in time.
func (g *Gateway) lastAdvisor(ctx context.Context, called settings.Called, caller string) string {
	last, _ := ask.Within(ctx, g.FastTimeout, func(asking context.Context) (string, error) {
		return journal.LastAdvisor(asking, g.DB, called.Sender.CompanyID, called.Team.Team.ID, caller, g.Clock.Now()), nil
	})
	return last
}

// accepted reports whether the advisor of that leg pressed 1: the end of
// ringing then is the end of a conversation.
func (g *Gateway) accepted(ctx context.Context, called settings.Called, leg string) bool {
	if g.pressed.Contains(leg) {
		return true // which need not be in Postgres yet
	}
	accepted, _ := ask.Within(ctx, max(slowTimeout, g.FastTimeout), func(asking context.Context) (bool, error) {
		return journal.Accepted(asking, g.DB, called.Sender.CompanyID, called.Sender.ID, leg), nil
	})
	return accepted
}
