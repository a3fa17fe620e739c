package browser

import "testing"

// TestStageFinds is whether a story would notice what it is there to notice.
func TestStageFinds(t *testing.T) {
	t.Parallel()
	Run(t, "stage_finds.mjs", nil)
}
