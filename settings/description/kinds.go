package description

import (
	"context"
	"strings"

	"ringback/settings"
)

// schedules brings the ring schedules to what is said. The one that a new team comes
// with goes where the file says which there are.
func (t *teamRun) schedules(ctx context.Context, fresh bool) error {
	stored, err := t.edit.Schedules(ctx)
	if err != nil {
		return err
	}
	return entries(t, kind[settings.Schedule]{
		name: "schedule", list: "schedules", stored: stored, shown: same[settings.Schedule],
		match: func(s settings.Schedule, said map[string]any) bool { return s.Title == text(said, "title") },
		named: func(s settings.Schedule) string { return s.Title },
		fresh: func() settings.Schedule {
			s := settings.NewSchedule()
			s.TimeZone = t.team.TimeZone
			return s
		},
		over: func(path string, said map[string]any, s *settings.Schedule) error {
			if err := over(said, s); err != nil {
				return err
			}
			s.StartsAt, s.EndsAt = minutes(s.StartsAt), minutes(s.EndsAt)
			if _, listed := said["advisors"]; !listed {
				return nil
			}
			s.Advisors, err = t.people(ctx, path, s.Advisors)
			return err
		},
		add: func(_ string, _ map[string]any, s settings.Schedule) error {
			_, err := t.edit.AddSchedule(ctx, s)
			return err
		},
		save: func(_ string, _ map[string]any, _, s settings.Schedule) error {
			_, err := t.edit.SaveSchedule(ctx, s)
			return err
		},
		remove: func(s settings.Schedule) error { return t.edit.DeleteSchedule(ctx, s.ID) },
	}, fresh || t.prunes("schedules"), "schedule")
}

// minutes is a wall-clock time as it is stored when its seconds are none.
func minutes(at string) string {
	if len(at) == len("2026-01-05T08:00:00") {
		return strings.TrimSuffix(at, ":00")
	}
	return at
}

// holidays brings the team's or the company's to what is said.
func (t *teamRun) holidays(ctx context.Context, e settings.HolidayEdit, operation string) error {
	stored, err := e.All(ctx, t.Now)
	if err != nil {
		return err
	}
	return entries(t, kind[settings.Holiday]{
		name: "holiday", list: "holidays", stored: stored, shown: same[settings.Holiday],
		match: func(h settings.Holiday, said map[string]any) bool {
			from := strings.TrimSpace(text(said, "from"))
			return h.Title == strings.TrimSpace(text(said, "title")) && (h.From == nil && from == "" || h.From != nil && *h.From == from)
		},
		named: func(h settings.Holiday) string {
			if h.From == nil {
				return h.Title
			}
			return h.Title + " " + *h.From
		},
		fresh: func() settings.Holiday { return settings.Holiday{} },
		over: func(_ string, said map[string]any, h *settings.Holiday) error {
			if _, says := said["messages"]; says {
				h.Messages = nil // they are described whole
			}
			if _, says := said["to"]; !says {
				h.To = h.From
			}
			err := over(said, h)
			if _, says := said["to"]; !says {
				h.To = h.From
			}
			*h = h.Tidied()
			return err
		},
		add: func(_ string, _ map[string]any, h settings.Holiday) error { _, err := e.Add(ctx, h); return err },
		save: func(_ string, _ map[string]any, before, h settings.Holiday) error {
			_, err := e.Save(ctx, before, h)
			return err
		},
		remove: func(h settings.Holiday) error { return e.Remove(ctx, h.ID) },
	}, t.prunes("holidays"), operation)
}

// company brings what all teams share to what is said.
func (t *teamRun) company(ctx context.Context) error {
	if err := t.By.Allowed("get-company"); err != nil {
		return err
	}
	of := settings.HolidaysOf{Company: t.By.CompanyID}
	err := settings.EditHolidays(ctx, t.DB, of, t.By.Who, func(e settings.HolidayEdit) error {
		t.changes, t.wrong = nil, nil
		return t.ends(t.holidays(ctx, e, "company-holiday"))
	})
	return t.done(err)
}
