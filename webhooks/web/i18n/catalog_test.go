package i18n

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

const file = `{
	"tickets.title": {"en": "Tickets", "pl": "Zgłoszenia", "de": "Vorgänge", "fr": "Dossiers", "es": "Casos", "it": "Pratiche", "pt-BR": "Chamados"},
	"tickets.count": {
		"en": {"one": "{{.N}} ticket", "other": "{{.N}} tickets"},
		"pl": {"one": "{{.N}} zgłoszenie", "few": "{{.N}} zgłoszenia", "many": "{{.N}} zgłoszeń", "other": "{{.N}} zgłoszenia"},
		"de": "{{.N}}", "fr": "{{.N}}", "es": "{{.N}}", "it": "{{.N}}", "pt-BR": "{{.N}}"
	}
}`

func catalog(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load(fstest.MapFS{"tickets.json": {Data: []byte(file)}})
	require.NoError(t, err)
	return c
}

func TestPhrasesCountAsTheirLanguageDoes(t *testing.T) {
	pl := catalog(t).Match("pl", "")
	require.Equal(t, "Zgłoszenia", pl.T("tickets.title"))
	require.Equal(t, "1 zgłoszenie", pl.T("tickets.count", "N", 1))
	require.Equal(t, "3 zgłoszenia", pl.T("tickets.count", "N", 3))
	require.Equal(t, "5 zgłoszeń", pl.T("tickets.count", "N", 5))
	require.Equal(t, "1,205 tickets", catalog(t).Match("en", "").T("tickets.count", "N", 1205))
}

func TestAPhraseOfOneFormIsSaidOfEveryNumber(t *testing.T) {
	for _, tag := range Tags {
		c, err := Load(fstest.MapFS{"tickets.json": {Data: []byte(`{"waits": {` +
			`"en": "{{.N}} min", "pl": "{{.N}} min", "de": "{{.N}} min", "fr": "{{.N}} min", "es": "{{.N}} min", "it": "{{.N}} min", "pt-BR": "{{.N}} min"}}`)}})
		require.NoError(t, err)
		for _, n := range []string{"0", "1", "2", "5"} {
			require.Equal(t, n+" min", c.Match(tag, "").T("waits", "N", int(n[0]-'0')), tag)
		}
	}
}

func TestALanguageThatLacksAPhraseIsAFault(t *testing.T) {
	_, err := Load(fstest.MapFS{"a.json": {Data: []byte(`{"a": {"en": "A"}}`)}})
	require.ErrorContains(t, err, "a is missing in pl")
}

func TestTheBrowserChoosesUnlessSomebodyDid(t *testing.T) {
	c := catalog(t)
	for _, choice := range []struct{ chosen, accepted, want string }{
		{"", "", "en"},
		{"", "pl-PL,pl;q=0.9,en;q=0.8", "pl"},
		{"", "pt-PT", "pt-BR"},
		{"", "ja", "en"},
		{"", "%%%", "en"},
		{"de", "pl", "de"},
		{"de-AT", "pl", "de"},
		{"pt", "", "pt-BR"},
		{"ja", "pl", "pl"},
		{"ja", "", "en"},
		{"<script>", "pl", "pl"},
		{"xx", "fr-CA", "fr"},
	} {
		require.Equal(t, choice.want, c.Match(choice.chosen, choice.accepted).Tag, choice)
	}
}

func TestTimesReadAsPeopleSayThem(t *testing.T) {
	now := time.Date(2026, 3, 3, 14, 2, 0, 0, time.UTC)
	en, pl, es := calendars["en"], calendars["pl"], calendars["es"]
	require.Equal(t, "today 09:15", en.Moment(now.Add(-287*time.Minute), now))
	require.Equal(t, "wczoraj 14:02", pl.Moment(now.AddDate(0, 0, -1), now))
	require.Equal(t, "1 marca 14:02", pl.Moment(now.AddDate(0, 0, -2), now))
	require.Equal(t, "3 March 2025 14:02", en.Moment(now.AddDate(-1, 0, 0), now))
	require.Equal(t, "1 de marzo", es.Date(now.AddDate(0, 0, -2), now))
	require.Equal(t, "marzec 2026", pl.MonthOf(now))
	require.Equal(t, "marzo de 2026", es.MonthOf(now))
	require.Equal(t, "Sunday", en.Weekday(en.Weekdays()[0]))
	require.Equal(t, "poniedziałek", pl.Weekday(pl.Weekdays()[0]))
	require.Equal(t, "Tuesday, 3 March 2026 14:02:00 UTC", en.Full(now))
}

func TestEveryLanguageHasItsCalendar(t *testing.T) {
	day := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	for _, tag := range Tags {
		require.NotEmpty(t, Names[tag])
		for n := range 12 {
			require.NotEmpty(t, calendars[tag].Full(day.AddDate(0, -n, -n)), tag)
			require.Contains(t, calendars[tag].MonthOf(day.AddDate(0, -n, -n)), "2026", tag)
		}
		week := calendars[tag].Weekdays()
		require.Len(t, week, 7)
		for _, one := range week {
			require.NotEmpty(t, calendars[tag].ShortWeekday(one))
			require.Equal(t, week[0], calendars[tag].WeekOf(one))
		}
	}
}
