package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io/fs"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/model"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
)

// heard waits until no recording waits for its transcript any more.
func (w *world) heard() {
	w.t.Helper()
	for ticker := time.NewTicker(5 * time.Millisecond); ; <-ticker.C {
		require.NoError(w.t, w.Speech.Work(w.t.Context()))
		var waiting int
		require.NoError(w.t, w.DB.Get(&waiting, `select count(*) from media where transcript_due_at is not null`))
		if waiting == 0 {
			return
		}
	}
}

// transcript is what the API says of the only recording.
func (w *world) transcript() any {
	w.t.Helper()
	_, raw := w.get("/api/v1" + w.ticketOf(caller))
	var shown struct{ Timeline []struct{ Media []object } }
	require.NoError(w.t, json.Unmarshal(raw, &shown))
	for _, entry := range shown.Timeline {
		for _, file := range entry.Media {
			return file["transcript"]
		}
	}
	w.t.Fatal("there is no recording")
	return nil
}

// TestAVoicemailIsPutDownInWriting: on the ticket, as a stranger's words, in what the
// customer is handed, and gone with them.
func TestAVoicemailIsPutDownInWriting(t *testing.T) {
	t.Parallel()
	server := model.New("sk-key")
	w := called(t, whileOpen, nobody, func(c *app.Config) {
		c.SpeechURL, c.SpeechKey, c.SpeechModel = plays(t, server), "sk-key", "whisper-1"
	})
	const words = `My valve <script>alert("leaks")</script>`
	server.Says(words)
	w.ring(caller, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp))
	w.later(40 * time.Second)
	w.fetched()
	w.heard()
	require.Equal(t, words, w.transcript())
	asked := server.Asked()
	require.Len(t, asked, 1, "though every callback came twice")
	require.Equal(t, "RIFF", string(asked[0].File[:4]))
	require.Equal(t, "audio/wav", asked[0].Type)
	require.Equal(t, []string{"media"}, w.saying("My valve"))

	person := w.contactOf(caller)
	_, export := w.get("/api/v1/contacts/" + person + "/export")
	packed, err := zip.NewReader(bytes.NewReader(export), int64(len(export)))
	require.NoError(t, err)
	for _, name := range []string{"customer.json", "customer.html"} {
		document, err := fs.ReadFile(packed, name)
		require.NoError(t, err)
		require.True(t, bytes.Contains(document, []byte("My valve")), name)
		require.False(t, name == "customer.html" && bytes.Contains(document, []byte("<script>alert")), "a stranger's words")
	}
	require.Equal(t, http.StatusAccepted, erases(t, w.App, person))
	require.Empty(t, w.saying("My valve"))
	w.nothingFailed()
}

// TestNobodyIsAskedByDefault, nor for what a customer sends.
func TestNobodyIsAskedByDefault(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, nobody)
	w.ring(caller, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp))
	w.later(40 * time.Second)
	w.fetched()
	require.Nil(t, w.transcript())
	var due int
	require.NoError(t, w.DB.Get(&due, `select count(*) from media where transcript_due_at is not null`))
	require.Zero(t, due)
}
