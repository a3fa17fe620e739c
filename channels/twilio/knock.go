package twilio

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"ringback/channels"
)

// Knock is a request to the door for texts at the public address, signed as Twilio signs
// it for the account. It brings no text, so a door that lets it in answers 400 and keeps
// nothing, and one that does not know the signature answers 403. Its query is one that a
// careless proxy changes. It is an error when the account has no token.
func Knock(ctx context.Context, public string, account channels.Account) (*http.Request, error) {
	if len(account.Secrets) == 0 {
		return nil, errors.New("the account has no token to sign with")
	}
	address, form := public+MessagesPath+"?knock=a%20b", url.Values{"AccountSid": {account.ID}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set(signatureHeader, Sign(account.Secrets[0], address, form))
	return request, nil
}
