package main

import (
	"fmt"
	"strings"

	"ringback/channels/simulator/twilio"
)

// heard is one thing that was heard or done in a call.
type heard struct {
	At     string   `json:"at"`   // since the call began: 0:04
	Does   string   `json:"does"` // say, play, gather, keys, dial, whisper, talk, record
	Text   string   `json:"text,omitempty"`
	Phones []string `json:"phones,omitempty"` // the advisors' that have to do with it
	Words  string   `json:"words"`            // the same for a person
}

// inCall is a moment of a call in words.
func inCall(m twilio.CallMoment) heard {
	h := heard{At: fmt.Sprintf("%d:%02d", m.Seconds/60, m.Seconds%60), Does: m.Doing, Text: m.Text, Phones: m.Phones}
	phones := strings.Join(m.Phones, ", ")
	switch m.Doing {
	case "say":
		h.Words = "hears: " + m.Text
	case "play":
		h.Words = "hears a recording: " + m.Text
	case "gather":
		h.Words = "is waited for to press a key"
	case "keys":
		h.Words = "presses " + m.Text
	case "dial":
		h.Words = "hears it ring: " + phones
	case "whisper":
		h.Words = phones + " picks up and hears: " + m.Text
	case "talk":
		h.Words = "talks with " + phones
	case "record":
		h.Words = "hears the tone: what is said is recorded"
		if m.Text != "" {
			h.Words = "speaks"
		}
	default:
		h.Words = m.Doing
	}
	return h
}
