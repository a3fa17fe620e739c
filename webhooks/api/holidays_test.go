package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func christmas() object {
	return object{
		"title": "Christmas", "from": "2026-12-24", "to": "2026-12-26",
		"messages": object{"after_hours_text": "Merry Christmas! We read this on the 28th."},
	}
}

func (w world) items(path string) []any {
	w.T.Helper()
	return w.Must(http.StatusOK, "GET", path, nil)["items"].([]any)
}

func TestAHolidaysLife(t *testing.T) {
	for _, of := range []string{"team", "company"} {
		t.Run(of, func(t *testing.T) { liveAHoliday(t, of) })
	}
}

func liveAHoliday(t *testing.T, of string) {
	w := newWorld(t)
	w.clock.Stop(time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC))
	path := map[string]string{"team": w.team + "/holidays", "company": "/holidays"}[of]
	made := w.Must(http.StatusCreated, "POST", path, christmas())
	for field, want := range christmas() {
		require.Equal(t, want, made[field], field)
	}
	require.Nil(t, made["feed"])
	require.Nil(t, made["calendar"])
	require.Equal(t, made["id"], w.items(path)[0].(object)["id"])
	hours := w.Must(http.StatusOK, "GET", w.team+"/hours?at=2026-12-24T16:00:00Z", nil) // Thursday 10:00
	require.Equal(t, []any{false, "holiday", nil, "2026-12-28T14:00:00Z"}, []any{hours["open"], hours["reason"], hours["schedule"], hours["next_open"]})
	require.Equal(t, object{"id": made["id"], "title": "Christmas", "from": "2026-12-24", "to": "2026-12-26"}, hours["holiday"])
	for at, open := range map[string]bool{
		"2026-12-23T22:59:59Z": true, "2026-12-24T05:59:59Z": false, "2026-12-28T14:00:00Z": true, "2026-12-25T16:00:00Z": false,
	} {
		require.Equal(t, open, w.Must(http.StatusOK, "GET", w.team+"/hours?at="+at, nil)["open"], at)
	}
	week := w.Must(http.StatusOK, "GET", w.team+"/week-hours?from=2026-12-21", nil)["days"].([]any)
	block := week[3].(object)["blocks"].([]any)[0].(object)
	require.Equal(t, []any{"00:00", "24:00", false, false, "Christmas", made["id"], ""},
		[]any{block["from"], block["to"], block["open"], block["rings"], block["title"], block["holiday"], block["schedule"]})

	one := path + "/" + made["id"].(string)
	changed := w.Must(http.StatusOK, "PATCH", one, object{"to": "2026-12-24", "messages": object{"after_hours_text": "", "after_hours_call": "Merry Christmas!"}})
	require.Equal(t, object{"after_hours_call": "Merry Christmas!"}, changed["messages"])
	require.Equal(t, true, w.Must(http.StatusOK, "GET", w.team+"/hours?at=2026-12-25T16:00:00Z", nil)["open"])

	history := w.items(map[string]string{"team": w.team + "/history", "company": "/history"}[of])
	line := history[0].(object)
	require.Equal(t, []any{"holiday", made["id"], true}, []any{line["what"], line["subject"], line["can_restore"]})
	restore := map[string]string{"team": w.team, "company": ""}[of] + "/history/" + line["id"].(string) + "/restore"
	w.Must(http.StatusOK, "POST", restore, nil)
	require.Equal(t, christmas()["messages"], w.items(path)[0].(object)["messages"])

	w.clock.Stop(time.Date(2026, 12, 27, 12, 0, 1, 0, time.UTC))
	require.Empty(t, w.items(path), "it is put away")
	require.Len(t, w.items(path+"?over=true"), 1)
	require.Equal(t, http.StatusNoContent, w.Do("DELETE", one, nil).Status)
	require.Empty(t, w.items(path+"?over=true"))
	require.Equal(t, true, w.Must(http.StatusOK, "GET", w.team+"/hours?at=2026-12-24T16:00:00Z", nil)["open"])
	w.Refused(http.StatusNotFound, "DELETE", one, nil)
	w.Refused(http.StatusNotFound, "PATCH", one, object{})
	w.Refused(http.StatusNotFound, "PATCH", path+"/x", object{})
}

