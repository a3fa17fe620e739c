package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/events"
	"ringback/settings"
)

// Sending at once, and how long one call may take: well below the lease.
const (
	sending = 32
	call    = 6 * time.Second
)

// sendDue claims due deliveries in one commit, as many as there are free
// slots, and sets to work on them side by side. False: none was due.
func (g *Gateway) sendDue(ctx context.Context) (bool, error) {
	free := g.slots.take(ctx)
	if free == 0 {
		return false, nil
	}
	claiming, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement)
	defer cancel()
	claimed, err := deliveries.Claim(claiming, g.DB, g.Clock.Queue(), free)
	g.slots.give(free - len(claimed))
	for _, c := range claimed {
		g.working.Go(func() {
			defer g.slots.give(1)
			if err := g.deliver(context.WithoutCancel(ctx), c); err != nil {
				g.Log.Error("a delivery could not be worked on", "delivery", c.ID, "error", err)
			}
			g.Changed(Change{Kind: "delivery", CompanyID: c.CompanyID, TeamID: c.TeamID, ID: c.ID})
			g.queued.wake() // the next message to the same person waited for this one
		})
	}
	return len(claimed) > 0, err
}

// deliver sends one delivery, or looks for it first when it may have been sent.
func (g *Gateway) deliver(ctx context.Context, c deliveries.Claimed) error {
	if c.Expired && c.TriedAt == nil {
		return deliveries.MarkFailed(ctx, g.DB, c, channels.Expired, nil)
	}
	channel, ok := g.byKind[c.Kind]
	if !ok {
		return deliveries.MarkFailed(ctx, g.DB, c, channels.Failed, &channels.SendError{
			Reason: channels.ReasonMisconfigured,
			Err:    fmt.Errorf("nothing here sends for %s senders", c.Kind),
		})
	}
	var account channels.Account
	var err error
	if settings.ProviderOf(c.Kind) != "" { // a web chat is nobody's account
		if account, err = g.account(ctx, c); err != nil {
			return err
		}
	}
	message, err := g.message(c)
	if err != nil {
		return err
	}
	if c.TriedAt != nil {
		again, err := g.look(ctx, channel, account, message, c)
		if err != nil || !again {
			return err
		}
	}
	return g.send(ctx, channel, account, message, c)
}

func (g *Gateway) send(ctx context.Context, channel channels.Channel, account channels.Account, message channels.Outgoing, c deliveries.Claimed) error {
	calling, cancel := context.WithTimeout(ctx, call)
	receipt, err := channel.Send(calling, account, message)
	cancel()
	if err == nil {
		if c.Paused {
			if err := settings.ResumeSender(ctx, g.DB, c.CompanyID, c.SenderID); err != nil {
				return err
			}
		}
		return deliveries.MarkAccepted(ctx, g.DB, c, receipt, g.Clock.Now())
	}
	var refused *channels.SendError
	if !errors.As(err, &refused) {
		refused = &channels.SendError{Reason: channels.ReasonAmbiguous, Retry: channels.Look, Err: err}
	}
	g.Log.Warn("the provider did not take a message", "delivery", c.ID, "reason", refused.Reason, "code", refused.Code, "error", refused.Err)
	return g.refused(ctx, c, refused)
}

// refused plans the next try, or ends the delivery.
func (g *Gateway) refused(ctx context.Context, c deliveries.Claimed, e *channels.SendError) error {
	tried := c.Attempts + 1
	if e.Reason == channels.ReasonCredentials {
		// Every send of this sender would fail: it rests a minute, and the
		// message waits for it without losing a try.
		if err := g.pause(ctx, c, e.Code); err != nil {
			return err
		}
		return deliveries.Reschedule(ctx, g.DB, c, deliveries.Plan{Wait: time.Minute, Attempts: c.Attempts}, e, g.Clock.Queue())
	}
	switch {
	case e.Retry == channels.Look:
		return deliveries.Reschedule(ctx, g.DB, c, deliveries.Plan{Look: true, Wait: lookAfter, Attempts: tried}, e, g.Clock.Queue())
	case e.Retry == channels.Later && tried < tries:
		return deliveries.Reschedule(ctx, g.DB, c, deliveries.Plan{Wait: max(e.After, backoff(tried)), Attempts: tried}, e, g.Clock.Queue())
	}
	m := deliveries.Moved{CompanyID: c.CompanyID, ID: c.ID, TeamID: c.TeamID, ContactID: c.ContactID, SenderID: c.SenderID, Kind: c.Kind, To: c.To, Text: c.Text}
	if err := learn(ctx, g.DB, m, e.Reason, e.Code, events.Event{OccurredAt: g.Clock.Now()}); err != nil {
		return err
	}
	if err := deliveries.MarkFailed(ctx, g.DB, c, channels.Failed, e); err != nil {
		return err
	}
	return g.fallBackAlone(ctx, m, e.Reason)
}

// account is the delivery's at its provider. Twilio's senders without one of
// their own use the environment's; Meta's always name theirs.
func (g *Gateway) account(ctx context.Context, c deliveries.Claimed) (channels.Account, error) {
	id := c.Account
	if id == "" && c.Kind != channels.WhatsAppCloud {
		id = g.Account
	}
	secrets, err := g.Secrets(ctx, c.Kind, id)
	if errors.Is(err, settings.ErrNoAccount) {
		return channels.Account{ID: id}, nil // which the channel refuses to send from
	}
	if err != nil {
		return channels.Account{}, fmt.Errorf("account %s: %w", id, err)
	}
	return channels.Account{ID: id, Secrets: secrets}, nil
}

func (g *Gateway) message(c deliveries.Claimed) (channels.Outgoing, error) {
	var files, media []string
	if err := json.Unmarshal(c.Media, &files); err != nil {
		return channels.Outgoing{}, fmt.Errorf("delivery %s: media: %w", c.ID, err)
	}
	for _, id := range files { // a link is made when it is needed: it does not last
		if g.Attach != nil {
			media = append(media, g.Attach(c.CompanyID, id))
		}
	}
	out := channels.Outgoing{Delivery: c.ID, Kind: c.Kind, From: c.From, To: c.To, Text: c.Text, Media: media, PublicURL: g.PublicURL()}
	for _, part := range []struct {
		from *string
		into any
	}{{c.Template, &out.Template}, {c.Choices, &out.Choices}} {
		if part.from == nil {
			continue
		}
		if err := json.Unmarshal([]byte(*part.from), part.into); err != nil {
			return out, fmt.Errorf("delivery %s: %w", c.ID, err)
		}
	}
	return out, nil
}
