package gateway

import (
	"encoding/json"
	"fmt"
	"time"

	"ringback/gateway/rules"
)

// readQuestions sorts what the contact was asked, the newest first, into the
// situation. A tapped button answers the question that it stands below, and no
// other.
func readQuestions(raw *string, s *rules.Situation) error {
	if raw == nil {
		return nil
	}
	var all []struct {
		ID         string        `json:"id"`
		Kind       string        `json:"kind"`
		AskedAt    time.Time     `json:"asked_at"`
		Ticket     string        `json:"ticket"`
		Number     int64         `json:"number"`
		Answer     *rules.Answer `json:"answer"`
		AnsweredAt *time.Time    `json:"answered_at"`
		Told       bool          `json:"told"`
		Cancelled  bool          `json:"cancelled"`
	}
	if err := json.Unmarshal([]byte(*raw), &all); err != nil {
		return fmt.Errorf("background: requests: %w", err)
	}
	_, tapped := rules.Tapped(s.Event.Reply)
	var takenBack time.Time // the newest question of those that were
	for _, one := range all {
		q := &rules.Question{ID: one.ID, Kind: one.Kind, AskedAt: one.AskedAt, Ticket: one.Ticket, Number: one.Number, Answer: one.Answer, Told: one.Told}
		words := one.Kind == rules.AskApproval || one.Kind == rules.AskRating || one.Kind == rules.AskResolved
		switch {
		case words && tapped != "" && one.ID != tapped: // the button is another question's
		case one.Cancelled:
			if words && one.AskedAt.After(takenBack) {
				takenBack = one.AskedAt
			}
		case one.AnsweredAt != nil && words:
			q.AnsweredAt = *one.AnsweredAt
			if s.Answered == nil || q.AnsweredAt.After(s.Answered.AnsweredAt) {
				s.Answered = q
			}
		case one.AnsweredAt != nil:
		case words && tapped == "" && !takenBack.IsZero(): // it is older than what was taken back
		case words && s.Question == nil:
			s.Question = q
		case one.Kind == rules.AskPhotoVideo && s.Photo == nil:
			s.Photo = q
		}
	}
	// Who answers what was taken back answers nothing that was asked before it:
	// they say something, for the staff to read.
	if s.Answered != nil && !takenBack.Before(s.Answered.AnsweredAt) {
		s.Answered = nil
	}
	return nil
}
