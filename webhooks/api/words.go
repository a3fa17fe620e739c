package api

import (
	"net/http"
	"strings"
	"sync"

	"ringback/settings"
	"ringback/settings/fault"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
)

// plainer is the codes of the messages that huma keeps to itself.
var plainer = map[string]string{
	"invalid integer":                       "not_whole",
	"invalid boolean":                       "not_boolean",
	"unknown query parameter":               "unknown_parameter",
	"required query parameter is missing":   "missing",
	"required header parameter is missing":  "missing",
	"invalid date/time for format RFC3339":  "time",
	"expected string to be RFC 3339 string": "time",
}

// coded begins a message that we gave huma: a code, the name of what its words
// name, and huma's value for that.
const coded = "#"

// finding is a message of huma's as a fault. Its field is the name of what is
// missing, below the place that is told.
func finding(message string) settings.Fault {
	if code, known := plainer[message]; known {
		return fault.New("", code)
	}
	said, ours := strings.CutPrefix(message, coded)
	if !ours {
		return fault.New("", "invalid", "Why", message)
	}
	code, rest, _ := strings.Cut(said, " ")
	name, value, named := strings.Cut(rest, " ")
	if !named {
		return fault.New(name, code)
	}
	return fault.New("", code, name, value)
}

// Speak makes huma answer in people's words and in our shape of a problem. Its
// wording is global, so this is done once however many APIs there are; it has
// to be done before the first route is registered.
var Speak = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true // "Name" is not "name"
	huma.NewErrorWithContext = func(ctx huma.Context, status int, detail string, errs ...error) huma.StatusError {
		p := problem(ctx.Context(), ctx.Operation(), status, detail, errs)
		if p.Status == http.StatusServiceUnavailable {
			ctx.SetHeader("Retry-After", RetryAfter)
		}
		return p
	}
	huma.NewError = func(status int, detail string, _ ...error) huma.StatusError {
		return NewProblem(status, detail) // what huma documents errors by
	}
	validation.MsgUnexpectedProperty = coded + "unknown_field"
	validation.MsgExpectedRequiredProperty = coded + "missing %s"
	validation.MsgExpectedRFC3339DateTime = coded + "time"
	validation.MsgExpectedBoolean = coded + "not_boolean"
	validation.MsgExpectedNumber = coded + "not_number"
	validation.MsgExpectedInteger = coded + "not_whole"
	validation.MsgExpectedString = coded + "not_quoted"
	validation.MsgExpectedArray = coded + "not_list"
	validation.MsgExpectedObject = coded + "not_object"
	validation.MsgExpectedOneOf = coded + "not_one_of List %s"
	validation.MsgExpectedMinimumNumber = coded + "too_low Limit %v"
	validation.MsgExpectedMaximumNumber = coded + "too_high Limit %v"
	validation.MsgExpectedMinLength = coded + "too_short Count %d"
	validation.MsgExpectedMaxLength = coded + "too_long Count %d"
	validation.MsgExpectedMinItems = coded + "too_few Count %d"
	validation.MsgExpectedMaxItems = coded + "too_many Count %d"
	for _, said := range []*string{&validation.MsgExpectedMatchAtLeastOneSchema, &validation.MsgExpectedMatchExactlyOneSchema} {
		*said = coded + "not_taken_here"
	}
	validation.MsgExpectedMatchPattern = coded + "not_taken_here Pattern %s"
})
