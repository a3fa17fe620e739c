// Package webchat is our own chat on companies' websites as one more provider.
//
// The hard decision: sending is not carrying. What is said stands in the
// messages already, and a visitor's browser reads it from there, from where it
// left off; so Send only wakes whoever listens, and nothing is lost when nobody
// does.
package webchat

import (
	"context"
	"time"

	"ringback/channels"
)

// Channel sends to visitors of websites.
type Channel struct {
	// Wake is told the address of a visitor for whom there is something new.
	Wake func(visitor string)
}

// Kinds are the kinds of senders that it carries.
func (Channel) Kinds() []channels.Kind { return []channels.Kind{channels.WebChat} }

// Hooks is none: the widget's doors are no provider's.
func (Channel) Hooks() []channels.Hook { return nil }

// Send wakes the visitor's browsers. It cannot fail.
func (c Channel) Send(_ context.Context, _ channels.Account, m channels.Outgoing) (channels.Receipt, error) {
	c.Wake(m.To)
	return channels.Receipt{ProviderID: m.Delivery, State: channels.Sent}, nil
}

// Find says that it was sent: nothing can get lost on the way.
func (c Channel) Find(_ context.Context, _ channels.Account, m channels.Outgoing, _ time.Time) (channels.Receipt, bool, error) {
	c.Wake(m.To)
	return channels.Receipt{ProviderID: m.Delivery, State: channels.Sent}, true, nil
}
