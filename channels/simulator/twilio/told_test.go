package twilio_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator/twilio"
)

// kinds are what was sent, in order.
func kinds(sent []twilio.Callback) string {
	var words []string
	for _, c := range sent {
		words = append(words, fmt.Sprintf("%s:%s", c.Kind, c.Status))
	}
	return strings.Join(words, " ")
}

func voicemailToTell(t *testing.T, config twilio.Config, options ...twilio.CallOption) (*twilio.Simulator, *app) {
	t.Helper()
	a := openApp(t, ringing("", busy))
	a.pages["/rung"] = a.pages["/record"]
	s, _ := start(t, config)
	options = append(options, twilio.WithCallStatus(a.URL+"/final"), twilio.LeaveVoicemail(3*time.Second, twilio.ByHangUp))
	_, err := s.Call(t.Context(), a.URL+"/voice", customer, ours, options...)
	require.NoError(t, err)
	return s, a
}

const usualOrder = "leg:initiated leg:ringing leg:busy action:completed final:completed recording:completed"

func TestCallCallbacksWaitForDeliver(t *testing.T) {
	s, a := voicemailToTell(t, twilio.Config{})
	require.Equal(t, "/voice /rung", a.paths())
	sent, err := s.Deliver(t.Context())
	require.NoError(t, err)
	require.Equal(t, usualOrder, kinds(sent))
	require.Equal(t, "/voice /rung /leg?advisor=1 /leg?advisor=1 /leg?advisor=1 /recorded /final /recording", a.paths())
	sent, err = s.Deliver(t.Context())
	require.NoError(t, err)
	require.Empty(t, sent)
	require.Len(t, s.State().Callbacks, 6)
}

// All the orders in which a call's end may be told, each with one lost and
// one doubled.
func TestArrangeAll(t *testing.T) {
	var orders [][]int
	permute([]int{0, 1, 2}, 0, func(order []int) { orders = append(orders, slices.Clone(order)) })
	require.Len(t, orders, 6)
	seen := map[string]bool{}
	for _, order := range orders {
		s, a := voicemailToTell(t, twilio.Config{}, twilio.Arrange(func(pending []twilio.CallCallback) []twilio.CallCallback {
			end := pending[3:]
			return []twilio.CallCallback{end[order[0]], end[order[1]], end[order[2]], end[order[0]]}
		}))
		sent, err := s.Deliver(t.Context())
		require.NoError(t, err)
		require.Len(t, sent, 4)
		require.Equal(t, sent[0].Params, sent[3].Params)
		require.Empty(t, a.forms("/leg?advisor=1"), "left out")
		seen[kinds(sent)] = true
	}
	require.Len(t, seen, 6)
}

func permute(order []int, at int, see func([]int)) {
	if at == len(order) {
		see(order)
	}
	for i := at; i < len(order); i++ {
		order[at], order[i] = order[i], order[at]
		permute(order, at+1, see)
		order[at], order[i] = order[i], order[at]
	}
}

func TestArrangeTimeAndParams(t *testing.T) {
	now := clocktest.StoppedAt(noon)
	s, a := voicemailToTell(t, twilio.Config{Clock: now}, twilio.Arrange(func(pending []twilio.CallCallback) []twilio.CallCallback {
		for i, told := range pending {
			if told.Kind == twilio.ToldRecording {
				pending[i].At = told.At.Add(time.Hour)
			}
			if told.Kind == twilio.ToldFinal {
				told.Params.Set("CallStatus", "no-answer")
			}
		}
		return pending
	}))
	now.Stop(noon.Add(time.Minute))
	sent, err := s.DeliverDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, "leg:initiated leg:ringing leg:busy action:completed final:no-answer", kinds(sent))
	now.Stop(noon.Add(2 * time.Hour))
	sent, err = s.DeliverDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, "recording:completed", kinds(sent))
	require.Equal(t, "Mon, 01 Jun 2026 12:00:03 +0000", a.forms("/recording")[0].Get("RecordingStartTime"))
}

func TestTwiceAsksForEachDocumentTwice(t *testing.T) {
	pages := flow(accepts)
	pages["/accept"] = []string{`<Response/>`, `<Response><Hangup/></Response>`} // of which the first counts
	a := openApp(t, pages)
	dial(t, a, twilio.Config{Twice: true})
	require.Equal(t, "true", a.forms("/rung")[0].Get("DialBridged"))
	require.Zero(t, len(a.asked)%2)
	tokens := map[string]int{}
	for i := 0; i < len(a.asked); i += 2 {
		require.Equal(t, a.asked[i], a.asked[i+1])
		tokens[a.asked[i].token]++
	}
	require.Len(t, tokens, len(a.asked)/2)
}

