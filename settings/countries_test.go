package settings_test

import (
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// TestTheCountriesOfANewTeam: where it is, unless they are chosen, and then where its
// numbers are as well.
func TestTheCountriesOfANewTeam(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	company, err := settings.EnsureCompany(t.Context(), db, "GVE")
	require.NoError(t, err)
	const chicago, toronto, warsaw, somewhere, tollFree = "+13125550100", "+14165550100", "+48221234567", "+12005550100", "+80012345678"
	for _, c := range []struct {
		name, zone string
		chosen     pq.StringArray
		senders    []string
		want       pq.StringArray
	}{
		{"where it is", "America/Chicago", nil, nil, pq.StringArray{"US"}},
		{"by an old name of the zone", "US/Central", nil, nil, pq.StringArray{"US"}},
		{"nowhere", "UTC", nil, nil, pq.StringArray{}},
		{"where nobody has a number", "Antarctica/Troll", nil, nil, pq.StringArray{}},
		{"all, as chosen", "America/Chicago", pq.StringArray{}, []string{toronto}, pq.StringArray{}},
		{"one, as chosen", "America/Chicago", pq.StringArray{"DE"}, nil, pq.StringArray{"DE"}},
		{"its number is there", "America/Chicago", nil, []string{chicago}, pq.StringArray{"US"}},
		{"its numbers are elsewhere", "America/Chicago", nil, []string{toronto, warsaw}, pq.StringArray{"US", "CA", "PL"}},
		{"a number that may be there", "America/Toronto", nil, []string{somewhere}, pq.StringArray{"CA"}},
		{"a number that cannot be", "Europe/Warsaw", nil, []string{somewhere}, pq.StringArray{"PL", "US"}},
		{"a number of no country", "America/Chicago", nil, []string{tollFree, "72345"}, pq.StringArray{"US"}},
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
	require.Equal(t, []any{"Toronto", pq.StringArray{"US", "CA"}}, []any{team.Name, team.AllowedCountries})
	history, err := settings.ListHistory(t.Context(), db, team.CompanyID, team.ID, "", 1)
	require.NoError(t, err)
	require.Equal(t, "team", history[0].What)
	_, err = settings.Restore(t.Context(), db, team.CompanyID, team.ID, "test", settings.Restoration{Change: history[0].ID}, nil)
	require.NoError(t, err)
	team, err = settings.FindTeam(t.Context(), db, team.CompanyID, team.ID)
	require.NoError(t, err)
	require.Equal(t, []any{"Toronto", pq.StringArray{"US"}}, []any{team.Name, team.AllowedCountries})
	edit(func(e *settings.Edit) error {
		e.CountriesChosen = true
		return add(e, channels.Voice)
	})
	require.Equal(t, pq.StringArray{"US"}, team.AllowedCountries)
}
