package twilio

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// voiceSamples calls f with every sample of a voice request whose file's name
// begins so.
func voiceSamples(t *testing.T, prefix string, f func(name string, r channels.Request)) {
	t.Helper()
	for file, body := range samples(t, "voice", prefix+"*") {
		if _, after, found := bytes.Cut(body, []byte("\r\n\r\n")); found {
			body = after // a whole request: its headers before it
		}
		path := NextPath + "?at=menu&advisor=a-9"
		if prefix == "incoming_" {
			path = VoicePath
		}
		r := postBody(path, body)
		signIt(&r, testToken)
		require.NoError(t, Verify(r, []string{testToken}), file)
		f(filepath.Base(file), r)
	}
}

func TestSampleIncomingCalls(t *testing.T) {
	voiceSamples(t, "incoming_", func(name string, r channels.Request) {
		got, err := ask(t, r)
		require.NoError(t, err, name)
		require.Equal(t, channels.CallArrived, got.Event.Kind, name)
		require.False(t, got.Over, name)
		require.Equal(t, strings.Contains(name, "client"), got.Event.SenderAddress == "", "%s: only a client calls no number", name)
		if key, ok := strings.CutSuffix(name, ".form"); ok && strings.HasPrefix(key, "incoming_withheld_") {
			withheld := strings.TrimPrefix(key, "incoming_withheld_")
			require.Contains(t, []string{withheld, "+" + withheld, ""}, got.Event.CustomerAddress, name)
		}
	})
}

func TestSampleActions(t *testing.T) {
	for _, prefix := range []string{"dial_action_", "gather_", "record_action_"} {
		voiceSamples(t, prefix, func(name string, r channels.Request) {
			got, err := ask(t, r)
			require.NoError(t, err, name)
			require.Equal(t, channels.Place{At: "menu", Advisor: "a-9"}, got.Place, name)
			require.Equal(t, prefix == "dial_action_", got.Event.Kind == channels.CallDialed, name)
			require.Equal(t, prefix == "dial_action_", got.Event.Call.Dial != nil, name)
			require.Equal(t, prefix == "record_action_", got.Event.Call.Recording != nil, name)
			require.Equal(t, strings.Contains(name, "hangup") || strings.Contains(name, "hung_up"), got.Over, name)
			if dial := got.Event.Call.Dial; dial != nil {
				require.Equal(t, strings.Contains(name, "bridged_true"), dial.Bridged, name)
			}
			silent := strings.Contains(name, "no_input") || strings.Contains(name, "speech")
			require.Equal(t, prefix == "gather_" && !silent, got.Digits != "" && prefix == "gather_", name)
		})
	}
}

func TestSampleCallStatuses(t *testing.T) {
	voiceSamples(t, "status_", func(name string, r channels.Request) {
		events, err := parseCall(r)
		require.NoError(t, err, name)
		require.Len(t, events, 1, name)
		ends := strings.HasPrefix(name, "status_inbound_") && !strings.Contains(name, "in-progress")
		require.Equal(t, ends, events[0].Kind == channels.CallEnded, name)
	})
	voiceSamples(t, "recording_status_", func(name string, r channels.Request) {
		events, err := parseRecording(r)
		require.NoError(t, err, name)
		require.Len(t, events, 1, name)
		require.Equal(t, channels.CallRecorded, events[0].Kind, name)
		ready := strings.Contains(name, "completed")
		require.Equal(t, !ready, events[0].Call.Recording.Absent, name)
		require.Equal(t, ready, events[0].Call.Recording.Seconds > 0, name)
	})
}

// TestSampleAtEveryDoor: whatever comes to whatever door, Twilio is told what
// is wrong with it, or it is read.
func TestSampleAtEveryDoor(t *testing.T) {
	for _, folder := range []string{"voice", "edge", "messaging-inbound", "messaging-status"} {
		for _, body := range samples(t, folder, "*") {
			for _, hook := range (everyDoor{New(Config{})}).Hooks() {
				events, err := hook.Parse(postBody(hook.Path+"?at=menu&step=menu", body))
				onlyMalformed(t, err)
				require.Equal(t, err == nil, len(events) > 0)
			}
		}
	}
}

// TestSampleCallSequences plays callbacks in an order that Twilio does not
// promise to keep: each is told, and the call ends once.
func TestSampleCallSequences(t *testing.T) {
	for file, content := range samples(t, "edge", "*.jsonl") {
		if !bytes.Contains(content, []byte("CallSid")) {
			continue
		}
		ends, ids := 0, map[string]bool{}
		for line := range strings.Lines(string(content)) {
			var params map[string]any
			require.NoError(t, json.Unmarshal([]byte(line), &params), file)
			for _, e := range statusOf(t, "", formOf(params)) {
				require.False(t, ids[e.ProviderID], "%s: taken for a repeat", file)
				ids[e.ProviderID] = true
				if e.Kind == channels.CallEnded {
					ends++
				}
			}
		}
		require.Equal(t, 1, ends, file)
	}
}
