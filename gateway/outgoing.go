package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/media"
	"ringback/gateway/requests"
	"ringback/settings"
)

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
	if c.AsLinks {
		if err := g.share(ctx, c.CompanyID, files); err != nil {
			return out, fmt.Errorf("delivery %s: %w", c.ID, err)
		}
		out.Text = g.Links.In(out.Text, files...)
	} else if len(files) > 0 && g.Attach != nil {
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

// share lets customers open files by their links, as long as a link lasts from now on.
func (g *Gateway) share(ctx context.Context, company string, files []string) error {
	for _, id := range files {
		if err := media.Share(ctx, g.DB, company, id, requests.Hash(g.Links.Token(id)), g.Clock.Now()); err != nil {
			return err
		}
	}
	return nil
}
