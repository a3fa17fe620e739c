// Package calls knows how a call goes: what a caller hears next, and, from the
// journal of what they came to, what the call was in the end. It does no I/O
// and knows no clock.
//
// The hard decision: the flow keeps nothing in memory between two requests. A
// Place carries all that the next answer depends on, so that any replica can
// give it, also while the database is away.
package calls

import (
	"slices"
	"time"

	"ringback/channels"
	"ringback/settings"
)

// The points of the flow at which the provider asks what comes next.
const (
	atMenu      = "menu"
	atOption    = "option"
	atRing      = "ring"
	atDialed    = "dialed"
	atWhisper   = "whisper"
	atAccept    = "accept"
	atVoicemail = "voicemail"
	atRecord    = "record"
	atRecorded  = "recorded"
	atRecording = "recording"
	atLeg       = "leg"
)

// Question is all that an answer depends on.
type Question struct {
	Team   *settings.Snapshot // whose flow the call is in
	Sender string             // the id of the sender that was called
	Number string             // the number that was called: advisors see it
	Place  channels.Place
	Digits string
	Dial   *channels.Dial // with the end of ringing
	Caller string         // their number: whoever has it is not rung with their own call
	First  string         // the advisor who rings first; empty: nobody in particular
	Now    time.Time
	Play   func(id string) string // the public address of an uploaded prompt; nil: none can be played
}

// Step is a step that an answer takes the caller to.
type Step struct {
	Step    channels.Step
	Option  string
	Advisor string
	Round   int // of ringing
}

const (
	menuTries  = 2
	menuWait   = 6   // seconds
	voicemails = 180 // seconds
	atOnce     = 10  // phones: providers ring no more together
)

// Next is what the caller, or the advisor whose leg asks, hears next, and the
// steps that this takes the caller to. There is always an answer.
func Next(q Question) (channels.Script, []Step) {
	q.Place.Sender = q.Sender
	switch q.Place.At {
	case "":
		return q.greet()
	case atMenu:
		return q.menu()
	case atOption:
		return q.option()
	case atRing:
		return q.ring(nil)
	case atDialed:
		return q.dialed()
	case atWhisper:
		return q.whisper(), nil
	case atAccept:
		return q.accept()
	case atVoicemail:
		return q.voicemail()
	case atRecord:
		return q.record(), []Step{{Step: channels.StepRecording}}
	default: // recorded, and what an older version may have written
		return channels.Script{q.say("goodbye", settings.Prompt{}), channels.Hangup{}}, nil
	}
}

func (q Question) open() bool { return q.Team.Schedules.At(q.Now).Open }

// greet begins: closed and nobody to ring goes to voicemail, else the greeting
// is followed by the call tree or by ringing. Its end is a request of its own,
// which tells who hung up during it.
func (q Question) greet() (channels.Script, []Step) {
	if !q.open() && len(q.phones()) == 0 {
		return channels.Script{channels.Go{Next: q.to(atVoicemail)}}, nil
	}
	next := atRing
	if len(q.Team.Voice.Options) > 0 && q.open() {
		next = atMenu
	}
	return channels.Script{q.say("greeting", q.Team.Voice.Greeting), channels.Go{Next: q.to(next)}}, []Step{{Step: channels.StepGreeting}}
}

func (q Question) menu() (channels.Script, []Step) {
	prompts := channels.Script{}
	if p := q.Team.Voice.Menu; p.Text != "" || p.Recording != "" {
		prompts = append(prompts, q.say("", p))
	}
	for _, o := range q.Team.Voice.Options {
		prompts = append(prompts, channels.Say{Text: o.Digit + ": " + o.Label, Language: q.language()})
	}
	next := q.to(atOption)
	next.Round = q.Place.Round
	return channels.Script{channels.Gather{Prompts: prompts, Digits: 1, Seconds: menuWait, Next: next}}, []Step{{Step: channels.StepMenu}}
}

// option follows the digit. One that nobody offered, and none, play the menu
// once more, and then it rings.
func (q Question) option() (channels.Script, []Step) {
	for _, o := range q.Team.Voice.Options {
		if o.Digit != q.Digits {
			continue
		}
		chosen := Step{Step: channels.StepOptionChosen, Option: o.Digit}
		switch o.To {
		case settings.ToVoicemail:
			return channels.Script{channels.Go{Next: q.to(atVoicemail)}}, []Step{chosen}
		case settings.ToTeam:
			next := q.to(atRing)
			next.Team = o.Team
			return channels.Script{channels.Go{Next: next}}, []Step{chosen}
		default:
			q.Place.Option = o.Digit
			script, lines := q.ring([]Step{chosen})
			return script, lines
		}
	}
	if q.Place.Round+1 < menuTries {
		next := q.to(atMenu)
		next.Round = q.Place.Round + 1
		return channels.Script{channels.Go{Next: next}}, nil
	}
	q.Place.Round = 0
	return q.ring(nil)
}

