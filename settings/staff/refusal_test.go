package staff

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels/oidc"
	"ringback/settings"
)

// TestWhyNot says why somebody may not do something: each reason is another to people.
func TestWhyNot(t *testing.T) {
	t.Parallel()
	team := []string{uuid.NewString()}
	for name, c := range map[string]struct {
		who       Principal
		operation string
		want      string
	}{
		"nobody needs anything":        {Principal{}, "sign-in", ""},
		"a key of nothing":             {Principal{}, "get-session", ""},
		"a key is nobody's":            {Principal{Scopes: Scopes}, "sign-out", "denied_person"},
		"a person of nothing":          {Principal{StaffID: "ann"}, "sign-out", ""},
		"a person's role":              {Principal{StaffID: "ann", Role: "advisor", Scopes: roles["advisor"]}, "change-team", "denied_role"},
		"a key's scopes":               {Principal{Scopes: []Scope{SettingsRead}}, "change-team", "denied_key"},
		"reading is no writing":        {Principal{Scopes: []Scope{TicketsRead, SettingsWrite}}, "change-ticket", "denied_key"},
		"a key of one team":            {Principal{Scopes: Scopes, Teams: team}, "change-company", "denied_one_team"},
		"a key of one team, its own":   {Principal{Scopes: Scopes, Teams: team}, "change-team", ""},
		"a person of some teams":       {Principal{StaffID: "ann", Scopes: Scopes, Teams: team}, "change-company", "denied_company"},
		"the scope comes first":        {Principal{StaffID: "ann", Scopes: roles["manager"], Teams: team}, "create-key", "denied_role"},
		"what there is not":            {Principal{StaffID: "ann", Scopes: Scopes}, "sell-company", "denied_route"},
		"who owes a second factor":     {Principal{StaffID: "ann", Scopes: Scopes, enroll: true}, "change-team", ErrEnrol.Error()},
		"and may enroll":               {Principal{StaffID: "ann", Scopes: Scopes, enroll: true}, "confirm-second-factor", ""},
		"and not take one away":        {Principal{StaffID: "ann", Scopes: Scopes, enroll: true}, "remove-second-factor", ErrEnrol.Error()},
		"and hears of the scope first": {Principal{StaffID: "ann", Scopes: roles["advisor"], enroll: true}, "change-team", "denied_role"},
	} {
		err := c.who.Allowed(c.operation)
		got := ""
		var denied Denied
		switch {
		case errors.As(err, &denied):
			got = denied.Code
		case err != nil:
			got = err.Error()
		}
		require.Equal(t, c.want, got, name)
		require.Equal(t, c.want == "", c.who.MayCall(c.operation), name)
	}
	for _, operation := range whileEnrolling {
		_, there := routes[operation]
		require.True(t, there, operation)
	}
}

// TestWhatTakesAFreshProof of who changes somebody: another address, another role and
// coming back, which let somebody in; a name, a phone and a goodbye let nobody in.
func TestWhatTakesAFreshProof(t *testing.T) {
	t.Parallel()
	here := settings.Member{Name: "Ann", Email: "ann@example.com", Phone: "+1", Role: "advisor", Active: true, Teams: []string{"a"}}
	gone := here
	gone.Active = false
	for name, c := range map[string]struct {
		before settings.Member
		change func(*settings.Member)
		proof  bool
	}{
		"nothing":           {here, func(*settings.Member) {}, false},
		"a name":            {here, func(m *settings.Member) { m.Name = "Anna" }, false},
		"a phone":           {here, func(m *settings.Member) { m.Phone = "+2" }, false},
		"teams":             {here, func(m *settings.Member) { m.Teams = []string{"b"} }, false},
		"a goodbye":         {here, func(m *settings.Member) { m.Active = false }, false},
		"an address":        {here, func(m *settings.Member) { m.Email = "eve@example.com" }, true},
		"a greater role":    {here, func(m *settings.Member) { m.Role = "admin" }, true},
		"a lesser role":     {settings.Member{Role: "admin", Active: true}, func(m *settings.Member) { m.Role = "advisor" }, true},
		"somebody is back":  {gone, func(m *settings.Member) { m.Active = true }, true},
		"who is gone, name": {gone, func(m *settings.Member) { m.Name = "Anna" }, false},
	} {
		after := c.before
		c.change(&after)
		stale := Principal{StaffID: "boss", Scopes: Scopes}
		require.Equal(t, c.proof, errors.Is(stale.MayChange(c.before, after), ErrProve), name)
		for _, who := range []Principal{{StaffID: "boss", Scopes: Scopes, proven: true}, {Scopes: Scopes}} {
			require.NoError(t, who.MayChange(c.before, after), name)
		}
		lesser := Principal{StaffID: "mia", Scopes: []Scope{StaffWrite}, proven: true}
		require.Equal(t, name != "nothing", errors.As(lesser.MayChange(c.before, after), new(Denied)), "%s: of who may do more", name)
	}
}

// TestWhoIsPlaced: whoever works here and is no admin needs a team.
func TestWhoIsPlaced(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		m    settings.Member
		want []string
	}{
		"an admin":            {settings.Member{Name: "Ann", Email: "ann@example.com", Role: "admin", Active: true}, nil},
		"a manager of a team": {settings.Member{Name: "Ann", Email: "ann@example.com", Role: "manager", Active: true, Teams: []string{"a"}}, nil},
		"a manager of none":   {settings.Member{Name: "Ann", Email: "ann@example.com", Role: "manager", Active: true}, []string{"teams no_team"}},
		"an advisor of none":  {settings.Member{Name: "Ann", Email: "ann@example.com", Role: "advisor", Active: true}, []string{"teams no_team"}},
		"who is gone":         {settings.Member{Name: "Ann", Role: "advisor"}, nil},
		"an unknown role":     {settings.Member{Name: "Ann", Email: "ann@example.com", Role: "owner", Active: true}, nil}, // which is what is wrong with it
	} {
		var wrong settings.Invalid
		if err := c.m.Placed(); err != nil {
			require.ErrorAs(t, err, &wrong, name)
		}
		var got []string
		for _, f := range wrong {
			got = append(got, f.Field+" "+f.Code)
		}
		require.Equal(t, c.want, got, name)
	}
}

