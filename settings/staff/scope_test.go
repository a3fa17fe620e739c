package staff_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/settings/staff"
)

// TestWhoMayWhat: API keys by their scopes and reach. What people may, by
// their role, is played through sessions.
func TestWhoMayWhat(t *testing.T) {
	team := uuid.NewString()
	key := func(teams []string, scopes ...staff.Scope) staff.Principal {
		return staff.Principal{Teams: teams, Scopes: scopes}
	}
	for name, c := range map[string]struct {
		who    staff.Principal
		may    []string
		mayNot []string
	}{
		"who reads settings": {
			key(nil, staff.SettingsRead),
			[]string{"get-team", "list-automations", "list-strays", "sign-in", "get-session"},
			[]string{"change-team", "save-automations", "list-tickets", "list-keys", "list-staff", "list-hooks"},
		},
		"who writes them reads them": {
			key(nil, staff.SettingsWrite),
			[]string{"get-team", "change-team", "save-automations", "create-team", "restore-change", "create-hook"},
			[]string{"list-tickets", "create-key", "change-member"},
		},
		"bound to a team": {
			key([]string{team}, staff.SettingsWrite, staff.KeysWrite, staff.StaffWrite),
			[]string{"get-team", "change-team", "list-staff"},
			[]string{"create-team", "change-company", "create-key", "list-keys", "create-hook", "list-strays", "change-member"},
		},
		"who writes tickets": {
			key(nil, staff.TicketsWrite),
			[]string{"list-tickets", "change-ticket", "make-request", "merge-contact"},
			[]string{"get-team", "retry-delivery", "list-deliveries"},
		},
		"nothing at all": {
			key(nil),
			[]string{"sign-in", "get-link", "use-link", "get-session"},
			[]string{"get-company", "list-tickets", "sign-out", "change-password"},
		},
		"everything, and still no person": {
			key(nil, staff.Scopes...),
			[]string{"create-key", "change-member", "change-company"},
			[]string{"sign-out", "change-password", "list-sessions", "add-device"},
		},
	} {
		for _, operation := range c.may {
			require.NoError(t, c.who.Allowed(operation), "%s: %s", name, operation)
			require.True(t, c.who.MayCall(operation), "%s: %s", name, operation)
		}
		for _, operation := range append(c.mayNot, "a route that was forgotten", "") {
			require.Error(t, c.who.Allowed(operation), "%s: %s", name, operation)
			require.False(t, c.who.MayCall(operation), "%s: %s", name, operation)
		}
	}
}

// TestNobodyMakesOthersMightierThanThemselves, and whoever may give one role
// may give the lesser ones.
func TestNobodyMakesOthersMightierThanThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		who := staff.Principal{Scopes: rapid.SliceOfDistinct(rapid.SampledFrom(staff.Scopes), func(s staff.Scope) staff.Scope { return s }).Draw(t, "scopes")}
		all := true
		for _, s := range staff.Scopes {
			all = all && who.May(s)
		}
		require.Equal(t, all, who.MayGive("admin"))
		require.True(t, !who.MayGive("admin") || who.MayGive("manager"))
		require.True(t, !who.MayGive("manager") || who.May(staff.SettingsWrite) && who.May(staff.TicketsRead))
		require.True(t, !who.MayGive("advisor") || who.May(staff.TicketsWrite) && who.May(staff.SettingsRead))
		for _, read := range []staff.Scope{staff.SettingsRead, staff.TicketsRead, staff.DeliveriesRead, staff.KeysRead, staff.StaffRead} {
			write := staff.Scope(strings.TrimSuffix(string(read), "read") + "write")
			require.True(t, !who.May(write) || who.May(read), "who writes reads")
		}
	})
}

func TestReach(t *testing.T) {
	one, other := uuid.NewString(), uuid.NewString()
	require.True(t, staff.Principal{}.Reaches(one), "of the whole company")
	require.False(t, staff.Principal{Teams: []string{}}.Reaches(one), "of no team is of none, not of all")
	bound := staff.Principal{Teams: []string{one}}
	require.True(t, bound.Reaches(one))
	require.True(t, bound.Reaches(strings.ToUpper(one)), "however the id is written")
	require.False(t, bound.Reaches(other))
	require.False(t, bound.Reaches(""))
}

// TestEveryRouteSaysWhatItNeeds in its description.
func TestEveryRouteSaysWhatItNeeds(t *testing.T) {
	for operation, want := range map[string]string{
		"sign-in": "Open to everybody.", "get-session": "Needs a session or an API key, of any scope.", "sign-out": "Needs a session: an API key is nobody's.",
		"change-team": "Needs the scope `settings:write`.", "create-team": "Needs the scope `settings:write` and a key that is not bound to one team.",
	} {
		require.Equal(t, want, staff.Needs(operation))
	}
	require.True(t, staff.Known(staff.KeysRead))
	require.False(t, staff.Known("keys:read "))
	require.False(t, staff.Known(""))
}