func TestWatchSeesEachMoment(t *testing.T) {
	a := openApp(t, flow(accepts))
	var seen []string
	dial(t, a, twilio.Config{}, twilio.Press("1"), twilio.Watch(func(state twilio.CallState) {
		word := string(state.Step) + " " + state.Doing + " " + strings.Join(state.Ringing, "") + state.With
		if len(seen) == 0 || seen[len(seen)-1] != word {
			seen = append(seen, word)
		}
	}), twilio.HangUp(channels.StepAnswered))
	require.Equal(t, []string{
		"greeting say ", "menu say ", "menu gather ", "option_chosen  ", "ringing dial " + accepts, "ringing dial ", "answered talk " + accepts, "answered  ",
	}, seen)
}

func TestLostDoor(t *testing.T) {
	a := openApp(t, map[string][]string{"/voice": {`<Response/>`}})
	s, _ := start(t, twilio.Config{})
	c, err := s.Call(t.Context(), a.URL+"/voice", customer, ours, twilio.WithCallStatus("http://127.0.0.1:1/"))
	require.NoError(t, err)
	sent, err := s.Deliver(t.Context())
	require.Error(t, err)
	require.Equal(t, "final:completed", kinds(sent))
	require.Equal(t, c.SID(), sent[0].Call)
}

func TestOldCallsAreForgotten(t *testing.T) {
	a := openApp(t, map[string][]string{"/voice": {`<Response/>`}, "/final": {""}})
	s, _ := start(t, twilio.Config{Keep: 2})
	var last []string
	for range 5 {
		c, err := s.Call(t.Context(), a.URL+"/voice", customer, ours, twilio.WithCallStatus(a.URL+"/final"))
		require.NoError(t, err)
		last = append(last, c.SID())
	}
	require.Len(t, s.State().Calls, 2)
	_, ok := s.FindCall(last[0])
	require.False(t, ok)
	found, ok := s.FindCall(last[4])
	require.True(t, ok)
	require.Equal(t, last[4], found.State().SID)
	sent, err := s.Deliver(t.Context())
	require.NoError(t, err)
	require.Len(t, sent, 2)
}

func TestCallOnTheWire(t *testing.T) {
	a := openApp(t, map[string][]string{"/voice": {`<Response><Record action="/voice"/></Response>`}})
	s, base := start(t, twilio.Config{})
	c, err := s.Call(t.Context(), a.URL+"/voice", customer, ours, twilio.LeaveVoicemail(7*time.Second, twilio.ByHangUp))
	require.NoError(t, err)
	calls := base + "/2010-04-01/Accounts/" + account + "/Calls/"
	status, _, body := call(t, http.MethodGet, calls+c.SID()+".json", nil)
	require.Equal(t, http.StatusOK, status)
	for _, want := range []string{`"status":"completed"`, `"duration":"7"`, `"direction":"inbound"`, `"start_time":"Mon, 01 Jun 2026 12:00:00 +0000"`, `"end_time":"Mon, 01 Jun 2026 12:00:07 +0000"`} {
		require.Contains(t, body, want)
	}
	status, _, _ = call(t, http.MethodGet, calls+"CA0.json", nil)
	require.Equal(t, http.StatusNotFound, status)

	re := c.State().Recordings[0]
	for suffix, head := range map[string]string{"": "RIFF", ".wav": "RIFF", ".mp3": "\xff\xf3", ".json": "{"} {
		status, header, sound := call(t, http.MethodGet, re.URL+suffix, nil)
		require.Equal(t, http.StatusOK, status, suffix)
		require.True(t, strings.HasPrefix(sound, head), suffix)
		if head == "RIFF" {
			require.Equal(t, "audio/x-wav", header.Get("Content-Type"))
			require.Len(t, sound, 44+7*8000)
		}
	}
	for _, target := range []string{re.URL + ".ogg", strings.Replace(re.URL, "RE", "REx", 1)} {
		status, _, _ := call(t, http.MethodGet, target, nil)
		require.Equal(t, http.StatusNotFound, status)
	}
	response, err := http.Get(re.URL)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusUnauthorized, response.StatusCode)
	http.DefaultClient.CloseIdleConnections()
}

func TestAddressOfRecordings(t *testing.T) {
	a := openApp(t, map[string][]string{"/voice": {`<Response><Record action="/voice"/></Response>`}})
	for configured, want := range map[string]string{"": "https://api.twilio.com/2010", "http://sim.example/": "http://sim.example/2010"} {
		s := twilio.New(twilio.Config{AccountSID: account, AuthToken: token, URL: configured})
		c, err := s.Call(t.Context(), a.URL+"/voice", customer, ours, twilio.LeaveVoicemail(time.Second, twilio.ByHangUp))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(c.State().Recordings[0].URL, want), c.State().Recordings[0].URL)
		s.Close()
	}
}