// TestWhereThereCanBePasskeys: at a name, by an encrypted address or on this machine, and
// where what is asked can be sealed.
func TestWhereThereCanBePasskeys(t *testing.T) {
	t.Parallel()
	key, err := settings.NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	for site, origin := range map[string]string{
		"https://texts.example.com": "https://texts.example.com", "https://texts.example.com:8443/ringback": "https://texts.example.com:8443",
		"http://localhost:8080": "http://localhost:8080", "http://texts.example.com": "", "https://192.0.2.7": "", "https://[2001:db8::1]:8443": "", "http://127.0.0.1": "", "": "", "https://": "", "texts.example.com": "", "https://%": "",
	} {
		g := Gate{Key: key, PublicURL: func() string { return site }}
		require.Equal(t, origin != "", g.MayPasskeys(), site)
		if origin != "" {
			w, err := g.relyingParty()
			require.NoError(t, err)
			require.Equal(t, []string{origin}, w.Config.RPOrigins)
			require.Equal(t, strings.Split(strings.SplitN(origin, "://", 2)[1], ":")[0], w.Config.RPID)
		}
		g.Key = nil
		require.False(t, g.MayPasskeys(), "nothing could be sealed")
	}
	require.False(t, Gate{Key: key}.MayPasskeys(), "nobody knows where that is")
}

// TestWhatTheProviderSays becomes why somebody is not let in; what is our own trouble
// stays that.
func TestWhatTheProviderSays(t *testing.T) {
	t.Parallel()
	for err, code := range map[error]string{
		fmt.Errorf("x: %w", oidc.ErrAway): ShutAway, fmt.Errorf("x: %w", oidc.ErrRefused): ShutRefused, fmt.Errorf("x: %w", oidc.ErrGone): ShutRefused, errors.New("Postgres"): "",
	} {
		said := shut(err)
		require.ErrorIs(t, said, err)
		var why *Shut
		require.Equal(t, code != "", errors.As(said, &why), err)
		if code != "" {
			require.Equal(t, code, why.Code)
		}
	}
	require.NoError(t, shut(nil))
}

// TestWhatABrowserSaysOfItself is kept as far as it is text, in 300 bytes.
func TestWhatABrowserSaysOfItself(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"": "", "curl/8": "curl/8", "a\x00b\r\nc\x7f": "abc", "a\xffb\ufffdc": "abc", strings.Repeat("x", 300): strings.Repeat("x", 300),
		strings.Repeat("x", 301): strings.Repeat("x", 300), strings.Repeat("x", 299) + "é": strings.Repeat("x", 299), strings.Repeat("\x00", 300) + "y": "y",
	} {
		require.Equal(t, want, Visit{Browser: said}.agent(), "%q", said)
	}
}

// TestWhereSomebodyIsKnown: by their name however it is typed, the network and the
// browser, and never by one person's browser for another.
func TestWhereSomebodyIsKnown(t *testing.T) {
	t.Parallel()
	home := places("ann@example.com", "203.0.113.7", "session")
	require.Equal(t, home, places(" ANN@example.com ", "203.0.113.7", "session"))
	require.Len(t, home, 2)
	require.Len(t, places("ann@example.com", "203.0.113.7", "", ""), 1, "no browser is none, and not everybody's")
	for _, other := range [][]string{{"ben@example.com", "203.0.113.7", "session"}, {"ann@example.com", "203.0.113.8", "another"}} {
		for _, key := range places(other[0], other[1], other[2]) {
			require.False(t, slices.ContainsFunc(home, func(k []byte) bool { return string(k) == string(key) }), other)
		}
	}
	for n, c := range counts(" ANN@example.com", "203.0.113.7") {
		require.Equal(t, counts("ann@example.com", "203.0.113.7")[n].key, c.key)
		require.Equal(t, []int{50, 10, 200}[n], c.limit)
		require.Equal(t, n == 0, string(counts("ben@example.com", "203.0.113.7")[n].key) == string(c.key), "of the address, of both, of the name")
		require.Equal(t, n == 2, string(counts("ann@example.com", "198.51.100.1")[n].key) == string(c.key))
	}
}

// TestHowLongAPasswordIs, in characters, and how much of it is somebody's own.
func TestHowLongAPasswordIs(t *testing.T) {
	t.Parallel()
	const ten, noise = "tr7&kq9!zp", "tr7&kq9!zpvm"
	long := strings.Repeat("tr7&kq9!zpżó", 17)
	for password, want := range map[string]string{
		ten[:9]: "length", ten: "", string([]rune(long)[:200]): "", string([]rune(long)[:201]): "length",
		"\xff" + noise: "not_text", "lopez" + noise[:5]: "personal_password", "Lopez" + noise[:6]: "", "marialopez": "personal_password", "lo" + noise: "", "passwordpassword": "common_password", " 1234567890 ": "common_password",
	} {
		err := checkPassword("password", password, "Maria Lopez", "maria@example.com", "Lo")
		var wrong settings.Invalid
		got := ""
		if errors.As(err, &wrong) {
			got = wrong[0].Code
		}
		require.Equal(t, want, got, "%q", password)
	}
	require.Equal(t, []string{"maria", "lópez", "example", "com"}, wordsOf([]string{"Maria d. López", "it@example.com"}))
}