func TestWhatIsNoHoliday(t *testing.T) {
	w := newWorld(t)
	for field, wrong := range map[string][]any{
		"title":                     {"", " ", strings.Repeat("x", 101), "a\nb", nil},
		"from":                      {"", "2026-13-01", "soon", "2026-12-24T00:00", "0001-01-01", nil},
		"to":                        {"2026-12-23", "2028-12-24", "later"},
		"feed":                      {"http://example.com/a.ics", "https://localhost/a.ics", "https://10.0.0.1/a.ics", "https://[::1]/", "ftp://example.com", "https://a:b@example.com/", "file:///etc/passwd"},
		"messages.after_hours_text": {"{{nothing}}", strings.Repeat("x", 1601), "{{link}}"},
		"messages":                  {object{"customer_first_chat": "Hello"}, nil},
	} {
		for _, value := range wrong {
			body := christmas()
			if name, key, inside := strings.Cut(field, "."); inside {
				body[name] = object{key: value}
			} else {
				body[field] = value
			}
			fields := w.Refused(http.StatusUnprocessableEntity, "POST", w.team+"/holidays", body)
			require.Contains(t, fields, field, "%v", value)
		}
	}
	require.Empty(t, w.items(w.team+"/holidays"))
	alone := w.Must(http.StatusCreated, "POST", w.team+"/holidays", object{"title": "Labor Day", "from": "2026-09-07"})
	require.Equal(t, "2026-09-07", alone["to"])
	subscribed := w.Must(http.StatusCreated, "POST", w.team+"/holidays", object{"title": "Public holidays", "feed": "webcal://example.com/us.ics"})
	require.Equal(t, "https://example.com/us.ics", subscribed["feed"])
	require.Equal(t, object{"days": []any{}, "fetched_at": nil, "failing_since": nil}, subscribed["calendar"])
}

// Another team's and another company's holidays are nobody else's affair.
func TestHolidaysOfOthers(t *testing.T) {
	w := newWorld(t)
	made := w.Must(http.StatusCreated, "POST", w.team+"/holidays", christmas())
	other := w.Must(http.StatusCreated, "POST", "/teams", object{"name": "Parts", "display_name": "Parts", "time_zone": "Pacific/Auckland", "language": "en"})
	path := "/teams/" + other["id"].(string) + "/holidays"
	w.Refused(http.StatusNotFound, "PATCH", path+"/"+made["id"].(string), object{"title": "Theirs"})
	w.Refused(http.StatusNotFound, "DELETE", "/holidays/"+made["id"].(string), nil)
	w.Refused(http.StatusNotFound, "GET", "/teams/0197f4a4-0000-7000-8000-000000000000/holidays", nil)
	require.Empty(t, w.items(path))
	w.Must(http.StatusCreated, "POST", "/holidays", object{"title": "New Year", "from": "2027-01-01"})
	for at, open := range map[string]bool{"2026-12-31T20:00:00Z": false, "2026-12-30T20:00:00Z": true} { // 9:00 in Auckland
		require.Equal(t, open, w.Must(http.StatusOK, "GET", "/teams/"+other["id"].(string)+"/hours?at="+at, nil)["open"], "a day of the company is each team's own: "+at)
	}
}

func TestAFileOfHolidaysIsImported(t *testing.T) {
	w := newWorld(t)
	w.clock.Stop(time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC))
	file := object{"calendar": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas Day\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:19700101\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:New Year\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"}
	for _, path := range []string{w.team + "/holidays", "/holidays"} {
		added := w.Must(http.StatusOK, "POST", path+"/import", file)["items"].([]any)
		require.Len(t, added, 4)
		require.Equal(t, []any{"Christmas Day", "2026-12-25", "2026-12-25"}, []any{added[0].(object)["title"], added[0].(object)["from"], added[0].(object)["to"]})
		require.Empty(t, w.Must(http.StatusOK, "POST", path+"/import", file)["items"], "twice is once")
		require.Len(t, w.items(path), 4)
		for _, bad := range []string{"<html>", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"} {
			require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path+"/import", object{"calendar": bad}), "calendar")
		}
	}
}
