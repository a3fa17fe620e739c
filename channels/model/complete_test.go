package model_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/model"
	played "ringback/channels/simulator/model"
)

var talk = []model.Message{{Role: model.System, Content: "Answer."}, {Role: model.User, Content: "Is my mower ready?"}}

func TestAConversationGoesOn(t *testing.T) {
	s, c := plays(t)
	for answer, want := range map[string]string{
		"  It is\x00 ready.\r\n\r\n\r\nCome \u202Eby.\x1b[31m ":         "It is ready.\n\nCome by. [31m",
		"<think>The customer wants a date.</think>\nTomorrow at eight.": "Tomorrow at eight.",
		strings.Repeat("ä", 200):                                        strings.Repeat("ä", 60),
		" ":                                                             "",
	} {
		s.Says(answer)
		text, err := model.New(c).Complete(t.Context(), talk, 60)
		require.NoError(t, err)
		require.Equal(t, want, text)
	}
	require.Equal(t, played.Asked{
		Path: "/v1/chat/completions", Key: key, Model: "whisper-1",
		Messages: []played.Message{{Role: "system", Content: "Answer."}, {Role: "user", Content: "Is my mower ready?"}},
	}, s.Asked()[0])
}

func TestAConversationThatDoesNotGoOn(t *testing.T) {
	s, c := plays(t)
	for name, answer := range map[string]http.HandlerFunc{
		"an error": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, key, http.StatusInternalServerError) },
		"a page":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>" + key)) },
		"too much": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"choices": [{"message": {"content": "` + strings.Repeat("a", 2<<20) + `"}}]}`))
		},
	} {
		s.Answers(answer)
		text, err := model.New(c).Complete(t.Context(), talk, 60)
		require.Error(t, err, name)
		require.Empty(t, text, name)
		require.NotContains(t, err.Error(), key, name)
	}
	s.Answers(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"choices": []}`)) })
	text, err := model.New(c).Complete(t.Context(), talk, 60)
	require.NoError(t, err)
	require.Empty(t, text)

	s.Hangs()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = model.New(c).Complete(ctx, talk, 60)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
