package api

import (
	"fmt"
	"net/http"
	"strings"

	"ringback/settings"
	"ringback/settings/rest"
)

// etag names the state of a team's 14 automations. It is a strong one: the
// texts that GET adds to it (preview, default_message) are drawn from the team
// as well, and do not matter to who saves.
func etag(t settings.Team) string { return fmt.Sprintf(`"%s-%d"`, t.ID, t.AutomationsVersion) }

var (
	errNoIfMatch = rest.NewProblem(http.StatusPreconditionRequired,
		"Send If-Match with the ETag that GET answered, so that nobody's changes are lost.")
	errStale = rest.NewProblem(http.StatusPreconditionFailed,
		"Somebody changed the automations meanwhile: nothing was saved. GET them again and repeat your change.")
)

// matches is errStale unless one of the tags is the team's, or *. No tag at
// all matches: whether one is needed is the route's business. A weak tag never
// matches (RFC 9110, 13.1.1).
func matches(headers []string, t settings.Team) error {
	if len(headers) == 0 {
		return nil
	}
	for _, header := range headers {
		for _, tag := range strings.Split(header, ",") {
			if tag = strings.TrimSpace(tag); tag == "*" || tag == etag(t) {
				return nil
			}
		}
	}
	return errStale
}
