package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ringback/channels"
	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/settings"
	"ringback/settings/fault"
	"ringback/settings/staff"
	"ringback/webhooks/web/i18n"
)

// Problem is an error answer, after RFC 9457.
type Problem struct {
	Type   string  `json:"type" doc:"about:blank, or a word that names the kind of problem"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail"`
	Errors []Fault `json:"errors,omitempty" doc:"One for each field that is wrong, or the one reason of a conflict"`
}

// Fault is one wrong field of a request.
type Fault struct {
	Field  string `json:"field" example:"time_zone" doc:"Empty: it is about no field"`
	Code   string `json:"code" example:"too_long" doc:"What is wrong, in a word that stays"`
	Detail string `json:"detail" doc:"The same for people"`

	Params map[string]any `json:"params,omitempty" doc:"What the words name, such as the limit"`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus and ContentType are how huma asks.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is problem+json, whatever was asked for.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// NewProblem returns a problem that has no fields to name.
func NewProblem(status int, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}

// problem turns what huma or a route found into an answer. Routes' own errors
// arrive with status 500 and stand first in errs.
func problem(ctx context.Context, op *huma.Operation, status int, detail string, errs []error) *Problem {
	if detail == unreadBody {
		return NewProblem(http.StatusBadRequest, "The body broke off.")
	}
	if status == http.StatusInternalServerError && len(errs) > 0 {
		noteRefused(ctx, errs[0])
		return ProblemOf(ctx, op.OperationID, errs[0])
	}
	var wrong settings.Invalid
	for _, err := range errs {
		if err != nil {
			wrong = append(wrong, found(err))
		}
	}
	p := NewProblem(status, detail)
	p.refuse(wrong)
	switch {
	case status == http.StatusUnsupportedMediaType:
		p.Detail, p.Errors = "Send JSON, with Content-Type: application/json.", nil
	case status == http.StatusRequestEntityTooLarge:
		p.Detail = "The body is too large: at most " + bytesInWords(op.MaxBodyBytes) + " is taken."
	case status == http.StatusBadRequest && len(p.Errors) > 0:
		p.Detail, p.Errors = "The body is not valid JSON: "+p.Errors[0].Detail, nil
	case status == http.StatusBadRequest && takesJSON(op):
		p.Detail = "This request needs a JSON body."
	case status == http.StatusBadRequest:
		p.Detail = "This request needs a body."
	}
	return p
}

func bytesInWords(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

// refuse names the fields that are wrong.
func (p *Problem) refuse(wrong settings.Invalid) {
	for _, f := range wrong {
		p.Errors = append(p.Errors, Fault{f.Field, f.Code, i18n.Fault(english, f), f.Params})
	}
	if len(wrong) > 0 {
		p.Detail = "Nothing was changed. " + i18n.Refusal(english, wrong) + "."
	}
}

// english is what the API speaks: whoever speaks to people has the codes.
const english = "en"

func takesJSON(op *huma.Operation) bool {
	return op.RequestBody == nil || op.RequestBody.Content["application/json"] != nil
}

// unreadBody is huma's word for a body that ends too early, which it takes for
// a fault of ours.
const unreadBody = "cannot read request body"

// ProblemOf is what the API answers for an error of a use case. About is the
// operation or page that it came from, for the log.
func ProblemOf(ctx context.Context, about string, err error) *Problem {
	var invalid settings.Invalid
	var conflict *settings.Conflict
	var denied staff.Denied
	switch {
	case errors.Is(err, staff.ErrProve):
		return withCode(http.StatusForbidden, "sign_in_again", "Show again who you are, with POST /api/v1/session/proof, and then do this within ten minutes.")
	case errors.Is(err, staff.ErrEnrol):
		return enrolFirst()
	case errors.As(err, &denied):
		return NewProblem(http.StatusForbidden, i18n.Fault(english, denied.Fault))
	case errors.As(err, &invalid):
		p := NewProblem(http.StatusUnprocessableEntity, "")
		p.refuse(invalid)
		return p
	case errors.As(err, &conflict):
		p := NewProblem(http.StatusConflict, "")
		p.refuse(settings.Invalid{conflict.Fault})
		p.Type, p.Detail = conflict.Code, upper(i18n.Refusal(english, settings.Invalid{conflict.Fault}))+"."
		return p
	case errors.Is(err, settings.ErrNotFound):
		return NewProblem(http.StatusNotFound, "There is nothing of that id here.")
	case events.Unstorable(err):
		return NewProblem(http.StatusUnprocessableEntity, "A text holds a NUL character or broken UTF-8, which cannot be stored: take it out.")
	case errors.Is(err, media.ErrBusy):
		return NewProblem(http.StatusServiceUnavailable, "Too many pictures are being read at once. Try again in a few seconds.")
	case errors.Is(err, blob.ErrFull):
		slog.ErrorContext(ctx, "the disk for files is nearly full: nothing more is taken", "operation", about)
		return NewProblem(http.StatusInsufficientStorage, "There is no room for more files here. Tell the operator.")
	case events.AskerLeft(ctx, err):
		return NewProblem(http.StatusServiceUnavailable, "The request was given up.")
	}
	slog.ErrorContext(ctx, "request failed", "operation", about, "error", err)
	if Unavailable(err) {
		return withCode(http.StatusServiceUnavailable, "unavailable", "The database is away or in trouble at this moment; it was logged. Try again in a few seconds: of a change, look first whether it was made.")
	}
	return NewProblem(http.StatusInternalServerError, "Something went wrong here; it was logged. Try again, and tell the operator if it stays.")
}

// RetryAfter is in how many seconds a database that is in trouble may be asked again.
const RetryAfter = "5"

// Unavailable reports whether an error is the database's own trouble: what was asked
// may be right, and work in a moment. What another server did not answer is none.
func Unavailable(err error) bool {
	var elsewhere *url.Error
	var provider *channels.SendError
	return events.Troubled(err) && !errors.As(err, &elsewhere) && !errors.As(err, &provider)
}

func enrolFirst() *Problem {
	return withCode(http.StatusForbidden, "second_factor_required", "Your company wants everybody to have a second factor: set yours up first, with POST /api/v1/session/second-factor.")
}

// found reads one of huma's findings. A missing property is reported at its
// parent, with its name.
func found(err error) settings.Fault {
	var d huma.ErrorDetailer
	if !errors.As(err, &d) {
		return fault.New("", "invalid", "Why", err.Error())
	}
	detail := d.ErrorDetail()
	field := detail.Location
	for _, place := range []string{"body", "query", "path", "header"} {
		field = strings.TrimPrefix(strings.TrimPrefix(field, place+"."), place)
	}
	f := finding(detail.Message)
	if f.Field != "" {
		field += "." + f.Field
	}
	return f.At(strings.TrimPrefix(field, "."))
}

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
