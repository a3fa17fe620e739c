package browser

import "testing"

func TestTheOrderOfSchedules(t *testing.T) {
	t.Parallel()
	Run(t, "console_order.mjs", consoleEnv(at(t, "2026-12-02T12:30:00-06:00"))) // a Wednesday
}
