package whatsapp

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"ringback/channels"
)

// CheckAccount asks for the phone number itself, which takes a token that may
// see it. The proof is made with the app's secret: Meta refuses one of another
// app. Its error is a *channels.SendError.
func (c *Channel) CheckAccount(ctx context.Context, account channels.Account) error {
	if !digits(account.ID) || len(account.Secrets) < 2 {
		return &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("a phone number id, its token and the app's secret are needed")}
	}
	proof := hmac.New(sha256.New, []byte(account.Secrets[1]))
	_, _ = proof.Write([]byte(account.Secrets[0])) // never fails
	query := url.Values{"fields": {"id"}, "appsecret_proof": {hex.EncodeToString(proof.Sum(nil))}}
	var found struct {
		ID word `json:"id"`
	}
	if err := c.call(ctx, account, http.MethodGet, account.ID, query, nil, &found); err != nil {
		return channels.Unversed(err)
	}
	if found.ID == "" {
		return fmt.Errorf("%w: %w", channels.ErrUnversed, &channels.SendError{Reason: channels.ReasonCredentials, Err: errors.New("Meta names no number")})
	}
	if string(found.ID) != account.ID {
		return &channels.SendError{Reason: channels.ReasonCredentials, Err: errors.New("Meta answers for another number")}
	}
	return nil
}
