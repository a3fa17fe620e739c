package twilio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// samples are the files of a folder below testdata and below the folder of
// provider samples, when there is one.
func samples(t testing.TB, folder, pattern string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, pattern))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	if payloads := os.Getenv("RINGBACK_PAYLOADS"); payloads != "" {
		more, err := filepath.Glob(filepath.Join(payloads, "twilio", folder, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, more)
		files = append(files, more...)
	}
	contents := map[string][]byte{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		contents[file] = bytes.TrimSuffix(content, []byte("\n"))
	}
	return contents
}

// door signs the body and takes it through all three steps.
func door(t *testing.T, hook channels.Hook, body []byte) ([]channels.Event, error) {
	t.Helper()
	r := postBody(hook.Path+"?delivery=018f", body)
	if _, err := hook.Account(r); err != nil {
		return nil, err
	}
	signIt(&r, testToken)
	require.NoError(t, hook.Verify(r, []string{testToken}))
	return hook.Parse(r)
}

func TestSampleMessages(t *testing.T) {
	hook := New(Config{}).Hooks()[0]
	for file, body := range samples(t, "messaging-inbound", "*.form") {
		events, err := door(t, hook, body)
		require.NoError(t, err, file)
		require.Len(t, events, 1, file)
		e := events[0]
		require.Equal(t, channels.MessageReceived, e.Kind, file)
		require.NotEmpty(t, e.CustomerAddress, file)
		name := filepath.Base(file)
		switch {
		case strings.HasPrefix(name, "sms_"), strings.HasPrefix(name, "mms_"):
			require.Equal(t, channels.SMS, e.Sender, file)
		case strings.HasPrefix(name, "wa_"):
			require.Equal(t, channels.WhatsAppTwilio, e.Sender, file)
		default:
			require.Empty(t, e.Sender, file)
		}
		require.Equal(t, strings.Contains(name, "OptOutType") && !strings.Contains(name, "no_OptOutType"), e.Message.OptOut != "", file)
		require.Equal(t, strings.Contains(string(body), "MediaUrl0"), len(e.Message.Media) > 0, file)
		require.Equal(t, strings.Contains(name, "reply"), e.Message.Reply != "", file)
	}
}

func TestSampleStatuses(t *testing.T) {
	hook := New(Config{}).Hooks()[1]
	for file, body := range samples(t, "messaging-status", "*.form") {
		events, err := door(t, hook, body)
		require.NoError(t, err, file)
		require.Len(t, events, 1, file)
		s := events[0].Status
		require.NotEmpty(t, s.State, file)
		require.Equal(t, "018f", s.Delivery)
		require.NotContains(t, events[0].CustomerAddress, "X", file)
		if s.State == channels.Failed || s.State == channels.Undelivered {
			require.NotEmpty(t, s.Reason, file)
			require.NotEmpty(t, s.Detail, file)
		}
	}
}

// TestSampleEdges: bad input is told what is wrong with it, and odd input is
// read.
func TestSampleEdges(t *testing.T) {
	refused := map[string]string{
		"bad_percent_encoding.form": "X", "empty_body.form": "AccountSid", "many_params_5000.form": "", "missing_From.form": "From",
		"missing_MessageSid.form": "MessageSid", "Body_1MB.form": "Body", "CallStatus_unknown.form": "MessageSid",
	}
	hook := New(Config{}).Hooks()[0]
	for file, body := range samples(t, "edge", "*.form") {
		events, err := door(t, hook, body)
		field, refuse := refused[filepath.Base(file)]
		if !refuse {
			require.NoError(t, err, file)
			require.Len(t, events, 1, file)
			continue
		}
		var malformed *channels.Malformed
		require.True(t, errors.As(err, &malformed), "%s: %v", file, err)
		require.Equal(t, field, malformed.Field, file)
	}
}

// TestSampleSequences plays callbacks in an order that Twilio does not promise
// to keep; those about calls are for another door.
func TestSampleSequences(t *testing.T) {
	hook := New(Config{}).Hooks()[1]
	for file, content := range samples(t, "edge", "*.jsonl") {
		state := channels.Queued
		for line := range strings.Lines(string(content)) {
			var params map[string]any
			require.NoError(t, json.Unmarshal([]byte(line), &params), file)
			events, err := door(t, hook, []byte(formOf(params).Encode()))
			if params["CallSid"] != nil {
				require.EqualError(t, err, "MessageSid: is missing", file)
				continue
			}
			require.NoError(t, err, file)
			if next := events[0].Status.State; state.Before(next) {
				state = next
			}
		}
		if strings.HasPrefix(filepath.Base(file), "status_") {
			require.Equal(t, channels.Delivered, state, file)
		}
	}
}

// TestSampleAnswers: the files' names say which HTTP status they came with.
func TestSampleAnswers(t *testing.T) {
	for file, body := range samples(t, "responses", "message_201_*.json") {
		base, _ := fakeAPI(t, 201, string(body))
		receipt, err := New(Config{BaseURL: base}).Send(context.Background(), testAccount, lost)
		require.NoError(t, err, file)
		require.NotEmpty(t, receipt.ProviderID, file)
		require.Equal(t, channels.Sending, receipt.State, file)
	}
	for file, body := range samples(t, "responses", "error_*") {
		base, _ := fakeAPI(t, httpStatus(t, file), string(body))
		_, err := New(Config{BaseURL: base}).Send(context.Background(), testAccount, lost)
		var sendError *channels.SendError
		require.ErrorAs(t, err, &sendError, file)
		switch status := httpStatus(t, file); {
		case status >= 500:
			require.Equal(t, channels.Look, sendError.Retry, file)
		case status == 429:
			require.Equal(t, channels.Later, sendError.Retry, file)
		default:
			require.Equal(t, channels.Never, sendError.Retry, file)
		}
	}
}

func httpStatus(t *testing.T, file string) int {
	t.Helper()
	for part := range strings.FieldsFuncSeq(filepath.Base(file), func(r rune) bool { return r == '_' || r == '.' }) {
		if n, err := strconv.Atoi(strings.TrimPrefix(part, "http")); err == nil && n >= 100 && n < 600 {
			return n
		}
	}
	t.Fatalf("%s: no HTTP status in the name", file)
	return 0
}
