package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
)

// etag names the state of a team's 14 automations. It is a strong one: the
// texts that GET adds to it (preview, default_message) are drawn from the team
// as well, and do not matter to who saves.
func etag(t settings.Team) string { return fmt.Sprintf(`"%s-%d"`, t.ID, t.AutomationsVersion) }

var (
	errNoIfMatch = NewProblem(http.StatusPreconditionRequired,
		"Send If-Match with the ETag that GET answered, so that nobody's changes are lost.")
	// errStale refuses a save of the automations that began from an older state.
	errStale = NewProblem(http.StatusPreconditionFailed,
		"Somebody changed the automations meanwhile: nothing was saved. GET them again and repeat your change.")
	errChanged = NewProblem(http.StatusPreconditionFailed,
		"Somebody changed this meanwhile: nothing was saved. GET it again and repeat your change.")
)

// matches is errStale unless one of the tags is the team's, or *. No tag at
// all matches: whether one is needed is the route's business. A weak tag never
// matches (RFC 9110, 13.1.1).
func matches(headers []string, t settings.Team) error {
	if len(headers) == 0 || named(headers, etag(t)) {
		return nil
	}
	return errStale
}

func named(headers []string, wanted string) bool {
	for _, header := range headers {
		for _, tag := range strings.Split(header, ",") {
			if tag = strings.TrimSpace(tag); tag == "*" || tag == wanted {
				return true
			}
		}
	}
	return false
}

// unmatched refuses an If-Match of what has no ETag: none can be its, and to change it
// all the same would be to write over what somebody else may have made of it.
func unmatched(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		op, wanted := ctx.Operation(), ctx.Header("If-Match")
		tags := slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == "If-Match" })
		if changes := op.Method != http.MethodGet && op.Method != http.MethodPost; changes && !tags && wanted != "" && wanted != "*" {
			_ = huma.WriteErr(api, ctx, http.StatusPreconditionFailed, "What this changes has no ETag, so that none matches: nothing was changed. Leave If-Match out.") // the caller is gone; huma has said so
			return
		}
		next(ctx)
	}
}

// Condition is the optional If-Match of a change.
type Condition struct {
	IfMatch []string `header:"If-Match" doc:"The ETag of what you are changing: 412 when somebody was faster"`
}

// holds is errChanged when the state is another than the caller saw.
func (c Condition) holds(state any) error {
	if len(c.IfMatch) == 0 || named(c.IfMatch, stateTag(state)) {
		return nil
	}
	return errChanged
}

// stateTag is the ETag of one thing: a hash of what can be chosen of it. What else the
// API shows moves while nobody changes anything: when a number was heard last, what a
// calendar says.
func stateTag(state any) string {
	fields := map[string]any{}
	raw, err := json.Marshal(state)
	if err == nil {
		err = json.Unmarshal(raw, &fields)
	}
	dropTold(reflect.TypeOf(state), fields)
	if err == nil {
		raw, err = json.Marshal(fields) // in the order of the names
	}
	if err != nil {
		panic(err) // what cannot be written could not be answered either
	}
	sum := sha256.Sum256(raw)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// dropTold takes out of a value, as JSON, what nobody can choose of its type.
func dropTold(t reflect.Type, value any) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := value.(type) {
	case []any:
		if t.Kind() != reflect.Slice {
			return
		}
		for _, one := range v {
			dropTold(t.Elem(), one)
		}
	case map[string]any:
		if t.Kind() != reflect.Struct {
			return
		}
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Tag.Get("readOnly") == "true" && name != "id" {
				delete(v, name)
			} else {
				dropTold(f.Type, v[name])
			}
		}
	}
}

// withTag is an answer that names its state.
func withTag[T any](state T, err error) (*tagged[T], error) {
	if err != nil {
		return nil, err
	}
	return &tagged[T]{stateTag(state), state}, nil
}
