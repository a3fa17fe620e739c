package browser

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator"
	"ringback/channels/simulator/model"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/cmd/demo"
)

// inbox starts a demo whose customers have written and called.
func inbox(t *testing.T) *demo.Demo {
	t.Helper()
	d := Demo(t)
	door := d.URL() + "/webhooks/twilio/messages"
	for _, said := range []struct{ from, text string }{
		{"+13125550142", "My mower does not start <script>alert(1)</script>"},
		{"+13125550149", "STOP"},
		{"+13125550149", "Are you there?"},
	} {
		_, err := d.Simulator.Text(t.Context(), door, said.from, demo.Numbers[0], said.text)
		require.NoError(t, err)
	}
	return d
}

func consoleEnv(d *demo.Demo) map[string]string {
	return map[string]string{"URL": d.URL(), "EMAIL": d.Access.Email, "PASSWORD": d.Access.Password, "PHONE": d.Phone}
}

func TestConsole(t *testing.T) {
	t.Parallel()
	d := inbox(t)
	for _, story := range []string{"console_walk.mjs", "console_inbox.mjs", "console_asking.mjs", "console_ticket.mjs", "console_contact.mjs", "console_messages.mjs", "console_holiday.mjs"} {
		t.Run(story, func(t *testing.T) { Run(t, story, consoleEnv(d)) })
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	d := Demo(t, func(c *app.Config) { c.SecretKey = base64.StdEncoding.EncodeToString(make([]byte, 32)) })
	Run(t, "console_notices.mjs", consoleEnv(d))
	Run(t, "console_hooks.mjs", consoleEnv(d))
}

// TestSuggestions of answers, to somebody who left a message on the voicemail.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	hears, answers := model.New("sk-key"), model.New("sk-key")
	var played simulator.World
	t.Cleanup(played.Close)
	hearing, err := played.Start(hears)
	require.NoError(t, err)
	answering, err := played.Start(answers)
	require.NoError(t, err)
	hears.Says("Hello, this is Eve. My mower stops after ten minutes, and then it does not start again for an hour.\nPlease call me back in the afternoon.")
	answers.Says("Thank you for your message. Which mower is it, and since when does it stop?\n\nWe look into it and call you back.")
	d := Demo(t, func(c *app.Config) {
		c.SpeechURL, c.SpeechKey, c.SpeechModel = hearing, "sk-key", "whisper-1"
		c.DraftsURL, c.DraftsKey, c.DraftsModel = answering, "sk-key", "small"
	})
	d.Simulator.ByHand(true)
	d.Simulator.Advisor("", twilio.Advisor{Ends: "no-answer"})
	_, err = d.Simulator.Call(t.Context(), d.URL()+"/webhooks/twilio/voice", "+13125550177", demo.Numbers[0],
		twilio.Press("3"), twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp), twilio.WithCallStatus(d.URL()+"/webhooks/twilio/calls"))
	require.NoError(t, err)
	_, err = d.Simulator.Deliver(t.Context())
	require.NoError(t, err)
	d.Simulator.ByHand(false)
	Run(t, "console_suggest.mjs", consoleEnv(d))
}
