package channels

// State is the state of a delivery. It only ever moves forward.
type State string

// The states of a delivery, in the API's words.
const (
	Queued      State = "queued"      // in our outbox
	Unknown     State = "unknown"     // the provider's answer was lost and it has not told us since
	Sending     State = "sending"     // the provider took it
	Sent        State = "sent"        // the carrier has it
	Delivered   State = "delivered"   // it reached the handset
	Read        State = "read"        // it was opened
	Failed      State = "failed"      // the provider refused it, or we gave up
	Undelivered State = "undelivered" // the carrier could not deliver it
	Expired     State = "expired"     // it would have come too late to make sense
	Canceled    State = "canceled"    // somebody took it back
)

// ranks orders the states; those that share a rank end the journey alike.
// Twilio names the order in its guide on status callbacks, and Meta may skip
// "delivered" when "read" comes.
var ranks = map[State]int{
	Queued: 0, Unknown: 1, Sending: 2, Sent: 3,
	Delivered: 4, Failed: 4, Undelivered: 4, Expired: 4, Canceled: 4,
	Read: 5,
}

// Final reports whether nothing can come after the state, but that a
// delivered message may still be read.
func (s State) Final() bool { return ranks[s] >= ranks[Delivered] }

// Before reports whether a delivery in this state may move on to next: later
// callbacks move it forward, and late or repeated ones change nothing.
func (s State) Before(next State) bool {
	if s.Final() {
		return s == Delivered && next == Read
	}
	_, known := ranks[next]
	return known && ranks[s] < ranks[next]
}
