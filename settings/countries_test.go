package settings_test

import (
	"slices"
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/migrations/testdb"
	"ringback/settings"
)

var unitedStates = pq.StringArray{"US", "AS", "GU", "MP", "PR", "VI"}

// TestTheCountriesOfANewTeam: where it is, unless they are chosen, and then where its
// numbers are as well.
func TestTheCountriesOfANewTeam(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	company, err := settings.EnsureCompany(t.Context(), db, "GVE")
	require.NoError(t, err)
	const chicago, toronto, warsaw, somewhere, sanJuan, london, tollFree = "+13125550100", "+14165550100", "+48221234567", "+12005550100", "+17872345678", "+442079460000", "+80012345678"
	for _, c := range []struct {
		name, zone string
		chosen     pq.StringArray
		senders    []string
		want       pq.StringArray
	}{
		{"where it is", "America/Chicago", nil, nil, unitedStates},
		{"by an old name of the zone", "US/Central", nil, nil, unitedStates},
		{"nowhere", "UTC", nil, nil, pq.StringArray{}},
		{"where nobody has a number", "Antarctica/Troll", nil, nil, pq.StringArray{}},
		{"all, as chosen", "America/Chicago", pq.StringArray{}, []string{toronto}, pq.StringArray{}},
		{"one, as chosen", "America/Chicago", pq.StringArray{"DE"}, nil, pq.StringArray{"DE"}},
		{"its number is there", "America/Chicago", nil, []string{chicago}, unitedStates},
		{"its numbers are elsewhere", "America/Chicago", nil, []string{toronto, warsaw}, append(slices.Clone(unitedStates), "CA", "PL")},
		{"a number that may be there", "America/Toronto", nil, []string{somewhere}, pq.StringArray{"CA"}},
		{"a number that cannot be", "Europe/Warsaw", nil, []string{somewhere}, append(pq.StringArray{"PL"}, unitedStates...)},
		{"a number of no country", "America/Chicago", nil, []string{tollFree, "72345"}, unitedStates},
		{"in a territory", "America/Puerto_Rico", nil, nil, pq.StringArray{"PR", "US", "AS", "GU", "MP", "VI"}},
		{"a number of a territory", "America/Chicago", nil, []string{sanJuan}, unitedStates},
		{"a state with islands", "Europe/London", nil, nil, pq.StringArray{"GB", "GG", "IM", "JE"}},
		{"an island", "Europe/Jersey", nil, nil, pq.StringArray{"JE", "GB", "GG", "IM"}},
		{"a number of such a state", "Europe/Warsaw", nil, []string{london}, pq.StringArray{"PL", "GB", "GG", "IM", "JE"}},
		{"a number beside a part that is chosen", "Europe/Jersey", pq.StringArray{"JE"}, []string{london}, pq.StringArray{"JE", "GB", "GG", "IM"}},
		{"a country that shares a code and no state", "America/Toronto", nil, nil, pq.StringArray{"CA"}},
		{"nowhere, with a number", "UTC", nil, []string{warsaw}, pq.StringArray{}},
	} {
		fresh := settings.NewTeam()
		fresh.Name, fresh.TimeZone, fresh.AllowedCountries = c.name, c.zone, c.chosen
		team, err := settings.CreateTeam(t.Context(), db, company.ID, "test", fresh)
		require.NoError(t, err, c.name)
		for _, address := range c.senders {
			team, err = settings.EditTeam(t.Context(), db, company.ID, team.ID, "test", func(e *settings.Edit) error {
				s, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.SMS, Address: address})
				if err != nil {
					return err
				}
				return e.DeleteSender(t.Context(), s.ID) // what is one team's is no other's
			})
			require.NoError(t, err, c.name)
		}
		require.Equal(t, c.want, team.AllowedCountries, c.name)
		stored, err := settings.FindTeam(t.Context(), db, company.ID, team.ID)
		require.NoError(t, err)
		require.Equal(t, c.want, stored.AllowedCountries, c.name)
	}
}

// TestASendersCountryIsALineOfTheHistory: it can be taken back, and stays so. What the
// same edit has changed of the team before stands in it, once.
func TestASendersCountryIsALineOfTheHistory(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	edit := func(change func(*settings.Edit) error) {
		t.Helper()
		var err error
		team, err = settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", change)
		require.NoError(t, err)
	}
	add := func(e *settings.Edit, kind channels.Kind) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: kind, Address: "+14165550100"})
		return err
	}
	edit(func(e *settings.Edit) error {
		renamed := e.Team
		renamed.Name = "Toronto"
		if err := e.SaveTeam(t.Context(), renamed); err != nil {
			return err
		}
		return add(e, channels.SMS)
	})
	require.Equal(t, []any{"Toronto", append(slices.Clone(unitedStates), "CA")}, []any{team.Name, team.AllowedCountries})
	history, err := settings.ListHistory(t.Context(), db, team.CompanyID, team.ID, "", 1)
	require.NoError(t, err)
	require.Equal(t, "team", history[0].What)
	_, err = settings.Restore(t.Context(), db, team.CompanyID, team.ID, "test", history[0].ID, nil)
	require.NoError(t, err)
	team, err = settings.FindTeam(t.Context(), db, team.CompanyID, team.ID)
	require.NoError(t, err)
	require.Equal(t, []any{"Toronto", unitedStates}, []any{team.Name, team.AllowedCountries})
	edit(func(e *settings.Edit) error {
		e.CountriesChosen = true
		return add(e, channels.Voice)
	})
	require.Equal(t, unitedStates, team.AllowedCountries)
}
