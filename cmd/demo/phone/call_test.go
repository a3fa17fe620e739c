package phone

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

func TestWhatACallIsCalled(t *testing.T) {
	for want, c := range map[string]text{
		"Called, and hung up while it rang":       {Outcome: "hung_up", Step: "ringing"},
		"Called, and was missed at the voicemail": {Outcome: "missed", Step: "voicemail_prompt"},
		"Called, and left a voicemail":            {Outcome: "voicemail", Step: "recording"},
		"Called, and was answered":                {Outcome: "answered", Step: "answered"},
		"Called, and was gone at once":            {Outcome: "too_short"},
		"Is it ready?":                            {Told: channels.Event{Message: &channels.Message{Text: "Is it ready?"}}},
	} {
		require.Equal(t, want, c.said())
	}
}
