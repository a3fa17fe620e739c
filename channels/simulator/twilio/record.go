package twilio

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/channels"
)

// record is a voicemail: the caller speaks until they hang up, press a key,
// fall silent or have said enough.
func (c *Call) record(verb *node) *ask {
	c.pick()
	begun := c.at()
	length, ending := c.listenTo(verb)
	re := CallRecording{Seconds: whole(length)}
	re.SID = newRecordingSID(re.Seconds)
	re.URL = c.sim.base() + accounts + c.plan.account + "/Recordings/" + re.SID
	c.tellRecording(verb, re, begun)
	if re.Seconds == 0 {
		return nil // nothing was heard, so the document goes on
	}
	c.change(func(state *CallState) { state.Recordings = append(state.Recordings, re) })
	form := url.Values{"RecordingUrl": {re.URL}, "RecordingSid": {re.SID}, "RecordingDuration": {strconv.Itoa(re.Seconds)}}
	if ending != "" {
		form.Set("Digits", ending)
	}
	next := c.next(verb, verb.attrs["action"], form)
	if ending == "hangup" && next != nil {
		c.tellLast(*next)
		return nil
	}
	return next
}

// listenTo is how long the recording gets and what ended it: "hangup", a key,
// or nothing in particular. Silence counts as sound when the caller hangs up
// in it, and not when it is what ends the recording.
func (c *Call) listenTo(verb *node) (time.Duration, string) {
	const usualKeys = "1234567890*#"
	begin, spoken := c.now, false
	most := time.Duration(verb.number("maxLength", 3600)) * time.Second
	silence := time.Duration(verb.number("timeout", 5)) * time.Second
	if silence == 0 {
		silence = most
	}
	for {
		left := most - (c.now - begin)
		m := moment{step: channels.StepRecording, doing: "record", keys: true, hears: true, waits: true, typed: spoken, lasts: min(silence, left)}
		d := c.wait(m)
		if d.speaks > 0 {
			spoken = true
			m.text, m.hears, m.waits, m.lasts = "speaking", false, false, min(d.speaks, left)
			if d = c.wait(m); d.idle() && c.now-begin < most {
				continue
			}
		}
		length := c.now - begin
		at := strings.IndexAny(d.keys, verb.attr("finishOnKey", usualKeys))
		switch {
		case c.over:
			return length, "hangup"
		case at >= 0:
			return length, d.keys[at : at+1]
		case !d.idle():
			continue // a key without a meaning
		case !spoken:
			return 0, ""
		case length >= most, verb.attr("trim", "trim-silence") == "do-not-trim":
			return length, ""
		}
		return length - silence, ""
	}
}

// tellRecording is the callback about a recording: it is ready a moment after
// its end, or there is none.
func (c *Call) tellRecording(verb *node, re CallRecording, begun time.Time) {
	door := verb.attrs["recordingStatusCallback"]
	if door == "" {
		return
	}
	wanted := strings.Fields(verb.attr("recordingStatusCallbackEvent", "completed"))
	tell := func(status string, at time.Time, more url.Values) {
		if !slices.Contains(wanted, status) {
			return
		}
		form := url.Values{
			"AccountSid": {c.plan.account}, "CallSid": {c.sid}, "RecordingSid": {re.SID}, "RecordingStatus": {status},
			"RecordingUrl": {""}, "RecordingStartTime": {""}, "RecordingDuration": {"0"},
			"RecordingChannels": {"1"}, "RecordingSource": {"RecordVerb"}, "ErrorCode": {"0"},
		}
		for name, values := range more {
			form[name] = values
		}
		c.later(CallCallback{Kind: ToldRecording, URL: c.resolve(door), Params: form, At: at})
	}
	start := begun.Format(time.RFC1123Z)
	tell("in-progress", begun, url.Values{"RecordingUrl": {re.URL}, "RecordingStartTime": {start}})
	if re.Seconds == 0 {
		tell("absent", c.at().Add(recordingTakes), nil)
		return
	}
	tell("completed", c.at().Add(recordingTakes), url.Values{
		"RecordingUrl": {re.URL}, "RecordingStartTime": {start}, "RecordingDuration": {strconv.Itoa(re.Seconds)},
	})
}

// recordingTakes is how long a recording is worked on before it is ready.
const recordingTakes = 2 * time.Second
