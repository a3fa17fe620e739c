package staff_test

import (
	"cmp"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/staff"
)

const password = "green-mower-blade-4711"

// world is a company of two teams at whose gate people and machines stand.
type world struct {
	db             *sqlx.DB
	gate           staff.Gate
	company        string
	service, sales string
}

func newWorld(t *testing.T) world {
	t.Helper()
	db := testdb.New(t)
	company, err := settings.EnsureCompany(t.Context(), db, "GVE")
	require.NoError(t, err)
	w := world{db: db, company: company.ID, gate: staff.Gate{DB: db, Company: company.ID, PublicURL: func() string { return "https://texts.example.com" }}}
	for _, team := range []*string{&w.service, &w.sales} {
		made := settings.NewTeam()
		made.Name, made.TimeZone = "Service", "America/Chicago"
		made, err = settings.CreateTeam(t.Context(), db, w.company, "test", made)
		require.NoError(t, err)
		*team = made.ID
	}
	return w
}

// joins is somebody new on the staff, who has chosen a password and signed in.
func (w world) joins(t *testing.T, name, role string, teams ...string) (settings.Member, string) {
	t.Helper()
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Teams = name, strings.ToLower(name)+"@example.com", role, append(pq.StringArray{}, teams...)
	m, err := settings.CreateMember(t.Context(), w.db, w.company, "test", m)
	require.NoError(t, err)
	session, err := w.gate.ChoosePassword(t.Context(), staff.Visit{}, w.invite(t, m.ID), password)
	require.NoError(t, err)
	return m, session
}

// invite is the token of a link to choose a password by.
func (w world) invite(t *testing.T, id string) string {
	t.Helper()
	link, err := w.gate.Invite(t.Context(), w.company, id, "test")
	require.NoError(t, err)
	return link.URL[strings.LastIndex(link.URL, "/")+1:]
}

// who is who stands there with the session; empty: nobody.
func (w world) who(t *testing.T, session string) string {
	t.Helper()
	p, err := w.gate.OfSession(t.Context(), session)
	if err != nil {
		require.ErrorIs(t, err, settings.ErrNotFound)
		return ""
	}
	return p.Name
}

func (w world) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	_, err := w.db.Exec(query, args...)
	require.NoError(t, err)
}

// TestHowLongASessionLasts: twelve hours after its last use, and two weeks in
// all, by the database's clock.
func TestHowLongASessionLasts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, session := w.joins(t, "Ann", "advisor", w.service)
	for _, c := range []struct {
		used, begun string
		want        string
	}{
		{"0 minutes", "0 minutes", "Ann"},
		{"11 hours 59 minutes", "1 day", "Ann"},
		{"12 hours 1 minute", "1 day", ""},
		{"0 minutes", "13 days 23 hours", "Ann"},
		{"0 minutes", "14 days 1 minute", ""},
	} {
		w.exec(t, `update sessions set seen_at = now() - $1::interval, created_at = now() - $2::interval`, c.used, c.begun)
		require.Equal(t, c.want, w.who(t, session), "used %s ago, begun %s ago", c.used, c.begun)
	}
}

// TestAUseKeepsASessionAlive, written down at most once a minute.
func TestAUseKeepsASessionAlive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, session := w.joins(t, "Ann", "advisor", w.service)
	for ago, want := range map[string]bool{"30 seconds": false, "11 hours": true} {
		w.exec(t, `update sessions set seen_at = now() - $1::interval`, ago)
		require.Equal(t, "Ann", w.who(t, session))
		var fresh bool
		require.NoError(t, w.db.Get(&fresh, `select seen_at > now() - interval '10 seconds' from sessions`))
		require.Equal(t, want, fresh, ago)
	}
}

// TestWhatAPersonMayIsReadWithEveryRequest: a new role, other teams and having
// left are in force at once.
func TestWhatAPersonMayIsReadWithEveryRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.joins(t, "Boss", "admin")
	ann, session := w.joins(t, "Ann", "advisor", w.service)
	look := func() staff.Principal {
		p, err := w.gate.OfSession(t.Context(), session)
		require.NoError(t, err)
		return p
	}
	change := func(change func(*settings.Member)) {
		_, err := settings.ChangeMember(t.Context(), w.db, w.company, "test", ann.ID, func(m *settings.Member) error { change(m); return nil })
		require.NoError(t, err)
	}
	p := look()
	require.False(t, p.MayCall("save-automations"))
	require.True(t, p.MayCall("change-ticket"))
	require.True(t, p.Reaches(w.service))
	require.False(t, p.Reaches(w.sales))
	change(func(m *settings.Member) { m.Role, m.Teams = "manager", pq.StringArray{w.sales} })
	p = look()
	require.True(t, p.MayCall("save-automations"))
	require.False(t, p.MayCall("create-team"), "a manager has teams, not the company")
	require.False(t, p.Reaches(w.service))
	require.True(t, p.Reaches(w.sales))
	change(func(m *settings.Member) { m.Role = "admin" })
	p = look()
	require.True(t, p.Reaches(w.service))
	require.True(t, p.MayCall("create-team"))
	change(func(m *settings.Member) { m.Active = false })
	require.Empty(t, w.who(t, session))
	change(func(m *settings.Member) { m.Active = true })
	require.Empty(t, w.who(t, session), "who comes back signs in again")
}

