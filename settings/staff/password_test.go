package staff

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
	"ringback/settings"
)

func TestPasswordsAreHashedWithTheirParameters(t *testing.T) {
	hashed, err := hashPassword(t.Context(), "a horse, a battery")
	require.NoError(t, err)
	again, err := hashPassword(t.Context(), "a horse, a battery")
	require.NoError(t, err)
	require.NotEqual(t, hashed, again, "each has its salt")
	for password, want := range map[string]bool{"a horse, a battery": true, "a horse, a batterz": false, "": false} {
		right, err := rightPassword(t.Context(), hashed, password)
		require.NoError(t, err)
		require.Equal(t, want, right, password)
	}
	weaker := "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$" // of an earlier time, with its own parameters
	key, err := derive(t.Context(), "old", []byte("somesalt"), 1, 64, 1, 32)
	require.NoError(t, err)
	right, err := rightPassword(t.Context(), weaker+b64(key), "old")
	require.NoError(t, err)
	require.True(t, right)
	for _, broken := range []string{"", "x", "$argon2id$v=19$m=64$a$b", "$bcrypt$v=19$m=64,t=1,p=1$YQ$YQ", "$argon2id$v=19$m=64,t=1,p=1$%$YQ", "$argon2id$v=19$m=64,t=1,p=1$YQ$%"} {
		_, err := rightPassword(t.Context(), broken, "x")
		require.Error(t, err, broken)
	}
}

func TestAWordIsTheSameHoweverItsLettersAreMade(t *testing.T) {
	hashed, err := hashPassword(t.Context(), "za\u017c\u00f3\u0142\u0107 g\u0119\u015bl\u0105")
	require.NoError(t, err)
	right, err := rightPassword(t.Context(), hashed, "zaz\u0307o\u0301\u0142c\u0301 ge\u0328s\u0301la\u0328")
	require.NoError(t, err)
	require.True(t, right)
}

func TestWhatCanBeAPassword(t *testing.T) {
	for password, good := range map[string]bool{
		"a horse, a battery": true, "zażółć gęślą": true, strings.Repeat("a horse, a battery ", 10): true, "żółw żółwi": true,
		"": false, "123456789": false, "żółwżółwż": false, strings.Repeat("ab", 100) + "c": false,
		"correcthorse1": true, "qwertyuiop1": false, "Password2026!": false, "iloveyou12345": false, "abcabcabcabc": false, "marialopez1": false, "Lopez-Maria-1": false, strings.Repeat("ab", 90): false,
		"1234567890": false, "PassWord123": false, " password123 ": false, "xxxxxxxxxxxx": false, "\xff\xfe456789012": false,
		"Maria Lopez": false, "maria@example.com": false,
	} {
		err := checkPassword("password", password, "Maria Lopez", "Maria@example.com")
		if good {
			require.NoError(t, err, password)
			continue
		}
		var wrong settings.Invalid
		require.ErrorAs(t, err, &wrong, password)
		require.Equal(t, "password", wrong[0].Field)
	}
}

// full takes all places where passwords are hashed, until the test ends.
func full(t *testing.T) {
	t.Helper()
	for range cap(waiting) {
		waiting <- struct{}{}
	}
	t.Cleanup(func() {
		for range cap(waiting) {
			<-waiting
		}
	})
}

// Whether somebody is known must not show in how long a sign-in takes. Where
// no password can be hashed, both are refused for that: so both were hashed.
func TestWhoIsNotKnownIsHashedForAsWell(t *testing.T) {
	g := Gate{DB: testdb.New(t)}
	company, err := settings.EnsureCompany(t.Context(), g.DB, "GVE")
	require.NoError(t, err)
	m := settings.NewMember()
	m.Name, m.Email, m.Role = "Maria", "maria@example.com", settings.RoleAdmin
	_, err = settings.CreateMember(t.Context(), g.DB, company.ID, "test", m)
	require.NoError(t, err)
	_, err = g.DB.Exec(`update staff set password = $1`, nobodys)
	require.NoError(t, err)
	hashed, err := hashPassword(t.Context(), "a horse, a battery")
	require.NoError(t, err)
	require.Equal(t, hashed[:strings.LastIndex(hashed[:len(hashed)-44], "$")], nobodys[:strings.LastIndex(nobodys[:len(nobodys)-44], "$")], "with the same work")
	require.Len(t, nobodys, len(hashed))

	full(t)
	for _, email := range []string{"maria@example.com", "nobody@example.com", "\x00", strings.Repeat("x", 300)} {
		for _, password := range []string{"wrong wrong wrong", strings.Repeat("x", 500)} {
			_, _, err := g.SignIn(t.Context(), Visit{}, email, password, "")
			require.ErrorIs(t, err, ErrBusy, email)
		}
	}
}

func TestAFloodOfSignInsWaitsForItsMemory(t *testing.T) {
	for range cap(hashing) {
		hashing <- struct{}{}
	}
	defer func() {
		for range cap(hashing) {
			<-hashing
		}
	}()
	given, up := context.WithCancel(t.Context())
	up()
	_, err := hashPassword(given, "a horse, a battery")
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, waiting)
	require.LessOrEqual(t, cap(hashing)*memoryKiB, 80*1024, "KiB at the most")
}

func b64(raw []byte) string { return base64.RawStdEncoding.EncodeToString(raw) }
