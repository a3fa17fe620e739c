package settings

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/channels/gsm7"
	"ringback/settings/automations"
)

// SaveAutomations stores what choose returns for the team's automations, all or
// none. Choose sees the team and its 14 as they stand, under the edit's lock;
// its error undoes everything. Faults are named by the place in what it
// returned: automations[3].message.
func SaveAutomations(
	ctx context.Context, db *sqlx.DB, companyID, teamID, who string,
	choose func(Team, []automations.Setting) ([]automations.Setting, error),
) error {
	company, err := FindCompany(ctx, db, companyID)
	if err != nil {
		return err
	}
	_, err = EditTeam(ctx, db, companyID, teamID, who, func(e *Edit) error {
		stored, err := e.Automations(ctx)
		if err != nil {
			return err
		}
		chosen, err := choose(e.Team, stored)
		if err != nil {
			return err
		}
		var wrong Invalid
		for n, s := range chosen {
			wrong = append(wrong, CheckAutomation(fmt.Sprintf("automations[%d].", n), company.Name, e.Team, s)...)
		}
		if len(wrong) > 0 {
			return wrong
		}
		return e.SaveAutomations(ctx, chosen)
	})
	return err
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

// Preview is a text with sample values, as it is and in plain letters.
type Preview struct {
	Cost
	Plain Cost `json:"plain" doc:"The same in plain letters, which is how SMS go out while plain_letters is on"`
}

// PreviewAutomation is what a changed automation would look like and cost; it
// stores nothing. The team comes with it.
func PreviewAutomation(
	ctx context.Context, db *sqlx.DB, companyID, teamID, key string,
	change func(automations.Setting) (automations.Setting, error),
) (Preview, Team, error) {
	snapshot, err := Load(ctx, db, companyID, teamID)
	if err != nil {
		return Preview{}, Team{}, err
	}
	s, known := snapshot.Automations[key]
	if !known {
		return Preview{}, snapshot.Team, ErrNotFound
	}
	if s, err = change(s); err != nil {
		return Preview{}, snapshot.Team, err
	}
	if wrong := CheckAutomation("", snapshot.Company, snapshot.Team, s); len(wrong) > 0 {
		return Preview{}, snapshot.Team, wrong
	}
	text := Sample(snapshot.Company, snapshot.Team, s)
	return Preview{costOf(text), costOf(gsm7.Plain(text))}, snapshot.Team, nil
}
