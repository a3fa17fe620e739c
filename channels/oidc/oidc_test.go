package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"ringback/channels/oidc"
)

// issuer is a provider that signs whatever a test has it say.
type issuer struct {
	*httptest.Server

	t  *testing.T
	mu sync.Mutex

	keys    map[string]any // published, by their ids
	names   string         // the issuer that it says it is; empty: its address
	flow    oidc.Flow      // that the next code is for
	sent    url.Values     // what the token endpoint was sent last
	claims  jwt.MapClaims  // of the next ID token
	sign    func(jwt.MapClaims) string
	answer  func(http.ResponseWriter) bool // in the place of tokens; nil: none
	info    map[string]any                 // of the person; nil: there is no such endpoint
	fetched int                            // how often the keys were
}

var (
	first  = newKey()
	second = newKey()
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

const client = "ringback"

// now is when all of this happens.
var now = time.Date(2026, 6, 2, 10, 0, 0, 0, time.UTC)

func newIssuer(t *testing.T) (*issuer, *oidc.Provider) {
	t.Helper()
	i := &issuer{t: t, keys: map[string]any{"first": first}}
	mux := http.NewServeMux()
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	i.sign = i.by(first, "first")
	say := func(w http.ResponseWriter, what any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(what)
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		name := i.names
		if name == "" {
			name = i.URL
		}
		said := map[string]any{
			"issuer": name, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "scopes_supported": []string{"openid", "offline_access", "groups"},
		}
		if i.info != nil {
			said["userinfo_endpoint"] = i.URL + "/info"
		}
		say(w, said)
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.fetched++
		set := []map[string]string{}
		for id, key := range i.keys {
			public := key.(*rsa.PrivateKey).PublicKey
			set = append(set, map[string]string{
				"kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
				"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
			})
		}
		say(w, map[string]any{"keys": set})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		_ = r.ParseForm()
		i.sent = r.PostForm
		if i.answer != nil && i.answer(w) {
			return
		}
		said := map[string]any{"access_token": "access", "token_type": "Bearer", "refresh_token": "again", "expires_in": 300}
		if i.claims != nil {
			said["id_token"] = i.sign(i.claims)
		}
		say(w, said)
	})
	mux.HandleFunc("/info", func(w http.ResponseWriter, _ *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		say(w, i.info)
	})
	return i, oidc.New(oidc.Config{Issuer: i.URL, ClientID: client, ClientSecret: "hush", Claim: "groups", Now: func() time.Time { return now }})
}

// by signs with a key that is named so.
func (i *issuer) by(key *rsa.PrivateKey, id string) func(jwt.MapClaims) string {
	return func(c jwt.MapClaims) string {
		token := jwt.NewWithClaims(jwt.SigningMethodRS256, c)
		token.Header["kid"] = id
		signed, err := token.SignedString(key)
		require.NoError(i.t, err)
		return signed
	}
}

// dana is what a provider says of somebody whom it has just let in.
func (i *issuer) dana() jwt.MapClaims {
	return jwt.MapClaims{
		"iss": i.URL, "aud": client, "sub": "dana-1", "nonce": i.flow.Nonce, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"email": "dana@example.com", "email_verified": true, "name": " Dana ", "groups": []string{"crew"}, "sid": "s1", "auth_time": now.Unix(),
	}
}

// signIn goes there and back with what the provider signs.
func (i *issuer) signIn(p *oidc.Provider, change func(jwt.MapClaims)) (oidc.Person, error) {
	i.t.Helper()
	flow, _, err := p.Begin(i.t.Context(), "https://texts.example.com/back", false)
	require.NoError(i.t, err)
	i.flow = flow
	i.claims = i.dana()
	if change != nil {
		change(i.claims)
	}
	return p.Finish(i.t.Context(), flow, "https://texts.example.com/back", flow.State, "code")
}

