package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/staff"
)

// closes stores a holiday of the team, or of the whole company.
func (b *browser) closes(company bool, title, from, to string) settings.Holiday {
	b.t.Helper()
	of := settings.HolidaysOf{Company: b.gate.Company, Team: b.team}
	if company {
		of.Team = ""
	}
	h, err := settings.AddHoliday(b.t.Context(), b.db, of, "test", settings.Holiday{Title: title, From: &from, To: &to})
	require.NoError(b.t, err)
	return h
}

var marks = regexp.MustCompile(`<[^>]*>`)

// rows are the texts of a table's rows.
func rows(table string) []string {
	var said []string
	for _, row := range strings.Split(table, "<tr>")[1:] {
		said = append(said, strings.Join(strings.Fields(marks.ReplaceAllString(row, " ")), " "))
	}
	return said
}

func TestHolidaysAsACalendar(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.clock.Stop(time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC))
	team := b.closes(false, "Winter <break>", "2026-12-24", "2027-01-03")
	company := b.closes(true, "Christmas Day", "2026-12-25", "2026-12-25")

	page := b.get(b.holidays())
	require.Equal(t, http.StatusOK, page.status)
	said := rows(page.text)
	require.Equal(t, "Sun Mon Tue Wed Thu Fri Sat", said[0])
	require.Equal(t, "29 30 1 2 3 4 5", said[1], "days of other months are there, and grey")
	require.Contains(t, said[4], "24 Winter &lt;break&gt;")
	require.Contains(t, page.text, "December 2026")
	require.Regexp(t, `<td[^>]* aria-current="date"[^>]*>\s*<a [^>]*href="`+b.holidays()+`/new\?from=2026-12-03" aria-label="3 December 2026: Add a holiday"`, page.text)
	require.Contains(t, page.text, `href="`+b.holidays()+"/"+team.ID+`"`)
	require.Contains(t, page.text, `href="`+b.holidays()+"/"+company.ID+`?of=company"`)
	// Each week has the range once, as long as it is there.
	require.Len(t, regexp.MustCompile(`class="holiday-bar span-\d[^"]*" href="`+b.holidays()+"/"+team.ID).FindAllString(page.text, -1), 2)
	require.Contains(t, page.text, `class="holiday-bar span-3 goes-on" href="`+b.holidays()+"/"+team.ID)
	require.Contains(t, page.text, `class="holiday-bar span-7 came goes-on" href="`+b.holidays()+"/"+team.ID)
	require.Contains(t, page.text, `class="holiday-bar span-1 company" href="`+b.holidays()+"/"+company.ID)
	require.Contains(t, plain(page), `<a class="button" href="?month=2026-11">`)
	require.Contains(t, plain(page), `<a class="button" href="?month=2027-01">`)
	require.Contains(t, b.get(b.schedules()).text, `href="`+b.holidays()+`"`)
	require.Contains(t, b.get(b.holidays()+"/new?from=2026-12-28").text, `name="from" type="date" value="2026-12-28"`)
	require.Contains(t, b.get(b.holidays()+"/new?from=%3Cb%3E").text, `name="from" type="date" value=""`)

	b.post("/language", "language", "de", "back", b.holidays())
	german := b.get(b.holidays() + "?month=2027-01")
	require.Equal(t, "Mo Di Mi Do Fr Sa So", rows(german.text)[0], "the week starts as the language has it")
	require.Contains(t, german.text, "Januar 2027")

	year := b.get(b.holidays() + "?year=2026")
	require.Equal(t, 12, strings.Count(year.text, "<table"))
	require.Equal(t, 8, strings.Count(year.text, `class="off-day`), "24 to 31 December")
	for _, bad := range []string{"?month=2026-13", "?month=x", "?year=0", "?year=99999", "?month=-1"} {
		require.Equal(t, http.StatusUnprocessableEntity, b.get(b.holidays()+bad).status, bad)
	}
}

// Who only reads sees the days without a way to add or change any.
func TestAReaderOfTheCalendarIsOfferedNoChange(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.clock.Stop(time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC))
	made := b.closes(false, "Winter break", "2026-12-24", "2027-01-03")
	_, key, err := staff.CreateKey(t.Context(), b.db, staff.Principal{CompanyID: b.gate.Company}, staff.Key{Name: "reader", Scopes: []string{"settings:read"}})
	require.NoError(t, err)
	b.Client = anew(t)
	shown := b.ask("GET", b.holidays(), nil, "Authorization", "Bearer "+key)
	require.Contains(t, shown.text, "Winter break")
	require.NotContains(t, shown.text, made.ID)
	require.NotContains(t, shown.text, "/holidays/new")
}
