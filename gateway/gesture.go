package gateway

import (
	"encoding/json"
	"fmt"

	"ringback/channels"
	"ringback/gateway/rules"
	"ringback/settings/text"
)

// gestureOf is what of ours a text quotes, when it looks like one that a telephone
// made of a gesture; empty: a file.
func gestureOf(e rules.Event) (quote string, looks bool) {
	if e.Channel != channels.SMS || e.Form != channels.PlainMessage {
		return "", false
	}
	return text.Tapback(e.Text)
}

// readGesture takes a text for a reaction, as WhatsApp tells of one, when what it
// quotes is a message of ours.
func readGesture(raw *string, s *rules.Situation) error {
	if raw == nil {
		return nil
	}
	var ours []struct {
		Text string `json:"text"`
		File bool   `json:"file"`
	}
	if err := json.Unmarshal([]byte(*raw), &ours); err != nil {
		return fmt.Errorf("background: our messages: %w", err)
	}
	quote, _ := gestureOf(s.Event)
	for _, one := range ours {
		if quote == "" && one.File || text.SaysSame(quote, one.Text) {
			s.Event.Form = channels.ReactionMessage
			return nil
		}
	}
	return nil
}
