package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
)

// sampled is the number that most samples are written to, on SMS and WhatsApp.
const sampled = "+12025550100"

// samples are the files of a kind, ours and those of the folder of provider
// samples when there is one.
func samples(t *testing.T, ours, theirs string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata/payloads", ours))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	if folder := os.Getenv("RINGBACK_PAYLOADS"); folder != "" {
		more, err := filepath.Glob(filepath.Join(folder, "twilio", theirs))
		require.NoError(t, err)
		require.NotEmpty(t, more)
		files = append(files, more...)
	}
	found := map[string]string{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		found[file] = string(bytes.TrimSuffix(content, []byte("\n")))
	}
	return found
}

// sampledWorld is an open Monday with the samples' number as two senders.
func sampledWorld(t *testing.T) *world {
	t.Helper()
	w := opened(t)
	w.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.SMS, Address: sampled})
		if err == nil {
			_, err = e.AddSender(t.Context(), settings.Sender{Kind: channels.WhatsAppTwilio, Address: sampled})
		}
		return err
	})
	return w
}

var accountOf = regexp.MustCompile(`\bAccountSid=[^&]*`)

// adopt makes a sample of another account's one of ours.
func adopt(body string) string { return accountOf.ReplaceAllString(body, "AccountSid="+accountSID) }

// forget empties what the gateway learned, since samples share ids and people.
func (w *world) forget() {
	w.t.Helper()
	w.settle()
	// Deleted, not truncated: that makes each table and index anew, and every
	// connection learns of it, which costs ten times as much as the few rows.
	for _, table := range []string{
		"events", "strays", "decisions", "deliveries", "messages", "tickets", "ticket_changes",
		"contacts", "addresses", "standings", "consents", "sender_opt_outs", "spend",
	} {
		_, err := w.DB.Exec("delete from " + table)
		require.NoError(w.t, err)
	}
}

// replay posts the body twice, as providers do, and returns the answer to both.
func (w *world) replay(file, path, body string) int {
	w.t.Helper()
	first, words := w.post(webhook{path: path, body: body})
	second, _ := w.post(webhook{path: path, body: body})
	require.Equal(w.t, first, second, "%s: %s", file, words)
	require.Less(w.t, first, 500, "%s: %s", file, words)
	w.settle()
	w.nothingFailed()
	return first
}

// lands reports whether the address is one of the samples' senders.
func lands(address string) bool { return strings.TrimPrefix(address, "whatsapp:") == sampled }

// TestReplayMessages: each is kept once, and who deserves a reply gets one.
func TestReplayMessages(t *testing.T) {
	t.Parallel()
	w := sampledWorld(t)
	greeted, stopped := 0, 0
	for file, body := range samples(t, "inbound/*.form", "messaging-inbound/*.form") {
		before := len(w.sim.Messages())
		require.Equal(t, http.StatusOK, w.replay(file, messagesPath, adopt(body)), file)
		form := loose(body)
		events, strays := w.kept()
		if !lands(form.Get("To")) {
			require.Equal(t, []int{0, 1}, []int{events, strays}, "%s: for nobody here", file)
			require.Len(t, w.sim.Messages(), before, file)
			w.forget()
			continue
		}
		require.Equal(t, []int{1, 0}, []int{events, strays}, file)
		var optedOut int
		require.NoError(t, w.DB.Get(&optedOut, `select count(*) from standings where opted_out_at is not null`))
		word := strings.ToLower(strings.Trim(form.Get("Body"), " !"))
		switch {
		case form.Get("OptOutType") == "STOP" || word == "stop":
			require.Equal(t, 1, optedOut, file)
			require.Len(t, w.sim.Messages(), before, file)
			stopped++
		case form.Get("OptOutType") != "":
			require.Len(t, w.sim.Messages(), before, file)
		default:
			require.Zero(t, optedOut, file)
			require.Len(t, w.sim.Messages(), before+1, file)
			reply := w.sim.Messages()[before]
			require.Equal(t, []string{form.Get("To"), form.Get("From")}, []string{reply.From, reply.To}, file)
			greeted++
		}
		w.forget()
	}
	require.GreaterOrEqual(t, greeted, 5)
	require.GreaterOrEqual(t, stopped, 2)
}

// TestReplayStatuses: each is kept once, though no message of ours is meant,
// and leads to nothing.
func TestReplayStatuses(t *testing.T) {
	t.Parallel()
	w := sampledWorld(t)
	for file, body := range samples(t, "status/*.form", "messaging-status/*.form") {
		require.Equal(t, http.StatusOK, w.replay(file, statusPath+"?delivery=018f0000-0000-7000-8000-000000000000", adopt(body)), file)
		events, strays := w.kept()
		want := []int{0, 1}
		if lands(loose(body).Get("From")) {
			want = []int{1, 0}
		}
		require.Equal(t, want, []int{events, strays}, file)
		var decisions int
		require.NoError(t, w.DB.Get(&decisions, `select count(*) from decisions`))
		require.Zero(t, decisions, "%s: callbacks add facts, not decisions", file)
		w.forget()
	}
	require.Empty(t, w.sim.Messages())
}

// TestReplayEdges: what is wrong is refused and leaves nothing, what is odd is
// kept, and after each a customer is answered as if nothing had been.
func TestReplayEdges(t *testing.T) {
	t.Parallel()
	refused := map[string]int{
		"bad_percent_encoding": 400, "empty_body": 400, "many_params_5000": 400, "missing_From": 400, "missing_MessageSid": 400,
		"CallStatus_unknown": 400, "Body_1MB": 413, "foreign_AccountSid": 403,
	}
	w := sampledWorld(t)
	check := func(file, path, body string, want int) {
		t.Helper()
		w.forget()
		require.Equal(t, want, w.replay(file, path, body), file)
		events, strays := w.kept()
		kept := 0
		if want == http.StatusOK {
			kept = 1
		}
		require.Equal(t, kept, events+strays, file)
	}
	for file, body := range samples(t, "edge/*.form", "edge/*.form") {
		want, bad := refused[strings.TrimSuffix(filepath.Base(file), ".form")]
		if !bad {
			want = http.StatusOK
		}
		check(file, messagesPath, body, want)
		texts := len(w.sim.Inbox("+13125550190"))
		require.Equal(t, http.StatusOK, w.replay(file, messagesPath, sms("From", "+13125550190")))
		require.Len(t, w.sim.Inbox("+13125550190"), texts+1, "after %s", file)
	}
	for file, lines := range samples(t, "edge/*.jsonl", "edge/*.jsonl") {
		for line := range strings.Lines(lines) {
			var params map[string]string
			require.NoError(t, json.Unmarshal([]byte(line), &params), file)
			form := url.Values{}
			for name, value := range params {
				form.Set(name, value)
			}
			want := http.StatusOK
			if form.Has("CallSid") {
				want = http.StatusBadRequest // about a call, at the door for messages
			}
			check(file, statusPath, form.Encode(), want)
		}
	}
}
