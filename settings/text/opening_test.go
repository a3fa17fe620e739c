package text_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/settings/text"
)

func at(t *testing.T, zone, wall string) time.Time {
	t.Helper()
	location, err := time.LoadLocation(zone)
	require.NoError(t, err)
	instant, err := time.ParseInLocation("2006-01-02 15:04", wall, location)
	require.NoError(t, err)
	return instant
}

func TestOpensAt(t *testing.T) {
	const chicago = "America/Chicago"
	for _, c := range []struct{ lang, now, opens, want string }{
		// 2026-11-22 is a Sunday.
		{"en", "2026-11-21 18:00", "2026-11-23 08:00", "We open again Monday at 8:00."},
		{"pl", "2026-11-21 18:00", "2026-11-23 08:00", "Otwieramy ponownie w poniedziałek o 8:00."},
		{"pl", "2026-11-21 18:00", "2026-11-24 08:00", "Otwieramy ponownie we wtorek o 8:00."},
		{"de", "2026-11-21 18:00", "2026-11-23 08:00", "Wir öffnen wieder am Montag um 8:00 Uhr."},
		{"fr", "2026-11-21 18:00", "2026-11-23 08:30", "Nous rouvrons lundi à 8h30."},
		{"es", "2026-11-21 18:00", "2026-11-23 08:00", "Abrimos de nuevo el lunes a las 8:00."},
		{"it", "2026-11-21 18:00", "2026-11-23 08:00", "Riapriamo lunedì alle 8:00."},
		{"pt-BR", "2026-11-21 18:00", "2026-11-23 08:00", "Abrimos novamente na segunda-feira às 8h00."},
		{"pt-BR", "2026-11-20 18:00", "2026-11-22 08:00", "Abrimos novamente no domingo às 8h00."},

		{"en", "2026-11-23 00:00", "2026-11-23 14:05", "We open again today at 14:05."},
		{"en", "2026-11-22 23:59", "2026-11-23 00:00", "We open again tomorrow at 0:00."},
		{"pl", "2026-11-22 22:00", "2026-11-23 08:00", "Otwieramy ponownie jutro o 8:00."},
		{"de", "2026-11-22 22:00", "2026-11-23 08:00", "Wir öffnen wieder morgen um 8:00 Uhr."},
		{"fr", "2026-11-22 06:00", "2026-11-22 08:00", "Nous rouvrons aujourd'hui à 8h00."},
		{"it", "2026-11-22 06:00", "2026-11-22 08:00", "Riapriamo oggi alle 8:00."},

		// The sixth day still has its weekday; the seventh would be mistaken.
		{"en", "2026-11-23 18:00", "2026-11-29 08:00", "We open again Sunday at 8:00."},
		{"en", "2026-11-23 07:00", "2026-11-30 08:00", "We open again Monday, November 30, at 8:00."},
		{"pl", "2026-12-24 18:00", "2027-01-04 08:00", "Otwieramy ponownie w poniedziałek 4 stycznia o 8:00."},
		{"de", "2026-12-24 18:00", "2027-01-04 08:00", "Wir öffnen wieder am Montag, 4. Januar, um 8:00 Uhr."},
		{"fr", "2026-12-20 18:00", "2027-01-01 08:00", "Nous rouvrons le vendredi 1er janvier à 8h00."},
		{"es", "2026-12-24 18:00", "2027-01-04 08:00", "Abrimos de nuevo el lunes 4 de enero a las 8:00."},
		{"it", "2026-12-24 18:00", "2027-01-04 08:00", "Riapriamo lunedì 4 gennaio alle 8:00."},
		{"pt-BR", "2026-12-20 18:00", "2027-01-01 08:00", "Abrimos novamente na sexta-feira, 1º de janeiro, às 8h00."},

		{"es", "2026-11-22 00:30", "2026-11-22 01:00", "Abrimos de nuevo hoy a la 1:00."},
		{"it", "2026-11-22 00:30", "2026-11-22 01:00", "Riapriamo oggi all'1:00."},
		{"pt-BR", "2026-11-22 00:30", "2026-11-22 01:00", "Abrimos novamente hoje à 1h00."},

		// A day of 23 hours (8 March) and one of 25 (1 November) are a day each.
		{"en", "2026-03-07 23:30", "2026-03-08 23:45", "We open again tomorrow at 23:45."},
		{"en", "2026-03-07 23:30", "2026-03-09 00:15", "We open again Monday at 0:15."},
		{"en", "2026-11-01 00:10", "2026-11-01 23:50", "We open again today at 23:50."},
		{"en", "2026-10-31 23:30", "2026-11-01 23:50", "We open again tomorrow at 23:50."},
	} {
		t.Run(c.lang+" "+c.now, func(t *testing.T) {
			require.Equal(t, c.want, text.OpensAt(c.lang, at(t, chicago, c.now), at(t, chicago, c.opens)))
		})
	}
}

// The days are those of the team, wherever the server keeps its time.
func TestOpensAtInTheTeamsZone(t *testing.T) {
	opens := at(t, "Asia/Tokyo", "2026-11-24 08:00")
	now := at(t, "Asia/Tokyo", "2026-11-24 05:00") // still the 23rd in UTC
	require.Equal(t, "We open again today at 8:00.", text.OpensAt("en", now, opens))
	require.Equal(t, "We open again today at 8:00.", text.OpensAt("en", now.UTC(), opens))
}

func TestOpensAtSaysNothing(t *testing.T) {
	now := at(t, "UTC", "2026-11-22 12:00")
	require.Empty(t, text.OpensAt("en", now, time.Time{}), "unknown")
	require.Empty(t, text.OpensAt("en", now, now), "open")
	require.Empty(t, text.OpensAt("en", now, now.Add(-time.Minute)), "past")
}

// The sentence that Check reckons with is not shorter than any real one.
func TestLongestOpening(t *testing.T) {
	longest := len([]rune(text.LongestValues()["opens_at"]))
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(1.7e9, 2e9).Draw(t, "now"), 0).UTC()
		opens := now.Add(time.Duration(rapid.IntRange(1, 60*24*60).Draw(t, "minutes")) * time.Minute)
		sentence := text.OpensAt(rapid.SampledFrom(text.Languages()).Draw(t, "lang"), now, opens)
		require.NotEmpty(t, sentence)
		require.NotRegexp(t, `[{}]|  `, sentence)
		require.LessOrEqual(t, len([]rune(sentence)), longest)
	})
}
