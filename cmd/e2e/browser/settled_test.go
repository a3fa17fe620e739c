package browser

import "testing"

// TestSettled is what is settled on the pages beside the inbox, in one company.
func TestSettled(t *testing.T) {
	t.Parallel()
	d := inbox(t)
	env := consoleEnv(d)
	env["KEY"] = d.Access.Key
	for _, story := range []string{"console_reports.mjs", "console_replies.mjs", "console_import.mjs", "console_schedule.mjs", "console_audit.mjs", "console_rail.mjs", "console_languages.mjs"} {
		t.Run(story, func(t *testing.T) { Run(t, story, env) })
	}
}
