package chat_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/media"
	"ringback/gateway/messages"
)

// picture is a small one.
func picture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, image.NewGray(image.Rect(0, 0, 8, 8))))
	return out.Bytes()
}

// uploads is a file that a browser sends, and what it is answered.
func (w *world) uploads(t *testing.T, token, name string, content []byte) (status int, answer map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/chat/v1/site/files?name="+url.QueryEscape(name), bytes.NewReader(content))
	r.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, r)
	answer = map[string]any{}
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &answer), rec.Body.String())
	return rec.Code, answer
}

// TestAFileComesWithItsMessage, and with nobody else's.
func TestAFileComesWithItsMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, visitor := w.enters(t, "site", "", "")
	_, other, _ := w.enters(t, "site", "", "")
	status, made := w.uploads(t, token, "valve.png", picture(t))
	require.Equal(t, http.StatusCreated, status, made)
	require.Equal(t, []any{"valve.png", "image/jpeg"}, []any{made["name"], made["type"]}, "drawn anew, without its hidden parts")
	send := func(token, id string, files ...any) int {
		status, _, _ := w.ask(t, http.MethodPost, "site/messages", token, site, map[string]any{"id": id, "files": files})
		return status
	}
	require.Equal(t, http.StatusUnprocessableEntity, send(other, "message-0001", made["id"]), "another's file")
	require.Equal(t, http.StatusUnprocessableEntity, send(token, "short", made["id"]), "an id is needed with a file as well")
	require.Equal(t, http.StatusAccepted, send(token, "message-0001", made["id"], made["id"]), "the same twice is one")
	require.Len(t, w.told, 1)
	require.Equal(t, []channels.Media{{ID: made["id"].(string), ContentType: "image/jpeg", Name: "valve.png"}}, w.told[0].Message.Media)
	require.Empty(t, w.told[0].Message.Text)

	w.said(t, visitor, "customer", "", func(m *messages.Message) { m.Media = w.told[0].Message.Media })
	_, answer, _ := w.ask(t, http.MethodGet, "site/messages", token, site, nil)
	shown := answer["items"].([]any)[0].(map[string]any)["files"].([]any)[0].(map[string]any)
	require.Equal(t, made["id"], shown["id"])
	require.True(t, strings.HasPrefix(shown["url"].(string), "https://texts.example.com/"), "an address that opens without a token")
	_, answer, _ = w.ask(t, http.MethodGet, "site/messages", other, site, nil)
	require.Empty(t, answer["items"])
}

// TestFilesThatAreNotTaken: what it is, its content says, and a name is one line.
func TestFilesThatAreNotTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, _ := w.enters(t, "site", "", "")
	for _, c := range []struct {
		name    string
		content []byte
		status  int
		field   string
	}{
		{"page.png", []byte("<!doctype html><script>alert(1)</script>"), 422, "file"},
		{"drawing.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), 422, "file"},
		{"program.png", []byte("MZ\x90\x00\x03\x00\x00\x00"), 422, "file"},
		{"nothing.png", nil, 422, "file"},
		{"half.png", picture(t)[:30], 422, "file"},
		{strings.Repeat("ż", 201) + ".png", picture(t), 422, "name"},
		{"\xff.png", picture(t), 422, "name"},
	} {
		status, answer := w.uploads(t, token, c.name, c.content)
		require.Equal(t, c.status, status, "%s: %v", c.name, answer)
		require.Equal(t, c.field, answer["errors"].([]any)[0].(map[string]any)["field"], c.name)
		require.Regexp(t, `^[a-z_]+$`, answer["errors"].([]any)[0].(map[string]any)["code"], "%s: a word for programs", c.name)
	}
	_, token, visitor := w.enters(t, "site", "", "") // so many were sent already that the first has to wait
	for name, want := range map[string]string{`C:\home\valve.png`: "valve.png", "../../etc/passwd": "passwd", "a\x00b\n.png": "ab.png", "": ""} {
		status, made := w.uploads(t, token, name, picture(t))
		require.Equal(t, http.StatusCreated, status, name)
		require.Equal(t, want, made["name"], "%q", name)
	}
	var kept int
	require.NoError(t, w.db.Get(&kept, `select count(*) from media`))
	require.Equal(t, 4, kept, "of what was refused nothing stays")
	w.said(t, visitor, "customer", "Hello", nil)
	_, err := w.db.Exec(`update contacts set blocked_at = now()`)
	require.NoError(t, err)
	status, _ := w.uploads(t, token, "valve.png", picture(t))
	require.Equal(t, http.StatusUnprocessableEntity, status, "who is blocked fills no disk")
}

// endless is a body without end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

// TestWhoSentTooMuchWaits: what a blocked visitor sends is kept nowhere, and counts.
func TestWhoSentTooMuchWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, visitor := w.enters(t, "site", "", "")
	w.said(t, visitor, "customer", "Hello", nil)
	blocked := func(at string) {
		_, err := w.db.Exec(`update contacts set blocked_at = ` + at)
		require.NoError(t, err)
	}
	blocked("now()")
	for range 4 {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/chat/v1/site/files", io.LimitReader(endless{}, media.VideoLimit))
		r.Header.Set("Authorization", "Bearer "+token)
		w.router.ServeHTTP(httptest.NewRecorder(), r)
	}
	blocked("null")
	large := append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, 1<<20)...) // more than there is room for again meanwhile
	status, answer := w.uploads(t, token, "valve.mp4", large)
	require.Equal(t, http.StatusTooManyRequests, status, answer)
	_, token, _ = w.enters(t, "site", "", "")
	status, answer = w.uploads(t, token, "valve.mp4", large)
	require.Equal(t, http.StatusCreated, status, "another visitor: %v", answer)
}
