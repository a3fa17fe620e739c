package channels

import "context"

// Caller is a provider that carries calls. What it tells of a call afterwards
// (its end, its recording, how an advisor's phone rings) comes through Hooks
// like everything else; these doors are those at which it asks what to do.
type Caller interface {
	// Calls are the doors at which the provider asks what a caller hears next.
	Calls() []CallHook
}

// Dialer is a provider that rings a phone when we ask it to.
type Dialer interface {
	// Dial rings a phone and returns the provider's id of the call. What who answers
	// hears is asked at a door of Calls, at the place, and how the call ends is told
	// with it. The error is a *SendError; one to Look after may be ringing.
	Dial(ctx context.Context, account Account, call OutgoingCall) (id string, err error)
}

// OutgoingCall is a call to one phone.
type OutgoingCall struct {
	From, To  string
	Seconds   int // that it rings
	Place     Place
	PublicURL string
}

// CallHook is a door whose answer depends on the call. All of Hook holds for
// it: Account, Verify, and Parse, which is Ask without the question. Its fixed
// Answer says nothing and is for when there is no script at all: a caller's
// leg ends with it, an advisor's is connected.
type CallHook struct {
	Hook
	// Ask reads the request: the call, the point of its flow, and the input. The
	// error is a *Malformed naming the field.
	Ask func(Request) (CallRequest, error)
	// Render is the script in the provider's words. Every script has such an
	// answer, if need be a shortened one. publicURL is where the provider
	// reaches us, without a path.
	Render func(script Script, publicURL string) Answer
}

// CallRequest is a provider's question: what comes next in this call?
type CallRequest struct {
	// Event is the one line that the request by itself is in the call's journal:
	// CallArrived, CallDialed, or CallNoted for all else. Which steps an answer
	// stands for, only the flow knows: it adds their lines. Event.Call.ID is the
	// caller's leg, also when an advisor's asks. A request of an advisor's leg
	// names neither the caller nor the number that was called: Ours and Theirs
	// are empty then, and the call's id leads to them.
	Event Event
	// Place is the point of the flow that our address named; its At is empty for
	// an incoming call and never else. It is well formed and signed, and still
	// what we wrote at an earlier time: a team or advisor may be gone since.
	Place Place
	// Digits are the keys that were pressed, of 0-9, *, # and A-D; empty at
	// time-out and where none were asked for.
	Digits string
	// Leg is the provider's id of the advisor's leg that asks; empty: the
	// caller's.
	Leg string
	// Over says that the leg that asks has ended, so that nobody hears the
	// answer and no step follows: the caller hung up while it rang or while
	// speaking after the tone.
	Over bool
}
