package chat_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/media"
)

// gone is the connection of somebody who has left by the time that a stream takes it over.
type gone struct{ *httptest.ResponseRecorder }

func (gone) Hijack() (net.Conn, *bufio.ReadWriter, error) { return nil, nil, net.ErrClosed }

// came is a request of a widget in some network, with the answer's status and what it says.
func (w *world) came(t *testing.T, from, method, path, token string, body io.Reader) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "/chat/v1/"+path, body)
	r.RemoteAddr = from + ":4711"
	r.Header.Set("Origin", site)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	rec := gone{httptest.NewRecorder()}
	w.router.ServeHTTP(rec, r)
	var said struct{ Detail string }
	_ = json.Unmarshal(rec.Body.Bytes(), &said)
	return rec.Code, said.Detail
}

// TestANetworkHasAShare of what strangers can cost, however many visitors it makes up and
// whichever chats it asks.
func TestANetworkHasAShare(t *testing.T) {
	t.Parallel()
	const here, elsewhere = "192.0.2.1", "198.51.100.1"
	tokens := func(w *world) []string {
		all := make([]string, 20)
		for n := range all {
			_, all[n], _ = w.enters(t, "site", "", "")
		}
		return all
	}
	body := func(format string, args ...any) io.Reader { return bytes.NewReader(fmt.Appendf(nil, format, args...)) }
	for name, c := range map[string]struct {
		most int
		ask  func(w *world, tokens []string, from string, n int) (int, string)
		said string
	}{
		"requests": {2000, func(w *world, _ []string, from string, n int) (int, string) {
			chat := "site"
			if n%40 > 0 {
				chat = fmt.Sprint("made-up-", n%40)
			}
			return w.came(t, from, http.MethodGet, chat, "", nil)
		}, "Too many requests from your network"},
		"visitors": {60, func(w *world, _ []string, from string, n int) (int, string) {
			return w.came(t, from, http.MethodPost, []string{"site", "other"}[n%2]+"/visitors", "", body(`{}`))
		}, "Too many new conversations from your network"},
		"tickets": {60, func(w *world, tokens []string, from string, n int) (int, string) {
			return w.came(t, from, http.MethodPost, "site/tickets", tokens[n/3], body(`{"id": "ticket-%04d", "text": "Hello"}`, n))
		}, "Too many new conversations from your network"},
		"connections": {60, func(w *world, tokens []string, from string, n int) (int, string) {
			return w.came(t, from, http.MethodGet, "site/stream", tokens[n/3], nil)
		}, "Too many connections from your network"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			known := tokens(w)
			status, said := 0, ""
			for n := 0; n < c.most && status != http.StatusTooManyRequests; n++ {
				status, said = c.ask(w, known, here, n)
			}
			require.Equal(t, http.StatusTooManyRequests, status)
			require.Contains(t, said, c.said)
			status, said = c.ask(w, known, elsewhere, c.most-1)
			require.NotEqual(t, http.StatusTooManyRequests, status, said)
		})
	}
}

// TestANetworkSendsSoManyBytes, by however many visitors.
func TestANetworkSendsSoManyBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const here, elsewhere = "192.0.2.1", "198.51.100.1"
	for range 4 { // whose files are read and not kept
		_, token, visitor := w.enters(t, "site", "", "")
		w.said(t, visitor, "customer", "Hello", nil)
		_, err := w.db.Exec(`update contacts set blocked_at = now()`)
		require.NoError(t, err)
		for range 3 {
			w.came(t, here, http.MethodPost, "site/files", token, io.LimitReader(endless{}, media.VideoLimit))
		}
	}
	_, token, _ := w.enters(t, "site", "", "")
	film := append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, 4<<20)...) // more than there is room for again meanwhile
	status, said := w.came(t, here, http.MethodPost, "site/files?name=a.mp4", token, bytes.NewReader(film))
	require.Equal(t, http.StatusTooManyRequests, status, said)
	status, said = w.came(t, elsewhere, http.MethodPost, "site/files?name=a.mp4", token, bytes.NewReader(film))
	require.Equal(t, http.StatusCreated, status, said)
}

// TestAVisitorSendsSoManyFiles at once, also of those that are not taken.
func TestAVisitorSendsSoManyFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, _ := w.enters(t, "site", "", "")
	status, said := 0, ""
	for n := 0; n < 60 && status != http.StatusTooManyRequests; n++ {
		status, said = w.came(t, "192.0.2.1", http.MethodPost, "site/files", token, bytes.NewReader([]byte("?")))
	}
	require.Equal(t, http.StatusTooManyRequests, status)
	require.Contains(t, said, "many files")
}
