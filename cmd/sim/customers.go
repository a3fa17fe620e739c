package main

import (
	"context"
	"fmt"
	"time"

	"ringback/channels"
)

func (w *world) text(ctx context.Context, s Step) error {
	w.record(ctx, s.number(2), w.tell(w.message(s, s.rest(3)), s.number(0)))
	return nil
}

// late is a text of which the provider says that it is twenty minutes old.
func (w *world) late(ctx context.Context, s Step) error {
	m := w.message(s, s.rest(3))
	m.At = w.clock.Now().Add(-20 * time.Minute)
	w.record(ctx, s.number(2), w.tell(m, s.number(0)))
	return nil
}

// lost is a text whose request does not reach us; it may come again.
func (w *world) lost(_ context.Context, s Step) error {
	w.tell(w.message(s, s.rest(2)), s.number(0))
	return nil
}

// again repeats something that was told before, heard or not.
func (w *world) again(ctx context.Context, s Step) error {
	if len(w.told) > 0 {
		w.record(ctx, s.number(1), w.told[s.number(0)%len(w.told)])
	}
	return nil
}

func (w *world) message(s Step, text string) channels.Event {
	sender := w.senders[(s.number(1)+senders-1)%senders]
	return channels.Event{
		Kind: channels.MessageReceived, ProviderID: fmt.Sprintf("t%d", len(w.told)+1), Account: account, Sender: channels.SMS,
		SenderAddress: sender.Address, CustomerAddress: phone(s.number(0)), Message: &channels.Message{Text: text},
	}
}

// record hands a replica what the provider tells, and counts on what it
// acknowledged from then on.
func (w *world) record(_ context.Context, replica int, e *told) {
	r := w.at(replica)
	w.trouble = nil // it comes once, though a call's step records several
	err := r.RecordOne([]channels.Event{e.Event})
	if err == nil && !e.acknowledged {
		e.acknowledged = true
		if w.turns++; !e.unsure {
			e.turn = w.turns
		}
	}
	e.unsure = e.unsure || err != nil
	w.came(r, err)
}

func (w *world) status(ctx context.Context, s Step) error {
	if len(w.provider.taken) == 0 {
		return nil
	}
	m := w.provider.taken[s.number(0)%len(w.provider.taken)]
	moved := &channels.Status{Delivery: m.delivery, ProviderID: m.id, State: channels.State(s.rest(2)), Word: s.rest(2)}
	if moved.State == channels.Failed || moved.State == channels.Undelivered {
		moved.Code, moved.Reason = "30003", channels.ReasonCarrier
	}
	w.record(ctx, s.number(1), w.tell(channels.Event{
		Kind: channels.DeliveryMoved, ProviderID: m.id + "/" + s.rest(2), Account: account, Sender: channels.SMS,
		SenderAddress: m.from, CustomerAddress: m.to, Status: moved,
	}, 0))
	return nil
}
