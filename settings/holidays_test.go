package settings_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/settings/schedule"
)

var midsummer = time.Date(2026, 6, 24, 17, 0, 0, 0, time.UTC) // noon in Chicago

func days(from, to string) settings.Holiday {
	h := settings.Holiday{Title: "Closed", From: &from}
	if to != "" {
		h.To = &to
	}
	return h
}

func feed(address string) settings.Holiday { return settings.Holiday{Title: "Public", Feed: &address} }

// TestWhatCanBeAHoliday, and how it is written down.
func TestWhatCanBeAHoliday(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	of := settings.HolidaysOf{Company: team.CompanyID, Team: team.ID}
	with := func(h settings.Holiday, change func(*settings.Holiday)) settings.Holiday {
		change(&h)
		return h
	}
	said := func(key, words string) settings.Holiday {
		return with(days("2026-12-24", ""), func(h *settings.Holiday) { h.Messages = settings.Messages{key: words} })
	}
	for name, c := range map[string]struct {
		h    settings.Holiday
		want []string
	}{
		"a day":                         {days("2026-12-24", ""), nil},
		"some days":                     {days("2026-12-24", "2026-12-26"), nil},
		"days the wrong way round":      {days("2026-12-24", "2026-12-23"), []string{"to days_before"}},
		"a day that there is not":       {days("2026-02-30", ""), []string{"from day"}},
		"no days":                       {settings.Holiday{Title: "Closed"}, []string{"from empty"}},
		"an end without a beginning":    {with(days("", "2026-12-26"), func(h *settings.Holiday) { h.From = nil }), []string{"from empty"}},
		"no title":                      {with(days("2026-12-24", ""), func(h *settings.Holiday) { h.Title = " " }), []string{"title empty"}},
		"a title of two lines":          {with(days("2026-12-24", ""), func(h *settings.Holiday) { h.Title = "a\nb" }), []string{"title not_one_line"}},
		"a title of a hundred":          {with(days("2026-12-24", ""), func(h *settings.Holiday) { h.Title = long(100) }), nil},
		"of one more":                   {with(days("2026-12-24", ""), func(h *settings.Holiday) { h.Title = long(101) }), []string{"title too_long"}},
		"a calendar":                    {feed("https://example.com/holidays.ics"), nil},
		"a calendar as pages offer it":  {feed("webcal://example.com/holidays.ics"), nil},
		"a calendar in the open":        {feed("http://example.com/holidays.ics"), []string{"feed hook_https"}},
		"a calendar of our own house":   {feed("https://10.0.0.1/holidays.ics"), []string{"feed hook_private"}},
		"a calendar with a password":    {feed("https://a:b@example.com/holidays.ics"), []string{"feed hook_user"}},
		"words of its own":              {said(automations.AfterHoursText, "Merry Christmas! {{opens_at}}"), nil},
		"words of something else":       {said(automations.CustomerFirstChat, "Hello"), []string{"messages not_one_of"}},
		"words that nobody can fill in": {said(automations.AfterHoursCall, "{{nickname}}"), []string{"messages.after_hours_call no_placeholder"}},
		"a link to no page":             {said(automations.AfterHoursCall, "{{link}}"), []string{"messages.after_hours_call placeholder_never"}},
		"words that get too long":       {said(automations.AfterHoursTicket, strings.Repeat("a", 1400)), []string{"messages.after_hours_ticket text_too_long"}},
	} {
		made, err := settings.AddHoliday(t.Context(), db, of, "test", c.h)
		require.Equal(t, c.want, faults(t, err), name)
		if err == nil {
			require.Equal(t, made, must(settings.FindHoliday(t.Context(), db, of, made.ID))(t), name)
			require.NoError(t, settings.DeleteHoliday(t.Context(), db, of, "test", made.ID))
		}
	}
	space, webcal := " ", " webcal://example.com/a.ics "
	made, err := settings.AddHoliday(t.Context(), db, of, "test", with(days(" 2026-12-24 ", " "), func(h *settings.Holiday) {
		h.Title, h.Feed, h.Messages = " Christmas ", &space, settings.Messages{automations.AfterHoursText: " "}
	}))
	require.NoError(t, err)
	require.Equal(t, []any{"Christmas", "2026-12-24", "2026-12-24"}, []any{made.Title, *made.From, *made.To})
	require.Nil(t, made.Feed)
	require.Empty(t, made.Messages)
	made, err = settings.AddHoliday(t.Context(), db, of, "test", feed(webcal))
	require.NoError(t, err)
	require.Equal(t, "https://example.com/a.ics", *made.Feed)
	require.NotNil(t, made.Calendar)
	require.Nil(t, made.Calendar.FetchedAt)
}

