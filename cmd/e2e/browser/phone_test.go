package browser

import (
	"testing"

	"ringback/cmd/demo"
)

func TestPhonePage(t *testing.T) {
	t.Parallel()
	d := Demo(t)
	t.Run("a text", func(t *testing.T) {
		Run(t, "phone_text.mjs", map[string]string{"URL": d.PublicURL(), "KEY": d.Access.Key, "TEAM": service(t, d)})
	})
	t.Run("calls", func(t *testing.T) { Run(t, "phone_call.mjs", consoleEnv(d)) })
}

// In a demo of its own: a clock that was played back would let a call before it
// be the last that was heard.
func TestPhoneOnWhatsApp(t *testing.T) {
	t.Parallel()
	d := Demo(t)
	Run(t, "phone_whatsapp.mjs", map[string]string{"URL": d.URL(), "KEY": d.Access.Key})
}

func TestPhoneOnRCS(t *testing.T) {
	t.Parallel()
	d := Demo(t)
	Run(t, "phone_rcs.mjs", map[string]string{"URL": d.URL(), "KEY": d.Access.Key, "SERVICE": demo.Service, "AGENT": demo.Agent})
}
