package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/staff"
)

func (b *browser) holidays() string { return "/teams/" + b.team + "/holidays" }

// free are the holidays, of the team or the company, the newest first.
func (b *browser) free(company bool) []settings.Holiday {
	b.t.Helper()
	of := settings.HolidaysOf{Company: b.gate.Company, Team: b.team}
	if company {
		of.Team = ""
	}
	all, err := settings.ListHolidays(b.t.Context(), b.db, of, false, b.clock.Now(), "", 99)
	require.NoError(b.t, err)
	return all
}

func TestClosedInOnePress(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.clock.Stop(time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)) // a Wednesday
	b.post(b.holidays()+"/close", "how", "until", "date", "2026-06-08").leadsTo(t, b.schedules()+"?week=2026-06-01")
	made := b.free(false)[0]
	require.Equal(t, []any{"Closed until 8 June 2026", "2026-06-03", "2026-06-07"}, []any{made.Title, *made.From, *made.To})
	shown := plain(b.get(b.schedules() + "?week=2026-06-01"))
	require.Contains(t, shown, "Right now: closed, because of the holiday “Closed until 8 June 2026”. Opens: Monday 08:00.")
	require.Contains(t, shown, "00:00–24:00 closed")
	require.Contains(t, shown, "3 June – 7 June")

	b.post(b.holidays()+"/close", "how", "on", "date", "2026-06-11").leadsTo(t, b.schedules()+"?week=2026-06-08")
	made = b.free(false)[0]
	require.Equal(t, []any{"Closed on 11 June 2026", "2026-06-11", "2026-06-11"}, []any{made.Title, *made.From, *made.To})
	require.Contains(t, plain(b.get(b.schedules())), "Thursday, 11 June")
	for _, bad := range []string{"", "tomorrow", "2026-02-30", "9999-01-01", "2026-06-02"} {
		answer := b.post(b.holidays()+"/close", "how", "on", "date", bad)
		require.Equal(t, http.StatusUnprocessableEntity, answer.status, bad)
		require.Contains(t, answer.text, `id="holiday-fault">Choose a date.`)
	}
	for _, bad := range []string{"", "2026-06-03", "2026-06-01", "2029-06-01"} {
		answer := b.post(b.holidays()+"/close", "how", "until", "date", bad)
		require.Equal(t, http.StatusUnprocessableEntity, answer.status, bad)
		require.Contains(t, answer.text, `id="until-fault">Choose a day after today`, bad)
	}
	require.Len(t, b.free(false), 2)
	b.clock.Stop(time.Date(2026, 6, 8, 12, 0, 0, 0, time.UTC))
	require.NotContains(t, b.get(b.schedules()).text, "Closed until 8 June", "it is put away")
}

func TestAHolidayIsMadeChangedAndDeleted(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.clock.Stop(time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC))
	for _, company := range []bool{false, true} {
		form := b.get(b.holidays()+"/new").form(t, "holiday")
		form.Set("title", `Christmas "<b>`)
		form.Set("from", "2026-12-24")
		form.Set("to", "2026-12-26")
		form.Set("messages.after_hours_text", "Merry Christmas!")
		query := ""
		if company {
			form.Set("of", "company")
			query = "?of=company"
		}
		b.ask("POST", b.holidays(), form).leadsTo(t, b.schedules())
		made := b.free(company)[0]
		require.Equal(t, settings.Messages{"after_hours_text": "Merry Christmas!"}, made.Messages)
		list := plain(b.get(b.schedules()))
		require.Contains(t, list, "Christmas &#34;&lt;b&gt;")
		require.Contains(t, list, "24 December – 26 December")
		require.Equal(t, company, regexp.MustCompile("whole company").MatchString(list))

		path := b.holidays() + "/" + made.ID
		again := b.get(path+query).form(t, "holiday")
		form.Del("of")
		require.Equal(t, form, again, "what is stored comes back as it was filled in")
		again.Set("to", "2026-12-23")
		again.Set("messages.after_hours_text", "{{nothing}}")
		refused := b.ask("POST", path+query, again)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.text, `id="to-fault">must not be before the first day`)
		require.Regexp(t, `id="after_hours_text-fault">[^<]`, refused.text)
		again.Set("to", "")
		again.Set("messages.after_hours_text", "")
		b.ask("POST", path+query, again).leadsTo(t, b.schedules())
		made = b.free(company)[0]
		require.Equal(t, []any{"2026-12-24", settings.Messages{}}, []any{*made.To, made.Messages})
		require.Equal(t, http.StatusNotFound, b.post(b.holidays()+"/11111111-1111-7111-8111-111111111111/delete"+query).status)
		b.post(path+"/delete"+query).leadsTo(t, b.schedules())
		require.Empty(t, b.free(company))
	}
}

