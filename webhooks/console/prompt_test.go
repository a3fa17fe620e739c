package console_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sendFiles posts a form with files, as browsers do with and without a script.
func (b *browser) sendFiles(path string, form url.Values, files map[string]string) page {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		for _, value := range values {
			require.NoError(b.t, w.WriteField(name, value))
		}
	}
	for name, content := range files {
		file := "greeting.wav"
		if content == "" {
			file = "" // no file was chosen
		}
		part, err := w.CreateFormFile(name, file)
		require.NoError(b.t, err)
		_, err = io.WriteString(part, content)
		require.NoError(b.t, err)
	}
	require.NoError(b.t, w.Close())
	r, err := http.NewRequestWithContext(b.t.Context(), "POST", b.base+path, &body)
	require.NoError(b.t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := b.Do(r)
	require.NoError(b.t, err)
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(b.t, err)
	return page{answer.StatusCode, answer.Header, string(raw)}
}

var sound = "RIFF\x24\x00\x00\x00WAVEfmt " + strings.Repeat("\x00", 4000)

func TestARecordedGreeting(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	path := "/teams/" + b.team + "/team"
	const field, file = "voice.greeting.recording", "voice.greeting.recording.file"

	saved := b.sendFiles(path, b.get(path).form(t, "team"), map[string]string{file: sound, "voice.menu.recording.file": ""})
	require.Equal(t, http.StatusSeeOther, saved.status, saved.text)
	shown := b.get(path)
	recording := shown.form(t, "team").Get(field)
	require.True(t, strings.HasPrefix(recording, "media:"), recording)
	require.Empty(t, shown.form(t, "team").Get("voice.menu.recording"))
	player := "/api/v1/teams/" + b.team + "/media/" + strings.TrimPrefix(recording, "media:")
	require.Contains(t, shown.text, `src="`+player+`"`)
	heard := b.get(player)
	require.Equal(t, sound, heard.text)
	require.Equal(t, "audio/wav", heard.header.Get("Content-Type"))

	// What is no sound is said beside its field, and nothing typed is lost.
	form := shown.form(t, "team")
	form.Set("display_name", "Typed as well")
	refused := b.sendFiles(path, form, map[string]string{file: "<html>not a sound</html>"})
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.NotContains(t, refused.text, `id="`+field+`-fault"></p>`)
	require.Equal(t, []string{recording, "Typed as well"}, []string{refused.form(t, "team").Get(field), refused.form(t, "team").Get("display_name")})

	// A good file beside a fault is kept for the next try.
	form.Set("time_zone", "Mars/Olympus")
	refused = b.sendFiles(path, form, map[string]string{"voice.menu.recording.file": sound})
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	kept := refused.form(t, "team")
	require.True(t, strings.HasPrefix(kept.Get("voice.menu.recording"), "media:"))
	kept.Set("time_zone", "UTC")
	require.Equal(t, http.StatusSeeOther, b.sendFiles(path, kept, nil).status)
	require.Equal(t, kept.Get("voice.menu.recording"), b.get(path).form(t, "team").Get("voice.menu.recording"))

	form = b.get(path).form(t, "team")
	form.Set(field+".remove", "1")
	require.Equal(t, http.StatusSeeOther, b.sendFiles(path, form, nil).status)
	require.Empty(t, b.get(path).form(t, "team").Get(field))
}

func TestAnotherTeamsRecordingIsNotPlayed(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.post("/teams", "name", "Sales", "time_zone", "UTC", "language", "en")
	theirs := "/teams/" + b.newest("/teams") + "/team"
	b.sendFiles(theirs, b.get(theirs).form(t, "team"), map[string]string{"voice.greeting.recording.file": sound})
	recording := b.get(theirs).form(t, "team").Get("voice.greeting.recording")
	require.True(t, strings.HasPrefix(recording, "media:"), recording)

	path := "/teams/" + b.team + "/team"
	form := b.get(path).form(t, "team")
	form.Set("voice.greeting.recording", recording)
	require.Equal(t, http.StatusUnprocessableEntity, b.sendFiles(path, form, nil).status)
	form.Set("voice.greeting.recording", `media:"><script>alert(1)</script>`)
	odd := b.sendFiles(path, form, nil)
	require.Equal(t, http.StatusUnprocessableEntity, odd.status)
	require.NotContains(t, odd.text, "<script>alert")
}
