package e2e

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
)

// TestVoiceRequestsThatMakeNoSense: callbacks of calls nobody told us of, steps
// out of order, keys that nobody offered, places that are nowhere. Each gets
// TwiML that can be read or a 4xx that names the field, twice the same; what is
// taken is kept; nothing fails behind the door, and the next caller is answered.
func TestVoiceRequestsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, nobody)
	var sender string
	require.NoError(t, w.DB.Get(&sender, `select id from senders where kind = 'voice'`))
	next := voicePath + "/next?sender=" + sender + "&at="
	recording := voicePath + "/recording?at=recording&sender=" + sender
	const long = "0123456789012345678901234567890123456789012345678901234567890123456789"
	for what, c := range map[string]struct {
		path   string
		fields []string
		status int
		names  string // the field that a 4xx names
	}{
		"the end of an unknown call":                {callsPath, []string{"CallStatus", "completed"}, 200, ""},
		"an advisor's leg of an unknown call":       {callsPath + "?at=leg&advisor=x&sender=" + sender, []string{"ParentCallSid", "CAnobodys", "Direction", "outbound-dial", "CallStatus", "busy"}, 200, ""},
		"a recording of an unknown call":            {recording, []string{"RecordingSid", "RE1", "RecordingStatus", "completed", "RecordingDuration", "8", "From", "", "To", ""}, 200, ""},
		"a recording at a foreign host":             {recording, []string{"RecordingSid", "RE2", "RecordingStatus", "completed", "RecordingUrl", "http://169.254.169.254/latest/meta-data", "RecordingDuration", "8"}, 200, ""},
		"a recording of a negative length":          {recording, []string{"RecordingSid", "RE3", "RecordingStatus", "completed", "RecordingDuration", "-8"}, 200, ""},
		"a recording without an id":                 {recording, []string{"RecordingStatus", "completed"}, 400, "RecordingSid"},
		"a recording of which nothing is said":      {recording, nil, 400, "RecordingStatus"},
		"the end of ringing of an unknown call":     {next + "dialed", []string{"DialCallStatus", "completed", "DialCallSid", "CA7"}, 200, ""},
		"an end of ringing in a word of nobody's":   {next + "dialed&round=998", []string{"DialCallStatus", "wonderful", "DialBridged", "perhaps"}, 200, ""},
		"recording before anything":                 {next + "record", nil, 200, ""},
		"recorded before recording":                 {next + "recorded", []string{"RecordingUrl", "file:///etc/passwd", "RecordingDuration", "many"}, 200, ""},
		"the menu after the end":                    {next + "menu", []string{"CallStatus", "completed"}, 200, ""},
		"a menu of a team without one":              {next + "menu&round=7", nil, 200, ""},
		"a key that nobody offered":                 {next + "option&option=9", []string{"Digits", "7"}, 200, ""},
		"many keys":                                 {next + "option", []string{"Digits", "*#0123456789ABCD"}, 200, ""},
		"too many keys":                             {next + "option", []string{"Digits", long}, 400, "Digits"},
		"keys of no phone":                          {next + "option", []string{"Digits", "<Dial>"}, 400, "Digits"},
		"an advisor's key without a leg":            {next + "accept&advisor=x", []string{"Digits", "1"}, 200, ""},
		"a whisper of nobody's":                     {next + "whisper&advisor=nobody", []string{"ParentCallSid", "CAnobodys", "Direction", "outbound-dial"}, 200, ""},
		"a team of nobody's":                        {next + "ring&team=00000000-0000-0000-0000-000000000000", nil, 200, ""},
		"a team that is no id":                      {next + "ring&team=x", nil, 200, ""},
		"a place that is nowhere":                   {next + "moon", nil, 200, ""},
		"no place":                                  {voicePath + "/next", nil, 400, "at"},
		"a sender that is no id":                    {voicePath + "/next?at=menu&sender=x", nil, 200, ""},
		"a place with a quotation mark":             {voicePath + "/next?at=menu%22", nil, 400, "at"},
		"a round that is no number":                 {next + "ring&round=first", nil, 400, "round"},
		"a round of its own":                        {next + "ring&round=1000000", nil, 400, "round"},
		"a call without an id":                      {voicePath, []string{"CallSid", ""}, 400, "CallSid"},
		"a call with a text for an id":              {voicePath, []string{"CallSid", "CA'; drop table calls"}, 400, "CallSid"},
		"a leg of a text":                           {callsPath, []string{"ParentCallSid", "SM1", "CallStatus", "busy"}, 400, "ParentCallSid"},
		"a step of no phone system":                 {callsPath + "?step=dancing", []string{"CallStatus", "in-progress"}, 400, "step"},
		"a call to a number of nobody's":            {voicePath, []string{"To", "+19995550100", "Called", ""}, 200, ""},
		"a caller with a name for a number":         {voicePath, []string{"From", "sip:ann@example.com;transport=tls", "CallSid", "CA99"}, 200, ""},
		"a call that is over before it is answered": {voicePath, []string{"CallStatus", "canceled", "CallSid", "CA98"}, 200, ""},
	} {
		form := url.Values{"AccountSid": {accountSID}, "CallSid": {"CA97"}, "From": {caller}, "To": {ours}, "Direction": {"inbound"}, "CallStatus": {"in-progress"}}
		body := changed(form, c.fields)
		eventsBefore, straysBefore := w.kept()
		first, words := w.post(webhook{path: c.path, body: body})
		require.Equal(t, c.status, first, "%s: %s", what, words)
		again, same := w.post(webhook{path: c.path, body: body})
		require.Equal(t, first, again, what)
		require.Equal(t, words, same, what)
		events, strays := w.kept()
		if c.status != http.StatusOK {
			require.Contains(t, words, c.names, what)
			require.Equal(t, []int{eventsBefore, straysBefore}, []int{events, strays}, "%s: a refusal writes nothing down", what)
			continue
		}
		require.Greater(t, events+strays, eventsBefore+straysBefore, "%s is lost", what)
		if strings.HasPrefix(c.path, voicePath) && !strings.Contains(c.path, "/recording") {
			require.NoError(t, twiml(words), "%s: %s", what, words)
		}
	}
	w.settle()
	w.nothingFailed()
	w.later(5 * time.Minute)
	w.later(5 * time.Hour)
	w.nothingFailed()
	var open int
	require.NoError(t, w.DB.Get(&open, `select count(*) from calls where settled_at is null`))
	require.Zero(t, open, "every call comes to an end")
	w.ring("+13125550149", twilio.HangUp(channels.StepVoicemailPrompt))
	w.later(40 * time.Second)
	require.Len(t, w.sim.Inbox("+13125550149"), 1)
}

// twiml is nil for a document that can be read.
func twiml(document string) error {
	decoder := xml.NewDecoder(strings.NewReader(document))
	for root := ""; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && root == "Response" {
			return nil
		}
		if err != nil {
			return err
		}
		if element, ok := token.(xml.StartElement); ok && root == "" {
			root = element.Name.Local
		}
	}
}