func TestWhoTheProviderSaysSomebodyIs(t *testing.T) {
	t.Parallel()
	i, p := newIssuer(t)
	flow, to, err := p.Begin(t.Context(), "https://texts.example.com/back", false)
	require.NoError(t, err)
	u, err := url.Parse(to)
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(flow.Verifier))
	for name, want := range map[string]string{
		"response_type": "code", "client_id": client, "state": flow.State, "nonce": flow.Nonce, "code_challenge_method": "S256",
		"code_challenge": base64.RawURLEncoding.EncodeToString(sum[:]), "redirect_uri": "https://texts.example.com/back",
		"scope": "openid email profile offline_access groups", "prompt": "",
	} {
		require.Equal(t, want, u.Query().Get(name), name)
	}
	other, _, err := p.Begin(t.Context(), "", false)
	require.NoError(t, err)
	require.NotEqual(t, flow, other)

	who, err := i.signIn(p, nil)
	require.NoError(t, err)
	require.True(t, now.Equal(who.Proven), who.Proven)
	who.Proven = time.Time{}
	require.Equal(t, oidc.Person{
		Issuer: i.URL, Subject: "dana-1", Email: "dana@example.com", Verified: true, Name: "Dana", Values: []string{"crew"}, Session: "s1", Refresh: "again",
	}, who)
	require.Equal(t, i.flow.Verifier, i.sent.Get("code_verifier"))
	require.Equal(t, "code", i.sent.Get("code"))

	_, to, err = p.Begin(t.Context(), "", true)
	require.NoError(t, err)
	require.Contains(t, to, "prompt=login")
	require.Contains(t, to, "max_age=0")
}

