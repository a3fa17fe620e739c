package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

func (b *browser) schedules() string { return "/teams/" + b.team + "/schedules" }

// kept is the team's schedules, in their order.
func (b *browser) kept() []settings.Schedule {
	b.t.Helper()
	all, err := settings.ListSchedules(b.t.Context(), b.db, b.gate.Company, b.team, "", settings.MaxSchedules)
	require.NoError(b.t, err)
	return all
}

func plain(answer page) string {
	return regexp.MustCompile(`\s+`).ReplaceAllString(answer.text, " ")
}

func TestAScheduleIsMadeChangedAndDeleted(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.clock.Stop(time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)) // a Wednesday
	form := b.get(b.schedules()+"/new").form(t, "schedule")
	require.Equal(t, "2026-06-03", form.Get("date"))
	form.Set("title", `Nights "<b>`)
	form["days"] = []string{"MO", "TU", "WE", "SA"}
	form.Set("from", "22:00")
	form.Set("to", "06:00")
	form.Set("until", "2026-12-31")
	form.Set("business", "no")
	b.ask("POST", b.schedules(), form).leadsTo(t, b.schedules())
	made := b.kept()[0]
	require.Equal(t, []any{"2026-06-03T22:00", "2026-06-04T06:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,SA;UNTIL=20261231", false, `Nights "<b>`},
		[]any{made.StartsAt, made.EndsAt, *made.RRule, *made.BusinessHours, made.Title})

	list := plain(b.get(b.schedules()))
	require.Contains(t, list, "Monday–Wednesday, Saturday, 22:00–06:00, until 31 December")
	require.Contains(t, list, "Nights &#34;&lt;b&gt;")
	require.Contains(t, list, "Right now: open until 17:00, because “Weekdays” is in effect.")

	again := b.get(b.schedules()+"/"+made.ID).form(t, "schedule")
	require.Equal(t, form, again, "what is stored comes back as it was filled in")
	again.Set("kind", "custom")
	again.Set("rrule", "FREQ=MONTHLY;BYDAY=1SA")
	again.Set("end_date", "2026-06-06")
	b.ask("POST", b.schedules()+"/"+made.ID, again).leadsTo(t, b.schedules())
	require.Equal(t, "FREQ=MONTHLY;BYDAY=1SA", *b.kept()[0].RRule)
	require.Equal(t, "2026-06-06T06:00", b.kept()[0].EndsAt)
	again = b.get(b.schedules()+"/"+made.ID).form(t, "schedule")
	require.Equal(t, []string{"custom", "2026-06-06"}, []string{again.Get("kind"), again.Get("end_date")})
	again.Set("kind", "once")
	again.Set("end_date", "")
	b.ask("POST", b.schedules()+"/"+made.ID, again).leadsTo(t, b.schedules())
	require.Nil(t, b.kept()[0].RRule)
	require.Equal(t, "2026-06-04T06:00", b.kept()[0].EndsAt)

	b.post(b.schedules()+"/"+made.ID+"/delete").leadsTo(t, b.schedules())
	require.Len(t, b.kept(), 1)
	require.Equal(t, http.StatusNotFound, b.get(b.schedules()+"/"+made.ID).status)
	require.Equal(t, http.StatusNotFound, b.post(b.schedules()+"/"+made.ID+"/delete").status)
}

