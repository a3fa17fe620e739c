package console

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// polish is a page that is read in Polish, by a team in Chicago.
func polish(t *testing.T) *View {
	t.Helper()
	c, err := New(Config{})
	require.NoError(t, err)
	zone, err := time.LoadLocation("America/Chicago")
	require.NoError(t, err)
	return &View{console: c, Words: c.words.Match("pl", ""), Team: Team{zone: zone}, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
}

func TestTheFactsOfADecisionAreSaidInWords(t *testing.T) {
	v := polish(t)
	for key, values := range map[string]map[string]string{
		"local_time": {"Sun 2026-11-22 18:05:03 CST": "wczoraj 18:05"},
		"outcome":    {"hung_up": "Nieodebrane: dzwoniący się rozłączył", "answered": "Rozmowa odebrana"},
		"late_by":    {"3h0m0s": "3 h", "45m0s": "45 min", "26h10m0s": "26 h 10 min", "12s": "12 s"},
		"why":        {"impossible_number": "Taki numer nie może istnieć.", "anonymous": "Numer zastrzeżony"},
		"line_type":  {"landline": "telefon stacjonarny", "satellite": "satellite"},
		"stir_verstat": {
			"TN-Validation-Passed-A": "potwierdza ten numer", "TN-Validation-Passed-A-Passthrough": "potwierdza ten numer",
			"TN-Validation-Failed-C": "nie potwierdza tego numeru", "No-TN-Validation": "nic",
		},
		"step": {"menu": "w menu"}, "hours": {"holiday": "zamknięte: dzień wolny"}, "next_open": {"2026-11-23T14:00:00Z": "dziś 08:00"},
	} {
		for value, want := range values {
			raw, err := json.Marshal(map[string]any{key: value})
			require.NoError(t, err)
			require.Equal(t, []fact{{key, want}}, v.Facts(raw), value)
		}
	}
}

// A fact that has a name in seven languages is one that people are shown.
func TestEveryFactThatHasANameIsShown(t *testing.T) {
	require.ElementsMatch(t, polish(t).Coded("fact."), told)
}

func TestTheHoursOfCallsAreWrittenAsPeopleDo(t *testing.T) {
	v := polish(t)
	for day, want := range map[string]string{"MONDAY": "poniedziałek 08:00–17:00", "2026-12-24": "24 grudnia 08:00–17:00", "??": "?? 08:00–17:00"} {
		require.Equal(t, want, v.DayHours(channels.DayHour{Day: day, From: "0800", To: "1700"}))
	}
	raw, err := files.ReadFile("templates/senders.html")
	require.NoError(t, err)
	require.NotContains(t, string(raw), "{{.Day}}")
}
