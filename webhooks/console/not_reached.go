package console

import (
	"errors"
	"fmt"
	"time"

	"ringback/gateway/rules"
	"ringback/settings"
)

// notReached is that an earlier text did not arrive where one would be written to.
type notReached struct {
	Day  string // when that was
	Code string // the provider's word for it
}

// notReached is what a refusal tells of an earlier text, after which one may try again;
// nil: it is about something else.
func (v *View) notReached(err error) *notReached {
	var refused *settings.Conflict
	if !errors.As(err, &refused) || refused.Code != string(rules.ReasonUnreachable) || refused.Params["Since"] == nil {
		return nil
	}
	since, err := time.Parse(time.RFC3339, fmt.Sprint(refused.Params["Since"]))
	if err != nil {
		return nil
	}
	return &notReached{Day: v.Words.Date(since.In(v.zone()), v.Now()), Code: fmt.Sprint(refused.Params["Code"])}
}
