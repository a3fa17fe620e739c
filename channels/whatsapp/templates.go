package whatsapp

import (
	"context"
	"errors"

	"ringback/channels"
	"ringback/channels/fit"
)

// Templates lists the templates of a WhatsApp business account, approved or not.
// The error is a *channels.SendError.
func (c *Channel) Templates(ctx context.Context, account channels.Account, business string) ([]channels.Approval, error) {
	if !digits(business) {
		return nil, &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("the business account's id is made of digits")}
	}
	var all []channels.Approval
	type template struct {
		Name     word `json:"name"`
		Language word `json:"language"`
		Status   word `json:"status"`
		Reason   word `json:"rejected_reason"`
	}
	err := pages(ctx, c, account, business+"/message_templates", "name,language,status,rejected_reason", func(page []template) bool {
		for _, t := range page {
			one := channels.Approval{Name: fit.Line(string(t.Name), maxPlain), Language: fit.Line(string(t.Language), 16), Status: fit.Line(string(t.Status), 32)}
			if t.Reason != "NONE" {
				one.Reason = fit.Line(string(t.Reason), maxPlain)
			}
			all = append(all, one)
		}
		return false
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Template is how a template of a WhatsApp business account stands. Without the
// business's id Meta cannot be asked.
func (c *Channel) Template(ctx context.Context, account channels.Account, business, name, language string) (channels.Approval, bool, error) {
	if !digits(business) {
		return channels.Approval{}, false, nil
	}
	all, err := c.Templates(ctx, account, business)
	for _, t := range all {
		if t.Name == name && t.Language == language {
			return t, true, nil
		}
	}
	return channels.Approval{}, false, err
}
