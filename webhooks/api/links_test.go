package api_test

import (
	"net/http"
	"path"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/staff"
)

func (w world) gate() staff.Gate { return staff.Gate{DB: w.db} }

// welcome makes a link for the first admin and returns its path in the API.
func (w world) welcome() string {
	link, err := w.gate().Welcome(w.T.Context(), w.company.ID)
	require.NoError(w.T, err)
	return "/links/" + path.Base(link.URL)
}

func first(changes object) object {
	body := object{"company": "Green Valley", "name": "Maria", "email": "maria@example.com", "password": password}
	for field, value := range changes {
		body[field] = value
	}
	return body
}

func TestTheFirstAdmin(t *testing.T) {
	w := newWorld(t)
	earlier, link := w.welcome(), w.welcome()
	nobody := w.With("")
	require.Equal(t, object{"first": true, "company": "Green Valley Equipment", "name": "", "email": ""}, nobody.Must(http.StatusOK, "GET", link, nil))
	for field, bad := range map[string]any{"company": "", "name": "two\nlines", "email": "maria", "password": "short"} {
		require.Contains(t, nobody.Refused(http.StatusUnprocessableEntity, "POST", link, first(object{field: bad})), field)
	}
	require.Len(t, nobody.Refused(http.StatusUnprocessableEntity, "POST", link, object{"password": "x"}), 4, "all faults at once")
	require.Equal(t, "Green Valley Equipment", w.Must(http.StatusOK, "GET", "/company", nil)["name"])

	in := nobody.Do("POST", link, first(nil))
	require.Equal(t, http.StatusNoContent, in.Status, in.Text)
	me := w.by(cookieOf(in), "GET", "/session", nil).JSON
	require.Equal(t, "admin", me["role"])
	require.Equal(t, "Maria", me["name"])
	require.Nil(t, me["teams"])
	require.Equal(t, "Green Valley", w.Must(http.StatusOK, "GET", "/company", nil)["name"])
	require.Equal(t, http.StatusOK, w.signIn("maria@example.com", password).Status)

	for _, used := range []string{link, earlier} {
		nobody.Refused(http.StatusNotFound, "GET", used, nil)
		nobody.Refused(http.StatusNotFound, "POST", used, first(object{"email": "mallory@example.com"}))
	}
	_, err := w.gate().Welcome(t.Context(), w.company.ID)
	require.ErrorIs(t, err, settings.ErrNotFound)
}

func TestTheWelcomeLinkIsShutOnceAnAdminCanSignIn(t *testing.T) {
	w := newWorld(t)
	link := w.welcome()
	w.Must(http.StatusCreated, "POST", "/staff", w.ann(object{"role": "admin"}))
	w.With("").Must(http.StatusOK, "GET", link, nil)
	w.signInAs("manager", "Ben", w.teamID)
	w.With("").Must(http.StatusOK, "GET", link, nil)
	w.signInAs("admin", "Carla")
	w.With("").Refused(http.StatusNotFound, "GET", link, nil)
	w.With("").Refused(http.StatusNotFound, "POST", link, first(nil))
}

func TestTheFirstAdminMayBeOnTheStaffAlready(t *testing.T) {
	w := newWorld(t)
	made := w.Must(http.StatusCreated, "POST", "/staff", w.ann(object{"email": "Maria@Example.com", "teams": []any{w.teamID}, "active": false}))
	in := w.With("").Do("POST", w.welcome(), first(nil))
	require.Equal(t, http.StatusNoContent, in.Status, in.Text)
	after := w.Must(http.StatusOK, "GET", "/staff/"+made["id"].(string), nil)
	require.Equal(t, "admin", after["role"])
	require.Equal(t, true, after["active"])
	require.Equal(t, "ready", after["sign_in"])
	require.Equal(t, made["phone"], after["phone"])
	require.Equal(t, made["teams"], after["teams"])
}

