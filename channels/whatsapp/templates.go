package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"ringback/channels"
	"ringback/channels/fit"
)

// maxPages bounds how many templates are read, a hundred at a time.
const maxPages = 10

// Templates lists the templates of a WhatsApp business account, approved or not.
// The error is a *channels.SendError.
func (c *Channel) Templates(ctx context.Context, account channels.Account, business string) ([]channels.Approval, error) {
	if !digits(business) {
		return nil, &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("the business account's id is made of digits")}
	}
	var all []channels.Approval
	query := url.Values{"fields": {"name,language,status"}, "limit": {"100"}}
	for range maxPages {
		var page struct {
			Data []struct {
				Name     word `json:"name"`
				Language word `json:"language"`
				Status   word `json:"status"`
			} `json:"data"`
			Paging struct {
				Cursors struct {
					After word `json:"after"`
				} `json:"cursors"`
				Next word `json:"next"`
			} `json:"paging"`
		}
		if err := c.call(ctx, account, http.MethodGet, business+"/message_templates", query, nil, &page); err != nil {
			return nil, err
		}
		for _, t := range page.Data {
			all = append(all, channels.Approval{
				Name: fit.Line(string(t.Name), maxPlain), Language: fit.Line(string(t.Language), 16), Status: fit.Line(string(t.Status), 32),
			})
		}
		if page.Paging.Next == "" || page.Paging.Cursors.After == "" {
			break
		}
		query.Set("after", string(page.Paging.Cursors.After))
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
