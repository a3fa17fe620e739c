package settings_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
	"ringback/settings"
)

func TestWhoIsHiredIsRungAtOnce(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	schedules, err := settings.ListSchedules(t.Context(), db, team.CompanyID, team.ID, "", 10)
	require.NoError(t, err)
	weekdays := schedules[0].ID
	hire := func(name string, schedules ...string) (settings.Member, error) {
		m := settings.NewMember()
		m.Name, m.Email, m.Role, m.Teams = name, name+"@example.com", settings.RoleAdvisor, pq.StringArray{team.ID}
		return settings.Hire(t.Context(), db, team.CompanyID, "test", m, team.ID, schedules)
	}
	for _, none := range []string{"weekdays", uuid.NewString()} {
		_, err := hire("nobody", weekdays, none)
		require.Equal(t, []string{"schedules"}, fields(t, err))
	}
	staff, err := settings.ListStaff(t.Context(), db, team.CompanyID, nil, "nobody", "", 10)
	require.NoError(t, err)
	require.Empty(t, staff, "who cannot be rung so was not hired")
	nora, err := hire("nora", weekdays, weekdays)
	require.NoError(t, err)
	schedules, err = settings.ListSchedules(t.Context(), db, team.CompanyID, team.ID, "", 10)
	require.NoError(t, err)
	require.Equal(t, settings.Advisors{nora.ID}, schedules[0].Advisors)
}
