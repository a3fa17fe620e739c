// Package channeltest is what every channel has to pass, whatever its wire
// format: forgeries are refused, repeats are recognized, each failure of a
// send says rightly whether it may be tried again, and no secret shows.
//
// The hard decision: a provider is described by data and a few small functions
// in Config, and the channel is only ever used as the gateway uses it, over
// real HTTP, so that the suite knows no provider and cannot be fooled by one.
package channeltest

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// Config describes a channel and its provider to the suite.
type Config struct {
	// New makes the channel; base stands in for the provider's API.
	New func(base *url.URL) channels.Channel
	// Account is valid; its first secret signs and sends.
	Account channels.Account
	// Outgoing is a message that the channel can send.
	Outgoing channels.Outgoing

	// Requests are valid requests of the provider, not yet signed, by the path
	// of their door; no two of a door tell the same.
	Requests map[string][]channels.Request
	// Sign signs a request as the provider would: it sets the one header that
	// holds the signature. CoversURL says whether that covers the address too.
	Sign      func(r *channels.Request, secret string)
	CoversURL bool
	// Wrote is a request in which a customer wrote these bytes, wherever a
	// customer can write anything.
	Wrote func(text []byte) (path string, r channels.Request)
	// Journey are the words of a message that went well, in order, and Callback
	// is the provider's call about the message that Send sent in this request.
	Journey  []string
	Callback func(sent Sent, word string) (path string, r channels.Request)

	// Accepted is the provider's answer when it takes Outgoing, under this id.
	Accepted   Answer
	ProviderID string
	// Refusals are the provider's answers that are none, each with its meaning.
	Refusals []Refusal
}

// Answer is what the provider's API answers.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Refusal is an answer and what Send must make of it.
type Refusal struct {
	Name   string
	Answer Answer
	Reason channels.Reason
	Code   string
	Retry  channels.Retry
	After  time.Duration // at least
}

// Sent is a request that the channel made to the provider's API.
type Sent struct {
	URL    *url.URL
	Header http.Header
	Body   []byte
}

// reporter is the part of *testing.T that a check uses, so that the suite's
// own tests can watch a check fail.
type reporter interface {
	require.TestingT
	Helper()
	Cleanup(func())
}

// check is one thing that every channel has to get right.
type check struct {
	name string
	run  func(reporter, Config)
}

var checks = []check{
	{"doors are complete", doorsComplete},
	{"forgeries are refused", forgeriesRefused},
	{"a signature is good for one account and one address", signatureBound},
	{"repeats are recognized", repeatsRecognized},
	{"texts are fit to store", textsFit},
	{"bad input is malformed", badInput},
	{"states move only forward", statesForward},
	{"our delivery id comes back", deliveryReturns},
	{"a send is taken", sendTaken},
	{"refusals are understood", refusalsUnderstood},
	{"a lost answer is looked for", lostAnswers},
	{"what was never sent is sent later", neverSent},
	{"the context ends a send", contextEnds},
	{"no account, no send", noAccount},
	{"no redirect is followed", noRedirect},
	{"no secret shows", noSecretShows},
}

// Run puts a channel through every check.
func Run(t *testing.T, cfg Config) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(t, cfg) })
	}
}

// hooks are the channel's doors by path.
func hooks(t reporter, cfg Config) map[string]channels.Hook {
	t.Helper()
	doors := map[string]channels.Hook{}
	for _, hook := range cfg.New(nowhere).Hooks() {
		require.NotContains(t, doors, hook.Path, "two doors at one path")
		doors[hook.Path] = hook
	}
	return doors
}

// nowhere is an API that the checks of doors never call.
var nowhere = &url.URL{Scheme: "http", Host: "127.0.0.1:1"}

// signed is a copy of the request, signed with the secret.
func signed(cfg Config, r channels.Request, secret string) channels.Request {
	r.Header = r.Header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	cfg.Sign(&r, secret)
	return r
}