// must is the value of a call that succeeds.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		require.NoError(t, err)
		return v
	}
}

// TestHolidaysAreTheirTeamsOrTheCompanys: neither door opens the other's, and what
// is saved moves the versions of the teams that it closes.
func TestHolidaysAreTheirTeamsOrTheCompanys(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	second := settings.NewTeam()
	second.Name, second.TimeZone = "Sales", "Pacific/Kiritimati"
	second, err := settings.CreateTeam(t.Context(), db, team.CompanyID, "test", second)
	require.NoError(t, err)
	mine, others, all := settings.HolidaysOf{Company: team.CompanyID, Team: team.ID}, settings.HolidaysOf{Company: team.CompanyID, Team: second.ID}, settings.HolidaysOf{Company: team.CompanyID}
	versions := func() [2]int64 {
		a, b := must(settings.FindTeam(t.Context(), db, team.CompanyID, team.ID))(t), must(settings.FindTeam(t.Context(), db, team.CompanyID, second.ID))(t)
		return [2]int64{a.Version - team.Version, b.Version - second.Version}
	}
	own := must(settings.AddHoliday(t.Context(), db, mine, "test", days("2026-12-24", "")))(t)
	require.Equal(t, [2]int64{1, 0}, versions())
	shared := must(settings.AddHoliday(t.Context(), db, all, "test", days("2026-12-25", "")))(t)
	require.Equal(t, [2]int64{2, 1}, versions())
	rename := func(h *settings.Holiday) error { h.Title = "Renamed"; return nil }
	for _, c := range []struct {
		of settings.HolidaysOf
		id string
	}{{others, own.ID}, {all, own.ID}, {mine, shared.ID}, {settings.HolidaysOf{Company: uuid.NewString()}, shared.ID}, {mine, uuid.NewString()}} {
		_, err := settings.ChangeHoliday(t.Context(), db, c.of, "test", c.id, rename)
		require.ErrorIs(t, err, settings.ErrNotFound)
		require.ErrorIs(t, settings.DeleteHoliday(t.Context(), db, c.of, "test", c.id), settings.ErrNotFound)
	}
	require.Equal(t, [2]int64{2, 1}, versions())
	_, err = settings.ChangeHoliday(t.Context(), db, all, "test", shared.ID, func(*settings.Holiday) error { return nil })
	require.NoError(t, err)
	require.Equal(t, [2]int64{2, 1}, versions(), "what changes nothing moves nothing")
	_, err = settings.ChangeHoliday(t.Context(), db, all, "test", shared.ID, rename)
	require.NoError(t, err)
	require.NoError(t, settings.DeleteHoliday(t.Context(), db, mine, "test", own.ID))
	require.Equal(t, [2]int64{4, 2}, versions())

	lines := must(settings.ListHistory(t.Context(), db, team.CompanyID, "", "", 9))(t)
	require.Len(t, lines, 2)
	require.Equal(t, []any{"holiday", shared.ID, true}, []any{lines[0].What, lines[0].Subject, lines[0].CanRestore})
	require.Contains(t, string(*lines[0].Before), `"Closed"`)
	require.Contains(t, string(*lines[0].After), `"Renamed"`)
	require.Nil(t, lines[1].Before)
	allowed := func(operation string) error {
		require.Equal(t, "change-company-holiday", operation)
		return nil
	}
	_, err = settings.RestoreCompany(t.Context(), db, team.CompanyID, "test", settings.Restoration{Change: lines[0].ID}, nil, allowed)
	require.NoError(t, err)
	require.Equal(t, "Closed", must(settings.FindHoliday(t.Context(), db, all, shared.ID))(t).Title)
	_, err = settings.RestoreCompany(t.Context(), db, team.CompanyID, "test", settings.Restoration{Change: lines[1].ID}, nil, allowed)
	require.NoError(t, err)
	_, err = settings.FindHoliday(t.Context(), db, all, shared.ID)
	require.ErrorIs(t, err, settings.ErrNotFound, "what was new goes")
	_, err = settings.RestoreCompany(t.Context(), db, team.CompanyID, "test", settings.Restoration{Change: lines[0].ID}, nil, func(string) error { return settings.ErrNotFound })
	require.ErrorIs(t, err, settings.ErrNotFound, "who may not is refused")
	mineLines := must(settings.ListHistory(t.Context(), db, team.CompanyID, team.ID, "", 1))(t)
	_, err = settings.Restore(t.Context(), db, team.CompanyID, team.ID, "test", settings.Restoration{Change: mineLines[0].ID}, nil)
	require.NoError(t, err)
	require.Equal(t, "2026-12-24", *must(settings.FindHoliday(t.Context(), db, mine, own.ID))(t).From, "what was deleted is there again under its id")
}

