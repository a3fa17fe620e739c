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
	account, err := g.account(ctx, s.Kind, s.Account)
	if err != nil {
		return nil, err
	}
	for _, channel := range g.Channels {
		if at, ok := channel.(channels.WiringChecker); ok {
			return at.CheckWiring(ctx, account, s.Address, g.PublicURL(), s.Kind == channels.SMS, s.Kind == channels.Voice)
		}
	}
	return nil, &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("no provider here can be asked")}
}