// TestSigningOut ends the sessions that are meant, and no others.
func TestSigningOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, first := w.joins(t, "Ann", "advisor", w.service)
	_, bob := w.joins(t, "Bob", "advisor", w.service)
	signIn := func(with string) string {
		_, session, err := w.gate.SignIn(t.Context(), staff.Visit{Session: with}, " ANN@example.com ", password, "")
		require.NoError(t, err)
		return session
	}
	second, third := signIn(""), signIn("")
	principal := func(session string) staff.Principal {
		p, err := w.gate.OfSession(t.Context(), session)
		require.NoError(t, err)
		return p
	}
	fourth := signIn(third)
	require.Empty(t, w.who(t, third), "the session that somebody signs in with ends: it may have been planted")
	err := w.gate.SignOut(t.Context(), principal(first), false)
	require.NoError(t, err)
	require.Equal(t, []string{"", "Ann", "Ann", "Bob"}, []string{w.who(t, first), w.who(t, second), w.who(t, fourth), w.who(t, bob)})
	require.ErrorIs(t, w.gate.EndSession(t.Context(), principal(second), principal(bob).Session()), settings.ErrNotFound, "nobody ends another's")
	require.NoError(t, w.gate.EndOthers(t.Context(), principal(second)))
	require.Equal(t, []string{"Ann", "", "Bob"}, []string{w.who(t, second), w.who(t, fourth), w.who(t, bob)})
	fifth := signIn("")
	err = w.gate.SignOut(t.Context(), principal(second), true)
	require.NoError(t, err)
	require.Equal(t, []string{"", "", "Bob"}, []string{w.who(t, second), w.who(t, fifth), w.who(t, bob)})
}

// TestWhoCannotSignIn: nobody is told why.
func TestWhoCannotSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.joins(t, "Ann", "advisor", w.service)
	left, _ := w.joins(t, "Left", "advisor", w.service)
	_, err := settings.ChangeMember(t.Context(), w.db, w.company, "test", left.ID, func(m *settings.Member) error { m.Active = false; return nil })
	require.NoError(t, err)
	for _, c := range [][2]string{
		{"ann@example.com", "wrong"},
		{"ann@example.com", ""},
		{"ann@example.com", strings.Repeat("x", 5000)},
		{"ann@example.com", strings.ToUpper(password)},
		{"nobody@example.com", password},
		{"left@example.com", password},
		{"\x00", password},
		{"\xff\xfe", password},
		{strings.Repeat("a", 300) + "@example.com", password},
	} {
		_, _, err := w.gate.SignIn(t.Context(), staff.Visit{}, c[0], c[1], "")
		require.ErrorIs(t, err, staff.ErrWrong, "%q", c[0])
	}
}

// TestALinkIsUsedOnce, by whoever is first, while it is in force.
func TestALinkIsUsedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, session := w.joins(t, "Ann", "advisor", w.service)
	choose := func(token string) error {
		_, err := w.gate.ChoosePassword(t.Context(), staff.Visit{}, token, password+"-new")
		return err
	}
	require.ErrorIs(t, choose("nonsense"), settings.ErrNotFound)
	earlier := w.invite(t, ann.ID)
	token := w.invite(t, ann.ID)
	require.ErrorIs(t, choose(earlier), settings.ErrNotFound, "a new one ends it")
	require.Equal(t, "Ann", w.who(t, session), "until it is used nothing changes")
	var used atomic.Int32
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if choose(token) == nil {
				used.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, used.Load())
	require.Empty(t, w.who(t, session), "all sessions of before have ended")
	_, _, err := w.gate.SignIn(t.Context(), staff.Visit{}, "ann@example.com", password, "")
	require.ErrorIs(t, err, staff.ErrWrong, "and so has the password")
	late := w.invite(t, ann.ID)
	w.exec(t, `update sign_in_links set expires_at = now() - interval '1 second'`)
	_, err = w.gate.Invited(t.Context(), late)
	require.ErrorIs(t, err, settings.ErrNotFound)
	require.ErrorIs(t, choose(late), settings.ErrNotFound)
	var shown int
	require.NoError(t, w.db.Get(&shown, `select count(*) from sign_in_links l where l::text like '%' || $1 || '%'`, late))
	require.Zero(t, shown, "who reads the table opens nothing")
}

