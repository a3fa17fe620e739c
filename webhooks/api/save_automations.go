package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"ringback/settings"
	"ringback/settings/automations"
	"ringback/settings/fault"
)

type saveAutomations struct {
	OfTeam
	IfMatch []string `header:"If-Match"`
	JSON
}

func (r routes) saveAutomations(ctx context.Context, in *saveAutomations) (*tagged[automationList], error) {
	p := caller(ctx)
	if len(in.IfMatch) == 0 {
		return nil, errNoIfMatch
	}
	err := settings.SaveAutomations(ctx, r.DB, p.CompanyID, in.Team, p.Who, func(t settings.Team, stored []automations.Setting) ([]automations.Setting, error) {
		if err := matches(in.IfMatch, t); err != nil {
			return nil, err
		}
		return readAll(in.Body, stored)
	})
	if err != nil {
		return nil, err
	}
	snapshot, err := settings.Load(ctx, r.DB, p.CompanyID, in.Team)
	if err != nil {
		return nil, err
	}
	return shownAll(snapshot), nil
}

// readAll reads the body of a save: each of the 14 once, in any order.
func readAll(raw json.RawMessage, stored []automations.Setting) ([]automations.Setting, error) {
	var body struct {
		Automations []json.RawMessage `json:"automations"`
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		return nil, err
	}
	var wrong settings.Invalid
	var chosen []automations.Setting
	for n, item := range body.Automations {
		prefix := fmt.Sprintf("automations[%d].", n)
		s, err := readItem(item, stored)
		var faults settings.Invalid
		if errors.As(err, &faults) {
			for _, f := range faults {
				wrong = append(wrong, f.At(prefix+f.Field))
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(chosen, func(c automations.Setting) bool { return c.Key == s.Key }) {
			wrong = append(wrong, fault.New(prefix+"key", "automation_twice", "Key", s.Key))
			continue
		}
		chosen = append(chosen, s)
	}
	for _, s := range stored {
		if len(wrong) == 0 && !slices.ContainsFunc(chosen, func(c automations.Setting) bool { return c.Key == s.Key }) {
			wrong = append(wrong, fault.New("automations", "automation_missing", "Key", s.Key))
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return chosen, nil
}

// readItem writes one item over the stored setting of its key. Options are
// replaced whole: those not named go back to their defaults.
func readItem(item json.RawMessage, stored []automations.Setting) (automations.Setting, error) {
	var named struct {
		Key     string          `json:"key"`
		Options json.RawMessage `json:"options"`
	}
	if err := json.Unmarshal(item, &named); err != nil {
		return automations.Setting{}, err
	}
	at := slices.IndexFunc(stored, func(s automations.Setting) bool { return s.Key == named.Key })
	d, known := automations.Find(named.Key)
	if at < 0 || !known {
		return automations.Setting{}, settings.Refuse("key", "no_automation", "Key", named.Key)
	}
	s := stored[at]
	if named.Options != nil {
		s.Options = d.Initial().Options
	}
	return read(item, s)
}
