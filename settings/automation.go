package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"

	"github.com/jmoiron/sqlx"

	"ringback/settings/automations"
	"ringback/settings/fault"
)

const insertAutomation = `
insert into automations (company_id, team_id, key, settings) values ($1, $2, $3, $4::jsonb)`

func (e *Edit) addAutomations(ctx context.Context) error {
	for _, d := range automations.All {
		raw, err := json.Marshal(d.Initial())
		if err != nil {
			return err
		}
		_, err = e.tx.ExecContext(ctx, insertAutomation, e.Team.CompanyID, e.Team.ID, d.Key, string(raw))
		if err != nil {
			return wrap(err, "automation "+d.Key)
		}
	}
	return nil
}

const listAutomations = `select settings from automations where company_id = $1 and team_id = $2`

// ListAutomations returns the team's 14 automations, in the order of
// automations.All.
func ListAutomations(ctx context.Context, q sqlx.QueryerContext, companyID, teamID string) ([]automations.Setting, error) {
	var rows []json.RawMessage
	if err := sqlx.SelectContext(ctx, q, &rows, listAutomations, companyID, teamID); err != nil {
		return nil, wrap(err, "automations")
	}
	stored := make([]automations.Setting, len(rows))
	for n, row := range rows {
		if err := json.Unmarshal(row, &stored[n]); err != nil {
			return nil, wrap(err, "automations")
		}
	}
	return complete(stored), nil
}

// complete puts the settings in order and fills in the automations that the
// team has no row of yet, because they came with a newer version.
func complete(stored []automations.Setting) []automations.Setting {
	all := make([]automations.Setting, 0, len(automations.All))
	for _, d := range automations.All {
		s := d.Initial()
		at := slices.IndexFunc(stored, func(s automations.Setting) bool { return s.Key == d.Key })
		if at >= 0 {
			chosen := s.Options // a new option starts with its default
			s = stored[at]
			for name, value := range s.Options {
				chosen[name] = value
			}
			s.Options = chosen
		}
		all = append(all, s)
	}
	return all
}

// Automations returns the team's 14 as they stand under the edit's lock.
func (e *Edit) Automations(ctx context.Context) ([]automations.Setting, error) {
	return ListAutomations(ctx, e.tx, e.Team.CompanyID, e.Team.ID)
}

// Automation returns one of them.
func (e *Edit) Automation(ctx context.Context, key string) (automations.Setting, error) {
	all, err := e.Automations(ctx)
	if err != nil {
		return automations.Setting{}, err
	}
	at := slices.IndexFunc(all, func(s automations.Setting) bool { return s.Key == key })
	if at < 0 {
		return automations.Setting{}, fmt.Errorf("automation %q: %w", key, ErrNotFound)
	}
	return all[at], nil
}

const saveAutomation = `
insert into automations (company_id, team_id, key, settings) values ($1, $2, $3, $4::jsonb)
on conflict (company_id, team_id, key) do update set settings = excluded.settings, updated_at = now()`

// SaveAutomations stores these automations, all or none. The caller has
// checked them with CheckAutomation, which can name the field.
func (e *Edit) SaveAutomations(ctx context.Context, chosen []automations.Setting) error {
	before, err := e.Automations(ctx)
	if err != nil {
		return err
	}
	for _, s := range chosen {
		at := slices.IndexFunc(before, func(b automations.Setting) bool { return b.Key == s.Key })
		if at < 0 {
			return fmt.Errorf("automation %q: %w", s.Key, ErrNotFound)
		}
		changed, err := e.record(ctx, "automation", s.Key, before[at], s)
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		raw, err := json.Marshal(s)
		if err != nil {
			return err
		}
		_, err = e.tx.ExecContext(ctx, saveAutomation, e.Team.CompanyID, e.Team.ID, s.Key, string(raw))
		if err != nil {
			return wrap(err, "automation "+s.Key)
		}
	}
	return nil
}

// CheckAutomation returns what is wrong with a setting before it is saved.
// Prefix stands before each field's name: "automations[3].".
func CheckAutomation(prefix, company string, team Team, s automations.Setting) Invalid {
	var wrong Invalid
	d, known := automations.Find(s.Key)
	if !known {
		return Invalid{fault.New(prefix+"key", "no_automation", "Key", s.Key)}
	}
	for _, f := range checkText(company, team, s) {
		wrong = append(wrong, f.At(prefix+f.Field))
	}
	for field, words := range map[string]string{"message": s.Message, "extra_message": s.ExtraMessage} { // one that says nothing is not composed
		told := slices.ContainsFunc(wrong, func(f fault.Fault) bool { return f.Field == prefix+field })
		wrong.Add(!told && !fault.Storable(words), prefix+field, "unstorable")
	}
	for _, f := range d.CheckOptions(s.Options) {
		wrong = append(wrong, f.At(prefix+"options."+f.Field))
	}
	sort.SliceStable(wrong, func(a, b int) bool { return wrong[a].Field < wrong[b].Field })
	return wrong
}
