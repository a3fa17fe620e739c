package rules

import (
	"time"

	zones "ringback/settings/zone"

	"ringback/channels"
)

// Decide decides about one event. A message is read in this order: an opt-out
// word, a block, an answer to what was asked, another machine, and then as an
// ordinary message that an automation may answer.
func Decide(s Situation) Decision {
	if s.Request != nil {
		return explain(s, decideRequest(s))
	}
	if s.Event.Kind == CallSettled {
		return explain(s, decideCall(s))
	}
	if s.Event.Kind == channels.MessageReceived {
		return explain(s, decideMessage(s))
	}
	if s.Event.Kind == TicketCreated && s.Contact.Blocked {
		return explain(s, Decision{Outcome: Skipped, Reason: ReasonBlocked})
	}
	d := ask(s)
	d.Ticket = ticketStep(s)
	return explain(s, d)
}

func decideMessage(s Situation) Decision {
	if d, read := readWord(s); read {
		return d
	}
	if s.Contact.Blocked {
		return Decision{Outcome: Skipped, Reason: ReasonBlocked, Refusal: nearRefusal(s)}
	}
	if s.Contact.Staff != "" && s.Event.Channel != channels.WebChat {
		return decideStaff(s)
	}
	if s.Event.Form.IsAnnotation() {
		d := aside(s)
		d.Refusal = nearRefusal(s)
		return d
	}
	if d, read := readAnswer(s); read {
		d.Refusal = nearRefusal(s)
		return d
	}
	if looping(s) {
		return Decision{Outcome: Skipped, Reason: ReasonLoopGuard, Ticket: ticketStep(s), Pause: true}
	}
	near := nearRefusal(s)
	if near && s.Event.Channel != channels.WebChat {
		return Decision{Outcome: Skipped, Reason: ReasonUnclearOptOut, Ticket: ticketStep(s), Refusal: true}
	}
	d := ask(s)
	d.Ticket, d.Refusal = ticketStep(s), near
	return d
}

// aside is about a remark on what was said: it stands with the conversation
// that is under way, and begins none.
func aside(s Situation) Decision {
	d := Decision{Outcome: Skipped, Reason: ReasonAside, Facts: map[string]any{"message": string(s.Event.Form)}}
	if s.Ticket != nil && s.Ticket.Status != "closed" {
		d.Ticket = JoinTicket
	}
	return d
}

// ask goes through the rules of the event until one settles it. When none
// does, a switched-off automation that fitted is the best explanation, and the
// last rule's reason the next best.
func ask(s Situation) Decision {
	quiet := Decision{Outcome: Skipped, Facts: map[string]any{}}
	considered := map[string]any{}
	for _, r := range rulesOn(s) {
		reason, fits := r.Fits(s)
		setting := s.Team.Automations[r.Key]
		switch {
		case !fits:
		case !setting.Enabled:
			reason = ReasonDisabled
			if quiet.Automation == "" {
				quiet.Automation, quiet.Reason = r.Key, ReasonDisabled
			}
		default:
			return settle(s, r)
		}
		considered[r.Key] = string(reason)
		if quiet.Automation == "" {
			quiet.Reason = reason
		}
	}
	quiet.Facts["considered"] = considered
	return quiet
}

// settle is the last word of a rule that fits and is switched on.
func settle(s Situation, r Rule) Decision {
	d := Decision{Automation: r.Key, Outcome: Skipped, Facts: map[string]any{}}
	if d.Reason = cannot(s, d.Facts); d.Reason != "" {
		if d.Reason == ReasonUnclearOptOut && s.mayWait() {
			d.Outcome, d.Hold = Deferred, lookAgain
		}
		return d
	}
	if d.Reason = r.Suppress(s); d.Reason != "" {
		return d
	}
	if saysClosed(r.Key) && s.openNow() {
		d.Reason = ReasonOpenNow
		return d
	}
	if s.automatic() {
		if d.Reason = overBudget(s, d.Facts); d.Reason != "" {
			return d
		}
	}
	if d.Hold, d.Reason = s.hold(r.Key); d.Hold > 0 {
		if no := noRoad(s, r.Key); s.Request != nil && s.Request.Advisor && no.Reason != "" {
			return no // who asks is told now, and not the customer's silence later
		}
		d.Outcome = Deferred
		return d
	}
	d.message, d.plain = compose(s, r.Key), plainLetters(s)
	if d.Reason = carry(s, &d, r.Key); d.Reason != "" {
		return d
	}
	d.Outcome, d.Reason, d.spends, d.ExpiresAt = Sent, ReasonSent, s.automatic(), s.expires(r.Key)
	return d
}

// noRoad is the decision that the message does not go out as things are, for want of a
// road on which it could; without a reason: there is one.
func noRoad(s Situation, key string) Decision {
	d := Decision{Automation: key, Outcome: Skipped, Facts: map[string]any{}}
	d.message, d.plain = compose(s, key), plainLetters(s)
	d.Reason = carry(s, &d, key)
	return d
}

// explain adds the facts that every decision rests on.
func explain(s Situation, d Decision) Decision {
	if d.Facts == nil {
		d.Facts = map[string]any{}
	}
	d.Facts["open"] = s.Hours.Open
	d.Facts["hours"] = s.Hours.Reason
	d.Facts["local_time"] = s.Event.At.In(s.zone()).Format("Mon 2006-01-02 15:04:05 MST")
	d.Facts["settings_version"] = s.Team.Team.Version
	d.Facts["channel"] = string(s.Event.Channel)
	if s.Call.Verstat != "" {
		d.Facts["stir_verstat"] = s.Call.Verstat
	}
	if s.Hours.InEffect != nil {
		d.Facts["schedule"] = s.Hours.InEffect.ID
		d.Facts["schedule_title"] = s.Hours.InEffect.Title
	}
	if s.Hours.Holiday != nil {
		d.Facts["holiday"] = s.Hours.Holiday.ID
		d.Facts["holiday_title"] = s.Hours.Holiday.Title
	}
	if !s.Hours.Next.IsZero() {
		d.Facts["next_open"] = s.Hours.Next.UTC().Format(time.RFC3339)
	}
	return d
}

func (s Situation) zone() *time.Location {
	zone, err := zones.Load(s.Team.Team.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}
