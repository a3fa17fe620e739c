package twilio

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// statusOf is what a status callback tells.
func statusOf(t *testing.T, query string, form url.Values) []channels.Event {
	t.Helper()
	events, err := parseCall(post(CallsPath+query, form))
	require.NoError(t, err)
	return events
}

func TestCallEnds(t *testing.T) {
	r := post(CallsPath, phoned("CallStatus", "completed", "CallDuration", "23", "Duration", "1", "SequenceNumber", "3"))
	got, err := parseCall(r)
	require.NoError(t, err)
	seconds := 23
	require.Empty(t, cmp.Diff([]channels.Event{{
		Kind: channels.CallEnded, ProviderID: callSid + "/status/completed/3", Account: testSid, Sender: channels.Voice,
		SenderAddress: "+15550001111", CustomerAddress: "+15550002222", Raw: r.Body,
		Call: &channels.Call{
			ID: callSid, Status: "completed", Seconds: &seconds,
			Facts: map[string]string{"CallStatus": "completed", "Direction": "inbound", "SequenceNumber": "3"},
		},
	}}, got))
}

func TestOnlyFinalWordsEndACall(t *testing.T) {
	for word, ends := range map[string]bool{
		"queued": false, "initiated": false, "ringing": false, "in-progress": false, "transferred": false,
		"completed": true, "busy": true, "failed": true, "no-answer": true, "canceled": true,
	} {
		events := statusOf(t, "", phoned("CallStatus", word))
		require.Len(t, events, 1)
		require.Equal(t, ends, events[0].Kind == channels.CallEnded, word)
		require.Equal(t, ends, events[0].Call.Status == word, word)
		if !ends {
			require.Equal(t, channels.CallNoted, events[0].Kind)
		}
	}
}

func TestCallDuration(t *testing.T) {
	for text, want := range map[string]int{"0": 0, "23": 23, "": -1, "x": -1, "-1": -1, "1.5": -1, "99999999999999999999": -1} {
		seconds := statusOf(t, "", phoned("CallStatus", "completed", "CallDuration", text))[0].Call.Seconds
		if want < 0 {
			require.Nil(t, seconds, text)
			continue
		}
		require.NotNil(t, seconds, text)
		require.Equal(t, want, *seconds)
	}
}

// TestOtherLegsEndNoCall: neither an advisor's leg nor a call that we made is
// a customer's.
func TestOtherLegsEndNoCall(t *testing.T) {
	leg := statusOf(t, "?at=leg&advisor=a-9", phoned("CallSid", legSid, "ParentCallSid", callSid, "CallStatus", "no-answer",
		"Direction", "outbound-dial", "To", "+15550009999", "SequenceNumber", "2"))[0]
	require.Equal(t, channels.CallNoted, leg.Kind)
	require.Equal(t, callSid, leg.Call.ID)
	require.Equal(t, "a-9", leg.Call.Advisor)
	require.Equal(t, "no-answer", leg.Call.Facts["CallStatus"])
	require.Equal(t, legSid+"/status/no-answer/2", leg.ProviderID)
	require.Empty(t, leg.SenderAddress+leg.CustomerAddress)

	orphan := statusOf(t, "", phoned("Direction", "outbound-dial", "CallStatus", "completed"))[0]
	require.Equal(t, channels.CallNoted, orphan.Kind)
	require.Empty(t, orphan.SenderAddress+orphan.CustomerAddress)

	made := statusOf(t, "", phoned("Direction", "outbound-api", "From", "+15550001111", "To", "+15550002222", "CallStatus", "completed"))[0]
	require.Equal(t, channels.CallNoted, made.Kind)
	require.Equal(t, "+15550001111", made.SenderAddress)
	require.Equal(t, "+15550002222", made.CustomerAddress)
}

