package browser

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

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
