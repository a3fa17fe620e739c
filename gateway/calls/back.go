package calls

import (
	"ringback/channels"
	"ringback/settings"
)

// The points of a call that the staff made: the advisor's phone is rung first, and
// who presses 1 is connected with the customer.
const (
	atBack       = "back"
	atBackAccept = "back_accept"
	atBackDialed = "back_dialed"
	atBackLeg    = "back_leg"
)

// BackRings is how many seconds either phone of such a call rings: less than it takes
// a mobile's own voicemail to answer, mostly.
const BackRings = 25

// What became of a call that the staff made. One that reached the customer is
// Answered, as any call is that two people spoke in.
const (
	Unanswered Outcome = "unanswered" // by the customer
	NotTaken   Outcome = "not_taken"  // by the advisor, whose phone was rung first
	NotPlaced  Outcome = "not_placed" // the provider did not ring anybody
)

// BackPlace is where a call begins that the staff made.
func BackPlace(sender, call string) channels.Place {
	return channels.Place{At: atBack, Sender: sender, Call: call}
}

// NextBack is what the advisor who calls back hears next; Question.Caller is the
// customer. Whatever took the call presses no key, unless it is the advisor.
func NextBack(q Question) (channels.Script, []Step) {
	here := func(at string) channels.Place {
		return channels.Place{At: at, Sender: q.Sender, Call: q.Place.Call}
	}
	switch q.Place.At {
	case atBackAccept:
		switch {
		case q.Digits == "1":
			dial := channels.Ring{From: q.Number, Seconds: BackRings, Next: here(atBackDialed), Lines: []channels.Leg{{Number: q.Caller, Status: here(atBackLeg)}}}
			return channels.Script{dial}, []Step{{Step: channels.StepAnswered}}
		case q.Digits != "" || q.Place.Round+1 >= menuTries:
			return channels.Script{channels.Hangup{}}, nil
		}
		q.Place.Round++
	case atBackDialed:
		if q.Dial != nil && q.Dial.Bridged {
			return channels.Script{channels.Hangup{}}, nil
		}
		return channels.Script{q.say("call_back_unanswered", settings.Prompt{}), channels.Hangup{}}, nil
	default:
		q.Place.Round = 0
	}
	next := here(atBackAccept)
	next.Round = q.Place.Round
	return channels.Script{channels.Gather{Prompts: channels.Script{q.say("call_back", settings.Prompt{})}, Digits: 1, Seconds: menuWait, Next: next}}, nil
}

// SettleBack says what became of a call that the staff made, and how long the two
// spoke; over is false as long as it goes on. Lines that come twice or in another
// order come to the same.
func SettleBack(journal []Entry) (outcome Outcome, spoke int, over bool) {
	accepted, reached, failed := false, false, false
	for _, e := range journal {
		c := e.Call
		accepted = accepted || c.Step == channels.StepAnswered
		failed = failed || c.Status == "failed"
		over = over || c.Status != ""
		if c.Dial != nil {
			reached = reached || c.Dial.Bridged
			over = over || c.Dial.Status != dialGoesOn
			accepted, spoke = true, max(spoke, c.Dial.Seconds)
		}
	}
	switch {
	case reached:
		return Answered, spoke, over
	case accepted:
		return Unanswered, 0, over
	case failed:
		return NotPlaced, 0, over
	}
	return NotTaken, 0, over
}

// dialGoesOn is the word for a leg that was picked up and has not ended.
const dialGoesOn = "in-progress"
