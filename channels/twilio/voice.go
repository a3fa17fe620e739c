package twilio

import "ringback/channels"

// Where Twilio calls us about calls.
const (
	VoicePath     = "/webhooks/twilio/voice"           // a call comes in
	NextPath      = "/webhooks/twilio/voice/next"      // what comes next; the place is in the query
	RecordingPath = "/webhooks/twilio/voice/recording" // a recording is ready or absent
	CallsPath     = "/webhooks/twilio/calls"           // a call or an advisor's leg has another status
)

// Calls are the doors at which Twilio asks for TwiML.
func (c *Channel) Calls() []channels.CallHook {
	return []channels.CallHook{callHook(VoicePath, askIncoming), callHook(NextPath, askNext)}
}

func callHook(path string, ask func(channels.Request) (channels.CallRequest, error)) channels.CallHook {
	parse := func(r channels.Request) ([]channels.Event, error) {
		asked, err := ask(r)
		if err != nil {
			return nil, err
		}
		return []channels.Event{asked.Event}, nil
	}
	return channels.CallHook{
		Hook: hook(path, parse, channels.Answer{ContentType: "text/xml", Body: noReply}),
		Ask:  ask, Render: render,
	}
}

// askIncoming reads a call that comes in. What else stands in our address is
// of no meaning to us.
func askIncoming(r channels.Request) (channels.CallRequest, error) {
	l, err := readLeg(r)
	if err != nil {
		return channels.CallRequest{}, err
	}
	l.parent = "" // it came to one of our numbers: it is a call of its own
	return channels.CallRequest{Event: l.event(channels.CallArrived, l.sid+"/call"), Over: l.over()}, nil
}

// askNext reads a request for one of our addresses that stand in TwiML: of
// Redirect, of the actions of Gather, Dial and Record, and of the whisper.
func askNext(r channels.Request) (channels.CallRequest, error) {
	l, err := readLeg(r)
	if err != nil {
		return channels.CallRequest{}, err
	}
	place, err := readPlace(r)
	if err != nil {
		return channels.CallRequest{}, err
	}
	if place.At == "" {
		return channels.CallRequest{}, &channels.Malformed{Field: "at", Detail: "is missing"}
	}
	digits, hungUp, err := l.digits()
	if err != nil {
		return channels.CallRequest{}, err
	}
	// The leg's own id: an advisor may be rung twice in the same call.
	e := l.event(channels.CallNoted, l.sid+"/next?"+placeQuery(place))
	e.SenderID, e.Call.Advisor = place.Sender, place.Advisor
	asked := channels.CallRequest{Event: e, Place: place, Digits: digits, Over: hungUp || l.over()}
	switch {
	case l.parent != "":
		asked.Leg = l.sid
	case l.form.Get("DialCallStatus") != "":
		asked.Event.Kind, e.Call.Dial, e.Call.Round = channels.CallDialed, l.dial(), place.Round
	case l.form.Get("RecordingUrl") != "":
		e.Call.Recording = l.recording()
	}
	if place.Call != "" {
		asked.Event = back(asked.Event, place)
	}
	return asked, nil
}

// back is what is told of a call that the staff made. Neither side of it is a
// customer's address: the phone that Twilio rang is the advisor's.
func back(e channels.Event, place channels.Place) channels.Event {
	e.Kind, e.CustomerAddress, e.Call.Back = channels.CalledBack, "", place.Call
	return e
}
