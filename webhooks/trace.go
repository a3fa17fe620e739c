package webhooks

import (
	"time"

	"ringback/channels"
	"ringback/gateway/traces"
	"ringback/settings"
)

// trace tells of events that were taken, or could not be. What a provider tells of our
// own messages is traced where it is known which message that was.
func (c Config) trace(events []channels.Event, began time.Time, err error) {
	if !c.Traces.On() {
		return
	}
	took := time.Since(began)
	for _, e := range events {
		if e.Kind == channels.DeliveryMoved {
			continue
		}
		origin := e.ProviderID
		if e.Call != nil {
			origin = e.Call.ID
		}
		c.Traces.Span(traces.Door, origin, began, took, err != nil,
			traces.Fact{Name: "provider", Value: settings.ProviderOf(e.Sender)}, traces.Fact{Name: "channel", Value: string(e.Sender)}, traces.Fact{Name: "kind", Value: string(e.Kind)})
	}
}
