package api

import (
	"context"
	"fmt"

	"ringback/channels/gsm7"
	"ringback/settings"
	"ringback/settings/automations"
)

// preview is a text with sample values, and what to know before it is saved.
type preview struct {
	settings.Preview
	Warnings []string `json:"warnings" nullable:"false"`
}

type previewAutomation struct {
	AutomationPath
	JSON
}

func (r routes) previewAutomation(ctx context.Context, in *previewAutomation) (*Answer[preview], error) {
	found, team, err := settings.PreviewAutomation(ctx, r.DB, caller(ctx).CompanyID, in.Team, in.Key, func(s automations.Setting) (automations.Setting, error) {
		return read(in.Body, s)
	})
	if err != nil {
		return nil, err
	}
	p := preview{found, []string{}}
	sent := p.Cost
	if team.PlainLetters {
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
