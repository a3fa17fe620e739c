package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/notifications"
	"ringback/settings"
)

// What a notice of a silent sender is about: its number does not point here, nothing is
// heard of what it sent, news of its business account are not believed, or nobody hears
// of it, as carriers do not know who texts from it.
const (
	unwired   = "unwired"
	callbacks = "callbacks"
	business  = channels.FindingBusiness // Meta says that its business account is another's

	registration = channels.FindingRegistration // carriers refuse its texts
)

// checking bounds what is asked of a provider about one sender, and checkedAtOnce is
// about how many it is asked in one round.
const (
	checking      = 20 * time.Second
	checkedAtOnce = 20
)

// CheckSender asks the provider whether it brings here what happens at a sender, keeps
// what it says for all to see, and tells the admins when that is no longer so.
func (g *Gateway) CheckSender(ctx context.Context, s settings.Sender) (settings.SenderCheck, error) {
	return g.checkSender(ctx, s, g.CheckWiring)
}

// WireSender has the provider bring here what happens at a sender, and then is CheckSender.
func (g *Gateway) WireSender(ctx context.Context, s settings.Sender) (settings.SenderCheck, error) {
	return g.checkSender(ctx, s, func(ctx context.Context, s settings.Sender) ([]channels.WiringFinding, error) {
		if err := g.SetWiring(ctx, s); err != nil {
			return nil, err
		}
		return g.CheckWiring(ctx, s)
	})
}

// checkSender keeps what is found at a sender.
func (g *Gateway) checkSender(ctx context.Context, s settings.Sender, find func(context.Context, settings.Sender) ([]channels.WiringFinding, error)) (settings.SenderCheck, error) {
	asking, cancel := context.WithTimeout(ctx, checking)
	defer cancel()
	c := settings.SenderCheck{At: g.Clock.Now()}
	var err error
	c.Findings, err = find(asking, s)
	var refused *channels.SendError
	switch {
	case errors.As(err, &refused):
		c.Fault, c.Findings = string(refused.Reason), []channels.WiringFinding{}
	case err != nil:
		return c, err
	}
	tx, err := g.DB.BeginTxx(ctx, nil)
	if err != nil {
		return c, fmt.Errorf("sender %s: check: %w", s.ID, err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	before, err := settings.CheckOf(ctx, tx, s.CompanyID, s.ID)
	if err != nil {
		return c, err
	}
	if err := c.Save(ctx, tx, s.CompanyID, s.ID); err != nil {
		return c, err
	}
	disowned := c.Disowns(s.Settings.Business)
	if len(c.Wrong()) > 0 && (before == nil || len(before.Wrong()) == 0 || disowned && !before.Disowns(s.Settings.Business)) {
		word := unwired
		if disowned {
			word = business
		}
		if err := notifications.Tell(ctx, tx, silentSender(s.CompanyID, s.TeamID, s.ID, s.Address, word, c.At)); err != nil {
			return c, err
		}
	}
	if c.TextsRefused() && !before.TextsRefused() {
		if err := notifications.Tell(ctx, tx, silentSender(s.CompanyID, s.TeamID, s.ID, s.Address, registration, c.At)); err != nil {
			return c, err
		}
	}
	return c, tx.Commit()
}

// silentSender is what the admins are told of one, once a day at the most.
func silentSender(company, team, sender, address, word string, at time.Time) notifications.Notice {
	return notifications.Notice{
		CompanyID: company, TeamID: team, Kind: notifications.SenderSilent, At: at,
		DedupeKey: sender + "/" + word + "/" + at.UTC().Format(time.DateOnly),
		About:     notifications.About{From: address, Word: word},
	}
}

// CheckSenders asks about those about whom nobody has asked for a day. One that cannot be
// asked about keeps nobody else from it.
func (g *Gateway) CheckSenders(ctx context.Context) error {
	due, err := settings.FindUnchecked(ctx, g.DB, g.Clock.Queue(), checkedAtOnce)
	if err != nil {
		return err
	}
	var faults []error
	for _, one := range due {
		s, err := settings.FindSender(ctx, g.DB, one.CompanyID, one.TeamID, one.ID)
		if errors.Is(err, settings.ErrNotFound) {
			continue // it is gone
		}
		if err == nil {
			_, err = g.CheckSender(ctx, s)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("sender %s: %w", one.ID, err))
			missed := settings.SenderCheck{At: g.Clock.Now(), Fault: string(channels.ReasonMisconfigured), Findings: []channels.WiringFinding{}}
			faults = append(faults, missed.Save(ctx, g.DB, one.CompanyID, one.ID)) // its turn is over, as everybody's
		}
	}
	return errors.Join(faults...)
}

// TellUnheard tells the admins of senders of whose messages their provider says nothing.
func (g *Gateway) TellUnheard(ctx context.Context) error {
	silent, err := deliveries.FindUnheard(ctx, g.DB, g.Clock.Queue())
	if err != nil {
		return err
	}
	var all []notifications.Notice
	for _, s := range silent {
		all = append(all, silentSender(s.CompanyID, s.TeamID, s.SenderID, s.From, callbacks, g.Clock.Now()))
	}
	return notifications.Tell(ctx, g.DB, all...)
}
