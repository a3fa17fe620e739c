package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/queue"
	"ringback/gateway/rules"
	"ringback/settings"
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
		Name: "sending", Log: g.Log, Rounds: g.Rounds, Slots: sending, Each: slotsPerAccount, Poll: poll, Lease: deliveries.Lease, Grace: 2 * call,
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
	g.Metrics.Sent(settings.ProviderOf(c.Kind), string(refused.Reason), took)
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
		return g.reschedule(ctx, c, deliveries.Plan{Wait: time.Minute, Attempts: c.Attempts}, e)
	}
	switch {
	case e.Retry == channels.Look:
		return g.reschedule(ctx, c, deliveries.Plan{Look: true, Wait: lookAfter, Attempts: tried}, e)
	case e.Retry == channels.Later && tried < tries:
		if e.Reason == channels.ReasonThrottled {
			// What else the sender has would be refused as well.
			if err := deliveries.Rest(ctx, g.DB, c.SenderID, min(max(e.After, time.Second), time.Minute), g.Clock.Queue()); err != nil {
				return err
			}
		}
		return g.reschedule(ctx, c, deliveries.Plan{Wait: max(e.After, backoff(tried)), Attempts: tried}, e)
	}
	return g.end(ctx, c, channels.Failed, e)
}

// end ends a delivery that the provider did not take. All that follows from it
// is written with it: what is learned about the person, and the way around by
// another channel, which nothing would take up again later.
func (g *Gateway) end(ctx context.Context, c deliveries.Claimed, state channels.State, e *channels.SendError) error {
	tx, err := g.DB.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("delivery %s: %s: %w", c.ID, state, err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	now := g.Clock.Now()
	if err := templateRefused(ctx, tx, c.CompanyID, c.TeamID, c.SenderID, c.Template, e.Reason, now); err != nil {
		return err
	}
	m, ended, err := deliveries.MarkFailed(ctx, tx, c, state, e, now)
	if err != nil || !ended {
		return err
	}
	var changes []Change
	if state == channels.Failed {
		if err := learn(ctx, tx, m, e.Reason, e.Code, events.Event{OccurredAt: now}); err != nil {
			return err
		}
		if changes, err = g.fallBack(ctx, tx, m, e.Reason); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("delivery %s: %s: %w", c.ID, state, err)
	}
	g.tell(append(changes, sent(c, state, e.Code))...)
	return nil
}

// markAccepted notes that the provider took a message at that time, with all that it
// took while the ones before were noted.
func (g *Gateway) markAccepted(ctx context.Context, c deliveries.Claimed, r channels.Receipt, at time.Time) error {
	failed, err := g.taken.About(ctx, deliveries.TakenBy(c, r, at, g.askAfter(c.Kind)))
	if err = cmp.Or(err, failed); err == nil {
		g.tell(sent(c, channels.Sending, ""))
	}
	return err
}

// noteTaken says of each that could not be noted why: what Postgres does not take of one
// must not leave the others in doubt.
func (g *Gateway) noteTaken(ctx context.Context, all []deliveries.Taken) (map[deliveries.Taken]error, error) {
	err := deliveries.MarkAccepted(ctx, g.DB, all, g.Clock.Queue())
	if !events.Refused(err) || len(all) == 1 {
		return nil, err
	}
	failed := map[deliveries.Taken]error{}
	for _, one := range all {
		failed[one] = deliveries.MarkAccepted(ctx, g.DB, []deliveries.Taken{one}, g.Clock.Queue())
	}
	return failed, nil
}

// reschedule plans the next try, or the next look.
func (g *Gateway) reschedule(ctx context.Context, c deliveries.Claimed, p deliveries.Plan, e *channels.SendError) error {
	err := deliveries.Reschedule(ctx, g.DB, c, p, e, g.Clock.Queue())
	if err != nil {
		return err
	}
	state := channels.State("")
	if p.Look && c.TriedAt == nil {
		state = channels.Unknown
	}
	g.tell(sent(c, state, e.Code))
	return nil
}

// sent is where a delivery got to by our own doing.
func sent(c deliveries.Claimed, state channels.State, code string) Change {
	return Change{Kind: "delivery", CompanyID: c.CompanyID, TeamID: c.TeamID, ID: c.ID, moved: movedTo{c.Kind, state, code}}
}

// account is a sender's at its provider. Twilio's senders without one of
// their own use the environment's; Meta's always name theirs.
func (g *Gateway) account(ctx context.Context, kind channels.Kind, id string) (channels.Account, error) {
	if id == "" && kind != channels.WhatsAppCloud {
		id = g.Account
	}
	account, err := g.Accounts.Find(ctx, kind, id)
	if errors.Is(err, settings.ErrNoAccount) {
		return channels.Account{ID: id}, nil // which the channel refuses to send from
	}
	if err != nil {
		return channels.Account{}, fmt.Errorf("account %s: %w", id, err)
	}
	return account, nil
}

func (g *Gateway) message(ctx context.Context, c deliveries.Claimed) (channels.Outgoing, error) {
	var files []string
	if err := json.Unmarshal(c.Media, &files); err != nil {
		return channels.Outgoing{}, fmt.Errorf("delivery %s: media: %w", c.ID, err)
	}
	out := channels.Outgoing{Delivery: c.ID, Kind: c.Kind, From: c.From, To: c.To, Text: c.Text, Service: c.Service, Sender: c.SenderID, PublicURL: g.PublicURL()}
	if len(files) > 0 && g.Attach != nil {
		kept, err := media.Named(ctx, g.DB, c.CompanyID, files)
		if err != nil {
			return out, fmt.Errorf("delivery %s: %w", c.ID, err)
		}
		for _, id := range files { // a link is made when it is needed: it does not last
			out.Media = append(out.Media, channels.Attachment{URL: g.Attach(c.CompanyID, id), ContentType: kept[id].ContentType, Name: kept[id].Name})
		}
	}
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
	texts := []*string{&out.Text}
	if out.Template != nil {
		for n := range out.Template.Values {
			texts = append(texts, &out.Template.Values[n])
		}
	}
	return out, g.Links.Fill(ctx, g.DB, c.CompanyID, c.ContactID, texts...)
}
