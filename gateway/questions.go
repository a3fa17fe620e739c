package gateway

import (
	"encoding/json"
	"fmt"
	"time"

	"ringback/gateway/rules"
)

// readQuestions reads what the contact was asked, the newest first, into the
// situation.
func readQuestions(raw *string, s *rules.Situation) error {
	if raw == nil {
		return nil
	}
	var all []struct {
		ID          string        `json:"id"`
		Kind        string        `json:"kind"`
		AskedAt     time.Time     `json:"asked_at"`
		Ticket      string        `json:"ticket"`
		Number      int64         `json:"number"`
		Answer      *rules.Answer `json:"answer"`
		AnsweredAt  *time.Time    `json:"answered_at"`
		Told        bool          `json:"told"`
		WithdrawnAt *time.Time    `json:"withdrawn_at"`

		AdvisorSince bool `json:"advisor_since"`
	}
	if err := json.Unmarshal([]byte(*raw), &all); err != nil {
		return fmt.Errorf("background: requests: %w", err)
	}
	for _, one := range all {
		q := rules.Question{
			ID: one.ID, Kind: one.Kind, AskedAt: one.AskedAt, Ticket: one.Ticket, Number: one.Number, AdvisorSince: one.AdvisorSince,
			Answer: one.Answer, Told: one.Told,
		}
		if one.AnsweredAt != nil {
			q.AnsweredAt = *one.AnsweredAt
		}
		if one.WithdrawnAt != nil {
			q.WithdrawnAt = *one.WithdrawnAt
		}
		s.Questions = append(s.Questions, q)
	}
	return nil
}
