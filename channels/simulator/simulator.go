// Package simulator starts providers that are played: fakes that behave, for
// tests, the demo and a developer at home. Each has a folder of its own (twilio,
// meta, stripe, mailbox) and is made by its New; a World gives them addresses on
// this machine and ends them together.
//
// The one hard decision: a fake does not know the code that it tests. It reads
// and writes by rules of its own, so that what a channel and its fake agree on
// has been thought of twice. Those that date what they tell take a clock in their
// Config, which is how time is played.
package simulator

import "slices"

// Loopback is any free port that only this machine reaches.
const Loopback = "127.0.0.1:0"

// Provider is one that is played.
type Provider interface {
	// Listen serves it at an address until Close, and returns the URL to use in
	// place of the provider's own.
	Listen(address string) (url string, err error)
	// Close ends what it has under way and waits for it. It may be called again,
	// and of one that never listened.
	Close()
}

// World is the providers that are played together. The zero value is empty.
type World struct{ providers []Provider }

// Start serves a provider on a free port of this machine's until the world is
// closed, and returns its URL. A provider that cannot be started is closed.
func (w *World) Start(p Provider) (url string, err error) {
	if url, err = p.Listen(Loopback); err != nil {
		p.Close()
		return "", err
	}
	w.providers = append(w.providers, p)
	return url, nil
}

// Close ends all of them, the last one started first.
func (w *World) Close() {
	for _, p := range slices.Backward(w.providers) {
		p.Close()
	}
	w.providers = nil
}
