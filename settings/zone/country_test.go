package zone_test

import (
	"slices"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/require"

	"ringback/settings/zone"
)

func TestWhereAZoneIs(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"America/Chicago": "US", "America/Toronto": "CA", "America/Puerto_Rico": "PR", "America/Montreal": "CA", "US/Central": "US",
		"Europe/Warsaw": "PL", "Poland": "PL", "Europe/London": "GB", "Europe/Oslo": "NO", "Europe/Kiev": "UA",
		"Asia/Calcutta": "IN", "Iceland": "IS", "Atlantic/Jan_Mayen": "SJ",
		"UTC": "", "Etc/UTC": "", "Etc/GMT+6": "", "CET": "", "EST5EDT": "", "Mars/Olympus": "", "": "", "#": "", "Antarctica/Troll": "",
	} {
		require.Equal(t, want, zone.Country(name), name)
	}
}

// TestEveryPlaceIsInACountry: a zone that is new in the tables stands in
// countries.txt as well. Where a country is, its numbers can be texted.
func TestEveryPlaceIsInACountry(t *testing.T) {
	t.Parallel()
	none := []string{ // nobody has a phone number of these
		"UTC", "Antarctica/Casey", "Antarctica/Davis", "Antarctica/DumontDUrville", "Antarctica/Mawson", "Antarctica/McMurdo",
		"Antarctica/Palmer", "Antarctica/Rothera", "Antarctica/South_Pole", "Antarctica/Syowa", "Antarctica/Troll", "Antarctica/Vostok",
		"Atlantic/South_Georgia", "Indian/Kerguelen", "Pacific/Midway", "Pacific/Pitcairn", "Pacific/Wake",
	}
	numbered := phonenumbers.GetSupportedRegions()
	for _, name := range zone.Names() {
		country := zone.Country(name)
		require.Equal(t, slices.Contains(none, name), country == "", "%s: %q", name, country)
		require.True(t, country == "" || numbered[country], "%s: %q", name, country)
	}
}