// TestWhatIsNotBelieved: whatever is not signed for us, for this flow and for now.
func TestWhatIsNotBelieved(t *testing.T) {
	t.Parallel()
	i, p := newIssuer(t)
	hour := func(n int) int64 { return now.Add(time.Duration(n) * time.Hour).Unix() }
	for what, change := range map[string]func(jwt.MapClaims){
		"another issuer":              func(c jwt.MapClaims) { c["iss"] = "https://evil.example" },
		"the issuer and a slash":      func(c jwt.MapClaims) { c["iss"] = i.URL + "/" },
		"no issuer":                   func(c jwt.MapClaims) { delete(c, "iss") },
		"another nonce":               func(c jwt.MapClaims) { c["nonce"] = "another" },
		"no nonce":                    func(c jwt.MapClaims) { delete(c, "nonce") },
		"for another client":          func(c jwt.MapClaims) { c["aud"] = "another" },
		"for nobody":                  func(c jwt.MapClaims) { delete(c, "aud") },
		"for others among which none": func(c jwt.MapClaims) { c["aud"] = []string{"a", "b"} },
		"expired":                     func(c jwt.MapClaims) { c["exp"] = hour(-1) },
		"without an end":              func(c jwt.MapClaims) { delete(c, "exp") },
		"not yet":                     func(c jwt.MapClaims) { c["nbf"] = hour(1) },
		"nobody":                      func(c jwt.MapClaims) { delete(c, "sub") },
		"claims of another form":      func(c jwt.MapClaims) { c["email"] = []string{"a"} },
	} {
		_, err := i.signIn(p, change)
		require.ErrorIs(t, err, oidc.ErrRefused, what)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	signed := func(method jwt.SigningMethod, key any) func(jwt.MapClaims) string {
		return func(c jwt.MapClaims) string {
			token := jwt.NewWithClaims(method, c)
			token.Header["kid"] = "first"
			text, err := token.SignedString(key)
			require.NoError(t, err)
			return text
		}
	}
	good := i.by(first, "first")
	for what, sign := range map[string]func(jwt.MapClaims) string{
		"no signature (alg none)":          signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"the client's secret (HS256)":      signed(jwt.SigningMethodHS256, []byte("hush")),
		"the public key as a secret":       signed(jwt.SigningMethodHS256, first.PublicKey.N.Bytes()),
		"a key of another kind":            signed(jwt.SigningMethodES256, curve),
		"a method that was not announced":  signed(jwt.SigningMethodRS512, first),
		"somebody else's key by our name":  i.by(second, "first"),
		"a key that is not published":      i.by(second, "second"),
		"a signature that was cut off":     func(c jwt.MapClaims) string { return good(c)[:100] },
		"another's body under a signature": func(c jwt.MapClaims) string { return swapped(good(c), func(c map[string]any) { c["sub"] = "eve" }) },
		"no token at all":                  func(jwt.MapClaims) string { return "" },
		"something else":                   func(jwt.MapClaims) string { return "x.y.z" },
	} {
		i.sign = sign
		_, err := i.signIn(p, nil)
		require.ErrorIs(t, err, oidc.ErrRefused, what)
	}
	i.sign = good
	_, err = i.signIn(p, nil)
	require.NoError(t, err, "none of that broke anything")
}

// swapped changes the claims of a token and leaves its signature.
func swapped(token string, change func(map[string]any)) string {
	parts := strings.Split(token, ".")
	raw, _ := base64.RawURLEncoding.DecodeString(parts[1])
	c := map[string]any{}
	_ = json.Unmarshal(raw, &c)
	change(c)
	raw, _ = json.Marshal(c)
	parts[1] = base64.RawURLEncoding.EncodeToString(raw)
	return strings.Join(parts, ".")
}

func TestAFlowIsEndedByWhoBeganIt(t *testing.T) {
	t.Parallel()
	i, p := newIssuer(t)
	flow, _, err := p.Begin(t.Context(), "", false)
	require.NoError(t, err)
	i.flow = flow
	i.claims = i.dana()
	for what, c := range map[string]struct {
		flow        oidc.Flow
		state, code string
	}{
		"another state": {flow, "another", "code"}, "no state": {flow, "", "code"}, "no code": {flow, flow.State, ""},
		"no flow": {oidc.Flow{}, "", "code"}, "an empty flow": {oidc.Flow{}, flow.State, "code"},
	} {
		i.sent = nil
		_, err := p.Finish(t.Context(), c.flow, "", c.state, c.code)
		require.ErrorIs(t, err, oidc.ErrRefused, what)
		require.Nil(t, i.sent, "%s: the code is not spent", what)
	}
	// A code that was got by another flow has another nonce.
	stolen, _, err := p.Begin(t.Context(), "", false)
	require.NoError(t, err)
	_, err = p.Finish(t.Context(), stolen, "", stolen.State, "code")
	require.ErrorIs(t, err, oidc.ErrRefused)
}

// TestClocksDifferALittle: a provider whose clock is ahead is believed, as the library
// lets it; what has ended has ended.
func TestClocksDifferALittle(t *testing.T) {
	t.Parallel()
	i, p := newIssuer(t)
	for at, fine := range map[time.Duration]bool{time.Minute: true, 4 * time.Minute: true, 6 * time.Minute: false} {
		_, err := i.signIn(p, func(c jwt.MapClaims) {
			c["nbf"], c["iat"], c["exp"] = now.Add(at).Unix(), now.Add(at).Unix(), now.Add(at+5*time.Minute).Unix()
		})
		require.Equal(t, fine, err == nil, "%v ahead: %v", at, err)
	}
}

func TestKeysChange(t *testing.T) {
	t.Parallel()
	i, p := newIssuer(t)
	_, err := i.signIn(p, nil)
	require.NoError(t, err)
	_, err = i.signIn(p, nil)
	require.NoError(t, err)
	require.Equal(t, 1, i.fetched, "they are kept")

	i.keys = map[string]any{"first": first, "second": second}
	i.sign = i.by(second, "second")
	_, err = i.signIn(p, nil)
	require.NoError(t, err, "a new key is looked for")
	require.Equal(t, 2, i.fetched)

	i.keys = map[string]any{"second": second}
	i.sign = i.by(first, "third")
	_, err = i.signIn(p, nil)
	require.ErrorIs(t, err, oidc.ErrRefused, "one that was withdrawn")
	i.sign = i.by(second, "second")
	_, err = i.signIn(p, nil)
	require.NoError(t, err)
}

// TestAProviderThatNamesAnother is none: a document that was put in its place leads
// nowhere.
func TestAProviderThatNamesAnother(t *testing.T) {
	t.Parallel()
	i, p := newIssuer(t)
	i.names = "https://evil.example"
	require.ErrorIs(t, p.Look(t.Context()), oidc.ErrAway)
	_, _, err := p.Begin(t.Context(), "", false)
	require.ErrorIs(t, err, oidc.ErrAway)
}

func TestWhatAnIDTokenLeavesOut(t *testing.T) {
	t.Parallel()
	i, p := newIssuer(t)
	i.info = map[string]any{"sub": "dana-1", "email": "dana@example.com", "email_verified": "true", "groups": []string{"bosses"}, "name": "D"}
	short := func(c jwt.MapClaims) { delete(c, "email"); delete(c, "email_verified"); delete(c, "groups") }
	who, err := i.signIn(p, short)
	require.NoError(t, err)
	require.Equal(t, []any{"dana@example.com", true, []string{"bosses"}}, []any{who.Email, who.Verified, who.Values})

	i.info["sub"] = "eve"
	_, err = i.signIn(p, short)
	require.ErrorIs(t, err, oidc.ErrRefused, "it tells of somebody else")

	// What is signed counts before what is told.
	i.info = map[string]any{"sub": "dana-1", "email": "boss@example.com", "email_verified": true, "groups": []string{"crew"}}
	who, err = i.signIn(p, func(c jwt.MapClaims) { delete(c, "groups"); c["email_verified"] = false })
	require.NoError(t, err)
	require.Equal(t, []any{"dana@example.com", false}, []any{who.Email, who.Verified})
}

func TestWhetherItStillVouches(t *testing.T) {
	t.Parallel()
	i, p := newIssuer(t)
	answers := func(status int, body string) func(http.ResponseWriter) bool {
		return func(w http.ResponseWriter) bool {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
			return true
		}
	}
	again := func() error {
		_, err := p.Again(t.Context(), "dana-1", "again")
		return err
	}
	i.claims = i.dana()
	require.NoError(t, again())
	require.Equal(t, []string{"refresh_token", "again"}, []string{i.sent.Get("grant_type"), i.sent.Get("refresh_token")})
	i.claims = maps.Clone(i.claims)
	i.claims["sub"] = "eve"
	require.ErrorIs(t, again(), oidc.ErrGone, "it is somebody else")
	i.claims = nil
	require.NoError(t, again(), "an ID token is optional then")
	for body, want := range map[string]error{
		`{"error":"invalid_grant"}`: oidc.ErrGone, `{"error":"access_denied"}`: oidc.ErrGone,
		`{"error":"invalid_client"}`: oidc.ErrAway, `{"error":"temporarily_unavailable"}`: oidc.ErrAway, `{}`: oidc.ErrAway, `<html>`: oidc.ErrAway,
	} {
		i.answer = answers(http.StatusBadRequest, body)
		require.ErrorIs(t, again(), want, body)
	}
	i.answer = answers(http.StatusInternalServerError, "hush again")
	err := again()
	require.ErrorIs(t, err, oidc.ErrAway)
	require.NotContains(t, err.Error(), "hush", "its words may hold what we sent")
}

func TestTheNewsThatSomebodyIsSignedOut(t *testing.T) {
	t.Parallel()
	i, p := newIssuer(t)
	news := func(change func(jwt.MapClaims)) (string, string, error) {
		c := jwt.MapClaims{
			"iss": i.URL, "aud": client, "sub": "dana-1", "sid": "s1", "jti": "1", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
			"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
		}
		change(c)
		return p.SignedOut(t.Context(), i.sign(c))
	}
	subject, session, err := news(func(jwt.MapClaims) {})
	require.NoError(t, err)
	require.Equal(t, []string{"dana-1", "s1"}, []string{subject, session})
	for what, change := range map[string]func(jwt.MapClaims){
		"another issuer":   func(c jwt.MapClaims) { c["iss"] = "https://evil.example" },
		"another client":   func(c jwt.MapClaims) { c["aud"] = "another" },
		"no such event":    func(c jwt.MapClaims) { delete(c, "events") },
		"an ID token":      func(c jwt.MapClaims) { c["nonce"] = "n" },
		"expired":          func(c jwt.MapClaims) { c["exp"] = now.Add(-time.Hour).Unix() },
		"of nobody at all": func(c jwt.MapClaims) { delete(c, "sub"); delete(c, "sid") },
	} {
		_, _, err := news(change)
		require.ErrorIs(t, err, oidc.ErrRefused, what)
	}
	i.sign = i.by(second, "first")
	_, _, err = news(func(jwt.MapClaims) {})
	require.ErrorIs(t, err, oidc.ErrRefused)
}

func TestAProviderThatIsAway(t *testing.T) {
	t.Parallel()
	i, p := newIssuer(t)
	i.Close()
	for range 2 {
		_, _, err := p.Begin(t.Context(), "", false)
		require.ErrorIs(t, err, oidc.ErrAway)
	}
	require.ErrorIs(t, p.Look(t.Context()), oidc.ErrAway)
}
