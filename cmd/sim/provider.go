package main

import (
	"context"
	"errors"
	"time"

	"ringback/channels"
)

// provider is the played Twilio: what it took and what it says is all that
// there is of it. Each replica reaches it by a line of its own.
type provider struct {
	taken  []taken        // in the order in which it took them
	copies map[string]int // how often it took each delivery
	// blind are look-ups, of each delivery, that did not find what was there.
	blind   map[string]int
	unseen  int             // for how many look-ups it does not find what is there
	deaf    int             // for how many look-ups it does not answer
	refused map[string]bool // deliveries that it refused for good
	asked   map[string]int  // how often it was asked to send each
}

// taken is a message that the provider took.
type taken struct {
	delivery, id, from, to string
	at                     time.Time
}

func newProvider() *provider {
	return &provider{copies: map[string]int{}, blind: map[string]int{}, refused: map[string]bool{}, asked: map[string]int{}}
}

// line is a replica's road to the provider, with what the next send is answered.
type line struct {
	world   *world
	replica int
	answer  string
}

// Answers are what the provider can say to a send.
var answers = []string{
	"ok", "lost", "vanished", "throttled", "down", "opted_out", "unreachable", "credentials", "slow", "panic", "dies_before", "dies_after",
}

func (l *line) Kinds() []channels.Kind { return []channels.Kind{channels.SMS} }
func (l *line) Hooks() []channels.Hook { return nil }

func refusal(reason channels.Reason, code string, retry channels.Retry) error {
	return &channels.SendError{Reason: reason, Code: code, Retry: retry, Err: errors.New("the played provider says so")}
}

// Send answers as the script says. Twilio's own numbers stand beside.
func (l *line) Send(ctx context.Context, _ channels.Account, m channels.Outgoing) (channels.Receipt, error) {
	answer := l.answer
	l.answer = "ok"
	mine := l.world.replicas[l.replica].process
	if mine.dead {
		return channels.Receipt{}, errDead
	}
	p := l.world.provider
	p.asked[m.Delivery]++
	switch answer {
	case "lost": // it took the message, and its answer did not come
		l.world.take(m)
		return channels.Receipt{}, refusal(channels.ReasonAmbiguous, "", channels.Look)
	case "vanished": // nobody knows, and it did not take it
		return channels.Receipt{}, refusal(channels.ReasonAmbiguous, "", channels.Look)
	case "throttled":
		return channels.Receipt{}, &channels.SendError{Reason: channels.ReasonThrottled, Code: "20429", Retry: channels.Later, After: 5 * time.Second, Err: errors.New("too fast")}
	case "down":
		return channels.Receipt{}, refusal(channels.ReasonUnavailable, "503", channels.Look)
	case "opted_out":
		p.refused[m.Delivery] = true
		return channels.Receipt{}, refusal(channels.ReasonOptedOut, "21610", channels.Never)
	case "unreachable":
		p.refused[m.Delivery] = true
		return channels.Receipt{}, refusal(channels.ReasonUnreachable, "21614", channels.Never)
	case "credentials":
		p.refused[m.Delivery] = true
		return channels.Receipt{}, refusal(channels.ReasonCredentials, "20003", channels.Never)
	case "slow":
		l.world.meanwhile(ctx, l.replica)
	case "panic":
		panic("the played provider's client panics")
	case "dies_before":
		mine.die(nil)
		return channels.Receipt{}, errDead
	case "dies_after":
		l.world.take(m)
		mine.die(nil)
		return channels.Receipt{}, errDead
	}
	return channels.Receipt{ProviderID: l.world.take(m), State: channels.Sending, Segments: 1}, nil
}

// Find looks for what was taken.
func (l *line) Find(_ context.Context, _ channels.Account, m channels.Outgoing, since time.Time) (channels.Receipt, bool, error) {
	p := l.world.provider
	if p.deaf > 0 {
		p.deaf--
		return channels.Receipt{}, false, errors.New("the played provider does not answer")
	}
	for _, t := range p.taken {
		if t.delivery != m.Delivery || t.at.Before(since) {
			continue
		}
		if p.unseen > 0 {
			p.unseen--
			p.blind[m.Delivery]++
			return channels.Receipt{}, false, nil
		}
		return channels.Receipt{ProviderID: t.id, State: channels.Sending, Segments: 1}, true, nil
	}
	return channels.Receipt{}, false, nil
}
