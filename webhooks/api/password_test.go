package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAWrongPasswordSaysNotWhatWasWrong(t *testing.T) {
	w := newWorld(t)
	id, _ := w.signInAs("advisor", "Maria", w.teamID)
	w.member("Nopassword")
	wrong := w.signIn("maria@example.com", "a horse, a batterx")
	require.Equal(t, http.StatusUnauthorized, wrong.Status)
	require.Empty(t, wrong.Header.Get("Set-Cookie"))
	for _, email := range []string{"nobody@example.com", "nopassword@example.com", "", "maria@example.com\x00", "%", strings.Repeat("ü", 250)} {
		a := w.signIn(email, password)
		require.Equal(t, wrong.Text, a.Text, email)
		require.Equal(t, wrong.Status, a.Status, email)
	}
	for _, bad := range []string{"", " " + password, strings.ToUpper(password), strings.Repeat("x", 1000), password + "\x00"} {
		require.Equal(t, wrong.Text, w.signIn("maria@example.com", bad, from, "192.0.2.9").Text, bad)
	}
	w.Must(http.StatusOK, "PATCH", "/staff/"+id, object{"active": false})
	require.Equal(t, wrong.Text, w.signIn("maria@example.com", password, from, "192.0.2.10").Text, "who has left")
}

func TestSignInBodies(t *testing.T) {
	w := newWorld(t)
	for _, bad := range []any{
		object{},
		object{"email": "a@example.com"},
		object{"email": 1, "password": "x"},
		object{"email": nil, "password": nil},
		object{"email": "a@example.com", "password": "x", "role": "admin"},
		object{"email": strings.Repeat("x", 300), "password": "x"},
	} {
		w.With("").Refused(http.StatusUnprocessableEntity, "POST", "/session", bad)
	}
	w.With("").Refused(http.StatusUnsupportedMediaType, "POST", "/session", "email=a&password=b", "Content-Type", "application/x-www-form-urlencoded")
}

// tries signs in with a wrong password and returns how often the answer was
// another one than 429.
func (w world) tries(n int, email string, headers ...string) (counted int) {
	for range n {
		a := w.signIn(email, "wrong wrong wrong", headers...)
		if a.Status != http.StatusTooManyRequests {
			counted++
			continue
		}
		require.Regexp(w.T, `^[1-9][0-9]{0,2}$`, a.Header.Get("Retry-After"), "within 15 minutes")
		require.Equal(w.T, "application/problem+json", a.Header.Get("Content-Type"))
	}
	return counted
}

func TestGuessingIsThrottled(t *testing.T) {
	w := newWorld(t)
	w.signInAs("admin", "Maria")
	require.Equal(t, 10, w.tries(12, "maria@example.com"))
	require.Equal(t, http.StatusTooManyRequests, w.signIn("Maria@Example.com", password).Status, "and the right one now as well")
	require.Equal(t, http.StatusOK, w.signIn("maria@example.com", password, from, "192.0.2.1").Status, "but nobody can lock her out from afar")
	require.Equal(t, http.StatusTooManyRequests, w.signIn("maria@example.com", password, "X-Forwarded-For", "192.0.2.1").Status, "nor claim to be elsewhere")

	_, err := w.db.Exec(`update sign_in_tries set since = since - interval '15 minutes'`)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, w.signIn("maria@example.com", password).Status)
}

func TestAGoodPasswordForgivesTheBadOnesBefore(t *testing.T) {
	w := newWorld(t)
	w.signInAs("admin", "Maria")
	for range 2 {
		require.Equal(t, 9, w.tries(9, "maria@example.com"))
		require.Equal(t, http.StatusOK, w.signIn("maria@example.com", password).Status)
	}
}

func TestOneAddressCannotTryManyPeople(t *testing.T) {
	w := newWorld(t)
	w.signInAs("admin", "Maria")
	require.Equal(t, 1, w.tries(1, "a@example.com"))
	_, err := w.db.Exec(`update sign_in_tries set tries = 47`) // no need to hash fifty passwords
	require.NoError(t, err)
	counted := 0
	for n := range 6 {
		counted += w.tries(1, string(rune('b'+n))+"@example.com")
	}
	require.Equal(t, 3, counted)
	require.Equal(t, http.StatusTooManyRequests, w.signIn("maria@example.com", password).Status)
}

