package e2e

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator"
	"ringback/settings"
)

// get asks the API with the bootstrap key.
func (w *world) get(path string) (*http.Response, []byte) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.PublicURL()+path, nil)
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer "+bootstrapKey)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	return answer, body
}

// fetched waits until no file waits for its provider any more.
func (w *world) fetched() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), settled)
	defer cancel()
	for ticker := time.NewTicker(5 * time.Millisecond); ; <-ticker.C {
		var waiting int
		require.NoError(w.t, w.DB.GetContext(ctx, &waiting, `select count(*) from media where state = 'waiting'`))
		if waiting == 0 {
			return
		}
		require.NoError(w.t, w.Media.Work(ctx))
	}
}

type shownFile struct {
	ID, URL, State, Reason, Name string
	ContentType                  string `json:"content_type"`
	Size                         int64
}

// files are those on the timeline of the only ticket.
func (w *world) files() []shownFile {
	w.t.Helper()
	_, raw := w.get("/api/v1" + w.ticketOf(caller))
	var shown struct {
		Timeline []struct{ Media []shownFile }
	}
	require.NoError(w.t, json.Unmarshal(raw, &shown))
	var all []shownFile
	for _, entry := range shown.Timeline {
		all = append(all, entry.Media...)
	}
	return all
}

// TestAVoicemailIsPlayed: it is fetched from the provider, stands at the call on
// the ticket's timeline, and plays from the API.
func TestAVoicemailIsPlayed(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, nobody)
	w.ring(caller, simulator.LeaveVoicemail(8*time.Second, simulator.ByHangUp))
	w.later(40 * time.Second)
	w.fetched()
	files := w.files()
	require.Len(t, files, 1, "one recording, though every callback came twice")
	require.Equal(t, "stored", files[0].State)
	require.Equal(t, "audio/wav", files[0].ContentType)

	answer, sound := w.get(files[0].URL)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "audio/wav", answer.Header.Get("Content-Type"))
	require.Equal(t, "RIFF", string(sound[:4]))
	require.EqualValues(t, files[0].Size, len(sound))
	require.GreaterOrEqual(t, len(sound), 8*8000, "eight seconds of a telephone's sound")

	other, err := settings.CreateTeam(t.Context(), w.DB.DB, w.Company.ID, "test", newTeam())
	require.NoError(t, err)
	answer, _ = w.get("/api/v1/teams/" + other.ID + "/media/" + files[0].ID)
	require.Equal(t, http.StatusNotFound, answer.StatusCode, "another team's")
	w.nothingFailed()
}
