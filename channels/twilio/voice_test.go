package twilio

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"ringback/channels"
)

const (
	callSid      = "CA55555555555555555555555555555555"
	otherSid     = "CA99999999999999999999999999999999"
	legSid       = "CA66666666666666666666666666666666"
	recordingSid = "RE77777777777777777777777777777777"
	recordingURL = "https://api.twilio.com/2010-04-01/Accounts/" + testSid + "/Recordings/" + recordingSid
)

// phoned is a request about a call that came in, with the given parameters
// changed or added.
func phoned(changes ...string) url.Values {
	return with(url.Values{
		"AccountSid": {testSid}, "CallSid": {callSid}, "CallStatus": {"in-progress"}, "Direction": {"inbound"},
		"From": {"+15550002222"}, "To": {"+15550001111"},
	}, changes...)
}

// recorded is a word about a recording, which names the call alone.
func recorded(status string, changes ...string) url.Values {
	return with(url.Values{
		"AccountSid": {testSid}, "CallSid": {callSid}, "RecordingSid": {recordingSid}, "RecordingStatus": {status},
	}, changes...)
}

// ask takes a request through the door that is asked at its path.
func ask(t *testing.T, r channels.Request) (channels.CallRequest, error) {
	t.Helper()
	for _, door := range New(Config{}).Calls() {
		if path, _, _ := strings.Cut(strings.TrimPrefix(r.URL, publicURL), "?"); path == door.Path {
			return door.Ask(r)
		}
	}
	t.Fatalf("no door at %s", r.URL)
	return channels.CallRequest{}, nil
}

func asked(t *testing.T, path string, form url.Values) channels.CallRequest {
	t.Helper()
	got, err := ask(t, post(path, form))
	require.NoError(t, err)
	return got
}

func refusedField(t *testing.T, err error) string {
	t.Helper()
	var malformed *channels.Malformed
	require.ErrorAs(t, err, &malformed)
	return malformed.Field
}

func TestIncomingCall(t *testing.T) {
	r := post(VoicePath, phoned("CallStatus", "ringing", "StirVerstat", "TN-Validation-Passed-A", "FromCity", "", "CallToken", "secret"))
	got, err := ask(t, r)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(channels.CallRequest{Event: channels.Event{
		Kind: channels.CallArrived, ProviderID: callSid + "/call", Account: testSid, Sender: channels.Voice,
		SenderAddress: "+15550001111", CustomerAddress: "+15550002222", Raw: r.Body,
		Call: &channels.Call{ID: callSid, Facts: map[string]string{
			"CallStatus": "ringing", "Direction": "inbound", "StirVerstat": "TN-Validation-Passed-A",
		}},
	}}, got))
}

func TestWhoCalls(t *testing.T) {
	for from, want := range map[string]string{
		"+15550002222":        "+15550002222",
		"+1 (555) 000-22.22":  "+15550002222",
		" 15550002222":        "+15550002222",
		"%2B15550002222":      "+15550002222",
		"5550002222":          "5550002222",
		"anonymous":           "anonymous",
		"Restricted":          "Restricted",
		"+266696687":          "+266696687",
		"client:Ann Lee":      "client:Ann Lee",
		"client:555":          "client:555",
		"sip:+1555@pbx.a-b.c": "sip:+1555@pbx.a-b.c",
		"whatsapp:+1555":      "whatsapp:+1555",
		"":                    "",
		"()":                  "()",
	} {
		got := asked(t, VoicePath, phoned("From", from))
		require.Equal(t, want, got.Event.CustomerAddress, from)
	}
	require.Equal(t, "+15550003333", asked(t, VoicePath, phoned("From", "", "Caller", "+1 555 000 3333")).Event.CustomerAddress)
	require.Equal(t, "+15550003333", asked(t, VoicePath, phoned("To", "", "Called", "+1 555 000 3333")).Event.SenderAddress)
}

func TestWhatComesNext(t *testing.T) {
	place := channels.Place{At: "rung", Team: "t-1", Round: 2, Advisor: "a-9", Option: "*1"}
	r := post(NextPath+"?advisor=a-9&at=rung&option=%2A1&round=2&team=t-1&other=x",
		phoned("DialCallStatus", "completed", "DialCallSid", legSid, "DialCallDuration", "37", "DialBridged", "true"))
	got, err := ask(t, r)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(channels.CallRequest{Place: place, Event: channels.Event{
		Kind: channels.CallDialed, ProviderID: callSid + "/next?advisor=a-9&at=rung&option=%2A1&round=2&team=t-1",
		Account: testSid, Sender: channels.Voice, SenderAddress: "+15550001111", CustomerAddress: "+15550002222", Raw: r.Body,
		Call: &channels.Call{
			ID: callSid, Advisor: "a-9", Round: 2, Dial: &channels.Dial{Status: "completed", Bridged: true, Seconds: 37, Leg: legSid},
			Facts: map[string]string{
				"CallStatus": "in-progress", "Direction": "inbound", "DialCallSid": legSid, "DialCallStatus": "completed",
			},
		},
	}}, got))
}

// TestDialCompletedIsNobody: a mobile's voicemail completes a Dial too.
func TestDialCompletedIsNobody(t *testing.T) {
	for bridged, want := range map[string]bool{"true": true, "false": false, "": false, "yes": false} {
		got := asked(t, NextPath+"?at=rung", phoned("DialCallStatus", "completed", "DialBridged", bridged))
		require.Equal(t, &channels.Dial{Status: "completed", Bridged: want}, got.Event.Call.Dial)
		require.False(t, got.Over)
	}
}

