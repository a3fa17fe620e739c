package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

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

// stateTag is the ETag of one thing: a hash of all that the API shows of it but
// the moment of the last change, which moves when nothing else does, and what
// the address of a calendar says, which nobody here has changed.
func stateTag(state any) string {
	fields := map[string]any{}
	raw, err := json.Marshal(state)
	if err == nil {
		err = json.Unmarshal(raw, &fields)
	}
	delete(fields, "updated_at")
	delete(fields, "calendar")
	if err == nil {
		raw, err = json.Marshal(fields) // in the order of the names
	}
	if err != nil {
		panic(err) // what cannot be written could not be answered either
	}
	sum := sha256.Sum256(raw)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// withTag is an answer that names its state.
func withTag[T any](state T, err error) (*tagged[T], error) {
	if err != nil {
		return nil, err
	}
	return &tagged[T]{stateTag(state), state}, nil
}