// TestWhenAHolidayIsOver: after its last day where the team is; of a company's when
// it has ended everywhere; a calendar's never.
func TestWhenAHolidayIsOver(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	mine, all := settings.HolidaysOf{Company: team.CompanyID, Team: team.ID}, settings.HolidaysOf{Company: team.CompanyID}
	for _, of := range []settings.HolidaysOf{mine, all} {
		for _, day := range []string{"2026-06-22", "2026-06-23", "2026-06-24", "2026-06-25"} {
			must(settings.AddHoliday(t.Context(), db, of, "test", days(day, "")))(t)
		}
		must(settings.AddHoliday(t.Context(), db, of, "test", feed("https://example.com/a.ics")))(t)
	}
	list := func(of settings.HolidaysOf, over bool, now time.Time) (said []string) {
		for before := ""; ; {
			page := must(settings.ListHolidays(t.Context(), db, of, over, now, before, 2))(t)
			if len(page) == 0 {
				return said
			}
			for _, h := range page {
				day := "calendar"
				if h.From != nil {
					day = (*h.From)[8:]
				}
				said, before = append(said, day), h.ID
			}
		}
	}
	midnight := time.Date(2026, 6, 24, 5, 0, 0, 0, time.UTC) // in Chicago
	require.Equal(t, []string{"calendar", "25", "24", "23"}, list(mine, false, midnight.Add(-time.Second)))
	require.Equal(t, []string{"calendar", "25", "24"}, list(mine, false, midnight))
	require.Equal(t, []string{"23", "22"}, list(mine, true, midnight))
	everywhere := time.Date(2026, 6, 24, 12, 0, 0, 0, time.UTC) // the 23rd has ended on the last island
	require.Equal(t, []string{"calendar", "25", "24", "23"}, list(all, false, everywhere.Add(-time.Second)))
	require.Equal(t, []string{"calendar", "25", "24"}, list(all, false, everywhere))
	_, err := settings.ListHolidays(t.Context(), db, settings.HolidaysOf{Company: team.CompanyID, Team: uuid.NewString()}, false, midnight, "", 9)
	require.ErrorIs(t, err, settings.ErrNotFound)
}

