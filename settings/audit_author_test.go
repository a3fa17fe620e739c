package settings_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
	"ringback/settings"
)

// TestWhoItWasWhateverTheyAreCalled: a line says by an id who of the staff it was, so that
// somebody who is called otherwise now is found with all that they did, and a name that two
// have, or that a key has as well, tells nobody wrong.
func TestWhoItWasWhateverTheyAreCalled(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	member := settings.NewMember()
	member.Name, member.Email, member.Role = "Ann Meyer", "ann@example.com", settings.RoleAdmin
	ann, err := settings.CreateMember(t.Context(), db, team.CompanyID, "test", member)
	require.NoError(t, err)
	ctx := settings.WithAuthor(t.Context(), ann.ID)
	called := func(name string, who string) {
		_, err := settings.EditTeam(ctx, db, team.CompanyID, team.ID, who, func(e *settings.Edit) error {
			_, err := e.AddReply(ctx, settings.Reply{Title: name, Text: "8 to 17"})
			return err
		})
		require.NoError(t, err)
	}
	called("before she married", "Ann Schmidt")
	called("since", "Ann Meyer")
	ctx = t.Context()
	called("by a key of her name", "Ann Meyer")
	ctx = settings.WithAuthor(ctx, ann.ID)
	require.NoError(t, settings.NoteRefused(ctx, db, team.CompanyID, "Ann Meyer", "settings", settings.Refused{By: ann.ID}))

	authors := func(who string) (found []string) {
		for _, l := range must(settings.Audit(ctx, db, team.CompanyID, settings.AuditFilter{Who: who}, "", 99))(t) {
			author := "nobody"
			if l.StaffID != nil {
				require.Equal(t, ann.ID, *l.StaffID)
				author = "ann"
			}
			found = append(found, l.What+" by "+author)
		}
		return found
	}
	require.Equal(t, []string{"refused by ann", "reply by nobody", "reply by ann", "reply by ann"}, authors("ann meyer"), "what she did under another name, too")
	require.Equal(t, []string{"refused by ann", "reply by ann", "reply by ann"}, authors(ann.ID))
	require.Equal(t, []string{"reply by ann"}, authors("Ann Schmidt"), "a name of before is the line's own")
	history := must(settings.ListHistory(ctx, db, team.CompanyID, team.ID, "", 2))(t)
	require.Nil(t, history[0].StaffID)
	require.Equal(t, &ann.ID, history[1].StaffID)
}
