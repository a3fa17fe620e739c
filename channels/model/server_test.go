package model_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/model"
	"ringback/channels/simulator"
	played "ringback/channels/simulator/model"
)

const key = "sk-a-secret-key"

func plays(t *testing.T) (*played.Simulator, model.Config) {
	t.Helper()
	t.Parallel()
	s := played.New(key)
	url, err := s.Listen(simulator.Loopback)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s, model.Config{URL: url + "/", Key: key, Model: "whisper-1"}
}

func recording(said string) model.Recording {
	return model.Recording{Reader: strings.NewReader(said), Size: int64(len(said)), ContentType: "audio/wav", Name: "recording.wav"}
}

func TestARecordingIsHeard(t *testing.T) {
	s, c := plays(t)
	s.Says("  The valve\x00 leaks.\r\nPlease call \u202Eme.\x1b[31m ")
	text, err := model.New(c).Transcribe(t.Context(), recording("RIFF sound"))
	require.NoError(t, err)
	require.Equal(t, "The valve leaks.\nPlease call me. [31m", text)
	require.Equal(t, []played.Asked{{
		Path: "/v1/audio/transcriptions", Key: key, Model: "whisper-1", File: []byte("RIFF sound"), Name: "recording.wav", Type: "audio/wav",
	}}, s.Asked())
}

// TestWhatTheServerDoesWrong leaves no transcript, and no error shows the key or a word
// of the answer.
func TestWhatTheServerDoesWrong(t *testing.T) {
	s, c := plays(t)
	wrong := map[string]struct {
		answer  http.HandlerFunc
		refused bool
	}{
		"an error":   {answer: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, key, http.StatusInternalServerError) }},
		"too often":  {answer: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, key, http.StatusTooManyRequests) }},
		"a bad file": {answer: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, key, http.StatusBadRequest) }, refused: true},
		"a page":     {answer: func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>" + key)) }},
		"elsewhere": {answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://example.com")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}},
		"too much": {answer: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"text": "` + strings.Repeat("a", 2<<20) + `"}`))
		}},
		"broken off": {answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "500")
			_, _ = w.Write([]byte(`{"text": "` + key))
		}},
	}
	for name, one := range wrong {
		s.Answers(one.answer)
		text, err := model.New(c).Transcribe(t.Context(), recording("sound"))
		require.Error(t, err, name)
		require.Empty(t, text, name)
		require.NotContains(t, err.Error(), key, name)
		if one.refused {
			require.ErrorIs(t, err, model.ErrRefused, name)
		} else {
			require.NotErrorIs(t, err, model.ErrRefused, name)
		}
	}
}

func TestALongTranscriptIsCut(t *testing.T) {
	s, c := plays(t)
	s.Says(strings.Repeat("ä", 2*model.MaxTranscript))
	text, err := model.New(c).Transcribe(t.Context(), recording("sound"))
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("ä", model.MaxTranscript), text)
}

func TestAServerThatHangs(t *testing.T) {
	s, c := plays(t)
	s.Hangs()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := model.New(c).Transcribe(ctx, recording("sound"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestAWrongKey(t *testing.T) {
	_, c := plays(t)
	c.Key = "sk-another"
	_, err := model.New(c).Transcribe(t.Context(), recording("sound"))
	require.EqualError(t, err, "the server answered 401")
}

func TestCheck(t *testing.T) {
	for url, part := range map[string]string{
		"https://api.openai.com/v1": "", "https://10.0.0.7:8000/v1": "", "http://127.0.0.1:8000/v1": "", "http://[::1]:8000": "",
		"http://localhost:8000/v1": "", "http://10.0.0.7:8000/v1": "", "http://whisper:8000/v1": "",
		"http://api.openai.com/v1": "URL", "http://8.8.8.8/v1": "URL", "ftp://whisper/v1": "URL", "https://": "URL", "whisper": "URL",
		"https://user:password@whisper/v1": "URL", "https://whisper/v1?key=1": "URL",
	} {
		wrong, err := model.Config{URL: url, Model: "whisper-1"}.Check()
		require.Equal(t, part, wrong, url)
		require.Equal(t, part != "", err != nil, url)
	}
	part, err := model.Config{URL: "https://api.openai.com/v1"}.Check()
	require.Error(t, err)
	require.Equal(t, "MODEL", part)
	part, err = model.Config{Key: key}.Check()
	require.Error(t, err)
	require.Equal(t, "URL", part)
	require.NotContains(t, err.Error(), key)
	_, err = model.Config{}.Check()
	require.NoError(t, err)
	require.Nil(t, model.New(model.Config{}))
}