// TestHowManyHolidaysThereMayBe, and how many calendars among them.
func TestHowManyHolidaysThereMayBe(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	of := settings.HolidaysOf{Company: team.CompanyID, Team: team.ID}
	for n := range 10 {
		must(settings.AddHoliday(t.Context(), db, of, "test", feed(fmt.Sprintf("https://example.com/%d.ics", n))))(t)
	}
	one := must(settings.AddHoliday(t.Context(), db, of, "test", days("2026-12-24", "")))(t)
	_, err := settings.AddHoliday(t.Context(), db, of, "test", feed("https://example.com/more.ics"))
	require.Equal(t, []string{"feed feeds_full"}, faults(t, err))
	subscribe := func(h *settings.Holiday) error { h.Feed = feed("https://example.com/more.ics").Feed; return nil }
	_, err = settings.ChangeHoliday(t.Context(), db, of, "test", one.ID, subscribe)
	require.Equal(t, []string{"feed feeds_full"}, faults(t, err), "nor by way of a change")
	_, err = db.Exec(`insert into holidays (company_id, team_id, id, title, from_day, to_day) select $1, $2, gen_random_uuid(), 'x', '2100-01-01', '2100-01-01' from generate_series(12, 500)`, team.CompanyID, team.ID)
	require.NoError(t, err)
	_, err = settings.AddHoliday(t.Context(), db, of, "test", days("2026-12-25", ""))
	require.Equal(t, []string{" holidays_full"}, faults(t, err))
	_, err = settings.ChangeHoliday(t.Context(), db, of, "test", one.ID, func(h *settings.Holiday) error { h.Title = "Christmas"; return nil })
	require.NoError(t, err, "what is there can be changed")
	must(settings.AddHoliday(t.Context(), db, settings.HolidaysOf{Company: team.CompanyID}, "test", days("2026-12-25", "")))(t)
}

const calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" +
	"BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Christmas\r\nDTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260623\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:3\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Long ago\r\nDTSTART;VALUE=DATE:20260601\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:4\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:A meeting\r\nDTSTART:20260701T080000Z\r\nDTEND:20260701T090000Z\r\nEND:VEVENT\r\n" +
	"END:VCALENDAR\r\n"

// TestACalendarIsImported: each day that is still to come, or may be somewhere,
// once, however often it is done.
func TestACalendarIsImported(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	of := settings.HolidaysOf{Company: team.CompanyID, Team: team.ID}
	said := func(added []settings.Holiday) (all []string) {
		for _, h := range added {
			all = append(all, *h.From+" "+*h.To+" "+h.Title)
		}
		return all
	}
	added := must(settings.ImportHolidays(t.Context(), db, of, "test", calendar, midsummer))(t)
	require.ElementsMatch(t, []string{"2026-12-25 2026-12-26 Christmas", "2026-06-23 2026-06-23 Holiday"}, said(added))
	require.Empty(t, must(settings.ImportHolidays(t.Context(), db, of, "test", calendar, midsummer))(t))
	_, err := settings.ChangeHoliday(t.Context(), db, of, "test", added[0].ID, func(h *settings.Holiday) error { h.Title = "Ours"; return nil })
	require.NoError(t, err)
	require.Len(t, must(settings.ImportHolidays(t.Context(), db, of, "test", calendar, midsummer))(t), 1, "what was changed is another")
	_, err = settings.ImportHolidays(t.Context(), db, of, "test", "no calendar", midsummer)
	require.NotEmpty(t, faults(t, err))
}

