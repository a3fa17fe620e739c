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
}

// Subscription asks for the number's. The error is a *channels.SendError.
func (c *Channel) Subscription(ctx context.Context, account channels.Account, business string) (Subscription, error) {
	if !digits(account.ID) || !digits(business) {
		return Subscription{}, &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("the phone number's and the business account's id are made of digits")}
	}
	var apps struct {
		Data []struct {
			App struct {
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
