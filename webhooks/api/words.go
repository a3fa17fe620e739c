package api

import (
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
)

const missingField = "missing field "

// plainer replaces the messages that huma keeps to itself.
var plainer = map[string]string{
	"invalid integer":                       "must be a whole number",
	"invalid boolean":                       "must be true or false",
	"unknown query parameter":               "is not a parameter of this route",
	"required query parameter is missing":   "is missing",
	"required header parameter is missing":  "is missing",
	"invalid date/time for format RFC3339":  "must be a time such as 2026-06-01T08:00:00Z",
	"expected string to be RFC 3339 string": "must be a time such as 2026-06-01T08:00:00Z",
}

// Speak makes huma answer in people's words and in our shape of a problem. Its
// wording is global, so this is done once however many APIs there are; it has
// to be done before the first route is registered.
var Speak = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true // "Name" is not "name"
	huma.NewErrorWithContext = func(ctx huma.Context, status int, detail string, errs ...error) huma.StatusError {
		return problem(ctx.Context(), ctx.Operation(), status, detail, errs)
	}
	huma.NewError = func(status int, detail string, _ ...error) huma.StatusError {
		return NewProblem(status, detail) // what huma documents errors by
	}
	validation.MsgUnexpectedProperty = "is not a field here: check its spelling or leave it out"
	validation.MsgExpectedRequiredProperty = missingField + "%s"
	validation.MsgExpectedRFC3339DateTime = "must be a time such as 2026-06-01T08:00:00Z"
	validation.MsgExpectedBoolean = "must be true or false"
	validation.MsgExpectedNumber = "must be a number"
	validation.MsgExpectedInteger = "must be a whole number"
	validation.MsgExpectedString = "must be text in quotes"
	validation.MsgExpectedArray = "must be a list"
	validation.MsgExpectedObject = "must be an object"
	validation.MsgExpectedOneOf = "must be one of %s"
	validation.MsgExpectedMinimumNumber = "must be at least %v"
	validation.MsgExpectedMaximumNumber = "must be at most %v"
	validation.MsgExpectedMinLength = "must have at least %d characters"
	validation.MsgExpectedMaxLength = "must have at most %d characters"
	validation.MsgExpectedMinItems = "must have at least %d items"
	validation.MsgExpectedMaxItems = "must have at most %d items"
})
