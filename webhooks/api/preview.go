package api

import (
	"context"
	"fmt"

	"ringback/channels/gsm7"
	"ringback/settings"
)

// preview is a text with sample values, as it is and in plain letters.
type preview struct {
	Cost
	Plain    Cost     `json:"plain" doc:"The same in plain letters, which is how SMS go out while plain_letters is on"`
	Warnings []string `json:"warnings" nullable:"false"`
}

// Cost is a text and what it costs as an SMS.
type Cost struct {
	Text       string `json:"text"`
	Encoding   string `json:"encoding" doc:"GSM-7 or UCS-2"`
	Characters int    `json:"characters"`
	Segments   int    `json:"segments" doc:"What is billed"`
}

func costOf(text string) Cost {
	c := gsm7.Count(text)
	return Cost{text, string(c.Encoding), c.Characters, c.Segments}
}

type previewAutomation struct {
	AutomationPath
	JSON
}

func (r routes) previewAutomation(ctx context.Context, in *previewAutomation) (*Answer[preview], error) {
	snapshot, err := settings.Load(ctx, r.DB, caller(ctx).CompanyID, in.Team)
	if err != nil {
		return nil, err
	}
	s, known := snapshot.Automations[in.Key]
	if !known {
		return nil, settings.ErrNotFound
	}
	if s, err = read(in.Body, s); err != nil {
		return nil, err
	}
	if wrong := settings.CheckAutomation("", snapshot.Company, snapshot.Team, s); len(wrong) > 0 {
		return nil, wrong
	}
	text := settings.Sample(snapshot.Company, snapshot.Team, s)
	p := preview{Cost: costOf(text), Plain: costOf(gsm7.Plain(text)), Warnings: []string{}}
	sent := p.Cost
	if snapshot.Team.PlainLetters {
		sent = p.Plain
	}
	if sent.Segments > 2 {
		p.Warnings = append(p.Warnings, fmt.Sprintf("As an SMS this text is %d segments long, and each is billed.", sent.Segments))
	}
	if sent.Encoding == string(gsm7.UCS2) {
		p.Warnings = append(p.Warnings, fmt.Sprintf("Some of its letters leave room for 70 in a segment instead of 160; in plain letters it would be %d.", p.Plain.Segments))
	}
	return &Answer[preview]{Body: p}, nil
}