// TestTheFirstAdmin: one, whatever the number of links that were shown; then
// there is no welcome any more.
func TestTheFirstAdmin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	welcome := func() string {
		link, err := w.gate.Welcome(t.Context(), w.company)
		require.NoError(t, err)
		return link.URL[strings.LastIndex(link.URL, "/")+1:]
	}
	tokens := []string{welcome(), welcome()}
	_, err := w.gate.Begin(t.Context(), staff.Visit{}, tokens[0], staff.First{Company: " ", Name: "", Email: "x", Password: "short"})
	var faults settings.Invalid
	require.ErrorAs(t, err, &faults)
	var fields []string
	for _, f := range faults {
		fields = append(fields, f.Field)
	}
	require.Equal(t, []string{"company", "name", "email", "password"}, fields, "all of it at once")
	var begun atomic.Int32
	var all sync.WaitGroup
	for n, token := range tokens {
		all.Go(func() {
			first := staff.First{Company: "GVE Mowers", Name: "Boss", Email: []string{"a@example.com", "b@example.com"}[n], Password: password}
			if _, err := w.gate.Begin(t.Context(), staff.Visit{}, token, first); err == nil {
				begun.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, begun.Load())
	_, err = w.gate.Welcome(t.Context(), w.company)
	require.ErrorIs(t, err, settings.ErrNotFound)
	for _, token := range tokens {
		_, err := w.gate.Invited(t.Context(), token)
		require.ErrorIs(t, err, settings.ErrNotFound)
	}
	company, err := settings.FindCompany(t.Context(), w.db, w.company)
	require.NoError(t, err)
	require.Equal(t, "GVE Mowers", company.Name)
}

// TestWhoHasLeftIsNotInvited
func TestWhoHasLeftIsNotInvited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, _ := w.joins(t, "Ann", "advisor", w.service)
	_, err := settings.ChangeMember(t.Context(), w.db, w.company, "test", ann.ID, func(m *settings.Member) error { m.Active = false; return nil })
	require.NoError(t, err)
	_, err = w.gate.Invite(t.Context(), w.company, ann.ID, "test")
	var refused *settings.Conflict
	require.ErrorAs(t, err, &refused)
	_, err = w.gate.Invite(t.Context(), uuid.NewString(), ann.ID, "test")
	require.ErrorIs(t, err, settings.ErrNotFound, "another company's staff is nobody")
}

// TestAKeyIsShownOnce and opens as long as it is in force.
func TestAKeyIsShownOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, plain, err := staff.CreateKey(t.Context(), w.db, staff.Principal{CompanyID: w.company, Who: "test"}, staff.Key{Name: "POS", TeamID: &w.service, Scopes: pq.StringArray{"tickets:read"}})
	require.NoError(t, err)
	p, err := w.gate.OfKey(t.Context(), plain)
	require.NoError(t, err)
	require.Equal(t, []any{w.company, []string{w.service}, []staff.Scope{staff.TicketsRead}, "key POS (" + made.ID + ")", ""}, []any{p.CompanyID, p.Teams, p.Scopes, p.Who, p.StaffID})
	for _, key := range []string{"", plain[:len(plain)-1], made.ID, "Bearer " + plain} {
		_, err := w.gate.OfKey(t.Context(), key)
		require.ErrorIs(t, err, settings.ErrNotFound, key)
	}
	var shown int
	require.NoError(t, w.db.Get(&shown, `select count(*) from api_keys k where k::text like '%' || $1 || '%'`, strings.TrimPrefix(plain, "rb_")))
	require.Zero(t, shown)
	require.ErrorIs(t, staff.RevokeKey(t.Context(), w.db, staff.Principal{CompanyID: uuid.NewString()}, made.ID), settings.ErrNotFound, "another company's key")
	require.NoError(t, staff.RevokeKey(t.Context(), w.db, staff.Principal{CompanyID: w.company, Who: "test"}, made.ID))
	require.ErrorIs(t, staff.RevokeKey(t.Context(), w.db, staff.Principal{CompanyID: w.company, Who: "test"}, made.ID), settings.ErrNotFound)
	_, err = w.gate.OfKey(t.Context(), plain)
	require.ErrorIs(t, err, settings.ErrNotFound)
}