// TestASubscribedCalendar: who has its lease says what it holds; days that are over
// stay, others go with the calendar, and what fails leaves all as it was.
func TestASubscribedCalendar(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	of := settings.HolidaysOf{Company: team.CompanyID, Team: team.ID}
	made := must(settings.AddHoliday(t.Context(), db, of, "test", feed("https://example.com/a.ics")))(t)
	claim := func() []settings.Feed { return must(settings.ClaimFeeds(t.Context(), db, 9, time.Minute))(t) }
	due := func() {
		_, err := db.Exec(`update holidays set due_at = now() - interval '1 second'`)
		require.NoError(t, err)
	}
	claimed := claim()
	require.Len(t, claimed, 1)
	require.Equal(t, settings.Feed{CompanyID: team.CompanyID, TeamID: team.ID, ID: made.ID, Title: "Public", URL: "https://example.com/a.ics", Attempts: 1}, claimed[0])
	require.Empty(t, claim(), "it is somebody's for a minute")
	due()
	again := claim()
	require.Equal(t, 2, again[0].Attempts)
	require.False(t, must(claimed[0].Renew(t.Context(), db, time.Minute))(t), "another has it")
	require.True(t, must(again[0].Renew(t.Context(), db, time.Minute))(t))
	day := func(date string) schedule.Days { return schedule.Days{Title: "x", From: date, To: date} }
	require.ErrorIs(t, claimed[0].Keep(t.Context(), db, []schedule.Days{day("2026-01-01")}, midsummer), settings.ErrNotFound)
	keep := func(dates ...string) (kept []string) {
		all := []schedule.Days{}
		for _, date := range dates {
			all = append(all, day(date))
		}
		require.NoError(t, again[0].Keep(t.Context(), db, all, midsummer))
		for _, d := range must(settings.FindHoliday(t.Context(), db, of, made.ID))(t).Calendar.Days {
			kept = append(kept, d.From)
		}
		return kept
	}
	require.Equal(t, []string{"2025-01-01", "2026-06-22", "2026-06-23", "2026-12-25"}, keep("2025-01-01", "2026-06-22", "2026-06-23", "2026-12-25"))
	require.Equal(t, []string{"2026-06-22", "2026-12-26"}, keep("2026-12-26"), "yesterday's goes with it, what is over stays, what is long over goes")
	hours := must(settings.HoursAt(t.Context(), db, team.CompanyID, team.ID, time.Date(2026, 12, 26, 17, 0, 0, 0, time.UTC)))(t)
	require.Equal(t, []any{false, schedule.Reason("holiday"), made.ID}, []any{hours.Open, hours.Reason, hours.Holiday.ID})
	lines := must(settings.ListHistory(t.Context(), db, team.CompanyID, team.ID, "", 1))(t)
	require.Equal(t, []any{"calendar", "calendar", false}, []any{lines[0].What, lines[0].Who, lines[0].CanRestore})

	state := func() settings.HolidayCalendar {
		return *must(settings.FindHoliday(t.Context(), db, of, made.ID))(t).Calendar
	}
	require.True(t, state().FetchedAt.Equal(midsummer))
	require.NoError(t, again[0].Fail(t.Context(), db, "feed_status", 404, midsummer.Add(time.Hour)))
	require.NoError(t, again[0].Fail(t.Context(), db, "feed_status", 404, midsummer.Add(2*time.Hour)))
	require.True(t, state().FailingSince.Equal(midsummer.Add(time.Hour)), "since the first time")
	require.Equal(t, "feed_status", state().Fault().Code)
	require.Len(t, state().Days, 2)
	var wait string
	require.NoError(t, db.Get(&wait, `select case when due_at between now() + interval '55 minutes' and now() + interval '61 minutes' then 'as long as it has failed' else due_at::text end from holidays`))
	require.Equal(t, "as long as it has failed", wait)
	require.Equal(t, []string{"2026-06-22", "2026-12-26"}, keep("2026-12-26"))
	require.Nil(t, state().FailingSince)

	_, err := settings.ChangeHoliday(t.Context(), db, of, "test", made.ID, func(h *settings.Holiday) error { h.Title = "Renamed"; return nil })
	require.NoError(t, err)
	require.Len(t, state().Days, 2, "the same address is the same calendar")
	_, err = settings.ChangeHoliday(t.Context(), db, of, "test", made.ID, func(h *settings.Holiday) error { h.Feed = feed("https://example.com/b.ics").Feed; return nil })
	require.NoError(t, err)
	require.Empty(t, state().Days, "another address is another")
	require.Nil(t, state().FetchedAt)
	require.False(t, must(again[0].Renew(t.Context(), db, time.Minute))(t), "and what is read of the old one is nobody's")
	require.Len(t, claim(), 1, "it is due at once")
}

