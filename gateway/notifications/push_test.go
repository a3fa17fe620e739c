package notifications_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"ringback/gateway/notifications"
	"ringback/settings"
)

// browser is a push service and the one browser behind it.
type browser struct {
	t      *testing.T
	url    string
	key    *ecdh.PrivateKey
	auth   []byte
	mu     sync.Mutex
	status int
	shown  []string
	asked  []*http.Request
}

func newBrowser(t *testing.T, w *world) *browser {
	t.Helper()
	b := &browser{t: t, auth: make([]byte, 16), status: http.StatusCreated}
	_, _ = rand.Read(b.auth)
	var err error
	b.key, err = ecdh.P256().GenerateKey(rand.Reader)
	require.NoError(t, err)
	server := httptest.NewTLSServer(b)
	t.Cleanup(server.Close)
	b.url = server.URL
	w.config.TLS = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	w.config.Loopback = true
	w.Notifier = notifications.New(w.config)
	return b
}

// ServeHTTP takes a push and decrypts it as RFC 8291 and RFC 8188 say.
func (b *browser) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, r)
	if b.status < 300 {
		b.shown = append(b.shown, b.open(body))
	}
	rw.Header().Set("Location", b.url+"/elsewhere")
	rw.WriteHeader(b.status)
}

func (b *browser) open(body []byte) string {
	salt, size, length := body[:16], binary.BigEndian.Uint32(body[16:20]), int(body[20])
	theirs, err := ecdh.P256().NewPublicKey(body[21 : 21+length])
	if err != nil || int(size) < len(body)-21-length {
		return "not a push"
	}
	shared, _ := b.key.ECDH(theirs)
	info := append(append([]byte("WebPush: info\x00"), b.key.PublicKey().Bytes()...), theirs.Bytes()...)
	ikm, _ := hkdf.Key(sha256.New, shared, b.auth, string(info), 32)
	key, _ := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce, _ := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	block, _ := aes.NewCipher(key)
	gcm, _ := cipher.NewGCM(block)
	plain, err := gcm.Open(nil, nonce, body[21+length:], nil)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(strings.TrimRight(string(plain), "\x00"), "\x02")
}

func (b *browser) subscription() notifications.Subscription {
	var s notifications.Subscription
	s.Endpoint, s.Name = b.url+"/push/1", "Ann's laptop"
	s.Keys.P256dh = base64.RawURLEncoding.EncodeToString(b.key.PublicKey().Bytes())
	s.Keys.Auth = base64.RawURLEncoding.EncodeToString(b.auth)
	return s
}

func TestABrowserIsPushed(t *testing.T) {
	w := newWorld(t)
	b := newBrowser(t, w)
	d, err := w.Subscribe(t.Context(), w.company, w.ann, "", b.subscription())
	require.NoError(t, err)
	again, err := w.Subscribe(t.Context(), w.company, w.ann, "", b.subscription())
	require.NoError(t, err)
	require.Equal(t, d.Name, again.Name)
	devices, err := notifications.Devices(t.Context(), w.db, w.company, w.ann)
	require.NoError(t, err)
	require.Len(t, devices, 1, "it is one browser")

	ticket := w.ticket(1001, "")
	w.happens(w.notice(notifications.NewTicket, ticket, "my pump leaks"))
	w.work()
	require.Len(t, b.shown, 1)
	var shown map[string]string
	require.NoError(t, json.Unmarshal([]byte(b.shown[0]), &shown), b.shown[0])
	require.Equal(t, "New ticket · #1001", shown["title"])
	require.Equal(t, "Carla <b> Jensen\nmy pump leaks", shown["body"])
	require.Equal(t, "/teams/"+w.team+"/tickets/"+ticket, shown["url"])
	require.NotEmpty(t, shown["tag"])
	b.signed(b.asked[0], w.PublicKey(t.Context()))
	require.Equal(t, w.PublicKey(t.Context()), notifications.New(w.config).PublicKey(t.Context()), "another replica signs alike")

	b.status = http.StatusServiceUnavailable
	w.happens(w.notice(notifications.NewTicket, w.ticket(1002, ""), ""))
	w.work()
	require.Equal(t, "the push service answered 503", w.log(w.ann)[0].Error+w.log(w.ann)[1].Error)
	b.status = http.StatusCreated
	w.pass(time.Minute)
	w.work()
	require.Len(t, b.shown, 2)
	b.status = http.StatusFound
	w.happens(w.notice(notifications.NewTicket, w.ticket(1003, ""), ""))
	w.work()
	require.Len(t, b.asked, 4, "no redirect is followed")
	for _, gone := range []int{http.StatusGone, http.StatusNotFound} {
		_, err := w.Subscribe(t.Context(), w.company, w.ann, "", b.subscription())
		require.NoError(t, err)
		b.status = gone
		w.happens(w.notice(notifications.NewTicket, w.ticket(2000+gone, ""), ""))
		w.work()
		devices, err = notifications.Devices(t.Context(), w.db, w.company, w.ann)
		require.NoError(t, err)
		require.Empty(t, devices)
	}
}

