package staff_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/staff"
)

// TestWhoMayHaveSchedulesRingSomebody: whoever may add staff and not change schedules
// adds nobody whom they ring, and nobody does so in another team.
func TestWhoMayHaveSchedulesRingSomebody(t *testing.T) {
	t.Parallel()
	team, other, schedule := uuid.NewString(), uuid.NewString(), []string{uuid.NewString()}
	m := settings.NewMember()
	m.Name, m.Teams = "Nora", []string{team}
	var denied staff.Denied
	_, err := staff.Hire(t.Context(), nil, staff.Principal{CompanyID: uuid.NewString(), StaffID: uuid.NewString(), Role: settings.RoleAdvisor, Teams: []string{team}}, m, team, schedule)
	require.ErrorAs(t, err, &denied)
	_, err = staff.Hire(t.Context(), nil, staff.Principal{CompanyID: uuid.NewString(), Scopes: []staff.Scope{staff.SettingsWrite}, Teams: []string{other}}, m, team, schedule)
	require.ErrorIs(t, err, settings.ErrNotFound)
}
