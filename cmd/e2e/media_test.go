package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/cmd/chaos/wire"
	"ringback/settings"
	"ringback/settings/automations"
)

type object = map[string]any

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
	w.ring(caller, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp))
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

// TestFilesInABucket: a photo comes, is shown and shrunk, and lies in S3.
func TestFilesInABucket(t *testing.T) {
	memory := s3mem.New()
	require.NoError(t, memory.CreateBucket("files"))
	service := httptest.NewServer(gofakes3.New(memory).Server())
	t.Cleanup(service.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	w := newWorld(t, func(c *app.Config) {
		c.MediaURL = "s3://files/ringback?region=us-east-1&endpoint=" + url.QueryEscape(service.URL)
	})
	_, err := w.sim.Text(t.Context(), w.door(), caller, ours, "look", twilio.WithFile(photo(t), "image/jpeg"))
	require.NoError(t, err)
	w.settle()
	w.fetched()
	files := w.files()
	require.Len(t, files, 1)
	require.Equal(t, "stored", files[0].State)
	answer, content := w.get(files[0].URL)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, photo(t), content)
	answer, _ = w.get(files[0].URL + "/thumbnail")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	list, err := memory.ListBucket("files", &gofakes3.Prefix{}, gofakes3.ListBucketPage{})
	require.NoError(t, err)
	require.Len(t, list.Contents, 2, "the photo and its thumbnail")
	require.Contains(t, list.Contents[0].Key, "ringback/"+w.Company.ID+"/")
}

// send uploads a file as the staff would.
func (w *world) send(kind string, content []byte) (int, map[string]any) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.PublicURL()+"/api/v1/teams/"+w.team.ID+"/media?name=hello."+kind, bytes.NewReader(content))
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer "+bootstrapKey)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	object := map[string]any{}
	require.NoError(w.t, json.NewDecoder(answer.Body).Decode(&object))
	return answer.StatusCode, object
}

// TestAnUploadedGreetingIsPlayed, also while the database is away; the simulated
// provider fetches what it is sent to, and counts it a fault if that is no sound.
func TestAnUploadedGreetingIsPlayed(t *testing.T) {
	t.Parallel()
	var cable *wire.Wire
	w := newWorld(t, func(c *app.Config) {
		cable, c.DatabaseURL = newWire(t, c.DatabaseURL)
		c.FastTimeout = 0 // nobody waits for a database that is away
	})
	w.phones(nobody)
	start, err := time.Parse(time.RFC3339, whileOpen)
	require.NoError(t, err)
	w.Clock.Stop(start)

	status, made := w.send("wav", append([]byte("RIFF\x24\x00\x00\x00WAVEfmt "), make([]byte, 8000)...))
	require.Equal(t, http.StatusCreated, status, made)
	require.Equal(t, "audio/wav", made["content_type"])
	status, photo := w.send("jpg", photo(t))
	require.Equal(t, http.StatusCreated, status, photo)

	greeting := func(recording string) (int, map[string]any) {
		return w.api(http.MethodPatch, "/teams/"+w.team.ID, object{"voice": object{"greeting": object{"recording": recording}}})
	}
	for _, bad := range []string{photo["id"].(string), w.team.ID, "", "urn:uuid:" + w.team.ID, "../" + made["id"].(string)} {
		status, problem := greeting("media:" + bad)
		require.Equal(t, http.StatusUnprocessableEntity, status, problem)
		require.Equal(t, "voice.greeting.recording", problem["errors"].([]any)[0].(object)["field"])
	}
	status, answer := greeting("media:" + made["id"].(string))
	require.Equal(t, http.StatusOK, status, answer)

	w.heardGreeting()
	w.settle()
	cable.Cut(true)
	w.heardGreeting()
	cable.Cut(false)
}

