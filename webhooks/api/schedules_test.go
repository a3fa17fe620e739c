package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/api/apitest"
)

func weekdays() object {
	return object{
		"title": "Weekdays", "time_zone": "America/Chicago", "starts_at": "2026-01-05T08:00", "ends_at": "2026-01-05T17:00",
		"rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "enabled": true, "business_hours": true, "advisors": []any{},
	}
}

func TestASchedulesLife(t *testing.T) {
	w := newWorld(t)
	made := w.Must(http.StatusCreated, "POST", w.team+"/schedules", weekdays())
	for field, want := range weekdays() {
		require.Equal(t, want, made[field], field)
	}
	path := w.team + "/schedules/" + made["id"].(string)
	changed := w.Must(http.StatusOK, "PATCH", path, object{"rrule": nil, "business_hours": nil})
	require.Nil(t, changed["rrule"])
	require.Nil(t, changed["business_hours"])
	require.Equal(t, made["title"], changed["title"])
	require.Equal(t, made["created_at"], changed["created_at"])
	require.Equal(t, false, w.Must(http.StatusOK, "PATCH", path, object{"business_hours": false})["business_hours"])
	seconds := w.Must(http.StatusOK, "PATCH", path, object{"ends_at": "2026-01-05T17:00:30"})
	require.Equal(t, "2026-01-05T17:00:30", seconds["ends_at"])
	a := w.Do("DELETE", path, nil)
	require.Equal(t, http.StatusNoContent, a.Status)
	require.Empty(t, a.Text)
	w.Refused(http.StatusNotFound, "DELETE", path, nil)
	w.Refused(http.StatusNotFound, "PATCH", path, object{})
	require.Len(t, apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/schedules", nil)), 1)
}

func TestWhatCannotBeASchedule(t *testing.T) {
	w := newWorld(t)
	for _, one := range []struct {
		field string
		value any
	}{
		{"title", ""},
		{"title", nil},
		{"title", strings.Repeat("x", 101)},
		{"time_zone", "Nowhere"},
		{"starts_at", "2026-01-05T08:00Z"},
		{"starts_at", "yesterday"},
		{"starts_at", 8},
		{"ends_at", "2026-01-05T08:00"},
		{"ends_at", "2026-01-04T17:00"},
		{"rrule", "FREQ=SOMETIMES"},
		{"rrule", ""},
		{"rrule", 5},
		{"business_hours", "maybe"},
		{"enabled", nil},
		{"advisors[0]", []string{"Ben"}},
		{"advisors[0]", []string{nobody}},
		{"advisors", "Ben"},
		{"colour", "red"},
	} {
		body := weekdays()
		body[strings.TrimSuffix(one.field, "[0]")] = one.value
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.team+"/schedules", body), one.field, "%v", one)
	}
	body := weekdays()
	delete(body, "starts_at")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.team+"/schedules", body), "starts_at")
}

// TestAScheduleThatMeetsItselfIsRefused, in whatever way it comes to; one from before
// this was so can still be switched off, renamed and mended.
func TestAScheduleThatMeetsItselfIsRefused(t *testing.T) {
	w := newWorld(t)
	long := weekdays()
	long["ends_at"] = "2026-01-06T09:00"
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.team+"/schedules", long), "ends_at")
	made := w.Must(http.StatusCreated, "POST", w.team+"/schedules", weekdays())
	path := w.team + "/schedules/" + made["id"].(string)
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", path, object{"ends_at": "2026-01-06T09:00"}), "ends_at")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", path, object{"rrule": "FREQ=DAILY;BYHOUR=8,12"}), "ends_at")

	_, err := w.db.Exec(`update schedules set ends_at = '2026-01-06T09:00' where id = $1`, made["id"])
	require.NoError(t, err)
	w.Must(http.StatusOK, "PATCH", path, object{"enabled": false, "title": "Long days"})
	w.Refused(http.StatusUnprocessableEntity, "PATCH", path, object{"ends_at": "2026-01-06T10:00"})
	w.Must(http.StatusOK, "PATCH", path, object{"ends_at": "2026-01-06T08:00"})
}

func TestThe26thScheduleIsRefused(t *testing.T) {
	w := newWorld(t)
	for range 24 {
		w.Must(http.StatusCreated, "POST", w.team+"/schedules", weekdays())
	}
	w.Refused(http.StatusConflict, "POST", w.team+"/schedules", weekdays())
	page := apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/schedules", nil))
	require.Len(t, page, 25)
	require.Equal(t, http.StatusNoContent, w.Do("DELETE", w.team+"/schedules/"+page[0]["id"].(string), nil).Status)
	w.Must(http.StatusCreated, "POST", w.team+"/schedules", weekdays())
}