// TestManyNetworksLockNobodyOut: who fails in somebody's name from everywhere has
// a few tries from each network; she herself goes on where she is known, by her
// network or her browser, and signs in from a new place at her first try.
func TestManyNetworksLockNobodyOut(t *testing.T) {
	w := newWorld(t)
	w.signInAs("admin", "Maria")
	require.Equal(t, http.StatusOK, w.signIn("maria@example.com", password, from, "198.51.100.1").Status)
	require.Equal(t, 1, w.tries(1, "maria@example.com", from, "192.0.2.1"))
	_, err := w.db.Exec(`update sign_in_tries set tries = 1000 where key = sha256('email maria@example.com')`) // no need to hash a thousand passwords
	require.NoError(t, err)
	require.Equal(t, 2, w.tries(5, "maria@example.com", from, "192.0.2.2"))
	require.Equal(t, 2, w.tries(5, "maria@example.com", from, "192.0.2.3"))
	require.Equal(t, 5, w.tries(5, "maria@example.com", from, "198.51.100.1"), "where she is known she may err")
	require.Equal(t, http.StatusOK, w.signIn("maria@example.com", password, from, "198.51.100.1").Status)
	there := w.signIn("maria@example.com", password, from, "203.0.113.9")
	require.Equal(t, http.StatusOK, there.Status, "a new place")
	cookie, _, _ := strings.Cut(there.Header.Get("Set-Cookie"), ";")
	require.Equal(t, http.StatusTooManyRequests, w.signIn("maria@example.com", password, from, "192.0.2.2").Status)
	require.Equal(t, http.StatusOK, w.signIn("maria@example.com", password, from, "192.0.2.2", "Cookie", cookie).Status, "a browser that was in")
}

func TestAThousandAtOnceAreCountedOneByOne(t *testing.T) {
	w := newWorld(t)
	w.signInAs("admin", "Maria")
	var group sync.WaitGroup
	statuses := make(chan int, 40)
	for range 40 {
		group.Go(func() { statuses <- w.signIn("maria@example.com", "wrong wrong wrong").Status })
	}
	group.Wait()
	close(statuses)
	looked := 0
	for status := range statuses {
		if status == http.StatusUnauthorized {
			looked++
		} else {
			require.Equal(t, http.StatusTooManyRequests, status)
		}
	}
	require.LessOrEqual(t, looked, 10)
	require.Positive(t, looked)
}

func TestChangingThePassword(t *testing.T) {
	w := newWorld(t)
	id, other := w.signInAs("advisor", "Maria", w.teamID)
	cookie := cookieOf(w.signIn("maria@example.com", password))
	link := w.invite(id)
	change := func(old, fresh any) (int, string) {
		a := w.by(cookie, "POST", "/session/password", object{"old_password": old, "password": fresh})
		if fresh := cookieOf(a); fresh != "" {
			require.NotEqual(t, cookie, fresh)
			require.False(t, w.alive(cookie), "it has a new name now")
			cookie = fresh
		}
		return a.Status, a.Text
	}
	for fresh, field := range map[string]string{
		"short": "password", "Password123": "password", "maria@example.com": "password", strings.Repeat("x", 201): "password",
		"aaaaaaaaaaaaaa": "password", "          ": "password",
	} {
		status, text := change(password, fresh)
		require.Equal(t, http.StatusUnprocessableEntity, status, text)
		require.Contains(t, text, `"field":"`+field+`"`, fresh)
	}
	status, text := change("not my password", "a new battery")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, text, `"field":"old_password"`)
	require.True(t, w.alive(other))

	status, text = change(password, "a new battery")
	require.Equal(t, http.StatusNoContent, status, text)
	require.True(t, w.alive(cookie))
	require.False(t, w.alive(other))
	require.Equal(t, http.StatusUnauthorized, w.signIn("maria@example.com", password).Status)
	require.Equal(t, http.StatusOK, w.signIn("maria@example.com", "a new battery").Status)
	w.With("").Refused(http.StatusNotFound, "GET", link, nil)

	for range 10 {
		change("not my password", "a newer battery")
	}
	status, _ = change("a new battery", "a newer battery")
	require.Equal(t, http.StatusTooManyRequests, status, "a stolen session guesses no better")
}

func TestThePasswordIsShownNowhere(t *testing.T) {
	w := newWorld(t)
	id, cookie := w.signInAs("admin", "Maria")
	for _, path := range []string{"/staff", "/staff/" + id, "/session"} {
		require.NotContains(t, w.by(cookie, "GET", path, nil).Text, "argon2", path)
	}
	w.Must(http.StatusOK, "PATCH", "/staff/"+id, object{"name": "Mary"})
	var told int
	require.NoError(t, w.db.Get(&told, `select count(*) from history where coalesce(before, '{}')::text || after::text ~ 'argon2|"sign_in"|password'`))
	require.Zero(t, told)
	var stored string
	require.NoError(t, w.db.Get(&stored, `select password from staff where id = $1`, id))
	require.Regexp(t, `^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, stored)
}
