package browser

import "testing"

// TestBoxes in which one writes, and the bar below them.
func TestBoxes(t *testing.T) {
	t.Parallel()
	Run(t, "console_boxes.mjs", consoleEnv(inbox(t)))
}
