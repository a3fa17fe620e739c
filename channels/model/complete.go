package model

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"ringback/channels/fit"
)

// Role is whose a message of a conversation is.
type Role string

// The roles: what we want, what a stranger wrote, what was answered.
const (
	System    Role = "system"
	User      Role = "user"
	Assistant Role = "assistant"
)

// Message is one of a conversation that is to go on.
type Message struct {
	Role    Role   `json:"role"`
	Content string `json:"content"`
}

// Complete returns what comes next in a conversation, in lines of at most so many
// characters together; empty: nothing.
func (s *Server) Complete(ctx context.Context, said []Message, limit int) (string, error) {
	body, err := json.Marshal(struct {
		Model    string    `json:"model"`
		Messages []Message `json:"messages"`
	}{s.Model, said})
	if err != nil {
		return "", fmt.Errorf("the conversation: %w", err)
	}
	var next struct {
		Choices []struct {
			Message struct {
				Content string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
	}
	if err := s.ask(ctx, "/chat/completions", "application/json", bytes.NewReader(body), int64(len(body)), &next); err != nil {
		return "", err
	}
	if len(next.Choices) == 0 {
		return "", nil
	}
	return fit.Lines(spoken(next.Choices[0].Message.Content), limit), nil
}

// spoken is an answer without what some models think aloud before it.
func spoken(text string) string {
	if _, after, thought := strings.Cut(text, "</think>"); thought {
		return after
	}
	return text
}
