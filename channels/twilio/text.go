package twilio

import "ringback/channels/fit"

// Lengths that a text in an Event is cut at: far above what Twilio documents
// (1,600 characters of body), and low enough to be stored and shown.
const (
	maxID    = 200  // bytes of an id, an address or a provider's word
	maxBody  = 6400 // characters of a message
	maxFact  = 4000 // characters of anything else
	maxPlain = 200  // characters of a person's name
)

// What this folder does to texts all day, by short names.
var (
	clean     = fit.Text
	plain     = fit.Line
	toUTF8    = fit.UTF8
	printable = fit.Printable
)