func TestDigits(t *testing.T) {
	for _, keys := range []string{"", "1", "*", "0123456789*#ABCD"} {
		got := asked(t, NextPath+"?at=menu", phoned("Digits", keys, "msg", "Gather End"))
		require.Equal(t, keys, got.Digits)
		require.Equal(t, channels.CallNoted, got.Event.Kind)
		require.False(t, got.Over)
	}
	for _, keys := range []string{"x", "1 2", "\x00", "hangup now", strings.Repeat("1", 33)} {
		_, err := ask(t, post(NextPath+"?at=menu", phoned("Digits", keys)))
		require.Equal(t, "Digits", refusedField(t, err), keys)
	}
}

func TestCallerIsGone(t *testing.T) {
	for name, c := range map[string]struct {
		over bool
		form url.Values
	}{
		"speaks, then presses a key":         {false, phoned("Digits", "#", "RecordingUrl", recordingURL)},
		"hangs up while speaking":            {true, phoned("Digits", "hangup", "RecordingUrl", recordingURL)},
		"hangs up, and the status says so":   {true, phoned("CallStatus", "completed", "RecordingUrl", recordingURL)},
		"hangs up while it rings":            {true, phoned("CallStatus", "completed", "DialCallStatus", "no-answer")},
		"gives up before anything answered":  {true, phoned("CallStatus", "no-answer", "DialCallStatus", "canceled")},
		"waits while nobody answers":         {false, phoned("DialCallStatus", "no-answer")},
		"waits, with the call not yet taken": {false, phoned("CallStatus", "ringing", "DialCallStatus", "busy")},
	} {
		got := asked(t, NextPath+"?at=there", c.form)
		require.Equal(t, c.over, got.Over, name)
		require.NotEqual(t, "hangup", got.Digits, name)
	}
}

func TestRecordingIsAnnounced(t *testing.T) {
	got := asked(t, NextPath+"?at=recorded", phoned("RecordingUrl", recordingURL, "RecordingSid", recordingSid, "RecordingDuration", "12"))
	require.Equal(t, channels.CallNoted, got.Event.Kind, "only its own callback says that it is ready")
	require.Equal(t, &channels.Recording{ID: recordingSid, URL: recordingURL, Seconds: 12}, got.Event.Call.Recording)
}

func TestAdvisorsLegAsks(t *testing.T) {
	form := phoned("CallSid", legSid, "ParentCallSid", callSid, "Direction", "outbound-dial", "To", "+15550009999", "Digits", "1")
	got := asked(t, NextPath+"?at=accept&advisor=a-9", form)
	require.Equal(t, legSid, got.Leg)
	require.Equal(t, "1", got.Digits)
	require.Equal(t, callSid, got.Event.Call.ID, "the journal is the caller's")
	require.Equal(t, "a-9", got.Event.Call.Advisor)
	require.Equal(t, legSid, got.Event.Call.Facts["CallSid"])
	require.Empty(t, got.Event.SenderAddress+got.Event.CustomerAddress, "an advisor is not the caller")
	require.Equal(t, legSid+"/next?advisor=a-9&at=accept", got.Event.ProviderID)

	got = asked(t, VoicePath, form)
	require.Equal(t, legSid, got.Event.Call.ID, "what comes to a number of ours is a call of its own")
}

func TestVoiceRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		path  string
		form  url.Values
		field string
	}{
		"no call":             {VoicePath, phoned("CallSid", ""), "CallSid"},
		"a message":           {VoicePath, phoned("CallSid", "SM11111111111111111111111111111111"), "CallSid"},
		"a call of nothing":   {VoicePath, phoned("CallSid", "CA"), "CallSid"},
		"a call with a slash": {VoicePath, phoned("CallSid", "CA1/call"), "CallSid"},
		"a long call":         {VoicePath, phoned("CallSid", "CA"+strings.Repeat("1", 63)), "CallSid"},
		"a bad parent":        {NextPath + "?at=menu", phoned("ParentCallSid", "CA-1"), "ParentCallSid"},
		"no account":          {VoicePath, phoned("AccountSid", ""), "AccountSid"},
		"a long caller":       {VoicePath, phoned("From", strings.Repeat("1", 201)), "From"},
		"a caller with NUL":   {VoicePath, phoned("From", "+1555\x00"), "From"},
		"a number with NUL":   {VoicePath, phoned("To", "+1555\x00"), "To"},
		"nowhere":             {NextPath, phoned(), "at"},
		"a bad place":         {NextPath + "?at=a%2Fb", phoned(), "at"},
	} {
		_, err := ask(t, post(c.path, c.form))
		require.Equal(t, c.field, refusedField(t, err), name)
	}
}

// TestRetriesAreRepeats: what Twilio asks again has the same id, and the next
// question another.
func TestRetriesAreRepeats(t *testing.T) {
	seen := map[string]string{}
	for _, query := range []string{"at=a", "at=b", "at=a&round=1", "at=a&team=1", "at=a&advisor=1", "at=a&option=1"} {
		first, again := asked(t, NextPath+"?"+query, phoned()), asked(t, NextPath+"?"+query, phoned("Digits", ""))
		require.Equal(t, first.Event.ProviderID, again.Event.ProviderID)
		require.Empty(t, seen[first.Event.ProviderID], query)
		seen[first.Event.ProviderID] = query
	}
}
