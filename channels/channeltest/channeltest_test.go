package channeltest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

func acmeConfig(fault string) Config {
	request := func(item acmeItem) channels.Request {
		item.Account = "acme-1"
		body, _ := json.Marshal(item)
		return channels.Request{Method: http.MethodPost, URL: "https://gw.example/acme", Body: body}
	}
	calls := new(atomic.Int64)
	return Config{
		New:      func(base *url.URL) channels.Channel { return acme{base: base, fault: fault, calls: calls} },
		Account:  channels.Account{ID: "acme-1", Secrets: []string{"open sesame"}},
		Outgoing: channels.Outgoing{Delivery: "d1", Kind: channels.SMS, From: "+1", To: "+2", Text: "hello"},
		Requests: map[string][]channels.Request{
			"/acme/messages": {request(acmeItem{ID: "m1", Text: "hi"}), request(acmeItem{ID: "m2"})},
			"/acme/status":   {request(acmeItem{ID: "s1", Word: "taken"}), request(acmeItem{ID: "s1", Word: "read"})},
		},
		Sign: func(r *channels.Request, secret string) { r.Header.Set("X-Acme", acmeSign(r.Body, secret)) },
		Wrote: func(text []byte) (string, channels.Request) {
			return "/acme/messages", request(acmeItem{ID: "m3", Text: string(text)})
		},
		Journey: []string{"taken", "arrived", "read"},
		Callback: func(sent Sent, word string) (string, channels.Request) {
			var item acmeItem
			_ = json.Unmarshal(sent.Body, &item)
			item.ID, item.Word = "p1", word
			return "/acme/status", request(item)
		},
		Accepted: Answer{Status: 201, Body: `{"ID": "p1"}`}, ProviderID: "p1",
		Refusals: []Refusal{{Name: "no", Answer: Answer{Status: 400}, Reason: channels.ReasonRejected, Code: "400"}},
	}
}

// watcher is a test that is allowed to fail.
type watcher struct {
	failed   atomic.Bool
	cleanups []func()
}

func (w *watcher) Errorf(string, ...any)  { w.failed.Store(true) }
func (w *watcher) FailNow()               { w.failed.Store(true); runtime.Goexit() }
func (w *watcher) Helper()                {}
func (w *watcher) Cleanup(cleanup func()) { w.cleanups = append(w.cleanups, cleanup) }

// caught names the checks that a channel fails.
func caught(cfg Config) []string {
	var names []string
	for _, c := range checks {
		w := &watcher{}
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer func() {
				for _, cleanup := range w.cleanups {
					cleanup()
				}
			}()
			c.run(w, cfg)
		}()
		<-done
		if w.failed.Load() {
			names = append(names, c.name)
		}
	}
	return names
}

func TestAGoodChannelPasses(t *testing.T) { Run(t, acmeConfig("")) }

// TestFaultsAreCaught: each fault turns the check red that is there for it.
func TestFaultsAreCaught(t *testing.T) {
	require.Empty(t, caught(acmeConfig("")))
	for fault, check := range map[string]string{
		"believes everything":             "forgeries are refused",
		"believes an empty secret":        "forgeries are refused",
		"knows one secret":                "forgeries are refused",
		"takes repeats for new":           "repeats are recognized",
		"keeps NUL":                       "texts are fit to store",
		"leaks its own errors":            "bad input is malformed",
		"mixes up the states":             "states move only forward",
		"forgets our delivery id":         "our delivery id comes back",
		"ignores Retry-After":             "refusals are understood",
		"sends a lost message again":      "a lost answer is looked for",
		"gives up when it cannot connect": "what was never sent is sent later",
		"ignores the context":             "the context ends a send",
		"sends without an account":        "no account, no send",
		"follows redirects":               "no redirect is followed",
		"repeats what it was told":        "no secret shows",
		"logs its secret":                 "no secret shows",
	} {
		require.Contains(t, caught(acmeConfig(fault)), check, fault)
	}
}
