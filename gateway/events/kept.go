package events

import (
	"encoding/json"
	"fmt"

	"ringback/channels"
	"ringback/settings/text"
)

// Kept is an event as it may be written down, wherever that is: its JSON and the body
// that told of it, without the links by which a customer who quotes a text of ours could
// be answered for.
func Kept(e channels.Event) (payload json.RawMessage, raw []byte, err error) {
	payload, err = json.Marshal(e)
	if err != nil {
		return nil, nil, fmt.Errorf("event %s: %w", e.ProviderID, err)
	}
	return text.WithoutLinks(payload), text.WithoutLinks(e.Raw), nil
}
