package settings_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/automations"
)

// TestANameFitsIntoTheTexts: a text was checked with the names of its day. A longer
// name that would make it too long to send is refused, with the text that is in the
// way; one that was too long already is nobody's fault.
func TestANameFitsIntoTheTexts(t *testing.T) {
	ctx := t.Context()
	db := testdb.New(t)
	company, err := settings.EnsureCompany(ctx, db, "Green Valley")
	require.NoError(t, err)
	draft := settings.NewTeam()
	draft.Name, draft.TimeZone = "Service", "America/Chicago"
	team, err := settings.CreateTeam(ctx, db, company.ID, "test", draft)
	require.NoError(t, err)
	write := func(text string) {
		t.Helper()
		_, err := settings.EditTeam(ctx, db, company.ID, team.ID, "test", func(e *settings.Edit) error {
			s, err := e.Automation(ctx, automations.CustomerHangsUp)
			if err != nil {
				return err
			}
			s.Message = text
			return e.SaveAutomations(ctx, []automations.Setting{s})
		})
		require.NoError(t, err)
	}
	shown := func(name string) error {
		_, err := settings.EditTeam(ctx, db, company.ID, team.ID, "test", func(e *settings.Edit) error {
			changed := e.Team
			changed.DisplayName = name
			return e.SaveTeam(ctx, changed)
		})
		return err
	}
	refused := func(err error, field string, length int) {
		t.Helper()
		var wrong settings.Invalid
		require.ErrorAs(t, err, &wrong)
		require.Equal(t, field, wrong[0].Field)
		require.Equal(t, "name_too_long", wrong[0].Code)
		require.Equal(t, map[string]any{"What": "Customer hangs up", "Team": "Service", "Count": length, "Limit": 1600}, wrong[0].Params)
	}
	const names = len("Green Valley - Service: ")
	write(strings.Repeat("a", 1600-names))
	refused(shown("Services"), "display_name", 1601)
	require.NoError(t, shown("Parts"))
	_, err = settings.RenameCompany(ctx, db, company.ID, "test", "Greener Valleys")
	refused(err, "name", 1601)
	_, err = settings.RenameCompany(ctx, db, company.ID, "test", "Greener Valley")
	require.NoError(t, err)

	write(strings.Repeat("a", 1700))
	require.NoError(t, shown("Services"), "too long before")
}
