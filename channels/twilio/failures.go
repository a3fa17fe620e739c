package twilio

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"ringback/channels"
	"ringback/channels/httpcall"
)

// refusal is an answer other than a success.
type refusal struct {
	status  int
	after   time.Duration // Retry-After
	code    string        // Twilio's own code; empty when the body was not its JSON
	message string
}

func (r *refusal) Error() string {
	if r.message == "" {
		return fmt.Sprintf("HTTP status %d", r.status)
	}
	return r.message
}

// refused reads an answer that is not a success. The body may be Twilio's
// JSON, a proxy's page or nothing.
func refused(answer httpcall.Answer) *refusal {
	r := &refusal{status: answer.Status, after: answer.After}
	var said struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	if json.Unmarshal(answer.Body, &said) == nil && said.Code != 0 {
		r.code, r.message = strconv.Itoa(said.Code), plain(said.Message, 300)
	}
	return r
}

// sendError says what a refusal means for the message.
func (r *refusal) sendError() *channels.SendError {
	known, found := byCode[r.code]
	if !found {
		known = r.byStatus()
	}
	e := &channels.SendError{Reason: known.Reason, Code: r.code, Retry: known.Retry, After: max(known.After, r.after), Err: r}
	if e.Code == "" {
		e.Code = strconv.Itoa(r.status)
	}
	if found {
		e.Err = errors.New(known.Means)
	}
	return e
}

// byStatus goes by the HTTP status, when the code is new to us or there is
// none. A new code beside a status of the 400s is Twilio's last word.
func (r *refusal) byStatus() channels.Code {
	byStatus := httpcall.ByStatus(r.status)
	if r.code != "" && (byStatus.Reason == channels.ReasonRejected || r.status == http.StatusNotFound) {
		return Explain(r.code)
	}
	return byStatus
}

// failure turns whatever went wrong with a call into a *channels.SendError.
func (c *call) failure(err error) *channels.SendError {
	var no *refusal
	if errors.As(err, &no) {
		no.message = c.Redact(no.message)
		return no.sendError()
	}
	return c.Failed(err)
}