func TestHours(t *testing.T) {
	w := newWorld(t)
	w.clock.Stop(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC))
	id := apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/schedules", nil))[0]["id"]
	open := w.Must(http.StatusOK, "GET", w.team+"/hours?at=2026-06-01T08:00:00-05:00", nil)
	require.Equal(t, object{
		"open": true, "reason": "open", "schedule": id,
		"next_open": "2026-06-02T13:00:00Z", "next_close": "2026-06-01T22:00:00Z",
	}, open)
	closed := w.Must(http.StatusOK, "GET", w.team+"/hours?at=2026-06-01T22:00:00Z", nil)
	require.Equal(t, object{
		"open": false, "reason": "outside_schedules", "schedule": nil,
		"next_open": "2026-06-02T13:00:00Z", "next_close": "2026-06-02T22:00:00Z",
	}, closed)
	require.Equal(t, closed, w.Must(http.StatusOK, "GET", w.team+"/hours?at=2026-06-02T00:00:00+02:00", nil), "an unescaped +")
	now := w.Must(http.StatusOK, "GET", w.team+"/hours", nil)
	require.Equal(t, open, now, "the clock stands at 10:00 in Chicago")
	for _, bad := range []string{"tomorrow", "2026-06-01", "2026-06-01T08:00"} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", w.team+"/hours?at="+bad, nil), "at")
	}
	holiday := object{
		"title": "Holiday", "time_zone": "America/Chicago", "starts_at": "2026-06-01T00:00", "ends_at": "2026-06-02T00:00",
		"rrule": nil, "business_hours": false,
	}
	made := w.Must(http.StatusCreated, "POST", w.team+"/schedules", holiday)
	onHoliday := w.Must(http.StatusOK, "GET", w.team+"/hours", nil)
	require.Equal(t, "closed_by_schedule", onHoliday["reason"])
	require.Equal(t, made["id"], onHoliday["schedule"])
}

func TestTheCalendarIsWhatCalendarsRead(t *testing.T) {
	w := newWorld(t)
	w.Must(http.StatusCreated, "POST", w.team+"/schedules", object{
		"title": "Święta; długi weekend, " + strings.Repeat("ąęł", 20), "time_zone": "Europe/Warsaw",
		"starts_at": "2026-12-24T22:00", "ends_at": "2026-12-25T06:00", "enabled": false, "business_hours": false,
	})
	a := w.Do("GET", w.team+"/schedules.ics", nil)
	require.Equal(t, http.StatusOK, a.Status)
	require.Equal(t, "text/calendar; charset=utf-8", a.Header.Get("Content-Type"))
	for _, line := range strings.Split(strings.TrimSuffix(a.Text, "\r\n"), "\r\n") {
		require.LessOrEqual(t, len(line), 75, line)
		require.NotContains(t, line, "\n")
	}
	text := strings.ReplaceAll(a.Text, "\r\n ", "")
	for _, want := range []string{
		"BEGIN:VCALENDAR\r\n", "TZID:America/Chicago\r\n", "TZID:Europe/Warsaw\r\n",
		"TZNAME:CDT\r\nTZOFFSETFROM:-0600\r\nTZOFFSETTO:-0500\r\nDTSTART:20260308T020000\r\n",
		"DTSTART;TZID=America/Chicago:20260105T080000\r\nDTEND;TZID=America/Chicago:20260105T170000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR\r\n",
		`SUMMARY:Święta\; długi weekend\, ąęł`, "DTSTART;TZID=Europe/Warsaw:20261224T220000\r\nDTEND;TZID=Europe/Warsaw:20261225T060000\r\n",
		"STATUS:CANCELLED\r\nX-RINGBACK-BUSINESS-HOURS:NO\r\n", "END:VCALENDAR\r\n",
	} {
		require.Contains(t, text, want)
	}
}

