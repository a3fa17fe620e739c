package channeltest

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// hostile are things that a customer can write.
var hostile = []string{
	"", " ", "\x00", "a\x00b", "\xff\xfe\x00abc", "\xe2\x82", "\xed\xa0\x80", "%00", "&=;+%zz",
	"\r\nX-Injected: 1", "<script>alert(1)</script>", "'; drop table events; --", "\u202eabc", "👋🏽",
	strings.Repeat("\xff", 3000), strings.Repeat("é\x00", 3000), strings.Repeat("👋", 20000),
}

func textsFit(t reporter, cfg Config) {
	doors := hooks(t, cfg)
	texts := append([]string(nil), hostile...)
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		bytes := make([]byte, random.IntN(64))
		for i := range bytes {
			bytes[i] = byte(random.Uint32())
		}
		texts = append(texts, string(bytes))
	}
	for _, text := range texts {
		path, r := cfg.Wrote([]byte(text))
		hook := doors[path]
		err := hook.Verify(signed(cfg, r, cfg.Account.Secrets[0]), cfg.Account.Secrets)
		understood(t, err)
		require.NotErrorIs(t, err, channels.ErrSignature, "%.100q", text)
		events, err := hook.Parse(r)
		understood(t, err)
		for _, e := range events {
			require.NotEmpty(t, e.Raw)
			require.True(t, bytes.Contains(r.Body, e.Raw), "the bytes are kept as they came")
			fit(t, text, e)
		}
	}
}

// fit looks at every text of an event.
func fit(t reporter, wrote string, e channels.Event) {
	texts := append([]string{e.ProviderID, e.Account, e.SenderAddress, e.CustomerAddress}, e.Also...)
	if m := e.Message; m != nil {
		require.LessOrEqual(t, len(m.Media), 10, "media")
		require.NotContains(t, m.Name, "\n", "a name is one line")
		texts = append(texts, m.Text, m.Name, m.Reply, m.About, string(m.OptOut))
		for _, f := range m.Media {
			texts = append(texts, f.URL, f.ID, f.ContentType, f.Name)
		}
		for name, value := range m.Facts {
			texts = append(texts, name, value)
		}
	}
	if s := e.Status; s != nil {
		texts = append(texts, s.Delivery, s.ProviderID, s.Word, s.Code, s.Detail)
		for name, value := range s.Facts {
			texts = append(texts, name, value)
		}
	}
	for _, text := range texts {
		require.True(t, utf8.ValidString(text), "%.100q became %.100q", wrote, text)
		require.NotContains(t, text, "\x00", "%.100q", wrote)
		require.LessOrEqual(t, len(text), 64<<10, "a text without bound")
	}
}

// statesForward plays the journey in many orders, each word twice: the state
// never goes back, and ends where the journey ends.
func statesForward(t reporter, cfg Config) {
	sent := send(t, cfg)
	var journey []channels.State
	for _, word := range cfg.Journey {
		state := callback(t, cfg, sent, word).Status.State
		require.NotEmpty(t, state, "the word %q has no state", word)
		journey = append(journey, state)
	}
	end := journey[len(journey)-1]
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		state := channels.Queued
		for _, i := range random.Perm(2 * len(journey)) {
			next := journey[i%len(journey)]
			if state.Before(next) {
				require.False(t, next.Before(state), "%s and %s are before each other", state, next)
				state = next
			}
		}
		require.Equal(t, end, state, "shuffled callbacks end elsewhere")
	}
	for i, state := range journey[1:] {
		require.False(t, state.Before(journey[i]), "%s comes after %s", state, journey[i])
	}
}

func deliveryReturns(t reporter, cfg Config) {
	sent := send(t, cfg)
	ids := map[string]bool{}
	for _, word := range cfg.Journey {
		e := callback(t, cfg, sent, word)
		require.Equal(t, cfg.Outgoing.Delivery, e.Status.Delivery, "%q", word)
		require.Equal(t, cfg.ProviderID, e.Status.ProviderID, "%q", word)
		require.Equal(t, cfg.Outgoing.Kind, e.Sender, "%q", word)
		require.Equal(t, cfg.Outgoing.From, e.SenderAddress, "%q", word)
		require.Equal(t, cfg.Outgoing.To, e.CustomerAddress, "%q", word)
		require.False(t, ids[e.ProviderID], "%q is taken for a repeat of another word", word)
		ids[e.ProviderID] = true
	}
}

// callback is what the door makes of the provider's word about a message.
func callback(t reporter, cfg Config, sent Sent, word string) channels.Event {
	t.Helper()
	path, r := cfg.Callback(sent, word)
	hook, found := hooks(t, cfg)[path]
	require.True(t, found, "no door at %s", path)
	require.NoError(t, hook.Verify(signed(cfg, r, cfg.Account.Secrets[0]), cfg.Account.Secrets))
	events, err := hook.Parse(r)
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.Equal(t, channels.DeliveryMoved, events[0].Kind)
	require.NotNil(t, events[0].Status)
	return events[0]
}
