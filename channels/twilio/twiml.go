package twilio

import (
	"strconv"
	"strings"

	"github.com/twilio/twilio-go/twiml"

	"ringback/channels"
)

// Bounds of TwiML. Twilio refuses a document of more than 64 kB and cuts what
// one Say speaks; a Dial rings ten phones at once.
const (
	maxTwiML = 64000 // bytes
	maxSay   = 4096  // characters
	maxLines = 10
)

// spokenIn are the languages that we have texts in, as Twilio names the voices
// for them. Another is left to the voice that the account is set to.
// https://www.twilio.com/docs/voice/twiml/say/text-speech
var spokenIn = map[string]string{
	"en": "en-US", "pl": "pl-PL", "de": "de-DE", "fr": "fr-FR", "es": "es-ES", "it": "it-IT", "pt": "pt-BR",
}

// render writes a script as TwiML. Prompts that would make the document too
// long are cut and, when that is not enough, left out: a caller who hears half
// of a text still gets to where it leads.
func render(script channels.Script, publicURL string) channels.Answer {
	d := document{base: strings.TrimRight(publicURL, "/"), limit: maxSay}
	body := d.write(script)
	for len(body) > maxTwiML && d.limit > 0 {
		d.limit /= 2
		body = d.write(script)
	}
	return channels.Answer{ContentType: "text/xml", Body: body}
}

// document is a TwiML document that is being written.
type document struct {
	base  string // of our addresses
	limit int    // characters of each prompt; 0: no prompts at all
}

func (d document) write(script channels.Script) string {
	doc, response := twiml.CreateDocument()
	twiml.AddAllVerbs(response, d.verbs(script))
	for _, verb := range response.ChildElements() {
		verb.SortAttrs() // their order is that of a map until then
		for _, noun := range verb.ChildElements() {
			noun.SortAttrs()
		}
	}
	doc.Indent(2)
	body, err := twiml.ToXML(doc)
	if err != nil {
		return noReply
	}
	return body
}

// verbs are the script's verbs up to the first that leads elsewhere: no verb
// after such a one is ever run.
func (d document) verbs(script channels.Script) []twiml.Element {
	prompts := d.prompts(script)
	for _, verb := range script {
		switch v := verb.(type) {
		case channels.Gather:
			return append(prompts, d.gather(v))
		case channels.Ring:
			return append(prompts, d.ring(v))
		case channels.Record:
			// An empty recording has no action: then the next verb is run.
			return append(prompts, d.record(v), d.redirect(v.Next))
		case channels.Go:
			return append(prompts, d.redirect(v.Next))
		case channels.Hangup:
			return append(prompts, twiml.VoiceHangup{})
		case channels.Reject: // what stands before it would answer the call
			return []twiml.Element{twiml.VoiceReject{Reason: "busy"}}
		}
	}
	return prompts
}

// prompts are the script's first verbs, as far as they are Say and Play.
func (d document) prompts(script channels.Script) []twiml.Element {
	var all []twiml.Element
	for _, verb := range script {
		switch v := verb.(type) {
		case channels.Say:
			if text := plain(v.Text, d.limit); text != "" {
				all = append(all, twiml.VoiceSay{Message: text, Language: voice(v.Language)})
			}
		case channels.Play:
			if url := plain(v.URL, maxFact); url != "" && d.limit > 0 {
				all = append(all, twiml.VoicePlay{Url: url})
			}
		default:
			return all
		}
	}
	return all
}

// voice is Twilio's code for a language; empty when there is none.
func voice(language string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(language, "_", "-"), "-")
	return spokenIn[strings.ToLower(base)]
}

func (d document) gather(v channels.Gather) twiml.Element {
	return twiml.VoiceGather{
		Input: "dtmf", NumDigits: within(1, v.Digits, maxKeys), Timeout: within(1, v.Seconds, 600),
		Action: d.address(NextPath, v.Next), ActionOnEmptyResult: "true",
		InnerElements: d.prompts(v.Prompts),
	}
}

// ring is a Dial that leaves the caller's leg unanswered until an advisor is
// there. With nobody to ring, what comes next comes at once.
func (d document) ring(v channels.Ring) twiml.Element {
	var lines []twiml.Element
	for _, line := range v.Lines {
		if to := number(line.Number); isNumber(to) && len(lines) < maxLines {
			lines = append(lines, d.line(to, line))
		}
	}
	if len(lines) == 0 {
		return d.redirect(v.Next)
	}
	dial := twiml.VoiceDial{
		AnswerOnBridge: "true", Timeout: within(5, v.Seconds, 600),
		Action: d.address(NextPath, v.Next), InnerElements: lines,
	}
	if from := number(v.From); isNumber(from) { // any other is refused, and with it the Dial
		dial.CallerId = from
	}
	return dial
}

func (d document) line(to string, v channels.Leg) twiml.Element {
	n := twiml.VoiceNumber{PhoneNumber: to}
	if v.Whisper != (channels.Place{}) {
		n.Url = d.address(NextPath, v.Whisper)
	}
	if v.Status != (channels.Place{}) {
		n.StatusCallback, n.StatusCallbackEvent = d.address(CallsPath, v.Status)+tryAgain, "initiated ringing answered completed"
	}
	return n
}

func (d document) record(v channels.Record) twiml.Element {
	return twiml.VoiceRecord{
		Action: d.address(NextPath, v.Next), MaxLength: within(1, v.MaxSeconds, 3600),
		PlayBeep: "true", FinishOnKey: "#", Trim: "do-not-trim",
		RecordingStatusCallback: d.address(RecordingPath, v.Done) + tryAgain, RecordingStatusCallbackEvent: "completed absent",
	}
}

func (d document) redirect(next channels.Place) twiml.Element {
	return twiml.VoiceRedirect{Url: d.address(NextPath, next)}
}

// address is where Twilio asks about a place.
func (d document) address(path string, place channels.Place) string {
	address := d.base + path
	if q := placeQuery(place); q != "" {
		address += "?" + q
	}
	return address
}

func within(low, n, high int) string { return strconv.Itoa(min(max(low, n), high)) }
