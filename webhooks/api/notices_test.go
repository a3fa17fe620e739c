package api_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/webhooks/api/apitest"
)

// signedIn adds somebody to the staff and returns their id and a client with
// their session.
func (w inboxWorld) signedIn(name, role string) (id string, by func(status int, method, path string, body any) object) {
	w.t.Helper()
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Teams = name, name+"@example.com", role, []string{w.team.ID}
	made, err := settings.CreateMember(w.t.Context(), w.db, w.team.CompanyID, "test", m)
	require.NoError(w.t, err)
	link := w.Must(http.StatusCreated, "POST", "/staff/"+made.ID+"/invite", nil)["url"].(string)
	a := w.With("").Do("POST", "/links/"+path.Base(link), object{"password": "a horse, a battery"})
	require.Equal(w.t, http.StatusNoContent, a.Status, a.Text)
	cookie, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
	return made.ID, w.by(cookie)
}

// by makes requests with a session's cookie.
func (w inboxWorld) by(cookie string) func(status int, method, path string, body any) object {
	return func(status int, method, path string, body any) object {
		w.t.Helper()
		a := w.With("").Do(method, path, body, "Cookie", cookie)
		require.Equal(w.t, status, a.Status, a.Text)
		return a.JSON
	}
}

// again signs somebody in once more, in another browser.
func (w inboxWorld) again(name string) func(status int, method, path string, body any) object {
	w.t.Helper()
	a := w.With("").Do("POST", "/session", object{"email": name + "@example.com", "password": "a horse, a battery"})
	require.Less(w.t, a.Status, 300, a.Text)
	cookie, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
	return w.by(cookie)
}

func TestNotices(t *testing.T) {
	w := newInbox(t)
	_, ann := w.signedIn("ann", settings.RoleAdvisor)
	_, bob := w.signedIn("bob", settings.RoleAdvisor)

	usual := ann(http.StatusOK, "GET", "/me/notices", nil)
	require.Equal(t, object{"email": true, "push": true, "text": false}, usual["kinds"].(object)["missed_call"])
	require.Equal(t, object{"offered": false, "to": "ann@example.com"}, usual["email"])
	require.Equal(t, true, usual["push"].(object)["offered"])

	chosen := ann(http.StatusOK, "PUT", "/me/notices", object{
		"kinds": object{"message": object{"email": true, "push": false, "text": true}}, "on_schedule": object{"email": false, "push": true, "text": true},
	})
	require.Equal(t, object{"email": true, "push": false, "text": true}, chosen["kinds"].(object)["message"])
	require.Equal(t, usual["kinds"].(object)["voicemail"], chosen["kinds"].(object)["voicemail"])
	require.Equal(t, chosen, ann(http.StatusOK, "GET", "/me/notices", nil))
	require.Equal(t, usual["kinds"], bob(http.StatusOK, "GET", "/me/notices", nil)["kinds"], "each for themselves")
	for _, bad := range []any{
		object{"kinds": object{"nonsense": object{"email": true, "push": true, "text": true}}}, object{"kinds": []string{}}, object{"on_schedule": 7}, object{"more": 1}, []int{1},
	} {
		ann(http.StatusUnprocessableEntity, "PUT", "/me/notices", bad)
	}
	require.Equal(t, chosen, ann(http.StatusOK, "GET", "/me/notices", nil))

	ann(http.StatusConflict, "POST", "/me/notices/test", object{"way": "email"}) // no mail server
	ann(http.StatusConflict, "POST", "/me/notices/test", object{"way": "push"})  // no device
	ann(http.StatusConflict, "POST", "/me/notices/test", object{"way": "text"})  // no phone
	ann(http.StatusUnprocessableEntity, "POST", "/me/notices/test", object{"way": "pigeon"})

	key, err := ecdh.P256().GenerateKey(rand.Reader)
	require.NoError(t, err)
	subscription := object{"endpoint": "https://push.example.com/1", "name": "Firefox, Linux", "keys": object{
		"p256dh": base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), "auth": base64.RawURLEncoding.EncodeToString(make([]byte, 16)),
	}}
	made := ann(http.StatusCreated, "POST", "/me/devices", subscription)
	require.Equal(t, "Firefox, Linux", made["name"])
	require.Len(t, ann(http.StatusOK, "GET", "/me/notices", nil)["devices"], 1)
	bob(http.StatusNotFound, "DELETE", "/me/devices/"+made["id"].(string), nil)
	ann(http.StatusAccepted, "POST", "/me/notices/test", object{"way": "push"})
	subscription["endpoint"] = "https://169.254.169.254/"
	ann(http.StatusUnprocessableEntity, "POST", "/me/devices", subscription)
	ann(http.StatusUnprocessableEntity, "POST", "/me/devices", object{"endpoint": "https://push.example.com/2"})
	ann(http.StatusNoContent, "DELETE", "/me/devices/"+made["id"].(string), nil)
	ann(http.StatusNotFound, "DELETE", "/me/devices/"+made["id"].(string), nil)
	ann(http.StatusNotFound, "DELETE", "/me/devices/nonsense", nil)

	elsewhere := w.again("ann")
	for endpoint, by := range map[string]func(int, string, string, any) object{"3": ann, "4": elsewhere} {
		subscription["endpoint"] = "https://push.example.com/" + endpoint
		by(http.StatusCreated, "POST", "/me/devices", subscription)
	}
	elsewhere(http.StatusNoContent, "DELETE", "/session", nil)
	require.Len(t, ann(http.StatusOK, "GET", "/me/notices", nil)["devices"], 1, "nobody reads notices where they signed out")
	w.again("ann")(http.StatusNoContent, "DELETE", "/session?everywhere=true", nil)
	ann = w.again("ann")
	require.Empty(t, ann(http.StatusOK, "GET", "/me/notices", nil)["devices"])

	require.NoError(t, w.notices.Work(t.Context()))
	log := apitest.Items(ann(http.StatusOK, "GET", "/me/notices/log", nil))
	require.Len(t, log, 1)
	require.Equal(t, []any{"test", "push", "failed", "the device was removed"}, []any{log[0]["kind"], log[0]["way"], log[0]["state"], log[0]["error"]})
	require.Equal(t, http.StatusForbidden, w.Do("GET", "/me/notices", nil).Status, "a key is nobody's")
	require.NotNil(t, apitest.Items(bob(http.StatusOK, "GET", "/me/notices/log", nil)))
}
