package channeltest

import (
	"errors"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// stranger is a secret of nobody's account.
const stranger = "0123456789abcdef0123456789abcdef"

func doorsComplete(t reporter, cfg Config) {
	require.NotEmpty(t, cfg.New(nowhere).Kinds(), "a channel carries some kind of sender")
	doors := hooks(t, cfg)
	for path := range cfg.Requests {
		require.Contains(t, doors, path, "a request for a door that is not there")
	}
	for path, hook := range doors {
		require.NotEmpty(t, hook.Method, path)
		require.Positive(t, hook.MaxBody, path)
		require.NotNil(t, hook.Account, path)
		require.NotNil(t, hook.Verify, path)
		require.NotNil(t, hook.Parse, path)
		require.NotEmpty(t, cfg.Requests[path], "%s: no request to check the door with", path)
	}
}

// each calls f with every request of every door.
func each(t reporter, cfg Config, f func(hook channels.Hook, r channels.Request)) {
	doors := hooks(t, cfg)
	for path, requests := range cfg.Requests {
		for _, r := range requests {
			f(doors[path], r)
		}
	}
}

func forgeriesRefused(t reporter, cfg Config) {
	secret := cfg.Account.Secrets[0]
	each(t, cfg, func(hook channels.Hook, r channels.Request) {
		good := signed(cfg, r, secret)
		require.NoError(t, hook.Verify(good, []string{secret}), "%s: the provider's own request is refused", hook.Path)
		require.NoError(t, hook.Verify(good, []string{stranger, secret}), "%s: the second of two live secrets", hook.Path)

		refused := func(why string, r channels.Request, secrets ...string) {
			require.ErrorIs(t, hook.Verify(r, secrets), channels.ErrSignature, "%s: %s", hook.Path, why)
		}
		refused("no signature", r, secret)
		refused("an empty signature", changed(good, r, func(string) string { return "" }), secret)
		refused("a cut signature", changed(good, r, func(s string) string { return s[:len(s)-1] }), secret)
		refused("a signature with one character changed", changed(good, r, swap), secret)
		refused("the signature twice in one", changed(good, r, func(s string) string { return s + s }), secret)
		refused("no secret to check with", good)
		refused("an empty secret", signed(cfg, r, ""), "")
		refused("an empty secret among others", signed(cfg, r, ""), secret, "")
		body := good
		body.Body = slices.Concat(good.Body, []byte("&x=1"))
		require.Error(t, hook.Verify(body, []string{secret}), "%s: another body", hook.Path)
	})
}

func signatureBound(t reporter, cfg Config) {
	secret := cfg.Account.Secrets[0]
	each(t, cfg, func(hook channels.Hook, r channels.Request) {
		foreign := signed(cfg, r, stranger)
		require.ErrorIs(t, hook.Verify(foreign, []string{secret}), channels.ErrSignature, "another account's secret signed it")
		if cfg.CoversURL {
			elsewhere := signed(cfg, r, secret)
			elsewhere.URL = strings.Replace(r.URL, "://", "://not-", 1)
			require.ErrorIs(t, hook.Verify(elsewhere, []string{secret}), channels.ErrSignature, "the signature of another host")
			elsewhere.URL = r.URL + "x"
			require.ErrorIs(t, hook.Verify(elsewhere, []string{secret}), channels.ErrSignature, "the signature of another path or query")
		}
		account, err := hook.Account(r)
		require.NoError(t, err)
		require.NotEmpty(t, account, "the request names its account")
		events, err := hook.Parse(r)
		require.NoError(t, err)
		for _, e := range events {
			require.Equal(t, account, e.Account, "the event belongs to the account that was verified")
		}
	})
}

func repeatsRecognized(t reporter, cfg Config) {
	seen := map[string]string{}
	each(t, cfg, func(hook channels.Hook, r channels.Request) {
		first, err := hook.Parse(r)
		require.NoError(t, err, "%s: %s", hook.Path, r.Body)
		second, err := hook.Parse(r)
		require.NoError(t, err)
		require.NotEmpty(t, first, "%s tells nothing", hook.Path)
		require.Equal(t, first, second, "the same request tells the same")
		for _, e := range first {
			require.NotEmpty(t, e.ProviderID)
			key := e.Account + " " + e.ProviderID
			require.NotContains(t, seen, key, "two requests are taken for one")
			seen[key] = hook.Path
			require.True(t, (e.Message != nil) == (e.Kind == channels.MessageReceived || e.Kind == channels.StaffWrote))
			require.True(t, (e.Status != nil) == (e.Kind == channels.DeliveryMoved))
		}
	})
}

// badInput breaks good requests in many places. Every step of a door may
// refuse them in words, and none may panic or invent an error of its own.
func badInput(t reporter, cfg Config) {
	each(t, cfg, func(hook channels.Hook, r channels.Request) {
		bodies := [][]byte{nil, {0}, []byte("%"), []byte("{"), []byte("[[[["), []byte("\xff\xfe"), []byte(strings.Repeat("a&", 5000)), []byte(strings.Repeat("[", 5000))}
		for i := 0; i < len(r.Body); i += 1 + len(r.Body)/50 {
			bodies = append(bodies, r.Body[:i])
		}
		for _, body := range bodies {
			bad := r
			bad.Body = body
			_, err := hook.Account(bad)
			understood(t, err)
			understood(t, hook.Verify(signed(cfg, bad, cfg.Account.Secrets[0]), cfg.Account.Secrets))
			_, err = hook.Parse(bad)
			understood(t, err)
		}
	})
}

func understood(t reporter, err error) {
	var malformed *channels.Malformed
	if err == nil || errors.Is(err, channels.ErrSignature) {
		return
	}
	require.True(t, errors.As(err, &malformed), "neither ErrSignature nor a *Malformed: %v", err)
	require.NotEmpty(t, malformed.Detail, "the provider is told why")
}

// changed is the signed request with its signature changed, wherever Sign put
// it.
func changed(good, plain channels.Request, change func(string) string) channels.Request {
	good.Header = good.Header.Clone()
	for name, values := range good.Header {
		if plain.Header.Get(name) == "" && values[0] != "" {
			good.Header.Set(name, change(values[0]))
		}
	}
	return good
}

// swap changes a character in the middle, where base64 and hex both count.
func swap(s string) string {
	middle := len(s) / 2
	other := byte('0')
	if s[middle] == other {
		other = '1'
	}
	return s[:middle] + string(other) + s[middle+1:]
}
