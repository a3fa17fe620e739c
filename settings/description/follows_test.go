package description_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/description"
)

// stands is all that a company has, by the team's, kind's and field's names: what a plan
// speaks of.
func (w *world) stands() map[string]any {
	w.Helper()
	all := map[string]any{}
	note := func(team, kind, name string, one any) {
		raw, err := json.Marshal(one)
		require.NoError(w, err)
		var fields map[string]any
		require.NoError(w, json.Unmarshal(raw, &fields))
		for _, moves := range []string{"id", "created_at", "updated_at", "calendar", "health", "held_templates", "check"} {
			delete(fields, moves)
		}
		if own, is := fields["settings"].(map[string]any); is { // a description has them beside the others
			delete(fields, "settings")
			maps.Copy(fields, own)
		}
		all[strings.Join([]string{team, kind, name}, "|")] = fields
	}
	teams, err := settings.ListTeams(w.Context(), w.DB, w.By.CompanyID, nil, "", "", 100)
	require.NoError(w, err)
	for _, team := range teams {
		note(team.Name, "team", team.Name, team)
		_, err := settings.EditTeam(w.Context(), w.DB, w.By.CompanyID, team.ID, "test", func(e *settings.Edit) error {
			senders, err := e.Senders(w.Context())
			require.NoError(w, err)
			for _, s := range senders {
				note(team.Name, "sender", string(s.Kind)+" "+s.Address, s)
			}
			schedules, err := e.Schedules(w.Context())
			require.NoError(w, err)
			for _, s := range schedules {
				note(team.Name, "schedule", s.Title, s)
			}
			holidays, err := e.Holidays().All(w.Context(), w.Now)
			require.NoError(w, err)
			for _, h := range holidays {
				name := h.Title
				if h.From != nil {
					name += " " + *h.From
				}
				note(team.Name, "holiday", name, h)
			}
			for _, key := range []string{"customer_call_missed", "after_hours_text", "welcome_text"} {
				if s, err := e.Automation(w.Context(), key); err == nil {
					note(team.Name, "automation", key, s)
				}
			}
			return nil
		})
		require.NoError(w, err)
	}
	return all
}

// planned is what a plan says differs: a thing, and of one that was there each of its own
// fields as well.
func planned(plan description.Plan) []string {
	all := map[string]bool{}
	for _, c := range plan.Changes {
		thing := strings.Join([]string{c.Team, c.Kind, c.Name}, "|")
		switch c.Does {
		case description.Create, description.Delete:
			all[thing] = true
		case description.Alter:
			for _, f := range c.Fields {
				own, _, _ := strings.Cut(f.Field, ".")
				all[thing+"|"+own] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// differs is what is another between two times, in the words of planned. What comes with
// a new team goes with its line.
func differs(before, after map[string]any) []string {
	all := map[string]bool{}
	things := maps.Clone(before)
	maps.Copy(things, after)
	for thing := range things {
		was, there := before[thing].(map[string]any)
		is, stays := after[thing].(map[string]any)
		if !there || !stays {
			all[thing] = true
			continue
		}
		fields := maps.Clone(was)
		maps.Copy(fields, is)
		for name := range fields {
			a, _ := json.Marshal(was[name])
			b, _ := json.Marshal(is[name])
			if string(a) != string(b) {
				all[thing+"|"+name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// TestThePlanNamesWhatWillDiffer: each field that is another afterwards stands in the
// plan, of what the file says and of what follows from it, and nothing else does.
func TestThePlanNamesWhatWillDiffer(t *testing.T) {
	w := newWorld(t)
	w.applied(`
teams:
  - {name: A, time_zone: America/Chicago}
  - {name: B, time_zone: Europe/Warsaw, senders: [{kind: sms, address: +48221234567}], holidays: [{title: Fair, from: 2026-09-12}]}
`)
	for _, text := range []string{
		`teams: [{name: A, language: pl}]`,
		`teams: [{name: A, senders: [{kind: sms, address: +14165550100}]}]`,
		`teams: [{name: A, ring_last_advisor: true, senders: [{kind: voice, address: +442079460000}, {kind: webchat, address: a-site}]}]`,
		`teams: [{name: A, allowed_countries: [US, DE], senders: [{kind: sms, address: +33142345678}]}]`,
		`teams: [{name: A, allowed_countries: [], senders: [{kind: sms, address: +390612345678}]}]`,
		`teams: [{name: A, time_zone: Europe/Berlin, voice: {ring_seconds: 31}, holidays: [{title: Day, from: 2026-10-01}]}]`,
		`teams: [{name: B, senders: [{kind: sms, address: +48221234567, messages_per_second: 3}, {kind: sms, address: +48221234568}]}]`,
		`teams: [{name: B, senders: [{kind: sms, address: +4930123456}], prune: {senders: true}}]`,
		`teams: [{name: B, automations: {customer_call_missed: {enabled: false}}, holidays: [], prune: {holidays: true}}]`,
		`teams: [{name: B, schedules: [{title: Day, starts_at: 2026-01-05T08:00:00, ends_at: 2026-01-05T17:00:00, rrule: FREQ=DAILY, business_hours: true}], prune: {schedules: true}}]`,
		`teams: [{name: B, language: pl}]`,
		`teams: [{name: B, language: pl}]`,
	} {
		file, err := description.Read("test.yaml", strings.NewReader(text))
		require.NoError(t, err)
		plan, err := description.Apply(t.Context(), w.Config, file, true)
		require.NoError(t, err, text)
		before := w.stands()
		made, err := w.apply(text)
		require.NoError(t, err, text)
		require.Equal(t, plan, made, text)
		require.Equal(t, differs(before, w.stands()), planned(plan), text)
	}
}