// phones are the advisors to ring, in order: those of the option, else those
// of the schedule in effect; whoever rings first goes before the others.
func (q Question) phones() []settings.Advisor {
	var ids []string
	for _, o := range q.Team.Voice.Options {
		if q.Place.Option != "" && o.Digit == q.Place.Option {
			ids = o.Advisors
		}
	}
	if effect := q.Team.Schedules.At(q.Now).InEffect; ids == nil && effect != nil {
		ids = q.Team.Rings[effect.ID]
	}
	var phones []settings.Advisor
	for _, id := range ids {
		if a := q.Team.Advisors[id]; a.Phone != "" && a.Phone != q.Number && a.Phone != q.Caller {
			phones = append(phones, a)
		}
	}
	slices.SortStableFunc(phones, func(a, b settings.Advisor) int {
		switch {
		case a.ID == q.First && b.ID != q.First:
			return -1
		case b.ID == q.First && a.ID != q.First:
			return 1
		}
		return 0
	})
	return phones
}

// round are the phones whose turn it is: one after the other, or all at once
// in rounds of as many as a provider rings together. Whoever is to ring first has
// a round alone.
func (q Question) round() []settings.Advisor {
	phones, size, round := q.phones(), 1, q.Place.Round
	if q.Team.Voice.RingOrder == settings.RingAll {
		size = atOnce
		if len(phones) > 0 && phones[0].ID == q.First {
			if round == 0 {
				return phones[:1]
			}
			phones, round = phones[1:], round-1
		}
	}
	from := min(round*size, len(phones))
	return phones[from:min(from+size, len(phones))]
}

// ring rings whoever's turn it is, and goes on to voicemail after the last.
func (q Question) ring(before []Step) (channels.Script, []Step) {
	phones := q.round()
	if len(phones) == 0 {
		return channels.Script{channels.Go{Next: q.to(atVoicemail)}}, before
	}
	next := q.to(atDialed)
	next.Round = q.Place.Round
	dial := channels.Ring{From: q.Number, Seconds: q.Team.Voice.RingSeconds, Next: next}
	for _, a := range phones {
		line := channels.Leg{Number: a.Phone, Status: q.leg(atLeg, a.ID)}
		if q.Team.Voice.Whisper {
			line.Whisper = q.leg(atWhisper, a.ID)
		}
		dial.Lines = append(dial.Lines, line)
	}
	lines := slices.Concat(before, []Step{{Step: channels.StepRinging, Round: q.Place.Round}})
	if len(phones) == 1 {
		lines[len(lines)-1].Advisor = phones[0].ID
	}
	return channels.Script{dial}, lines
}

// dialed goes on after ringing: to the next advisor, or to the end when two
// people have spoken.
func (q Question) dialed() (channels.Script, []Step) {
	if q.Dial != nil && q.Dial.Bridged {
		return channels.Script{channels.Hangup{}}, nil
	}
	q.Place.Round++
	return q.ring(nil)
}

// whisper asks the advisor to take the call: a mobile's own voicemail presses
// no key.
func (q Question) whisper() channels.Script {
	return channels.Script{channels.Gather{
		Prompts: channels.Script{q.say("whisper", settings.Prompt{})}, Digits: 1, Seconds: menuWait,
		Next: q.leg(atAccept, q.Place.Advisor),
	}}
}

func (q Question) accept() (channels.Script, []Step) {
	if q.Digits != "1" {
		return channels.Script{channels.Hangup{}}, nil
	}
	return nil, []Step{{Step: channels.StepAnswered, Advisor: q.Place.Advisor}}
}

// voicemail says the prompt; recording is a request of its own, which tells
// who hung up before the tone.
func (q Question) voicemail() (channels.Script, []Step) {
	what, prompt := "voicemail_prompt", q.Team.Voice.Leave
	if !q.open() {
		what, prompt = "after_hours_prompt", q.Team.Voice.Closed
	}
	if !q.Team.Voice.Voicemail {
		return channels.Script{q.say(what+"_without", prompt), channels.Hangup{}}, []Step{{Step: channels.StepVoicemailPrompt}}
	}
	return channels.Script{q.say(what, prompt), channels.Go{Next: q.to(atRecord)}}, []Step{{Step: channels.StepVoicemailPrompt}}
}

func (q Question) record() channels.Script {
	return channels.Script{channels.Record{MaxSeconds: voicemails, Next: q.to(atRecorded), Done: q.to(atRecording)}}
}

// to is another point of the same call.
func (q Question) to(at string) channels.Place {
	return channels.Place{At: at, Sender: q.Sender, Team: q.Place.Team, Option: q.Place.Option}
}

func (q Question) leg(at, advisor string) channels.Place {
	p := q.to(at)
	p.Advisor, p.Round = advisor, q.Place.Round
	return p
}
