package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
	"ringback/settings/fault"
	"ringback/settings/staff"
)

// JSON is the body of a request whose schema is set by Takes or Changes. It
// arrives valid against that schema and still as text, so that Onto can tell a
// field that was left out from one that is empty.
type JSON struct {
	Body json.RawMessage
}

// Onto writes the fields that were sent over those of the struct that into
// points to, which is how a PATCH keeps the rest and a POST keeps the defaults.
// A null is taken where the field is a pointer. Lists are replaced; maps, and
// structs that do not read themselves, are merged.
func (j JSON) Onto(into any) error { return Merge(j.Body, into) }

// Merge is JSON.Onto for a part of a body.
func Merge(raw json.RawMessage, into any) error {
	wrong, err := prepare("", raw, reflect.ValueOf(into).Elem())
	if err != nil {
		return settings.Refuse("", "not_object")
	}
	if len(wrong) > 0 {
		return wrong
	}
	return readable(json.Unmarshal(raw, into))
}

// prepare returns the fields whose null cannot be taken, and has those that were sent
// share nothing with what is stored: they would be written over in that very memory, so
// that nothing differs from before. Lists are emptied, or their items would keep what is
// not said.
func prepare(prefix string, raw json.RawMessage, into reflect.Value) (settings.Invalid, error) {
	sent := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &sent); err != nil {
		return nil, err
	}
	var wrong settings.Invalid
	for n := range into.NumField() {
		f, field := into.Type().Field(n), into.Field(n)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		value, there := sent[name]
		if !there || f.Tag.Get("readOnly") == "true" {
			continue
		}
		_, readsItself := field.Addr().Interface().(json.Unmarshaler)
		switch {
		case string(value) == "null" && field.Kind() != reflect.Pointer:
			wrong = append(wrong, fault.New(prefix+name, "null"))
		case field.Kind() == reflect.Slice:
			field.SetZero()
		case field.Kind() == reflect.Pointer, field.Kind() == reflect.Map:
			settings.Apart(field)
		case field.Kind() == reflect.Struct && !readsItself:
			more, err := prepare(prefix+name+".", value, field)
			if err != nil {
				return nil, err
			}
			wrong = append(wrong, more...)
		}
	}
	return wrong, nil
}

// readable names the field that is of the right kind and still cannot be read:
// 5.0 is a whole number to a schema, and none to Go.
func readable(err error) error {
	var mistyped *json.UnmarshalTypeError
	if errors.As(err, &mistyped) {
		return settings.Refuse(mistyped.Field, "unreadable", "Why", mistyped.Value)
	}
	if err != nil {
		return settings.Refuse("", "unreadable", "Why", err.Error())
	}
	return nil
}

// Takes makes T the schema of the operation's body, as it stands.
func Takes[T any](api huma.API, op huma.Operation) huma.Operation {
	t := reflect.TypeFor[T]()
	return withBody(op, api.OpenAPI().Components.Schemas.Schema(t, true, ""))
}

// Changes makes T the schema of the operation's body, with no field required.
func Changes[T any](api huma.API, op huma.Operation) huma.Operation {
	t := reflect.TypeFor[T]()
	fields := make([]reflect.StructField, 0, t.NumField())
	for n := range t.NumField() {
		f := t.Field(n)
		if f.Tag.Get("json") == "-" {
			continue
		}
		f.Tag = `required:"false" ` + f.Tag
		fields = append(fields, f)
	}
	optional := reflect.StructOf(fields)
	return withBody(op, api.OpenAPI().Components.Schemas.Schema(optional, false, op.OperationID))
}

func withBody(op huma.Operation, schema *huma.Schema) huma.Operation {
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json": {Schema: schema},
	}}
	return op
}

// Op describes a route: its id (which names its scope), method, path below
// /api/v1, the status it answers with when all is well, and a summary.
func Op(id, method, path string, status int, summary string) huma.Operation {
	op := huma.Operation{
		OperationID: id, Method: method, Path: "/api/v1" + path, DefaultStatus: status, Summary: summary,
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, MaxBodyBytes: usualBody,
	}
	if staff.Open(id) {
		op.MaxBodyBytes = strangersBody
	}
	return op
}

// How long a body may be, in bytes, where an operation does not say it for itself: a
// stranger's takes many times that while it is read.
const (
	usualBody     = 1 << 20
	strangersBody = 64 << 10
)

// Answer is a plain JSON answer.
type Answer[T any] struct {
	Body T
}

// Answered wraps what a route found.
func Answered[T any](body T, err error) (*Answer[T], error) {
	if err != nil {
		return nil, err
	}
	return &Answer[T]{body}, nil
}

// Nothing is an answer without a body.
type Nothing struct{}

// NullOr is the schema of a T in whose place null may stand. A type answers it
// as its Schema, T being the same type under another name.
func NullOr[T any](r huma.Registry) *huma.Schema {
	s := huma.SchemaFromType(r, reflect.TypeFor[T]())
	s.Nullable = true
	return s
}
