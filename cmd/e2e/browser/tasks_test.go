package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/cmd/demo"
)

// TestTasks counts what people do for what they come for, and holds docs/console.md to it.
func TestTasks(t *testing.T) {
	t.Parallel()
	d := Demo(t)
	door := d.URL() + "/webhooks/twilio/messages"
	for _, said := range []struct{ from, text string }{
		{"+13125550143", "My mower leaks oil"},
		{"+13125550142", "STOP"},
		{"+13125550142", "Are you there?"},
		{"+13125550149", "You have won a cruise"},
	} {
		_, err := d.Simulator.Text(t.Context(), door, said.from, demo.Numbers[0], said.text)
		require.NoError(t, err)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "console.md"))
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(text), "<!-- tasks -->\n")
	table, _, found := strings.Cut(rest, "<!-- /tasks -->")
	require.True(t, found, "docs/console.md has a table of tasks")
	env := consoleEnv(d)
	env["TABLE"] = table
	Run(t, "tasks.mjs", env)
}