// Who has one team closes no other.
func TestAManagerChangesNoHolidayOfTheCompany(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	day := "2026-12-24"
	made, err := settings.AddHoliday(t.Context(), b.db, settings.HolidaysOf{Company: b.gate.Company}, "test", settings.Holiday{Title: "Christmas", From: &day})
	require.NoError(t, err)
	_, key, err := staff.CreateKey(t.Context(), b.db, staff.Principal{CompanyID: b.gate.Company}, staff.Key{Name: "bound", TeamID: &b.team, Scopes: []string{"settings:write"}})
	require.NoError(t, err)
	b.Client = anew(t)
	as := []string{"Authorization", "Bearer " + key}
	shown := b.ask("GET", b.schedules(), nil, as...)
	require.Contains(t, shown.text, "Christmas")
	require.NotContains(t, shown.text, made.ID)
	require.NotContains(t, b.ask("GET", b.holidays()+"/new", nil, as...).text, `value="company"`)
	for path, form := range map[string]url.Values{
		b.holidays(): {"title": {"Mine"}, "from": {day}, "of": {"company"}},
		b.holidays() + "/" + made.ID + "?of=company":        {"title": {"Mine"}, "from": {day}},
		b.holidays() + "/" + made.ID + "/delete?of=company": {},
	} {
		require.Equal(t, http.StatusForbidden, b.ask("POST", path, form, as...).status, path)
	}
	require.Equal(t, http.StatusForbidden, b.ask("GET", b.holidays()+"/"+made.ID+"?of=company", nil, as...).status)
	require.Equal(t, http.StatusNotFound, b.ask("POST", b.holidays()+"/"+made.ID+"/delete", url.Values{}, as...).status)
	require.Equal(t, "Christmas", b.free(true)[0].Title)
}

func TestACalendarOnThePage(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.clock.Stop(time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC))
	form := b.get(b.holidays()+"/new").form(t, "holiday")
	form.Set("title", "Public holidays")
	form.Set("feed", "http://example.com/us.ics")
	require.Contains(t, b.ask("POST", b.holidays(), form).text, `id="feed-fault">must begin with https://`)
	form.Set("feed", "webcal://example.com/us.ics")
	b.ask("POST", b.holidays(), form).leadsTo(t, b.schedules())
	require.Contains(t, plain(b.get(b.schedules())), "Calendar at example.com It is being read for the first time.")
	_, err := b.db.Exec(`update holidays set days = '[{"title": "Thanksgiving", "from": "2026-11-26", "to": "2026-11-26"}, {"title": "Christmas <Day>", "from": "2026-12-25", "to": "2026-12-25"}]',
		fetched_at = '2026-12-01 11:00Z', failing_since = '2026-12-01 11:30Z', fault = 'hook_answered', status = 502`)
	require.NoError(t, err)
	shown := plain(b.get(b.schedules()))
	require.Regexp(t, `It cannot be read \(the address answered 502\)\. The days stay as they were\. Since: <time datetime="2026-12-01T11:30:00Z"`, shown)
	require.Contains(t, shown, "Christmas &lt;Day&gt;: Friday, 25 December")
	require.NotContains(t, shown, "Thanksgiving")
}

func TestAFileOfHolidays(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.clock.Stop(time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC))
	file := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	for _, company := range []bool{false, true} {
		form := url.Values{"of": {map[bool]string{false: "team", true: "company"}[company]}}
		refused := b.sendFiles(b.holidays()+"/import", form, map[string]string{"calendar": "<html>"})
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.text, "Is not a whole iCalendar file")
		done := b.sendFiles(b.holidays()+"/import", form, map[string]string{"calendar": file})
		require.Contains(t, done.text, "Holidays added: 1.")
		require.Contains(t, b.sendFiles(b.holidays()+"/import", form, map[string]string{"calendar": file}).text, "Holidays added: 0.")
		require.Equal(t, "Christmas Day", b.free(company)[0].Title)
	}
	require.Equal(t, http.StatusBadRequest, b.post(b.holidays()+"/import").status)
}