// TestAKeyEndsWithWhoMadeIt: somebody who has left, or is no admin any more, has
// no key left, nor has a key that theirs has made; and one may have an end.
func TestAKeyEndsWithWhoMadeIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.joins(t, "Eve", "admin") // the last admin may not go
	maria, session := w.joins(t, "Maria", "admin")
	by, err := w.gate.OfSession(t.Context(), session)
	require.NoError(t, err)
	first, plain, err := staff.MakeKey(t.Context(), w.db, by, staff.Key{Name: "POS", Scopes: pq.StringArray{"keys:write"}})
	require.NoError(t, err)
	require.Equal(t, []any{"Maria", (*time.Time)(nil)}, []any{first.MadeBy, first.UsedAt})
	key, err := w.gate.OfKey(t.Context(), plain)
	require.NoError(t, err)
	_, second, err := staff.MakeKey(t.Context(), w.db, key, staff.Key{Scopes: pq.StringArray{"keys:read"}})
	require.NoError(t, err)
	works := func(want int) {
		t.Helper()
		open := 0
		for _, one := range []string{plain, second} {
			if _, err := w.gate.OfKey(t.Context(), one); err == nil {
				open++
			} else {
				require.ErrorIs(t, err, settings.ErrNotFound)
			}
		}
		require.Equal(t, want, open)
		listed, err := staff.ListKeys(t.Context(), w.db, w.company, "", 9)
		require.NoError(t, err)
		require.Len(t, listed, want)
		for _, one := range listed {
			require.NotNil(t, one.UsedAt)
		}
	}
	works(2)
	change := func(edit func(*settings.Member)) {
		t.Helper()
		_, err := settings.ChangeMember(t.Context(), w.db, w.company, "test", maria.ID, func(m *settings.Member) error { edit(m); return nil })
		require.NoError(t, err)
	}
	change(func(m *settings.Member) { m.Role = "advisor" })
	works(0)
	change(func(m *settings.Member) { m.Role = "admin" })
	works(2)
	change(func(m *settings.Member) { m.Active = false })
	works(0)
	change(func(m *settings.Member) { m.Active = true })
	w.exec(t, `update api_keys set expires_at = now() where id = $1`, first.ID)
	works(1)
	require.NoError(t, staff.RevokeKey(t.Context(), w.db, by, first.ID))

	lines, err := settings.ListHistory(t.Context(), w.db, w.company, "", "", 99)
	require.NoError(t, err)
	var told []string
	for _, line := range lines {
		if line.What == "key" {
			told = append(told, line.Who)
			require.NotContains(t, string(*cmp.Or(line.After, line.Before, &json.RawMessage{})), plain)
			require.False(t, line.CanRestore)
		}
	}
	require.Equal(t, []string{"Maria", key.Who, "Maria"}, told, "made twice, revoked once")
}

func TestWhatCannotBeAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other, nonsense := uuid.NewString(), "service"
	for name, c := range map[string]struct {
		key  staff.Key
		want []string
	}{
		"no scope":            {staff.Key{}, []string{"scopes"}},
		"unknown scopes":      {staff.Key{Scopes: pq.StringArray{"tickets:read", "all", "keys:*"}}, []string{"scopes[1]", "scopes[2]"}},
		"a team of nobody's":  {staff.Key{Scopes: pq.StringArray{"tickets:read"}, TeamID: &other}, []string{"team"}},
		"an end that is over": {staff.Key{Scopes: pq.StringArray{"tickets:read"}, ExpiresAt: &time.Time{}}, []string{"expires_at"}},
		"no id of a team":     {staff.Key{Scopes: pq.StringArray{"x"}, TeamID: &nonsense}, []string{"scopes[0]", "team"}},
	} {
		_, _, err := staff.CreateKey(t.Context(), w.db, staff.Principal{CompanyID: w.company, Who: "test"}, c.key)
		var faults settings.Invalid
		require.ErrorAs(t, err, &faults, name)
		var fields []string
		for _, f := range faults {
			fields = append(fields, f.Field)
		}
		require.Equal(t, c.want, fields, name)
	}
}

// TestTheBootstrapKey is for the time before there is another; without one,
// no key is it.
func TestTheBootstrapKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	enter := func(gate staff.Gate, key string) error {
		_, err := gate.OfKey(t.Context(), key)
		return err
	}
	require.ErrorIs(t, enter(w.gate, ""), settings.ErrNotFound)
	with := w.gate
	with.Bootstrap = "the-first-key"
	require.NoError(t, enter(with, "the-first-key"))
	require.ErrorIs(t, enter(with, "the-first-ke"), settings.ErrNotFound)
	require.ErrorIs(t, enter(w.gate, "the-first-key"), settings.ErrNotFound)
}

// TestWhatABrowserIsCalled as people call it.
func TestWhatABrowserIsCalled(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0":                                                        "Firefox, Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0":                   "Edge, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1":  "Chrome, iPhone",
		"Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36":  "Samsung Internet, Android",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15":                   "Safari, Mac",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36":                              "Chrome, ChromeOS",
		"curl/8.5.0": "curl/8.5.0", "": "", strings.Repeat("é", 40): strings.Repeat("é", 30) + "…",
	} {
		require.Equal(t, want, staff.Device(agent))
	}
}
