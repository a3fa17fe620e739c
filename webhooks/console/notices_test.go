package console_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/notifications"
)

func (b *browser) maria() string {
	b.t.Helper()
	var id string
	require.NoError(b.t, b.db.Get(&id, `select id from staff where email = 'maria@example.com'`))
	return id
}

func TestNotices(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	shown := b.get("/notices")
	require.Equal(t, http.StatusOK, shown.status)
	require.Contains(t, shown.text, "To maria@example.com")
	require.Contains(t, shown.text, `name="missed_call.email" value="1" aria-label="A missed call: E-mail" checked`)
	require.NotContains(t, shown.text, `name="message.email" value="1" aria-label="A message on an open ticket: E-mail" checked`)
	for _, kind := range notifications.Kinds {
		require.Contains(t, shown.text, `name="`+kind+`.text"`, "each kind has its row")
	}

	b.post("/notices", "message.text", "1", "voicemail.email", "1", "on_schedule.push", "1", "nonsense.email", "1").leadsTo(t, "/notices")
	chosen, err := notifications.ChoicesOf(t.Context(), b.db, b.gate.Company, b.maria())
	require.NoError(t, err)
	want := notifications.Choices{Kinds: map[string]notifications.Picked{}, OnSchedule: notifications.Picked{Push: true}}
	for _, kind := range notifications.Kinds {
		want.Kinds[kind] = notifications.Picked{Email: kind == notifications.Voicemail, Text: kind == notifications.Message}
	}
	require.Equal(t, want, chosen)

	b.post("/notices/test", "way", "email").leadsTo(t, "/notices?tested=email#s-email")
	require.NoError(t, b.bell.Work(t.Context()))
	shown = b.get("/notices?tested=email#s-email")
	require.Contains(t, shown.text, "It is on its way.")
	require.Contains(t, shown.text, `<span class="tag good">sent</span>`)
	require.Equal(t, http.StatusConflict, b.post("/notices/test", "way", "push").status, "there is no device")
	require.Equal(t, http.StatusUnprocessableEntity, b.post("/notices/test", "way", "pigeon").status)
	require.NotContains(t, b.get(`/notices?tested="><script>`).text, "It is on its way.")
}

func TestDevices(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	require.NoError(t, err)
	s := notifications.Subscription{Endpoint: "https://push.example.com/1", Name: "<script>alert(1)</script>"}
	s.Keys.P256dh, s.Keys.Auth = base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), base64.RawURLEncoding.EncodeToString(make([]byte, 16))
	d, err := b.bell.Subscribe(t.Context(), b.gate.Company, b.maria(), "", s)
	require.NoError(t, err)
	shown := b.get("/notices")
	require.Contains(t, shown.text, "&lt;script&gt;alert(1)")
	require.NotContains(t, shown.text, "<script>alert")
	require.Contains(t, shown.text, b.bell.PublicKey(t.Context()))
	b.post("/notices/devices/"+d.ID+"/remove").leadsTo(t, "/notices")
	require.Equal(t, http.StatusNotFound, b.post("/notices/devices/"+d.ID+"/remove").status)
	require.Equal(t, http.StatusNotFound, b.post("/notices/devices/nonsense/remove").status)
	require.NotContains(t, b.get("/notices").text, "alert(1)")
}

func TestNoticesAreAPersons(t *testing.T) {
	b := newBrowser(t)
	b.get("/notices").leadsTo(t, "/sign-in?next=%2Fnotices")
	worker := b.get("/console/notices-worker.js")
	require.Equal(t, http.StatusOK, worker.status)
	require.Equal(t, "text/javascript; charset=utf-8", worker.header.Get("Content-Type"))
}