func TestWhatCannotBeAScheduleIsSaidBesideItsField(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	good := b.get(b.schedules()+"/new").form(t, "schedule")
	good.Set("title", "Good")
	for _, one := range []struct{ kind, field, value, fault string }{
		{"weekly", "title", "", `id="title-fault">Give it a name`},
		{"weekly", "days", "", `id="days-fault">Choose at least one day`},
		{"weekly", "date", "", `id="starts-fault">Choose a day`},
		{"daily", "from", "25:00", `id="starts-fault">Choose a day`},
		{"once", "end_date", "2001-01-01", `id="ends-fault">The end must come after`},
		{"custom", "rrule", "FREQ=SOMETIMES", `id="rrule-fault">This rule cannot be used.`},
		{"weekly", "time_zone", "Nowhere", `id="zone-fault">Choose one`},
	} {
		form := url.Values{}
		for name, values := range good {
			form[name] = values
		}
		form.Set("kind", one.kind)
		form.Set(one.field, one.value)
		if one.value == "" {
			form.Del(one.field)
		}
		answer := b.ask("POST", b.schedules(), form)
		require.Equal(t, http.StatusUnprocessableEntity, answer.status, one.field)
		require.Contains(t, answer.text, one.fault)
		shown := answer.form(t, "schedule")
		require.Equal(t, one.value, shown.Get(one.field), "nothing typed is lost")
		require.Equal(t, map[string]string{
			"title": "title", "days": "days-fault", "date": "from", "from": "from", "end_date": "to", "rrule": "rrule", "time_zone": "time_zone",
		}[one.field], answer.focused(t), one.field)
	}
	require.Len(t, b.kept(), 1)
	for range settings.MaxSchedules - 1 {
		b.ask("POST", b.schedules(), good).leadsTo(t, b.schedules())
	}
	full := b.ask("POST", b.schedules(), good)
	require.Equal(t, http.StatusUnprocessableEntity, full.status)
	require.Contains(t, full.text, "There are 25 schedules already")
	require.Contains(t, full.text, `tabindex="-1" autofocus role="alert">There are 25`, "what is wrong with the whole is gone to as well")
}

func TestATeamWithoutASchedule(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	only := b.kept()[0].ID
	for range 2 {
		b.post(b.schedules()+"/"+only+"/switch", "enabled", "false").leadsTo(t, b.schedules())
	}
	require.False(t, b.kept()[0].Enabled)
	require.Contains(t, b.get(b.schedules()).text, "This team is always closed.")
	b.post(b.schedules()+"/"+only+"/switch", "enabled", "true").leadsTo(t, b.schedules())
	require.NotContains(t, b.get(b.schedules()).text, "always closed")
	require.Equal(t, http.StatusUnprocessableEntity, b.get(b.schedules()+"?week=x").status)
}

// TestSchedulesThatMeetAreHintedAt: they are kept, and the list and the page of each
// say which other one it meets, when first, which counts, and who is in both.
func TestSchedulesThatMeetAreHintedAt(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.clock.Stop(time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)) // a Wednesday, 7 in Chicago
	const none = `class="small schedule-hints"`
	only := b.kept()[0]
	require.NotContains(t, b.get(b.schedules()).text, none)
	require.NotContains(t, b.get(b.schedules()+"/"+only.ID).text, none)

	form := b.get(b.schedules()+"/"+only.ID).form(t, "schedule")
	staff, err := settings.ListStaff(t.Context(), b.db, b.gate.Company, nil, "", "", 10)
	require.NoError(t, err)
	form["advisors"] = []string{staff[0].ID}
	b.ask("POST", b.schedules()+"/"+only.ID, form).leadsTo(t, b.schedules())
	form.Set("title", "Lunch <b>")
	form.Set("from", "12:00")
	form.Set("to", "12:30")
	form.Set("date", "2026-06-03")
	form["days"] = []string{"TH"}
	b.ask("POST", b.schedules(), form).leadsTo(t, b.schedules())
	lunch := b.kept()[0]
	older := "At the same time as “Lunch &lt;b&gt;” (first time: tomorrow 12:00). That one is higher in the list, so it counts then. In both: " + staff[0].Name + "."
	newer := "At the same time as “Weekdays” (first time: tomorrow 12:00). This one is higher in the list, so it counts then."
	list := plain(b.get(b.schedules()))
	require.Contains(t, list, older)
	require.Contains(t, list, newer)
	require.Contains(t, plain(b.get(b.schedules()+"/"+only.ID)), older)
	require.Contains(t, plain(b.get(b.schedules()+"/"+lunch.ID)), newer)

	form.Set("title", "All week")
	form["days"] = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	form.Set("from", "00:00")
	form.Set("to", "00:00")
	b.ask("POST", b.schedules(), form).leadsTo(t, b.schedules())
	covered := "Never in effect in the coming year: a holiday or a schedule higher in the list lies over each of its times (first time: tomorrow 12:00, “All week”)."
	require.Contains(t, plain(b.get(b.schedules()+"/"+lunch.ID)), covered)
	b.post(b.schedules()+"/"+b.kept()[0].ID+"/switch", "enabled", "false")
	b.post(b.schedules()+"/"+lunch.ID+"/switch", "enabled", "false")
	require.NotContains(t, b.get(b.schedules()).text, none, "what is switched off meets nobody")
}
