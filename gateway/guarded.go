package gateway

import (
	"ringback/channels/guard"
	"ringback/gateway/events"
)

// guarded does something on the doors' road, where a panic would end the process and
// with it everybody's webhooks: it is an error of what was done, and logged with where
// it happened.
func (g *Gateway) guarded(what string, do func() error) error {
	err := guard.Do(do)
	if guard.Panicked(err) {
		g.Log.Error(what+" panicked", "error", err)
	}
	return err
}

// ownFault reports whether an event would fail again, wherever it stands and however
// often it comes.
func ownFault(err error) bool { return events.Refused(err) || guard.Panicked(err) }
