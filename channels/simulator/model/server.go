// Package model is a fake of a server that speaks OpenAI's HTTP API: it hears in a
// recording, and answers to a conversation, what a test says.
//
// The hard decision: it is as strict about what it is sent as the real one, and keeps
// all of it, so that a test sees what leaves the house.
// https://platform.openai.com/docs/api-reference
package model

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"

	"ringback/channels/simulator"
)

// Asked is one question as it came.
type Asked struct {
	Path, Key, Model string
	File             []byte // a recording
	Name, Type       string // of the file
	Messages         []Message
}

// Message is one of a conversation that is to go on.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Simulator is one fake server.
type Simulator struct {
	key    string
	mux    http.ServeMux
	server *simulator.Server
	ended  chan struct{}

	mu     sync.Mutex
	asked  []Asked
	answer http.HandlerFunc
}

// New returns one that nobody can reach yet, and that lets in who shows the key.
func New(key string) *Simulator {
	s := &Simulator{key: key, ended: make(chan struct{})}
	s.mux.HandleFunc("POST /v1/audio/transcriptions", s.transcribe)
	s.mux.HandleFunc("POST /v1/chat/completions", s.complete)
	s.Says("Hello.")
	return s
}

// Listen serves it at an address until Close, and returns its URL.
func (s *Simulator) Listen(address string) (string, error) {
	server, err := simulator.Serve(address, &s.mux)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = server
	return server.URL + "/v1", nil
}

// Close ends it, and whom it lets wait.
func (s *Simulator) Close() {
	s.mu.Lock()
	server := s.server
	s.server = nil
	s.mu.Unlock()
	if server != nil {
		close(s.ended)
		server.Close()
	}
}

// Asked are the questions that came, the oldest first.
func (s *Simulator) Asked() []Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Asked{}, s.asked...)
}

// Says has it hear, or answer, this from now on.
func (s *Simulator) Says(text string) {
	s.Answers(func(w http.ResponseWriter, r *http.Request) {
		var body any = map[string]any{"text": text}
		if strings.HasSuffix(r.URL.Path, "/completions") {
			body = map[string]any{"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": Message{"assistant", text}}}}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(body)
	})
}

// Fails has it refuse with a status from now on.
func (s *Simulator) Fails(status int) {
	s.Answers(func(w http.ResponseWriter, _ *http.Request) { refuse(w, status, "as it was told to") })
}

// Hangs has it answer nothing from now on, until it is closed or whoever asks goes.
func (s *Simulator) Hangs() {
	s.Answers(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-s.ended:
		}
	})
}

// Answers has it answer like that from now on.
func (s *Simulator) Answers(answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"type": "invalid_request_error", "message": message}})
}

func (s *Simulator) transcribe(w http.ResponseWriter, r *http.Request) {
	file, head, err := r.FormFile("file")
	if err != nil || r.FormValue("model") == "" || r.FormValue("response_format") != "json" || !strings.Contains(head.Filename, ".") || r.ContentLength <= 0 {
		refuse(w, http.StatusBadRequest, "file, model and response_format are required")
		return
	}
	content, err := io.ReadAll(file)
	if err != nil {
		refuse(w, http.StatusBadRequest, "the file broke off")
		return
	}
	s.take(w, r, Asked{Model: r.FormValue("model"), File: content, Name: head.Filename, Type: head.Header.Get("Content-Type")})
}

func (s *Simulator) complete(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Model    string
		Messages []Message
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Model == "" || len(asked.Messages) == 0 {
		refuse(w, http.StatusBadRequest, "model and messages are required")
		return
	}
	s.take(w, r, Asked{Model: asked.Model, Messages: asked.Messages})
}

// take keeps a question and answers it.
func (s *Simulator) take(w http.ResponseWriter, r *http.Request, a Asked) {
	a.Path, a.Key = r.URL.Path, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	s.asked = append(s.asked, a)
	answer := s.answer
	s.mu.Unlock()
	if a.Key != s.key {
		refuse(w, http.StatusUnauthorized, "Incorrect API key provided")
		return
	}
	answer(w, r)
}