// signed checks the header that RFC 8292 asks for.
func (b *browser) signed(r *http.Request, public string) {
	b.t.Helper()
	token, key, found := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "vapid t="), ", k=")
	require.True(b.t, found, r.Header.Get("Authorization"))
	require.Equal(b.t, public, strings.TrimRight(key, "="))
	point, err := base64.RawURLEncoding.DecodeString(public)
	require.NoError(b.t, err)
	signer, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	require.NoError(b.t, err)
	var claims jwt.RegisteredClaims
	_, err = jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return signer, nil }, jwt.WithAudience(b.url), jwt.WithExpirationRequired())
	require.NoError(b.t, err)
	require.Equal(b.t, "mailto:ringback@example.com", claims.Subject)
}

// TestWhereNoPushGoes: an address of our own network is refused when it is
// named, and when a name turns out to lead there.
func TestWhereNoPushGoes(t *testing.T) {
	w := newWorld(t)
	b := newBrowser(t, w)
	w.config.Loopback = false
	w.Notifier = notifications.New(w.config)
	for _, endpoint := range []string{
		b.url, "https://10.0.0.1/x", "https://169.254.169.254/latest", "https://[::1]/", "https://localhost/x", "http://push.example.com/x", "nonsense", "",
		"https://user:password@push.example.com/",
	} {
		s := b.subscription()
		s.Endpoint = endpoint
		_, err := w.Subscribe(t.Context(), w.company, w.ann, "", s)
		require.ErrorContains(t, err, "endpoint", endpoint)
	}
	s := b.subscription()
	s.Endpoint = "https://push.example.com/1"
	_, err := w.Subscribe(t.Context(), w.company, w.ann, "", s)
	require.NoError(t, err)
	w.exec(`update push_devices set endpoint = $1`, strings.Replace(b.url, "127.0.0.1", "localhost", 1)+"/push")
	w.happens(w.notice(notifications.NewTicket, w.ticket(1001, ""), ""))
	w.work()
	require.Empty(t, b.asked)
	var words string
	require.NoError(t, w.db.Get(&words, `select error from notice_sends where way = 'push'`))
	require.Equal(t, "the push service could not be reached", words)
}

func TestSubscriptionsThatMakeNoSense(t *testing.T) {
	w := newWorld(t)
	b := newBrowser(t, w)
	for field, spoil := range map[string]func(*notifications.Subscription){
		"keys.p256dh": func(s *notifications.Subscription) { s.Keys.P256dh = strings.Repeat("A", 87) },
		"keys.auth":   func(s *notifications.Subscription) { s.Keys.Auth = "AAAA" },
		"name":        func(s *notifications.Subscription) { s.Name = strings.Repeat("x", 101) },
	} {
		s := b.subscription()
		spoil(&s)
		_, err := w.Subscribe(t.Context(), w.company, w.ann, "", s)
		require.ErrorContains(t, err, field)
	}
	for n := range 10 {
		s := b.subscription()
		s.Endpoint += strings.Repeat("x", n+1)
		_, err := w.Subscribe(t.Context(), w.company, w.ann, "", s)
		require.NoError(t, err)
	}
	_, err := w.Subscribe(t.Context(), w.company, w.ann, "", b.subscription())
	var full *settings.Conflict
	require.ErrorAs(t, err, &full)
	devices, err := notifications.Devices(t.Context(), w.db, w.company, w.ann)
	require.NoError(t, err)
	require.ErrorIs(t, w.Unsubscribe(t.Context(), w.company, w.bob, devices[0].ID), settings.ErrNotFound, "it is Ann's")
	require.NoError(t, w.Unsubscribe(t.Context(), w.company, w.ann, devices[0].ID))
	require.ErrorIs(t, w.Unsubscribe(t.Context(), w.company, w.ann, "nonsense"), settings.ErrNotFound)
}
