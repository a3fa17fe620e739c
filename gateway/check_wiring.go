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
	if s.Kind == channels.WhatsAppCloud {
		return g.checkBusiness(ctx, s)
	}
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

// checkBusiness asks Meta whether a sender's number is one of the business account that
// it names. What Meta has not said is no finding: a Meta that is away, or a token that
// has ended, takes nothing from anybody.
func (g *Gateway) checkBusiness(ctx context.Context, s settings.Sender) ([]channels.WiringFinding, error) {
	account, err := g.account(ctx, s.Kind, s.Account)
	if err != nil {
		return nil, err
	}
	at, ok := g.byKind[s.Kind].(channels.BusinessChecker)
	if !ok || s.Settings.Business == "" {
		return nil, &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("there is no business account to ask about")}
	}
	found := channels.WiringFinding{What: channels.FindingBusiness, Is: s.Settings.Business}
	err = at.CheckBusiness(ctx, account, s.Settings.Business)
	if errors.Is(err, channels.ErrOtherBusiness) {
		found.Needs, err = account.ID, nil
	}
	if err != nil {
		return nil, err
	}
	return []channels.WiringFinding{found}, nil
}
