package demo

import (
	"ringback/channels/simulator"
	"ringback/cmd/app"
)

// mountPhone opens the phone page and returns its address.
func mountPhone(a *app.App, _ *simulator.Simulator) string { return a.PublicURL() + "/phone" }
