package staff_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/staff"
)

func TestWhichRoleAClaimGives(t *testing.T) {
	t.Parallel()
	r, err := staff.ParseRoles("https://example.com/roles: cn=boss,ou=x=admin; the leads = manager;*=advisor;")
	require.NoError(t, err)
	require.Equal(t, "https://example.com/roles", r.Claim)
	for want, values := range map[string][]string{
		"admin": {"the leads", "cn=boss,ou=x"}, "manager": {"others", "the leads"}, "advisor": nil,
	} {
		require.Equal(t, want, r.Role(values), values)
	}
	r, err = staff.ParseRoles("groups: crew=advisor")
	require.NoError(t, err)
	require.Empty(t, r.Role([]string{"Crew", "*", "", "admin"}))
	r, err = staff.ParseRoles(" ")
	require.NoError(t, err)
	require.Empty(t, r.Role([]string{"admin"}))
	for _, wrong := range []string{"groups", "groups:crew=advisor", ": crew=advisor", "groups: ", "groups: crew", "groups: crew=boss", "groups: =admin", "groups: a=admin; a=advisor"} {
		_, err := staff.ParseRoles(wrong)
		require.ErrorIs(t, err, staff.ErrRoles, wrong)
	}
}
