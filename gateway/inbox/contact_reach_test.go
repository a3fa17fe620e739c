package inbox_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/contacts"
	"ringback/settings/staff"
)

// TestWhomAnotherTeamMetIsNotOneTeamsAlone: the rules of gateway/contacts/reach.go are
// asked with the teams of who is at it. Who reaches both may, and so may who reaches all.
func TestWhomAnotherTeamMetIsNotOneTeamsAlone(t *testing.T) {
	w := newWorld(t)
	shared := w.ticket()
	team, _ := w.other(shared.Contact)
	alone, err := w.desk.AddContact(t.Context(), w.who, w.team.ID, contacts.Card{Addresses: contacts.AddressList{{Kind: "phone", Address: "+12025550177"}}})
	require.NoError(t, err)
	block := func(c *contacts.Card) error { c.Blocked = !c.Blocked; return nil }
	ours := staff.Principal{CompanyID: w.team.CompanyID, Who: "Ann", Teams: []string{w.team.ID}}
	both := staff.Principal{CompanyID: w.team.CompanyID, Who: "Zoe", Teams: []string{w.team.ID, team}}

	_, err = w.desk.ChangeContact(t.Context(), ours, w.team.ID, shared.Contact, block)
	require.Equal(t, []string{"blocked: contact_shared"}, codes(t, err))
	_, err = w.desk.MergeContact(t.Context(), ours, w.team.ID, shared.Contact, alone.ID, "")
	require.Equal(t, []string{"into: contact_shared"}, codes(t, err))
	_, err = w.desk.AddContact(t.Context(), w.who, team, contacts.Card{Addresses: contacts.AddressList{{Kind: "phone", Address: "+12025550178"}}})
	require.NoError(t, err)
	done, err := w.desk.ImportContacts(t.Context(), ours, w.team.ID, []byte("phone,name\n+12025550178,Mallory\n"))
	require.NoError(t, err)
	require.Equal(t, []int{0, 1}, []int{done.Updated, done.Others})

	for _, who := range []staff.Principal{both, w.who} {
		_, err = w.desk.ChangeContact(t.Context(), who, w.team.ID, shared.Contact, block)
		require.NoError(t, err)
	}
	_, err = w.desk.MergeContact(t.Context(), both, w.team.ID, shared.Contact, alone.ID, "")
	require.NoError(t, err)
}
