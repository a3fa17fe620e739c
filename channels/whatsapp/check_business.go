package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ringback/channels"
)

// CheckBusiness asks the WhatsApp business account for its phone numbers, which takes
// a token that may see it: the account's number has to be one of them. Its error is a
// *channels.SendError, and channels.ErrOtherBusiness where Meta says no.
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
	if err != nil {
		return c.hidden(ctx, account, err)
	}
	if !found {
		err = &channels.SendError{Reason: channels.ReasonCredentials, Err: channels.ErrOtherBusiness}
	}
	return err
}

// hiding are the codes by which Meta says that something is not there, or is not for
// this token: it does not tell the two apart.
var hiding = []string{"3", "10", "33", "100", "200", "131005"}

// hidden is a refusal to show a business account. It is about that account where the
// same token is shown its number, and says nothing where the token is worth nothing.
func (c *Channel) hidden(ctx context.Context, account channels.Account, err error) error {
	var no *channels.SendError
	if !errors.As(err, &no) || !slices.Contains(hiding, no.Code) || c.CheckAccount(ctx, account) != nil {
		return err
	}
	return &channels.SendError{Reason: no.Reason, Code: no.Code, Err: fmt.Errorf("%w: %w", channels.ErrOtherBusiness, no.Err)}
}