func TestOwnPhoneSystem(t *testing.T) {
	step := statusOf(t, "?step=ringing&advisor=a-9&option=2", phoned("SequenceNumber", "1"))
	require.Len(t, step, 1)
	require.Equal(t, channels.CallStepped, step[0].Kind)
	require.Equal(t, channels.StepRinging, step[0].Call.Step)
	require.Equal(t, "a-9", step[0].Call.Advisor)
	require.Equal(t, "2", step[0].Call.Option)
	require.Equal(t, callSid+"/step/ringing/1", step[0].ProviderID)

	last := statusOf(t, "?step=menu", phoned("CallStatus", "completed", "CallDuration", "9"))
	require.Len(t, last, 2, "the step, and the end of the call at it")
	require.Equal(t, channels.StepMenu, last[0].Call.Step)
	require.Empty(t, last[0].Call.Status)
	require.Equal(t, channels.CallEnded, last[1].Kind)
	require.Equal(t, 9, *last[1].Call.Seconds)

	answered := statusOf(t, "?step=answered&advisor=a-9", phoned("CallSid", legSid, "ParentCallSid", callSid, "CallStatus", "completed"))
	require.Len(t, answered, 1, "an advisor's leg ends no call")
	require.Equal(t, channels.StepAnswered, answered[0].Call.Step)
	require.Equal(t, callSid, answered[0].Call.ID)
}

// TestCallbacksAreToldApart: a step may come twice, and a callback too.
func TestCallbacksAreToldApart(t *testing.T) {
	id := func(changes ...string) string { return statusOf(t, "?step=menu", phoned(changes...))[0].ProviderID }
	const noon, later = "Fri, 20 Nov 2026 12:00:00 +0000", "Fri, 20 Nov 2026 12:00:09 +0000"
	require.Equal(t, id("SequenceNumber", "1"), id("SequenceNumber", "1", "Timestamp", noon))
	require.NotEqual(t, id("SequenceNumber", "1"), id("SequenceNumber", "2"))
	require.Equal(t, id("Timestamp", noon), id("Timestamp", noon, "CallDuration", "1"))
	require.NotEqual(t, id("Timestamp", noon), id("Timestamp", later))
}

func TestRecording(t *testing.T) {
	for status, want := range map[string]struct {
		kind      channels.EventKind
		recording *channels.Recording
	}{
		"completed":   {channels.CallRecorded, &channels.Recording{ID: recordingSid, URL: "https://elsewhere.example/r", Seconds: 8}},
		"absent":      {channels.CallRecorded, &channels.Recording{ID: recordingSid, Absent: true}},
		"failed":      {channels.CallRecorded, &channels.Recording{ID: recordingSid, Absent: true}},
		"in-progress": {channels.CallNoted, nil},
		"new":         {channels.CallNoted, nil},
	} {
		r := post(RecordingPath+"?at=recorded&option=2", recorded(status, "RecordingUrl", "https://elsewhere.example/r", "RecordingDuration", "8"))
		events, err := parseRecording(r)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]channels.Event{{
			Kind: want.kind, ProviderID: callSid + "/recording/" + recordingSid + "/" + status, Account: testSid, Sender: channels.Voice,
			Raw:  r.Body,
			Call: &channels.Call{ID: callSid, Option: "2", Recording: want.recording, Facts: map[string]string{"RecordingStatus": status}},
		}}, events))
	}
	events, err := parseRecording(post(RecordingPath, recorded("absent", "RecordingSid", "")))
	require.NoError(t, err)
	require.Equal(t, callSid+"/recording//absent", events[0].ProviderID)
}

func TestStatusDoorsRefuse(t *testing.T) {
	for _, c := range []struct {
		parse func(channels.Request) ([]channels.Event, error)
		query string
		form  url.Values
		field string
	}{
		{parseCall, "", phoned("CallStatus", ""), "CallStatus"},
		{parseCall, "", phoned("CallStatus", "a\nb"), "CallStatus"},
		{parseCall, "", phoned("CallSid", "RE1"), "CallSid"},
		{parseCall, "?step=lunch", phoned(), "step"},
		{parseCall, "?step=menu&advisor=a%20b", phoned(), "advisor"},
		{parseRecording, "", recorded(""), "RecordingStatus"},
		{parseRecording, "", recorded("completed", "RecordingSid", ""), "RecordingSid"},
		{parseRecording, "", recorded("absent", "RecordingSid", "CA1"), "RecordingSid"},
		{parseRecording, "", recorded("completed", "CallSid", ""), "CallSid"},
		{parseRecording, "?round=-1", recorded("completed"), "round"},
	} {
		_, err := c.parse(post(CallsPath+c.query, c.form))
		require.Equal(t, c.field, refusedField(t, err))
	}
}
