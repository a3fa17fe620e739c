package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"ringback/channels"
	"ringback/channels/fit"
)

// Subscription is what Meta brings of a number, and where.
// https://developers.facebook.com/docs/whatsapp/business-management-api/webhooks
type Subscription struct {
	Apps     []string // names of those that are told of the business account
	Callback string   // where what comes to the number is brought; empty: nowhere
	Fields   []string // what is told, as the app whose secret we have subscribes to it; nil: it does not say
}

// Subscription asks for the number's. The error is a *channels.SendError.
func (c *Channel) Subscription(ctx context.Context, account channels.Account, business string) (Subscription, error) {
	if !digits(account.ID) || !digits(business) {
		return Subscription{}, &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("the phone number's and the business account's id are made of digits")}
	}
	var apps struct {
		Data []struct {
			App struct {
				ID   word `json:"id"`
				Name word `json:"name"`
			} `json:"whatsapp_business_api_data"`
		} `json:"data"`
	}
	var s Subscription
	if err := c.call(ctx, account, http.MethodGet, business+"/subscribed_apps", nil, nil, &apps); err != nil {
		return s, err
	}
	for _, one := range apps.Data {
		s.Apps = append(s.Apps, fit.Line(string(one.App.Name), maxPlain))
		if s.Fields == nil {
			s.Fields = c.fields(ctx, account, string(one.App.ID))
		}
	}
	var number struct {
		Webhook struct {
			Number      word `json:"phone_number"`
			Business    word `json:"whatsapp_business_account"`
			Application word `json:"application"`
		} `json:"webhook_configuration"`
	}
	err := c.call(ctx, account, http.MethodGet, account.ID, url.Values{"fields": {"webhook_configuration"}}, nil, &number)
	for _, one := range []word{number.Webhook.Number, number.Webhook.Business, number.Webhook.Application} { // the nearest counts
		if s.Callback == "" {
			s.Callback = fit.Line(string(one), 1000)
		}
	}
	return s, err
}

// fields are those of the business account that an app subscribes to; nil: it is
// another's than the secret, or does not say. Only the app itself may ask.
// https://developers.facebook.com/docs/graph-api/reference/app/subscriptions
func (c *Channel) fields(ctx context.Context, account channels.Account, app string) []string {
	if len(account.Secrets) < 2 || !digits(app) {
		return nil
	}
	secret := account.Secrets[1]
	account.Secrets = []string{app + "|" + secret, secret}
	var told struct {
		Data []struct {
			Object word `json:"object"`
			Fields []struct {
				Name word `json:"name"`
			} `json:"fields"`
		} `json:"data"`
	}
	if c.call(ctx, account, http.MethodGet, app+"/subscriptions", nil, nil, &told) != nil {
		return nil
	}
	found := []string{}
	for _, one := range told.Data {
		for _, f := range one.Fields {
			if one.Object == "whatsapp_business_account" {
				found = append(found, fit.Line(string(f.Name), maxPlain))
			}
		}
	}
	return found
}

// Calling is whether customers can call a number on WhatsApp.
// https://developers.facebook.com/docs/whatsapp/cloud-api/calling/call-settings
type Calling struct {
	On    bool
	Hours bool // within certain hours alone
}

// Calling asks for the number's. The error is a *channels.SendError.
func (c *Channel) Calling(ctx context.Context, account channels.Account) (Calling, error) {
	var found struct {
		Calling struct {
			Status word `json:"status"`
			Hours  struct {
				Status word `json:"status"`
			} `json:"call_hours"`
		} `json:"calling"`
	}
	err := c.settings(ctx, account, http.MethodGet, nil, &found)
	return Calling{On: found.Calling.Status == hoursOn, Hours: found.Calling.Hours.Status == hoursOn}, err
}
