package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/api/apitest"
)

const (
	onWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
	onPhone   = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)

// devices are where somebody is signed in, the newest first; the one that asks
// has a star.
func (w world) devices(cookie string) []string {
	w.T.Helper()
	var found []string
	for _, s := range apitest.Items(w.by(cookie, "GET", "/sessions", nil).JSON) {
		device := s["device"].(string)
		if s["current"].(bool) {
			device += " *"
		}
		require.NotEmpty(w.T, s["since"])
		require.NotEmpty(w.T, s["seen_at"])
		found = append(found, device)
	}
	return found
}

func TestOnesOwnSessions(t *testing.T) {
	w := newWorld(t)
	_, maria := w.signInAs("admin", "Maria")
	windows := cookieOf(w.signIn("maria@example.com", password, "User-Agent", onWindows))
	phone := cookieOf(w.signIn("maria@example.com", password, "User-Agent", onPhone))
	_, ann := w.signInAs("advisor", "Ann")
	require.Equal(t, []string{"Safari, iPhone", "Firefox, Windows *", "Go-http-client/1.1"}, w.devices(windows))

	sessions := apitest.Items(w.by(windows, "GET", "/sessions", nil).JSON)
	lost := "/sessions/" + sessions[0]["id"].(string)
	require.Equal(t, http.StatusNotFound, w.by(ann, "DELETE", lost, nil).Status, "it is not hers")
	require.True(t, w.alive(phone))
	require.Equal(t, http.StatusNoContent, w.by(windows, "DELETE", lost, nil).Status)
	require.False(t, w.alive(phone))
	require.Equal(t, http.StatusNotFound, w.by(windows, "DELETE", lost, nil).Status, "it has ended")

	require.Equal(t, http.StatusNoContent, w.by(windows, "DELETE", "/sessions", nil).Status)
	require.False(t, w.alive(maria))
	require.Equal(t, []string{"Firefox, Windows *"}, w.devices(windows))
	require.True(t, w.alive(ann), "others stay signed in")
	w.Refused(http.StatusForbidden, "GET", "/sessions", nil) // a key has none
}

func TestASessionThatRanOutIsNotListed(t *testing.T) {
	w := newWorld(t)
	_, maria := w.signInAs("admin", "Maria")
	w.signIn("maria@example.com", password, "User-Agent", onPhone)
	_, err := w.db.Exec(`update sessions set seen_at = now() - interval '13 hours' where device like '%iPhone%'`)
	require.NoError(t, err)
	require.Len(t, w.devices(maria), 1)
}

// happened is the company's history, as what and who, the newest first.
func (w world) happened() []string {
	w.T.Helper()
	var found []string
	for _, c := range apitest.Items(w.Must(http.StatusOK, "GET", "/history", nil)) {
		found = append(found, c["what"].(string)+" by "+c["who"].(string))
	}
	return found
}

func TestSignInsAreInTheCompanysHistory(t *testing.T) {
	w := newWorld(t)
	id, maria := w.signInAs("admin", "Maria")
	require.Equal(t, http.StatusUnauthorized, w.signIn("maria@example.com", "a wrong password", from, "192.0.2.7", "User-Agent", onPhone).Status)
	require.Equal(t, http.StatusUnauthorized, w.signIn("nobody@example.com", "a wrong password").Status)
	require.Equal(t, http.StatusOK, w.signIn("maria@example.com", password, "User-Agent", onWindows).Status)
	require.Equal(t, http.StatusNoContent, w.by(maria, "POST", "/session/password", object{"old_password": password, "password": "another horse"}).Status)
	require.Equal(t, []string{
		"password by Maria", "sign_in by Maria", "sign_in_failed by 192.0.2.7", "password by Maria", "invitation by bootstrap key", "staff by bootstrap key",
	}, w.happened())
	failed := apitest.Items(w.Must(http.StatusOK, "GET", "/history", nil))[2]
	require.Equal(t, id, failed["subject"])
	require.Equal(t, object{"name": "Maria", "from": "192.0.2.7", "device": "Safari, iPhone"}, failed["after"])
	require.Equal(t, false, failed["can_restore"])
	for _, said := range []string{password, "another horse", "a wrong password", "argon2"} {
		require.NotContains(t, w.Do("GET", "/history", nil).Text, said)
	}
}

// What the throttle refuses is not written down: nobody fills a table by
// guessing.
func TestAFloodOfTriesFillsNoHistory(t *testing.T) {
	w := newWorld(t)
	w.signInAs("admin", "Maria")
	before := len(w.happened())
	w.tries(14, "maria@example.com")
	require.Len(t, w.happened(), before+10)
}

func TestWhatASessionsBrowserSaysIsTextAlone(t *testing.T) {
	w := newWorld(t)
	_, maria := w.signInAs("admin", "Maria")
	for _, strange := range []string{"\xff\xfe", strings.Repeat("ż", 400), "<script>alert(1)</script>"} {
		require.Equal(t, http.StatusOK, w.signIn("maria@example.com", password, "User-Agent", strange).Status, strange)
	}
	require.Contains(t, w.devices(maria), "<script>alert(1)</script>")
}
