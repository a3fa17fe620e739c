package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

// TestAPasskeyIsNoWayAroundTheProvider: who has no password here has no passkey
// either, none that they make and none from before, and no session that began by one.
func TestAPasskeyIsNoWayAroundTheProvider(t *testing.T) {
	l := newLogin(t, roles, false)
	l.named()
	l.begin()
	admin := l.Client
	l.Client = anew(t)
	l.signIn(person("ann", "bosses")).leadsTo(t, "/account")
	ann, err := settings.FindMemberByEmail(t.Context(), l.db, l.gate.Company, "ann@example.com")
	require.NoError(t, err)

	require.NotContains(t, l.get("/account/second-factor").text, `data-begin="/account/passkeys/start"`, "none is offered")
	require.Contains(t, l.get("/account/second-factor").text, "sign in with a password here")
	require.Equal(t, http.StatusUnprocessableEntity, l.post("/account/passkeys/start").status)

	// One from before this was so, or from another way around.
	password := func(value any) {
		_, err := l.db.Exec(`update staff set password = $2 where id = $1`, ann.ID, value)
		require.NoError(t, err)
	}
	password("not one that anybody has")
	d := l.passkey("phone")
	begun := l.asksPasskey("/account/passkeys/start")
	in := l.other()
	in.post("/sign-in/passkey", "passkey", d.shows(in.asksPasskey("/sign-in/passkey/start"))).leadsTo(t, "/")
	require.Equal(t, http.StatusOK, in.get("/account").status)
	password(nil)
	require.Equal(t, http.StatusUnprocessableEntity, l.post("/account/passkeys", "passkey", l.device().makes(begun)).status)
	in.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
	other := l.other()
	require.Contains(t, other.post("/sign-in/passkey", "passkey", d.shows(other.asksPasskey("/sign-in/passkey/start"))).text, "This passkey is not taken here")
	other.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
	ways, err := l.gate.WaysOf(t.Context(), ann.CompanyID, ann.ID)
	require.NoError(t, err)
	require.False(t, ways.Passkey, "nor do they show by it who they are")

	// An admin who disconnects her takes them away: no password that she is given
	// later brings them back.
	l.Client = admin
	l.post("/staff/"+ann.ID+"/disconnect").leadsTo(t, "/staff/"+ann.ID)
	var left int
	require.NoError(t, l.db.Get(&left, `select (select count(*) from staff_passkeys where staff_id = $1) + (select count(*) from sessions where staff_id = $1) +
		(select count(*) from staff_recovery_codes where staff_id = $1)`, ann.ID))
	require.Zero(t, left)
}

// TestWithAPasswordAPasskeyStays: it stands in the place of the password, or beside it,
// whether its owner is connected with the provider or not.
func TestWithAPasswordAPasskeyStays(t *testing.T) {
	l := newLogin(t, "", false)
	l.named()
	l.begin()
	d := l.passkey("phone")
	l.get(l.away("/account/provider", person("maria"))).leadsTo(t, "/account?connected=1")
	m, err := settings.FindMemberByEmail(t.Context(), l.db, l.gate.Company, maria)
	require.NoError(t, err)
	for range 2 { // connected, and not any more
		other := l.other()
		other.post("/sign-in/passkey", "passkey", d.shows(other.asksPasskey("/sign-in/passkey/start"))).leadsTo(t, "/")
		require.Equal(t, http.StatusOK, other.get("/account").status)
		l.post("/staff/" + m.ID + "/disconnect")
	}
}

// TestPasskeysAreForLocalAdminsAlone where passwords are.
func TestPasskeysAreForLocalAdminsAlone(t *testing.T) {
	l := newLogin(t, "", true)
	l.named()
	l.begin()
	d := l.passkey("phone")
	shows := func() (page, *browser) {
		other := l.other()
		return other.post("/sign-in/passkey", "passkey", d.shows(other.asksPasskey("/sign-in/passkey/start"))), other
	}
	got, in := shows()
	got.leadsTo(t, "/")
	require.Equal(t, http.StatusOK, in.get("/account").status)
	l.get(l.away("/account/provider", person("maria")))
	in.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
	got, _ = shows()
	require.Contains(t, got.text, "This passkey is not taken here")
}