// TestAWeekAsItIsShown: which schedule or holiday is in effect when, on the clock
// of the team's zone.
func TestAWeekAsItIsShown(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	ann := hires(t, db, team.CompanyID, "ann", "advisor", team.ID)
	weekend := must(settings.AddHoliday(t.Context(), db, settings.HolidaysOf{Company: team.CompanyID}, "test", days("2026-06-24", "2026-06-24")))(t)
	edit(t, db, team, func(e *settings.Edit) error {
		s := settings.NewSchedule()
		no := false
		s.Title, s.TimeZone, s.StartsAt, s.EndsAt = "Night", team.TimeZone, "2026-06-25T22:00", "2026-06-26T02:00"
		s.BusinessHours, s.Advisors = &no, settings.Advisors{ann.ID}
		_, err := e.AddSchedule(t.Context(), s)
		return err
	})
	week := func(from string) settings.WeekHours {
		return must(settings.HoursInWeek(t.Context(), db, team.CompanyID, team.ID, from, midsummer))(t)
	}
	shown := func(d settings.DayHours) (all []string) {
		for _, b := range d.Blocks {
			all = append(all, fmt.Sprintf("%s-%s %s open=%t rings=%t", b.From, b.To, b.Title, b.Open, b.Rings))
		}
		return all
	}
	this := week("")
	require.Equal(t, []any{"2026-06-22", "America/Chicago", 7}, []any{this.From, this.TimeZone, len(this.Days)}, "from its Monday on")
	require.Equal(t, []string{"08:00-17:00 Weekdays open=true rings=false"}, shown(this.Days[0]))
	require.Equal(t, []string{"00:00-24:00 Closed open=false rings=false"}, shown(this.Days[2]))
	require.Equal(t, weekend.ID, this.Days[2].Blocks[0].Holiday)
	require.Equal(t, []string{"08:00-17:00 Weekdays open=true rings=false", "22:00-24:00 Night open=false rings=true"}, shown(this.Days[3]))
	require.Equal(t, []string{"00:00-02:00 Night open=false rings=true", "08:00-17:00 Weekdays open=true rings=false"}, shown(this.Days[4]))
	require.Empty(t, shown(this.Days[5]))
	require.True(t, this.Days[0].Blocks[0].StartsAt.Equal(time.Date(2026, 6, 22, 13, 0, 0, 0, time.UTC)))
	require.Equal(t, "2026-06-27", week("2026-06-27").From, "any day may be the first")
	for _, bad := range []string{"2026-06-31", "27.6.2026", "1999-12-31", "2100-01-02", "tomorrow"} {
		_, err := settings.HoursInWeek(t.Context(), db, team.CompanyID, team.ID, bad, midsummer)
		require.Equal(t, []string{"from date"}, faults(t, err), bad)
	}
	for _, c := range []struct{ at, from string }{
		{"2026-06-22T00:00:00-05:00", "2026-06-22"}, {"2026-06-21T23:59:59-05:00", "2026-06-15"}, {"2026-06-28T23:59:59-05:00", "2026-06-22"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		require.NoError(t, err)
		require.Equal(t, c.from, must(settings.HoursInWeek(t.Context(), db, team.CompanyID, team.ID, "", at))(t).From, c.at)
	}
	_, err := settings.HoursInWeek(t.Context(), db, uuid.NewString(), team.ID, "", midsummer)
	require.ErrorIs(t, err, settings.ErrNotFound)
}
