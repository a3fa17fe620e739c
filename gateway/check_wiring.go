package gateway

import (
	"context"
	"errors"

	"ringback/channels"
	"ringback/settings"
)

// CheckWiring asks the provider whether it brings here what happens at a sender. The
// error is a *channels.SendError when it could not be asked.
func (g *Gateway) CheckWiring(ctx context.Context, s settings.Sender) ([]channels.WiringFinding, error) {
	at, account, err := g.wired(ctx, s)
	if err != nil {
		return nil, err
	}
	return at.CheckWiring(ctx, account, s.Address, g.PublicURL(), s.Kind == channels.SMS, s.Kind == channels.Voice)
}

// SetWiring has the provider bring here what happens at a sender; its error is as that
// of CheckWiring.
func (g *Gateway) SetWiring(ctx context.Context, s settings.Sender) error {
	at, account, err := g.wired(ctx, s)
	if err != nil {
		return err
	}
	return at.SetWiring(ctx, account, s.Address, g.PublicURL(), s.Kind == channels.SMS, s.Kind == channels.Voice)
}

// wired is the provider that can be asked about a sender, and the account to ask with.
func (g *Gateway) wired(ctx context.Context, s settings.Sender) (channels.WiringChecker, channels.Account, error) {
	account, err := g.account(ctx, s.Kind, s.Account)
	if err != nil {
		return nil, account, err
	}
	for _, channel := range g.Channels {
		if at, ok := channel.(channels.WiringChecker); ok {
			return at, account, nil
		}
	}
	return nil, account, &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("no provider here can be asked")}
}