func TestAWeeksHours(t *testing.T) {
	w := newWorld(t)
	w.clock.Stop(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC))
	w.Must(http.StatusCreated, "POST", w.team+"/schedules", object{
		"title": "Holiday", "time_zone": "America/Chicago", "starts_at": "2026-06-03T00:00", "ends_at": "2026-06-04T00:00", "business_hours": false,
	})
	days := func(query string) []any {
		return w.Must(http.StatusOK, "GET", w.team+"/week-hours"+query, nil)["days"].([]any)
	}
	week := days("?from=2026-06-01")
	require.Len(t, week, 7)
	monday := week[0].(object)
	require.Equal(t, "2026-06-01", monday["date"])
	block := monday["blocks"].([]any)[0].(object)
	require.Equal(t, []any{"08:00", "17:00", true, "Weekdays", "2026-06-01T13:00:00Z", "2026-06-01T22:00:00Z"},
		[]any{block["from"], block["to"], block["open"], block["title"], block["starts_at"], block["ends_at"]})
	holiday := week[2].(object)["blocks"].([]any)
	require.Len(t, holiday, 1)
	require.Equal(t, []any{"00:00", "24:00", false, false},
		[]any{holiday[0].(object)["from"], holiday[0].(object)["to"], holiday[0].(object)["open"], holiday[0].(object)["rings"]})
	require.Empty(t, week[6].(object)["blocks"])
	require.Equal(t, week, days(""), "noon on the clock is a Monday")
	for _, from := range []string{"x", "2026-06-31", "1999-12-31", "2101-01-01", "2026-6-1"} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", w.team+"/week-hours?from="+from, nil), "from")
	}
	w.Refused(http.StatusNotFound, "GET", w.stranger(t)+"/week-hours", nil)
}

// TestTheOrderOfSchedules: the first counts; a list that is not exactly the team's, or
// that began from another order than there is, is refused with what is wrong about it.
func TestTheOrderOfSchedules(t *testing.T) {
	w := newWorld(t)
	w.clock.Stop(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)) // a Monday, 10 in Chicago
	path := w.team + "/schedules"
	night := weekdays()
	night["title"], night["business_hours"] = "Stocktaking", false
	w.Must(http.StatusCreated, "POST", path, night)
	ids := func() (ids []any) {
		for _, s := range apitest.Items(w.Must(http.StatusOK, "GET", path, nil)) {
			ids = append(ids, s["id"])
		}
		return ids
	}
	first := ids()
	require.Equal(t, []any{false, first[0]}, []any{w.Must(http.StatusOK, "GET", w.team+"/hours", nil)["open"], w.Must(http.StatusOK, "GET", w.team+"/hours", nil)["schedule"]})
	turned := []any{first[1], first[0]}
	answered := apitest.Items(w.Must(http.StatusOK, "PUT", path+"/order", object{"ids": turned, "seen": first}))
	require.Equal(t, turned, []any{answered[0]["id"], answered[1]["id"]})
	require.Equal(t, turned, ids())
	require.Equal(t, true, w.Must(http.StatusOK, "GET", w.team+"/hours", nil)["open"])
	w.Must(http.StatusOK, "PUT", path+"/order", object{"ids": turned, "seen": first}) // once more

	one := w.Must(http.StatusOK, "GET", path+"?limit=1", nil)
	two := w.Must(http.StatusOK, "GET", path+"?limit=1&cursor="+one["next"].(string), nil)
	require.Equal(t, turned, []any{apitest.Items(one)[0]["id"], apitest.Items(two)[0]["id"]}, "page by page")
	require.Nil(t, two["next"])

	require.Contains(t, w.Refused(http.StatusConflict, "PUT", path+"/order", object{"ids": first, "seen": first}), "seen")
	for field, body := range map[string]object{
		"ids":    {"ids": first[:1]},
		"ids[1]": {"ids": []any{first[0], first[0]}},
		"ids[2]": {"ids": []any{first[0], first[1], nobody}},
		"order":  {"ids": first, "order": 1},
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PUT", path+"/order", body), field)
	}
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PUT", path+"/order", object{"ids": nil}), "ids")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PUT", path+"/order", object{}), "ids")
	require.Equal(t, turned, ids())

	// What GET shows of where a schedule stands may be sent back, and moves nothing.
	sent := w.Must(http.StatusOK, "PATCH", path+"/"+first[0].(string), object{"ranked_at": "2099-01-01T00:00:00Z", "title": "Count"})
	require.Equal(t, answered[1]["ranked_at"], sent["ranked_at"])
	require.Equal(t, turned, ids())
	var line object
	for _, c := range apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/history", nil)) {
		if c["what"] == "schedule_order" {
			line = c
		}
	}
	w.Must(http.StatusOK, "POST", w.team+"/history/"+line["id"].(string)+"/restore", nil)
	require.Equal(t, first, ids())
}
