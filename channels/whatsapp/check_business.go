package whatsapp

import (
	"context"
	"errors"
	"slices"

	"ringback/channels"
)

// CheckBusiness asks the WhatsApp business account for its phone numbers, which takes
// a token that may see it: the account's number has to be one of them. Its error is a
// *channels.SendError.
// https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/phone_numbers
func (c *Channel) CheckBusiness(ctx context.Context, account channels.Account, business string) error {
	if !digits(account.ID) || !digits(business) {
		return &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("the phone number's and the business account's id are made of digits")}
	}
	type number struct {
		ID word `json:"id"`
	}
	found := false
	err := pages(ctx, c, account, business+"/phone_numbers", "id", func(page []number) bool {
		found = slices.ContainsFunc(page, func(n number) bool { return string(n.ID) == account.ID })
		return found
	})
	if err != nil || found {
		return err
	}
	return &channels.SendError{Reason: channels.ReasonCredentials, Err: errors.New("the phone number is none of the business account's")}
}
