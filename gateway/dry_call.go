package gateway

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/decisions"
	"ringback/gateway/effects"
	"ringback/gateway/events"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

// trialLine is one line of the journal of a call that did not happen.
type trialLine struct {
	kind  channels.EventKind
	after time.Duration // from the call's beginning
	call  channels.Call
}

// How long the call of a trial takes: long enough not to be a wrong number.
const (
	trialCall  = 30 * time.Second
	trialShort = time.Second
)

// furthest is the step that a call comes to which has that outcome.
var furthest = map[string]channels.Step{
	rules.CallHungUp: channels.StepGreeting, rules.CallMissed: channels.StepVoicemailPrompt,
	rules.CallVoicemail: channels.StepRecording, rules.CallAnswered: channels.StepAnswered,
}

// lines are the call as a provider would tell it.
func (c TrialCall) lines(kind channels.Kind) []trialLine {
	if taken := c.Outcome == rules.CallAnswered; kind == channels.WhatsAppCloud && (taken || c.Outcome == rules.CallMissed) {
		return linesOfWhatsApp(taken)
	}
	step, length := c.Step, trialCall
	if c.Outcome == rules.CallTooShort {
		length = trialShort
	} else if c.Outcome != "" {
		step = furthest[c.Outcome]
	}
	lines := []trialLine{{kind: channels.CallArrived}}
	if step != "" {
		lines = append(lines, trialLine{kind: channels.CallStepped, after: length / 2, call: channels.Call{Step: step}})
	}
	if c.Outcome == rules.CallVoicemail {
		recording := &channels.Recording{ID: "dry", Seconds: 10}
		lines = append(lines, trialLine{kind: channels.CallRecorded, after: length, call: channels.Call{Recording: recording}})
	}
	seconds := int(length.Seconds())
	return append(lines, trialLine{kind: channels.CallEnded, after: length, call: channels.Call{Status: "completed", Seconds: &seconds}})
}

// linesOfWhatsApp are all that Meta tells: that it rang, and how it ended.
func linesOfWhatsApp(taken bool) []trialLine {
	end := channels.Call{Status: "no-answer", Dial: &channels.Dial{Status: "no-answer"}}
	if seconds := int(trialCall.Seconds()); taken {
		end = channels.Call{Status: "completed", Seconds: &seconds, Dial: &channels.Dial{Status: "completed", Bridged: true, Seconds: seconds}}
	}
	return []trialLine{
		{kind: channels.CallStepped, call: channels.Call{Step: channels.StepRinging}},
		{kind: channels.CallEnded, after: trialCall, call: end},
	}
}

// call decides about a call that is over, and again when its reply is held
// back.
func (d *dryRun) call(ctx context.Context) (Tried, error) {
	call := journal.Call{
		CompanyID: d.CompanyID, ID: uuid.Must(uuid.NewV7()).String(), SID: "dry" + uuid.NewString(), TeamID: d.TeamID, SenderID: d.sender.ID,
		Caller: d.from, Kind: d.sender.Kind, StartedAt: d.At.UTC(),
	}
	var entries []calls.Entry
	var end calls.End
	for _, line := range d.Call.lines(d.sender.Kind) {
		line.call.ID = call.SID
		entries = append(entries, calls.Entry{Kind: line.kind, At: d.At.Add(line.after), Call: line.call})
		end = calls.End{Status: line.call.Status, Seconds: line.call.Seconds, At: d.At.Add(line.after)} // the last one says it
	}
	e := events.Event{CompanyID: d.CompanyID, ID: uuid.Must(uuid.NewV7()).String(), SenderID: d.sender.ID, Kind: rules.CallSettled, ProviderID: call.SID}
	d.at(calls.Due(entries, end))
	c, err := d.gateway.onSettledCall(ctx, d.tx, e, call, entries, end)
	if err != nil {
		return Tried{}, fmt.Errorf("dry run: %w", err)
	}
	first, err := d.decide(ctx, &c)
	if err != nil || c.Decision.Outcome != rules.Deferred {
		return first, err
	}
	d.at(d.gateway.Clock.Now().Add(c.Decision.Hold))
	again, err := d.gateway.onCall(ctx, d.tx, e, call, entries, end)
	if err != nil {
		return Tried{}, fmt.Errorf("dry run: %w", err)
	}
	again.Situation.Call.Held, again.Deferred = c.Decision.Automation, &decisions.Decision{}
	if t := d.ticketOf(c); t != nil { // as it would stand by then
		again.Situation.Ticket, again.Deferred.TicketID = t, t.ID
	}
	return d.released(ctx, first, &again)
}

// ticketOf is the ticket that a call stands on: the one that it is logged on,
// or would open; nil: none.
func (d *dryRun) ticketOf(c effects.Case) *rules.Ticket {
	if c.Opens() {
		return &rules.Ticket{ID: c.IDs.Ticket, Number: c.Number, Status: tickets.StatusOpen, OpenedAt: c.Call.End}
	}
	if c.Call.Effect(c.Situation) == calls.OnTicket {
		return c.Situation.Ticket
	}
	return nil
}
