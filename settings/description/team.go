package description

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ringback/settings"
	"ringback/settings/automations"
)

// all changes the team under its lock.
func (t *teamRun) all(ctx context.Context, fresh bool) error {
	before := t.edit.Team
	err := t.own(ctx, fresh)
	if err == nil {
		err = t.messages(ctx)
	}
	if err == nil {
		err = t.schedules(ctx, fresh)
	}
	if err == nil {
		err = t.senders(ctx)
	}
	if err == nil && !fresh {
		err = t.follows(before)
	}
	if err == nil {
		err = t.holidays(ctx, t.edit.Holidays(), "holiday")
	}
	return err
}

// describe writes what is said of the team over it.
func (t *teamRun) describe(ctx context.Context, team *settings.Team) error {
	said := maps.Clone(t.said)
	for _, part := range []string{"automations", "schedules", "senders", "holidays", "prune"} {
		delete(said, part)
	}
	if _, says := t.file.lines[t.path+".voice.options"]; says {
		team.Voice.Options = []settings.Option{} // they are described whole
	}
	if err := over(said, team); err != nil {
		return err
	}
	if team.DisplayName == "" {
		team.DisplayName = team.Name
	}
	for n, option := range team.Voice.Options {
		at := fmt.Sprintf("%s.voice.options[%d]", t.path, n)
		if _, said := t.file.lines[at]; !said {
			continue
		}
		var err error
		if team.Voice.Options[n].Team, err = t.teamNamed(ctx, option.Team); err != nil {
			return err
		}
		if team.Voice.Options[n].Advisors, err = t.people(ctx, at, option.Advisors); err != nil {
			return err
		}
	}
	return nil
}

// teamNamed is the id of the team of that name, or what was said.
func (t *teamRun) teamNamed(ctx context.Context, name string) (string, error) {
	if name == "" || settings.IsID(name) {
		return name, nil
	}
	all, err := settings.ListTeams(ctx, t.DB, t.By.CompanyID, nil, name, "", mostTeams)
	if at := slices.IndexFunc(all, func(team settings.Team) bool { return team.Name == name }); err == nil && at >= 0 {
		return all[at].ID, nil
	}
	return name, err
}

// people are the ids of who of the staff has these e-mail addresses; ids stay.
func (t *teamRun) people(ctx context.Context, path string, said []string) ([]string, error) {
	ids := make([]string, 0, len(said))
	for n, one := range said {
		if strings.Contains(one, "@") {
			m, err := settings.FindMemberByEmail(ctx, t.DB, t.By.CompanyID, one)
			if errors.Is(err, settings.ErrNotFound) {
				at := fmt.Sprintf("%s.advisors[%d]", path, n)
				t.fault(at, settings.Fault{Field: at, Code: "staff_id"}, "is nobody's e-mail address")
				continue
			}
			if err != nil {
				return nil, err
			}
			one = m.ID
		}
		ids = append(ids, one)
	}
	return ids, nil
}

// own changes the team's own settings.
func (t *teamRun) own(ctx context.Context, fresh bool) error {
	if fresh {
		t.team = t.edit.Team
		return t.did(Change{Kind: "team", Name: t.team.Name, Does: Create}, "create-team")
	}
	t.team = t.edit.Team
	if err := t.describe(ctx, &t.team); err != nil {
		return err
	}
	c := Change{Kind: "team", Name: t.team.Name, Does: None}
	var err error
	if c.Fields, err = differ(t.edit.Team, t.team); err != nil {
		return err
	}
	if len(c.Fields) > 0 {
		c.Does = Alter
		if err := t.refuse(t.path, t.edit.SaveTeam(ctx, t.team)); err != nil {
			return err
		}
	}
	return t.did(c, "change-team")
}

// follows notes what of the team's own settings is another than before, once its senders
// are as described: a new one adds the country of its number.
func (t *teamRun) follows(before settings.Team) error {
	own := slices.IndexFunc(t.changes, func(c Change) bool { return c.Kind == "team" })
	fields, err := differ(before, t.edit.Team)
	if err == nil && own >= 0 && len(fields) > 0 && len(t.wrong) == 0 {
		t.changes[own].Does, t.changes[own].Fields = Alter, fields
	}
	return err
}

// messages changes those automations that are described.
func (t *teamRun) messages(ctx context.Context) error {
	said, _ := t.said["automations"].(map[string]any)
	if len(said) == 0 {
		return nil
	}
	company, err := settings.FindCompany(ctx, t.DB, t.By.CompanyID)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(said)) {
		path := t.path + ".automations." + key
		s, err := t.edit.Automation(ctx, key)
		if errors.Is(err, settings.ErrNotFound) {
			t.fault(path, settings.Fault{Field: "key", Code: "no_automation", Params: map[string]any{"Key": key}}, "")
			continue
		}
		if err != nil {
			return err
		}
		m := messageOf(s)
		one, _ := said[key].(map[string]any)
		if err := over(one, &m); err != nil {
			return err
		}
		c := Change{Kind: "automation", Name: key, Does: None}
		if c.Fields, err = differ(messageOf(s), m); err != nil {
			return err
		}
		if len(c.Fields) > 0 {
			c.Does = Alter
			after := m.onto(s)
			if wrong := settings.CheckAutomation("", company.Name, t.team, after); len(wrong) > 0 {
				err = t.refuse(path, wrong)
			} else {
				err = t.edit.SaveAutomations(ctx, []automations.Setting{after})
			}
			if err != nil {
				return err
			}
		}
		if err := t.did(c, "save-automations"); err != nil {
			return err
		}
	}
	return nil
}