func TestOfTwoFirstAdminsOneIsFirst(t *testing.T) {
	w := newWorld(t)
	links := []string{w.welcome(), w.welcome()}
	statuses := make([]int, 2)
	var group sync.WaitGroup
	for n, link := range links {
		group.Go(func() {
			statuses[n] = w.With("").Do("POST", link, first(object{"email": string(rune('a'+n)) + "@example.com"})).Status
		})
	}
	group.Wait()
	require.ElementsMatch(t, []int{http.StatusNoContent, http.StatusNotFound}, statuses)
	var staff int
	require.NoError(t, w.db.Get(&staff, `select count(*) from staff`))
	require.Equal(t, 1, staff, "the other left nothing behind")
}

func TestAnInvitation(t *testing.T) {
	w := newWorld(t)
	id := w.member("Ben", w.teamID)
	require.Equal(t, "none", w.Must(http.StatusOK, "GET", "/staff/"+id, nil)["sign_in"])
	old, link := w.invite(id), w.invite(id)
	require.Equal(t, "invited", w.Must(http.StatusOK, "GET", "/staff/"+id, nil)["sign_in"])
	nobody := w.With("")
	nobody.Refused(http.StatusNotFound, "GET", old, nil)
	require.Equal(t, object{"first": false, "company": "Green Valley Equipment", "name": "Ben", "email": "ben@example.com"}, nobody.Must(http.StatusOK, "GET", link, nil))
	require.Contains(t, nobody.Refused(http.StatusUnprocessableEntity, "POST", link, object{"password": "ben@example.com"}), "password")
	require.Equal(t, http.StatusNoContent, nobody.Do("POST", link, object{"password": password}).Status)
	require.Equal(t, "ready", w.Must(http.StatusOK, "GET", "/staff/"+id, nil)["sign_in"])
	nobody.Refused(http.StatusNotFound, "POST", link, object{"password": "another horse"})
	require.Equal(t, http.StatusOK, w.signIn("ben@example.com", password).Status)
}

func TestALinkResetsAPassword(t *testing.T) {
	w := newWorld(t)
	id, cookie := w.signInAs("advisor", "Ben")
	link := w.invite(id)
	require.True(t, w.alive(cookie), "until it is used")
	require.Equal(t, http.StatusOK, w.signIn("ben@example.com", password).Status)
	w.With("").Must(http.StatusNoContent, "POST", link, object{"password": "another horse"})
	require.False(t, w.alive(cookie))
	require.Equal(t, http.StatusUnauthorized, w.signIn("ben@example.com", password).Status)
}

func TestOfTwoWhoUseALinkOneIsLetIn(t *testing.T) {
	w := newWorld(t)
	link := w.invite(w.member("Ben"))
	statuses := make([]int, 4)
	var group sync.WaitGroup
	for n := range statuses {
		group.Go(func() { statuses[n] = w.With("").Do("POST", link, object{"password": password}).Status })
	}
	group.Wait()
	require.ElementsMatch(t, []int{http.StatusNoContent, http.StatusNotFound, http.StatusNotFound, http.StatusNotFound}, statuses)
}

func TestLinksThatAreNotInForce(t *testing.T) {
	w := newWorld(t)
	id := w.member("Ben", w.teamID)
	link := w.invite(id)
	w.Must(http.StatusOK, "PATCH", "/staff/"+id, object{"active": false})
	w.With("").Refused(http.StatusNotFound, "POST", link, object{"password": password})
	w.Refused(http.StatusConflict, "POST", "/staff/"+id+"/invite", nil)
	w.Must(http.StatusOK, "PATCH", "/staff/"+id, object{"active": true})
	w.With("").Refused(http.StatusNotFound, "POST", link, object{"password": password})
	link = w.invite(id)
	_, err := w.db.Exec(`update sign_in_links set expires_at = now()`)
	require.NoError(t, err)
	for _, gone := range []string{link, "/links/x", "/links/%00", "/links/" + nobody} {
		w.With("").Refused(http.StatusNotFound, "GET", gone, nil)
		w.With("").Refused(http.StatusNotFound, "POST", gone, object{"password": password})
	}
	for _, gone := range []string{nobody, "x"} {
		w.Refused(http.StatusNotFound, "POST", "/staff/"+gone+"/invite", nil)
	}
}
