package api_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

func TestTheLastAdminStays(t *testing.T) {
	w := newWorld(t)
	maria, cookie := w.signInAs("admin", "Maria")
	path := "/staff/" + maria
	stays := func() {
		t.Helper()
		require.Contains(t, w.Refused(http.StatusConflict, "PATCH", path, object{"role": "manager", "teams": []any{w.teamID}}), "role")
		require.Contains(t, w.Refused(http.StatusConflict, "PATCH", path, object{"active": false}), "active")
		require.True(t, w.alive(cookie))
	}
	stays()
	ben := w.Must(http.StatusCreated, "POST", "/staff", w.ann(object{"role": "admin"}))["id"].(string)
	stays() // Ben has no password: nobody could sign in as an admin
	w.choosePassword(ben)
	w.Must(http.StatusOK, "PATCH", path, object{"role": "manager", "teams": []any{w.teamID}})
	require.Contains(t, w.Refused(http.StatusConflict, "PATCH", "/staff/"+ben, object{"role": "advisor", "teams": []any{w.teamID}}), "role")
	w.Must(http.StatusOK, "PATCH", path, object{"role": "admin"})
	w.Must(http.StatusOK, "PATCH", "/staff/"+ben, object{"active": false})
	stays()
}

func TestTwoAdminsCannotRemoveEachOther(t *testing.T) {
	w := newWorld(t)
	maria, marias := w.signInAs("admin", "Maria")
	ben, bens := w.signInAs("admin", "Ben")
	var group sync.WaitGroup
	group.Go(func() { w.by(marias, "PATCH", "/staff/"+ben, object{"active": false}) })
	group.Go(func() { w.by(bens, "PATCH", "/staff/"+maria, object{"role": "advisor", "teams": []any{w.teamID}}) })
	group.Wait()
	var left int
	require.NoError(t, w.db.Get(&left, `select count(*) from staff where role = 'admin' and active`))
	require.Equal(t, 1, left)
}

func TestAChangeOfSomebodyIsInForceAtOnce(t *testing.T) {
	w := newWorld(t)
	sales := w.Must(http.StatusCreated, "POST", "/teams", chicago("Sales"))["id"].(string)
	w.signInAs("admin", "Maria")
	id, cookie := w.signInAs("manager", "Ben", w.teamID)
	status := func(method, path string, body any) int { return w.by(cookie, method, path, body).Status }
	require.Equal(t, http.StatusOK, status("PATCH", w.team, object{"name": "Ours"}))
	require.Equal(t, http.StatusNotFound, status("GET", "/teams/"+sales, nil))

	w.Must(http.StatusOK, "PATCH", "/staff/"+id, object{"teams": []string{sales, w.teamID}})
	require.Equal(t, http.StatusOK, status("GET", "/teams/"+sales, nil))
	w.Must(http.StatusOK, "PATCH", "/staff/"+id, object{"role": "advisor", "teams": []string{w.teamID}})
	require.Equal(t, http.StatusForbidden, status("PATCH", w.team, object{"name": "Mine"}))
	require.Equal(t, http.StatusOK, status("GET", w.team, nil))
	require.Equal(t, http.StatusNotFound, status("GET", "/teams/"+sales, nil))
	_, err := settings.ChangeMember(t.Context(), w.db, w.company.ID, "provider", id, func(m *settings.Member) error { m.Teams = nil; return nil })
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, status("GET", w.team, nil), "on no team is not on all")
	require.Empty(t, w.by(cookie, "GET", "/teams", nil).JSON["items"])
	w.Must(http.StatusOK, "PATCH", "/staff/"+id, object{"role": "admin"})
	require.Equal(t, http.StatusOK, status("GET", "/teams/"+sales, nil))

	w.Must(http.StatusOK, "PATCH", "/staff/"+id, object{"active": false})
	require.Equal(t, http.StatusUnauthorized, status("GET", "/session", nil))
	w.Must(http.StatusOK, "PATCH", "/staff/"+id, object{"active": true})
	require.Equal(t, http.StatusUnauthorized, status("GET", "/session", nil), "the session is gone for good")
}

func TestAManagerOfTwoTeamsSeesThoseAlone(t *testing.T) {
	w := newWorld(t)
	sales := w.Must(http.StatusCreated, "POST", "/teams", chicago("Sales"))["id"].(string)
	parts := w.Must(http.StatusCreated, "POST", "/teams", chicago("Parts"))["id"].(string)
	ann, tom, both := w.member("Ann", w.teamID), w.member("Tom", parts), w.member("Both", parts, sales)
	id, cookie := w.signInAs("manager", "Ben", w.teamID, sales)
	require.Equal(t, []string{sales, w.teamID}, ids(w.by(cookie, "GET", "/teams", nil).JSON))
	require.Equal(t, []string{id, both, ann}, ids(w.by(cookie, "GET", "/staff", nil).JSON))
	require.Equal(t, http.StatusOK, w.by(cookie, "GET", "/staff/"+both, nil).Status)
	require.Equal(t, http.StatusNotFound, w.by(cookie, "GET", "/staff/"+tom, nil).Status)
	require.Equal(t, http.StatusForbidden, w.by(cookie, "PATCH", "/staff/"+id, object{"role": "admin"}).Status)
	require.Equal(t, http.StatusForbidden, w.by(cookie, "POST", "/staff/"+both+"/invite", nil).Status)
	require.Equal(t, http.StatusForbidden, w.by(cookie, "POST", "/keys", object{"scopes": []string{"settings:write"}}).Status)
}

// Whoever may edit the staff must not make themselves mightier by way of
// somebody who can sign in.
func TestAKeyCannotLendARoleItLacks(t *testing.T) {
	w := newWorld(t)
	w.signInAs("admin", "Maria")
	insider, _ := w.signInAs("advisor", "Mallory", w.teamID)
	invited := w.member("Invited")
	w.invite(invited)
	key := w.key([]string{"staff:write"}, nil)
	for _, id := range []string{insider, invited} {
		key.Refused(http.StatusForbidden, "PATCH", "/staff/"+id, object{"role": "admin"})
		key.Refused(http.StatusForbidden, "PATCH", "/staff/"+id, object{"teams": []string{}, "role": "manager"})
		key.Refused(http.StatusForbidden, "POST", "/staff/"+id+"/invite", nil)
		key.Refused(http.StatusForbidden, "PATCH", "/staff/"+id, object{"name": "Renamed"})
	}
	fresh := key.Must(http.StatusCreated, "POST", "/staff", w.ann(object{"role": "admin"}))["id"].(string)
	key.Refused(http.StatusForbidden, "POST", "/staff/"+fresh+"/invite", nil)
	enough := w.key([]string{"staff:write", "tickets:write", "settings:read", "deliveries:read"}, nil)
	enough.Must(http.StatusCreated, "POST", "/staff/"+insider+"/invite", nil)
	enough.Must(http.StatusOK, "PATCH", "/staff/"+insider, object{"name": "Renamed"})
	enough.Refused(http.StatusForbidden, "POST", "/staff/"+fresh+"/invite", nil)
}
