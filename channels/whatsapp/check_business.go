package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"ringback/channels"
)

// maxNumbers bounds how many pages of a business account's numbers are read.
const maxNumbers = 20

// CheckBusiness asks the WhatsApp business account for its phone numbers, which takes
// a token that may see it: the account's number has to be one of them. Its error is a
// *channels.SendError.
// https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/phone_numbers
func (c *Channel) CheckBusiness(ctx context.Context, account channels.Account, business string) error {
	if !digits(account.ID) || !digits(business) {
		return &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("the phone number's and the business account's id are made of digits")}
	}
	query := url.Values{"fields": {"id"}, "limit": {"100"}}
	for range maxNumbers {
		var page struct {
			Data []struct {
				ID word `json:"id"`
			} `json:"data"`
			Paging struct {
				Cursors struct {
					After word `json:"after"`
				} `json:"cursors"`
				Next word `json:"next"`
			} `json:"paging"`
		}
		if err := c.call(ctx, account, http.MethodGet, business+"/phone_numbers", query, nil, &page); err != nil {
			return err
		}
		for _, number := range page.Data {
			if string(number.ID) == account.ID {
				return nil
			}
		}
		if page.Paging.Next == "" || page.Paging.Cursors.After == "" {
			break
		}
		query.Set("after", string(page.Paging.Cursors.After))
	}
	return &channels.SendError{Reason: channels.ReasonCredentials, Err: errors.New("the phone number is none of the business account's")}
}