// heardGreeting plays a call whose caller hears the greeting from our own link.
func (w *world) heardGreeting() {
	w.t.Helper()
	call, err := w.sim.Call(w.t.Context(), w.PublicURL()+voicePath, caller, ours,
		twilio.HangUp(channels.StepVoicemailPrompt), twilio.WithCallStatus(w.PublicURL()+callsPath))
	require.NoError(w.t, err)
	require.Empty(w.t, call.Faults())
	require.Contains(w.t, call.Exchanges()[0].Answer.Body, "<Play>"+w.PublicURL()+"/m/")
}

func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 64, 48)), nil))
	return b.Bytes()
}

// TestAPhotoByMMS is fetched from where the provider's API points to, and what
// does not lie at the provider is refused without being asked for.
func TestAPhotoByMMS(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(elsewhere.Close)
	w := newWorld(t)
	_, err := w.sim.Text(t.Context(), w.door(), caller, ours, "look",
		twilio.WithFile(photo(t), "image/jpeg"), twilio.WithFile([]byte("<html>"), "image/jpeg"),
		twilio.WithMedia(elsewhere.URL+"/x.jpg", "image/jpeg"))
	require.NoError(t, err)
	w.settle()
	w.fetched()
	files := w.files()
	require.Len(t, files, 3)
	byState := map[string]shownFile{}
	for _, f := range files {
		byState[f.State+" "+f.Reason] = f
	}
	require.Contains(t, byState, "refused type_not_allowed")
	require.Contains(t, byState, "refused foreign_host")
	require.Zero(t, asked.Load())
	answer, content := w.get(byState["stored "].URL)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, photo(t), content)
	answer, _ = w.get(byState["stored "].URL + "/thumbnail")
	require.Equal(t, "image/jpeg", answer.Header.Get("Content-Type"))
	answer, _ = w.get(byState["refused foreign_host"].URL)
	require.Equal(t, http.StatusNotFound, answer.StatusCode)
	w.nothingFailed()
}

// TestARecordingElsewhere: a voicemail is one even if what says so points to a
// foreign host, which is never asked.
func TestARecordingElsewhere(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(elsewhere.Close)
	w := called(t, whileOpen, nobody)
	w.ring(caller, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp), twilio.Arrange(func(told []twilio.CallCallback) []twilio.CallCallback {
		for _, c := range told {
			if c.Params.Get("RecordingUrl") != "" {
				c.Params.Set("RecordingUrl", elsewhere.URL+"/r")
			}
		}
		return told
	}))
	w.later(40 * time.Second)
	w.fetched()
	files := w.files()
	require.Len(t, files, 1)
	require.Equal(t, "refused", files[0].State)
	require.Equal(t, "foreign_host", files[0].Reason)
	require.Zero(t, asked.Load())
	require.Equal(t, [][3]string{{"sent", "sent", automations.CustomerLeavesVoicemail}}, w.decided())
}

// TestAnAdvisorSendsAFile: it goes out as a link that opens it and nothing else,
// and stands on the timeline.
func TestAnAdvisorSendsAFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.text(caller, "hello")
	w.settle()
	status, made := w.send("jpg", photo(t))
	require.Equal(t, http.StatusCreated, status)
	at := w.ticketOf(caller) + "/messages"
	for _, bad := range []string{"", "x", w.team.ID, "urn:uuid:" + w.team.ID, "../" + made["id"].(string)} {
		status, problem := w.api(http.MethodPost, at, object{"text": "look", "attachments": []string{bad}})
		require.Equal(t, http.StatusUnprocessableEntity, status, problem)
		require.Equal(t, "attachments[0]", problem["errors"].([]any)[0].(object)["field"])
	}
	status, said := w.api(http.MethodPost, at, object{"text": "look", "attachments": []any{made["id"]}})
	require.Equal(t, http.StatusCreated, status, said)
	w.settle()
	all := w.sim.Messages()
	sent := all[len(all)-1]
	require.Equal(t, "look", sent.Body)
	require.Len(t, sent.Media, 1)
	answer, err := http.Get(sent.Media[0]) //nolint:gosec,noctx // as the provider would
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "image/jpeg", answer.Header.Get("Content-Type"))
	files := w.files()
	require.Len(t, files, 1)
	require.Equal(t, made["id"], files[0].ID)
	w.nothingFailed()
}
