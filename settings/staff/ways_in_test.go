package staff_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels/oidc"
	"ringback/settings"
	"ringback/settings/staff"
)

var flow oidc.Flow // of nobody

func isHalf(err error, into **staff.HalfWay) bool { return errors.As(err, into) }

func isThrottled(err error, into **staff.Throttled) bool { return errors.As(err, into) }

func second[T any](_ T, err error) error { return err }

func third[T, U any](_ T, _ U, err error) error { return err }

// TestGuessingIsSlowed: from one network, in one name, and in one name from many
// networks, but never for its owner where they are known.
func TestGuessingIsSlowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.joins(t, "Ann", "admin")
	home := staff.Visit{From: "203.0.113.7"}
	_, _, err := w.gate.SignIn(t.Context(), home, "ann@example.com", password, "")
	require.NoError(t, err)
	// A letter is asked for, which is counted as a password is and hashes nothing.
	tried := func(email, from string) (slow *staff.Throttled) {
		err := w.gate.Forgot(t.Context(), staff.Visit{From: from}, email)
		if !isThrottled(err, &slow) {
			require.NoError(t, err)
		}
		return slow
	}
	allowed := func(email, from string) int {
		for n := range 100 {
			if slow := tried(email, from); slow != nil {
				require.Greater(t, slow.Wait, 14*time.Minute)
				return n
			}
		}
		return 100
	}
	require.Equal(t, 10, allowed("joe@example.com", "198.51.100.1"), "in one name from one network")
	require.Equal(t, 10, allowed("JOE@example.com ", "198.51.100.2"), "from another network it is another's haste")
	require.NotNil(t, tried("joe@EXAMPLE.com", "198.51.100.2"), "whatever its letters")
	for n := range 39 {
		require.Nil(t, tried(fmt.Sprintf("p%d@example.com", n), "198.51.100.1"), n)
	}
	require.NotNil(t, tried("another@example.com", "198.51.100.1"), "in fifty tries from one network, those that were refused among them")
	w.exec(t, `update sign_in_tries set since = now() - interval '15 minutes 1 second'`)
	require.Nil(t, tried("joe@example.com", "198.51.100.1"), "a quarter of an hour later")
}

// TestNobodyIsLockedOut by those who fail in their name from many places.
func TestNobodyIsLockedOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.joins(t, "Ann", "admin")
	home := staff.Visit{From: "203.0.113.7"}
	_, session, err := w.gate.SignIn(t.Context(), home, "ann@example.com", password, "")
	require.NoError(t, err)
	_, _, err = w.gate.SignIn(t.Context(), staff.Visit{From: "198.51.100.1"}, "ann@example.com", "wrong", "")
	require.ErrorIs(t, err, staff.ErrWrong)
	w.exec(t, `update sign_in_tries set tries = 1000 where key = sha256('email ann@example.com'::bytea)`)
	var slow *staff.Throttled
	for n := range 4 {
		_, _, err = w.gate.SignIn(t.Context(), staff.Visit{From: "198.51.100.9"}, "ann@example.com", "wrong", "")
		require.Equal(t, n >= 2, isThrottled(err, &slow), "a stranger's try %d: %v", n, err)
	}
	_, _, err = w.gate.SignIn(t.Context(), home, "ann@example.com", password, "")
	require.NoError(t, err, "at home")
	_, _, err = w.gate.SignIn(t.Context(), staff.Visit{From: "198.51.100.9", Session: session}, "ann@example.com", password, "")
	require.NoError(t, err, "on the road, with their own browser")
}

// TestAPasswordIsChanged by who knows the old one, and ends their other sessions.
func TestAPasswordIsChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, first := w.joins(t, "Ann", "admin")
	_, other, err := w.gate.SignIn(t.Context(), staff.Visit{}, "ann@example.com", password, "")
	require.NoError(t, err)
	p := w.as(t, first)
	const fresh = "purple-tractor-radio-2048"
	for name, c := range map[string]struct{ old, fresh, field string }{
		"another's":          {"not my password", fresh, "old_password"},
		"none":               {"", fresh, "old_password"},
		"one that is short":  {password, "short", "password"},
		"one that is a name": {password, "ann@example.com", "password"},
	} {
		_, err := w.gate.ChangePassword(t.Context(), staff.Visit{}, p, c.old, c.fresh)
		var wrong settings.Invalid
		require.ErrorAs(t, err, &wrong, name)
		require.Equal(t, c.field, wrong[0].Field, name)
	}
	session, err := w.gate.ChangePassword(t.Context(), staff.Visit{Session: first}, p, password, fresh)
	require.NoError(t, err)
	require.Equal(t, []string{"", "", "Ann"}, []string{w.who(t, first), w.who(t, other), w.who(t, session)})
	_, _, err = w.gate.SignIn(t.Context(), staff.Visit{}, "ann@example.com", password, "")
	require.ErrorIs(t, err, staff.ErrWrong)
	_, _, err = w.gate.SignIn(t.Context(), staff.Visit{}, " ANN@example.com ", fresh, "")
	require.NoError(t, err)
}

