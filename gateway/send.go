package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/queue"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/settings"
	"ringback/settings/text"
)

// Sending at once, and of that with one account at a provider, so that one that
// hangs leaves the others their slots; and how long one call may take, whose
// lease has to last for covered. A send waits for the network alone, and holds
// no connection to the database meanwhile.
const (
	sending         = 128
	slotsPerAccount = 32
	call            = 6 * time.Second
	covered         = call + time.Second
)

// newSends is the queue of what is due to go out. Stop lets what is in hand
// look and send once.
func (g *Gateway) newSends() *queue.Queue[deliveries.Claimed] {
	return queue.New(queue.Config[deliveries.Claimed]{
		Name: "sending", Log: g.Log, Rounds: g.Rounds, Slots: sending, Each: slotsPerAccount, Poll: poll, Lease: deliveries.Lease, Grace: 2 * call, Gather: gathering,
		Claim: func(ctx context.Context, room queue.Room) ([]deliveries.Claimed, error) {
			spools := g.spools.Load()
			if g.muted() {
				return nil, nil
			}
			due := g.Clock.Queue()
			claimed, err := deliveries.Claim(ctx, g.DB, due, g.from(g.starts.sends, deliveries.Oldest), g.breakers.narrow(room, time.Now()), g.Paced && due.Real())
			if len(claimed) > 0 && (g.spools.Load() != spools || g.muted()) { // perhaps a STOP, and the claim does not know it
				return nil, deliveries.PutBack(ctx, g.DB, claimed, due)
			}
			if wait := deliveries.Rests(claimed); wait > 0 {
				time.AfterFunc(wait, g.sends.Wake)
			}
			return claimed, err
		},
		Renew: func(ctx context.Context, c deliveries.Claimed) (bool, error) {
			return deliveries.Renew(ctx, g.DB, c, g.Clock.Queue())
		},
		Key: deliveries.Claimed.Bulkhead,
		Work: func(ctx context.Context, c deliveries.Claimed, lease *queue.Lease) error {
			if err := g.deliver(ctx, c, lease); err != nil {
				return fmt.Errorf("delivery %s: %w", c.ID, err)
			}
			return nil
		},
		Panicked: g.panicked,
	})
}

// panicked counts a panic as a send whose answer was lost: nobody knows how far
// it came.
func (g *Gateway) panicked(ctx context.Context, c deliveries.Claimed, _ error) error {
	lost := &channels.SendError{Reason: channels.ReasonAmbiguous, Retry: channels.Look, Err: errors.New("a fault of ours cut the send off")}
	if c.Attempts+1 >= tries {
		return g.end(ctx, c, channels.Failed, lost)
	}
	return g.refused(ctx, c, lost)
}

// deliver sends one delivery, or looks for it first when it may have been sent.
func (g *Gateway) deliver(ctx context.Context, c deliveries.Claimed, lease *queue.Lease) error {
	switch {
	case c.TriedAt != nil: // what may have left is looked for first
	case c.Stopped != "":
		return g.end(ctx, c, channels.Canceled, &channels.SendError{Reason: c.Stopped})
	case c.Expired:
		return g.end(ctx, c, channels.Expired, &channels.SendError{})
	default:
		if waits, err := g.awaitLine(ctx, &c); err != nil || waits {
			return err
		}
		if slices.Contains(rules.TextlessLines, c.LineType) {
			return g.end(ctx, c, channels.Failed, &channels.SendError{Reason: deliveries.ReasonLandline})
		}
		if over, err := g.askedInVain(ctx, c); err != nil || over {
			return err
		}
	}
	channel, ok := g.byKind[c.Kind]
	if !ok {
		return g.end(ctx, c, channels.Failed, &channels.SendError{
			Reason: channels.ReasonMisconfigured,
			Err:    fmt.Errorf("nothing here sends for %s senders", c.Kind),
		})
	}
	var account channels.Account
	var err error
	if settings.ProviderOf(c.Kind) != "" { // a web chat is nobody's account
		if account, err = g.account(ctx, c.Kind, c.Account); err != nil {
			return err
		}
	}
	message, err := g.message(ctx, c)
	if err != nil {
		return err
	}
	if c.TriedAt != nil {
		again, err := g.look(ctx, channel, account, message, c)
		if err != nil || !again {
			return err
		}
	}
	return g.send(ctx, channel, account, message, c, lease)
}

// askedInVain ends a message that asks for what was answered or withdrawn while it
// waited: its link would lead to a page that says so.
func (g *Gateway) askedInVain(ctx context.Context, c deliveries.Claimed) (bool, error) {
	if c.RequestID == "" {
		return false, nil
	}
	over, err := requests.Over(ctx, g.DB, c.CompanyID, c.RequestID)
	if err != nil || !over {
		return false, err
	}
	return true, g.end(ctx, c, channels.Canceled, &channels.SendError{Reason: deliveries.ReasonRequestOver})
}

// send lets nothing leave under a lease that may run out before the answer is
// there. What the provider said is noted, whoever has the lease by then.
func (g *Gateway) send(ctx context.Context, channel channels.Channel, account channels.Account, message channels.Outgoing, c deliveries.Claimed, lease *queue.Lease) error {
	if err := lease.Hold(ctx, covered); err != nil {
		return err
	}
	if lease.Renewed() { // what the claim knew is old
		stopped, err := deliveries.Stopped(ctx, g.DB, c)
		if err != nil {
			return err
		}
		if stopped != "" {
			return g.end(ctx, c, channels.Canceled, &channels.SendError{Reason: stopped})
		}
	}
	calling, cancel := context.WithTimeout(ctx, call)
	began := time.Now()
	receipt, err := channel.Send(calling, account, message)
	took := time.Since(began)
	cancel()
	g.noteCall(c.Bulkhead(), err)
	defer func() { g.traceSend(ctx, c, began, took, err) }() // when it stands
	ctx = context.WithoutCancel(ctx)
	if err == nil {
		if c.Paused {
			if err := settings.ResumeSender(ctx, g.DB, c.CompanyID, c.SenderID); err != nil {
				return err
			}
		}
		g.Metrics.Sent(settings.ProviderOf(c.Kind), "taken", took)
		return g.markAccepted(ctx, c, receipt, g.Clock.Now())
	}
	var refused *channels.SendError
	if !errors.As(err, &refused) {
		refused = &channels.SendError{Reason: channels.ReasonAmbiguous, Retry: channels.Look, Err: err}
	}
	if refused.Err != nil { // it may quote what it did not take
		refused.Err = errors.New(text.WithoutLinks(refused.Err.Error()))
	}
	g.Metrics.Sent(settings.ProviderOf(c.Kind), string(refused.Reason), took)
	g.Log.Warn("the provider did not take a message", "delivery", c.ID, "reason", refused.Reason, "code", refused.Code, "error", refused.Err)
	return g.refused(ctx, c, refused)
}
