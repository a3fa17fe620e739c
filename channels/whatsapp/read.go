package whatsapp

import (
	"context"
	"errors"
	"net/http"

	"ringback/channels"
)

// MarkRead gives a customer's message, and those before it, two blue ticks.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/mark-message-as-read
func (c *Channel) MarkRead(ctx context.Context, account channels.Account, providerID string) error {
	if !digits(account.ID) {
		return &channels.SendError{Reason: channels.ReasonCredentials, Err: errors.New("the sender has no phone number id")}
	}
	var answer struct {
		Success bool `json:"success"`
	}
	if err := c.call(ctx, account, http.MethodPost, account.ID+"/messages", nil, seen(providerID), &answer); err != nil {
		return err
	}
	if !answer.Success {
		return &channels.SendError{Reason: channels.ReasonRejected, Err: errors.New("the answer does not say that it succeeded")}
	}
	return nil
}

func seen(id string) object {
	return object{"messaging_product": "whatsapp", "status": "read", "message_id": id}
}