// TestWhereSomebodyIsSignedIn: their own browsers alone, page by page, and any of
// them can be ended.
func TestWhereSomebodyIsSignedIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, first := w.joins(t, "Ann", "admin")
	_, bobs := w.joins(t, "Bob", "admin")
	const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	_, second, err := w.gate.SignIn(ctx, staff.Visit{From: "203.0.113.7", Browser: firefox + "\x00\xff"}, "ann@example.com", password, "")
	require.NoError(t, err)
	list := func(session, before string, limit int) []staff.Session {
		all, err := w.gate.Sessions(ctx, w.as(t, session), before, limit)
		require.NoError(t, err)
		return all
	}
	all := list(second, "", 9)
	require.Len(t, all, 2)
	require.Equal(t, []any{"203.0.113.7", true, false}, []any{all[0].From, all[0].Current, all[1].Current})
	require.Contains(t, all[0].Device, "Firefox")
	require.Empty(t, all[1].Device, "it did not say")
	require.Equal(t, all[1:], list(second, all[0].ID, 9))
	require.Equal(t, all[:1], list(second, "", 1))
	require.ErrorIs(t, w.gate.EndSession(ctx, w.as(t, bobs), all[0].ID), settings.ErrNotFound, "another's")
	require.ErrorIs(t, w.gate.EndSession(ctx, w.as(t, second), uuid.NewString()), settings.ErrNotFound)
	require.NoError(t, w.gate.EndSession(ctx, w.as(t, second), all[1].ID))
	require.Empty(t, w.who(t, first))
	_, third, err := w.gate.SignIn(ctx, staff.Visit{}, "ann@example.com", password, "")
	require.NoError(t, err)
	require.NoError(t, w.gate.EndOthers(ctx, w.as(t, third)))
	require.Equal(t, []string{"", "Ann", "Bob"}, []string{w.who(t, second), w.who(t, third), w.who(t, bobs)})
}

// TestTheConsolesLanguage is one of ours, or the browser's.
func TestTheConsolesLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, session := w.joins(t, "Ann", "admin")
	for tag, fine := range map[string]bool{"pl": true, "pt-BR": true, "": true, "ja": false, "<b>": false} {
		err := w.gate.SetLanguage(t.Context(), w.as(t, session), tag)
		require.Equal(t, fine, err == nil, tag)
		if fine {
			require.Equal(t, tag, w.as(t, session).Profile().Language)
		}
	}
	shown := w.as(t, session).Profile()
	require.Equal(t, []any{"Ann", "ann@example.com", "admin", w.company}, []any{shown.Name, shown.Email, shown.Role, shown.Company})
	require.Nil(t, shown.Teams)
	require.Nil(t, staff.Principal{}.Profile().ID, "a key is nobody")
}

// TestWhoMayChangeWhom: nobody makes others mightier than themselves, or reaches
// by a change who already is.
func TestWhoMayChangeWhom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, admins := w.joins(t, "Boss", "admin")
	_, managers := w.joins(t, "Mia", "manager", w.service)
	who := map[string]staff.Principal{"admin": w.as(t, admins), "manager": w.as(t, managers)}
	name := func(m *settings.Member) { m.Name = "Another" }
	role := func(to string) func(*settings.Member) { return func(m *settings.Member) { m.Role = to } }
	for _, c := range []struct {
		by, of, signIn string
		change         func(*settings.Member)
		may            bool
	}{
		{"admin", "admin", "ready", name, true},
		{"admin", "advisor", "ready", role("admin"), true},
		{"manager", "advisor", "ready", name, true},
		{"manager", "admin", "ready", name, false},
		{"manager", "admin", "invited", name, false},
		{"manager", "admin", "none", name, false},
		{"manager", "admin", "none", func(m *settings.Member) { m.Email = "mallory@example.com" }, false},
		{"manager", "advisor", "none", role("admin"), false},
		{"manager", "advisor", "none", name, true},
		{"manager", "advisor", "ready", role("admin"), false},
		{"manager", "admin", "ready", role("advisor"), false},
		{"manager", "admin", "ready", func(*settings.Member) {}, true},
	} {
		before := settings.Member{Name: "Ann", Email: "ann@example.com", Role: c.of, SignIn: c.signIn, Active: true}
		after := before
		c.change(&after)
		err := who[c.by].MayChange(before, after)
		var denied staff.Denied
		require.Equal(t, !c.may, errors.As(err, &denied), "%v: %v", c, err)
	}
	for _, c := range []struct {
		by, role string
		may      bool
	}{{"admin", "admin", true}, {"manager", "admin", false}, {"manager", "manager", true}, {"manager", "advisor", true}} {
		require.Equal(t, c.may, who[c.by].MayLend(c.role) == nil, "%v", c)
	}
	_, _, err := staff.MakeKey(t.Context(), w.db, who["manager"], staff.Key{Name: "x", Scopes: []string{"keys:write"}})
	var denied staff.Denied
	require.ErrorAs(t, err, &denied)
}

// TestWithoutAProviderThereIsNoDoor of one.
func TestWithoutAProviderThereIsNoDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, session := w.joins(t, "Ann", "admin")
	_, _, err := w.gate.BeginProvider(t.Context(), false)
	require.ErrorIs(t, err, settings.ErrNotFound)
	_, _, err = w.gate.SignInByProvider(t.Context(), staff.Visit{}, flow, "state", "code")
	require.ErrorIs(t, err, settings.ErrNotFound)
	require.ErrorIs(t, w.gate.ConnectProvider(t.Context(), staff.Visit{}, w.as(t, session), flow, "state", "code"), settings.ErrNotFound)
	require.ErrorIs(t, w.gate.SignedOutThere(t.Context(), staff.Visit{}, "token"), settings.ErrNotFound)
	require.False(t, w.gate.Mails())
	require.Empty(t, staff.Gate{}.Site())
	for _, bad := range []string{"", "ann", strings.Repeat("a", 250) + "@example.com", "a\x00@example.com", "a\xff@example.com"} {
		require.ErrorContains(t, w.gate.Forgot(t.Context(), staff.Visit{}, bad), "email", "%q", bad)
	}
}
