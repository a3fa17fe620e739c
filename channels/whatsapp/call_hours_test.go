package whatsapp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestCallHoursAreSent in Meta's words, whole: what is left out is forgotten there.
func TestCallHoursAreSent(t *testing.T) {
	t.Parallel()
	for want, hours := range map[string]channels.CallHours{
		`{"calling":{"call_hours":{"status":"ENABLED","timezone_id":"America/Chicago",
			"weekly_operating_hours":[{"day_of_week":"MONDAY","open_time":"0800","close_time":"1200"},{"day_of_week":"MONDAY","open_time":"1300","close_time":"2359"}],
			"holiday_schedule":[{"date":"2026-12-24","start_time":"0900","end_time":"1200"}]}}}`: {
			Enabled: true, Zone: "America/Chicago",
			Week: []channels.DayHour{{Day: "MONDAY", From: "0800", To: "1200"}, {Day: "MONDAY", From: "1300", To: "2359"}},
			Days: []channels.DayHour{{Day: "2026-12-24", From: "0900", To: "1200"}},
		},
		`{"calling":{"call_hours":{"status":"DISABLED","timezone_id":"UTC","weekly_operating_hours":[],"holiday_schedule":[]}}}`: {Zone: "UTC"},
	} {
		c, calls := recorded(t, always(200, `{"success":true}`))
		require.NoError(t, c.SetCallHours(t.Context(), testAccount, hours))
		require.Len(t, *calls, 1)
		require.Equal(t, []string{"POST", testNumber + "/settings"}, []string{(*calls)[0].method, (*calls)[0].path})
		require.JSONEq(t, want, (*calls)[0].body)
	}
	c, _ := recorded(t, always(200, `{"success":false}`))
	var refused *channels.SendError
	require.ErrorAs(t, c.SetCallHours(t.Context(), testAccount, channels.CallHours{}), &refused, "a yes says that it succeeded")
	require.Equal(t, channels.ReasonRejected, refused.Reason)
}

// TestCallHoursAreRead in an order of their own, so that they can be compared with ours.
func TestCallHoursAreRead(t *testing.T) {
	t.Parallel()
	hour := func(day, from, to string) channels.DayHour { return channels.DayHour{Day: day, From: from, To: to} }
	for answer, want := range map[string]channels.CallHours{
		`{"calling":{"status":"ENABLED","call_hours":{"status":"ENABLED","timezone_id":"Europe/Warsaw","weekly_operating_hours":[
			{"day_of_week":"SUNDAY","open_time":"1000","close_time":"1100"},{"day_of_week":"MONDAY","open_time":"1300","close_time":"1700"},
			{"day_of_week":"FRIDAY","open_time":"0800","close_time":"1200"},{"day_of_week":"MONDAY","open_time":"0800","close_time":"1200"}],
			"holiday_schedule":[{"date":"2026-12-24","start_time":"1300","end_time":"1400"},{"date":"2026-12-24","start_time":"0900","end_time":"1000"},{"date":"2026-11-11","start_time":"0000","end_time":"2359"}]}}}`: {
			Enabled: true, Zone: "Europe/Warsaw",
			Week: []channels.DayHour{hour("MONDAY", "0800", "1200"), hour("MONDAY", "1300", "1700"), hour("FRIDAY", "0800", "1200"), hour("SUNDAY", "1000", "1100")},
			Days: []channels.DayHour{hour("2026-11-11", "0000", "2359"), hour("2026-12-24", "0900", "1000"), hour("2026-12-24", "1300", "1400")},
		},
		`{"calling":{"call_hours":{"status":"DISABLED","timezone_id":"UTC"}}}`: {Zone: "UTC", Week: []channels.DayHour{}, Days: []channels.DayHour{}},
		`{"calling":{"status":"DISABLED"}}`:                                    {Week: []channels.DayHour{}, Days: []channels.DayHour{}},
	} {
		c, calls := recorded(t, always(200, answer))
		hours, err := c.CallHours(t.Context(), testAccount)
		require.NoError(t, err)
		require.Equal(t, want, hours)
		require.Equal(t, "GET", (*calls)[0].method)
	}
	entry := func(n int) string {
		return fmt.Sprintf(`{"day_of_week":"MONDAY","open_time":"%04d","close_time":"2359"},`, n)
	}
	var many strings.Builder
	for n := range maxLines + 1 {
		many.WriteString(entry(n))
	}
	c, _ := recorded(t, always(200, `{"calling":{"call_hours":{"weekly_operating_hours":[`+strings.TrimSuffix(many.String(), ",")+`]}}}`))
	hours, err := c.CallHours(t.Context(), testAccount)
	require.NoError(t, err)
	require.Len(t, hours.Week, maxLines, "however many there are")
	days := strings.Repeat(`{"date":"2026-12-24","start_time":"0900","end_time":"1000"},`, maxLines) + `{"date":"2026-12-25"}`
	c, _ = recorded(t, always(200, `{"calling":{"call_hours":{"holiday_schedule":[`+days+`]}}}`))
	hours, err = c.CallHours(t.Context(), testAccount)
	require.NoError(t, err)
	require.Len(t, hours.Days, maxLines)
	c, _ = recorded(t, always(400, `{"error":{"code":100}}`))
	_, err = c.CallHours(t.Context(), testAccount)
	require.Error(t, err)
}

// TestWhetherANumberTakesCalls, and whether at certain hours alone.
func TestWhetherANumberTakesCalls(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]Calling{
		`{"calling":{"status":"ENABLED","call_hours":{"status":"DISABLED"}}}`: {On: true},
		`{"calling":{"status":"ENABLED","call_hours":{"status":"ENABLED"}}}`:  {On: true, Hours: true},
		`{"calling":{"status":"DISABLED","call_hours":{"status":"ENABLED"}}}`: {Hours: true},
		`{}`: {},
	} {
		c, _ := recorded(t, always(200, answer))
		calling, err := c.Calling(t.Context(), testAccount)
		require.NoError(t, err)
		require.Equal(t, want, calling, answer)
	}
}
