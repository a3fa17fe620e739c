package twilio

import "ringback/channels"

// steps are the steps that a team's own phone system may report.
var steps = map[channels.Step]bool{
	channels.StepGreeting: true, channels.StepMenu: true, channels.StepOptionChosen: true, channels.StepRinging: true,
	channels.StepAnswered: true, channels.StepVoicemailPrompt: true, channels.StepRecording: true,
}

// parseCall reads the status of a call or of an advisor's leg. A final status
// ends a call that came in; any other, and an advisor's leg, is only noted.
// The address of a team with its own phone system names the step at which the
// call is, and then a final status means that it ended there.
func parseCall(r channels.Request) ([]channels.Event, error) {
	l, err := readLeg(r)
	if err != nil {
		return nil, err
	}
	status, err := required(l.form, "CallStatus")
	if err != nil {
		return nil, err
	}
	place, err := readPlace(r)
	if err != nil {
		return nil, err
	}
	step := channels.Step(query(r).Get("step"))
	if step != "" && !steps[step] {
		return nil, &channels.Malformed{Field: "step", Detail: "is none of the steps of a call"}
	}
	var events []channels.Event
	line := func(kind channels.EventKind, what string) *channels.Call {
		e := l.event(kind, l.sid+"/"+what+"/"+l.moment())
		e.SenderID, e.Call.Advisor = place.Sender, place.Advisor
		events = append(events, e)
		return e.Call
	}
	if place.Call != "" {
		line(channels.CallNoted, "status/"+status)
		events[0] = back(events[0], place)
		call := events[0].Call
		switch {
		case l.parent != "" && status == "in-progress": // nothing is said to the customer first: they are connected
			call.Dial = &channels.Dial{Status: status, Bridged: true, Leg: l.sid}
		case l.parent == "" && final[status]:
			call.Status, call.Seconds = status, l.seconds("CallDuration")
		}
		return events, nil
	}
	if step != "" {
		call := line(channels.CallStepped, "step/"+string(step))
		call.Step, call.Option = step, place.Option
	}
	if final[status] && l.parent == "" && !l.outbound() {
		call := line(channels.CallEnded, "status/"+status)
		call.Status, call.Seconds = status, l.seconds("CallDuration")
	} else if step == "" {
		line(channels.CallNoted, "status/"+status)
	}
	return events, nil
}

// moment tells two callbacks with the same word apart, and is the same when
// one is repeated: its number or, where there is none, its time.
func (l leg) moment() string {
	if n := l.form.Get("SequenceNumber"); n != "" {
		return plain(n, maxWord)
	}
	return plain(l.form.Get("Timestamp"), maxWord)
}

// parseRecording reads what became of a recording. A failed one is as good as
// absent: there is nothing to fetch.
func parseRecording(r channels.Request) ([]channels.Event, error) {
	l, err := readLeg(r)
	if err != nil {
		return nil, err
	}
	place, err := readPlace(r)
	if err != nil {
		return nil, err
	}
	status, err := required(l.form, "RecordingStatus")
	if err != nil {
		return nil, err
	}
	id := ""
	if status == "completed" || l.form.Get("RecordingSid") != "" {
		if id, err = sid(l.form, "RecordingSid", "RE"); err != nil {
			return nil, err
		}
	}
	e := l.event(channels.CallNoted, l.sid+"/recording/"+id+"/"+status)
	e.SenderID, e.Call.Advisor, e.Call.Option = place.Sender, place.Advisor, place.Option
	switch status {
	case "completed":
		e.Kind, e.Call.Recording = channels.CallRecorded, l.recording()
	case "absent", "failed":
		e.Kind, e.Call.Recording = channels.CallRecorded, &channels.Recording{ID: id, Absent: true}
	}
	return []channels.Event{e}, nil
}
