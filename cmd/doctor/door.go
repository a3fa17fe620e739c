package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"ringback/channels"
	"ringback/channels/twilio"
)

// letIn knocks at the door for texts as Twilio does, with what is no text, and reports
// whether it was let in: the server behind PUBLIC_URL then has this PUBLIC_URL and this
// token, and nothing on the way changes what is signed. It answers 400, and keeps nothing.
func (c Config) letIn(ctx context.Context, r *report, account channels.Account) bool {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	request, err := twilio.Knock(ctx, c.PublicURL, account)
	if err != nil {
		r.bad("A request signed as Twilio signs it cannot be made", err.Error(), "an address as PUBLIC_URL")
		return false
	}
	answer, err := ask(request)
	if err != nil {
		r.bad("A request signed as Twilio signs it does not arrive", err.Error(), "an answer of "+twilio.MessagesPath)
		return false
	}
	_ = answer.Body.Close()
	status := fmt.Sprintf("HTTP status %d", answer.StatusCode)
	switch answer.StatusCode {
	case http.StatusBadRequest:
		r.ok("A request signed as Twilio signs it is let in")
		return true
	case http.StatusForbidden:
		r.bad("A request signed as Twilio signs it is refused", status, "here and at the server the same PUBLIC_URL and the same auth token, and a proxy that leaves path and query as they come")
	default:
		r.bad("A request signed as Twilio signs it is not taken", status, "400 from the door at "+twilio.MessagesPath+", as Ringback's own says of what is no text")
	}
	return false
}

// ask makes a request as the doctor's own. Its error does not repeat the address.
func ask(request *http.Request) (*http.Response, error) {
	request.Header.Set("User-Agent", "ringback doctor")
	request.Header.Set("Ngrok-Skip-Browser-Warning", "yes") // its page for browsers is none of ours
	answer, err := http.DefaultClient.Do(request)
	var address *url.Error
	if errors.As(err, &address) {
		return nil, address.Err
	}
	return answer, err
}
