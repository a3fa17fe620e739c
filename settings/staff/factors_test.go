package staff_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/staff"
)

// sealed is a world that can keep second factors.
func sealed(t *testing.T) world {
	t.Helper()
	w := newWorld(t)
	key, err := settings.NewSecretKey([]byte(strings.Repeat("k", 32)))
	require.NoError(t, err)
	w.gate.Key = key
	return w
}

// as is who has the session.
func (w world) as(t *testing.T, session string) staff.Principal {
	t.Helper()
	p, err := w.gate.OfSession(t.Context(), session)
	require.NoError(t, err)
	return p
}

// code is what an app with that secret shows, so many steps from now, by the clock
// of the database; what was used before can be used anew.
func (w world) code(t *testing.T, secret string, steps int) string {
	t.Helper()
	var now time.Time
	require.NoError(t, w.db.Get(&now, `select now()`))
	w.exec(t, `update staff_codes set last_step = 0`)
	w.exec(t, `delete from sign_in_tries`)
	code, err := totp.GenerateCode(secret, now.Add(time.Duration(steps)*30*time.Second))
	require.NoError(t, err)
	return code
}

// inHalfAMinute is what came of something that began and ended in the same half minute
// of the database's clock: what a code is worth changes from one to the next.
func (w world) inHalfAMinute(t *testing.T, play func() string) string {
	t.Helper()
	step := func() (now int64) {
		require.NoError(t, w.db.Get(&now, `select floor(extract(epoch from now()) / 30)`))
		return now
	}
	for {
		began := step()
		if got := play(); step() == began {
			return got
		}
	}
}

// enrols gives somebody a second factor, and returns its secret and recovery codes.
func (w world) enrols(t *testing.T, session string) (secret string, recovery []string) {
	t.Helper()
	app, err := w.gate.StartCodes(t.Context(), w.as(t, session))
	require.NoError(t, err)
	recovery, err = w.gate.ConfirmCodes(t.Context(), staff.Visit{}, w.as(t, session), w.code(t, app.Secret, 0))
	require.NoError(t, err)
	return app.Secret, recovery
}

// signsIn is what comes of a password and a code: in, half way, or why not.
func (w world) signsIn(t *testing.T, email, code string) string {
	t.Helper()
	_, session, err := w.gate.SignIn(t.Context(), staff.Visit{From: "203.0.113.7"}, email, password, code)
	var half *staff.HalfWay
	switch {
	case err == nil:
		require.NotEmpty(t, session)
		return "in"
	case isHalf(err, &half):
		return "half way"
	}
	return err.Error()
}

// TestASecondFactorComesIntoForceByItsCode, and not before.
func TestASecondFactorComesIntoForceByItsCode(t *testing.T) {
	t.Parallel()
	w := sealed(t)
	_, session := w.joins(t, "Ann", "admin")
	ctx := t.Context()
	_, err := w.gate.WaitingApp(ctx, w.as(t, session))
	require.ErrorIs(t, err, settings.ErrNotFound)
	_, err = w.gate.ConfirmCodes(ctx, staff.Visit{}, w.as(t, session), "123456")
	require.ErrorIs(t, err, settings.ErrNotFound)
	_, err = w.gate.RenewRecovery(ctx, w.as(t, session))
	require.ErrorIs(t, err, settings.ErrNotFound)
	app, err := w.gate.StartCodes(ctx, w.as(t, session))
	require.NoError(t, err)
	require.Contains(t, app.URL, "issuer=Ringback")
	require.Contains(t, app.URL, "ann@example.com")
	waits, err := w.gate.WaitingApp(ctx, w.as(t, session))
	require.NoError(t, err)
	require.Equal(t, app, waits)
	require.Equal(t, "in", w.signsIn(t, "ann@example.com", ""), "nothing is wanted yet")
	for _, wrong := range []string{"", "000000", "12345", w.code(t, app.Secret, -2), w.code(t, app.Secret, 2)} {
		_, err := w.gate.ConfirmCodes(ctx, staff.Visit{}, w.as(t, session), wrong)
		require.ErrorContains(t, err, "wrong_code", wrong)
	}
	spaced := w.code(t, app.Secret, 0)
	codes, err := w.gate.ConfirmCodes(ctx, staff.Visit{}, w.as(t, session), " "+spaced[:3]+" "+spaced[3:]+" ")
	require.NoError(t, err)
	require.Len(t, codes, 10)
	have, err := w.gate.Codes(ctx, w.as(t, session))
	require.NoError(t, err)
	require.Equal(t, staff.Codes{On: true, Recovery: 10}, have)
	require.Equal(t, "half way", w.signsIn(t, "ann@example.com", ""))
	var shown int
	require.NoError(t, w.db.Get(&shown, `select count(*) from staff_codes where secret::text like '%' || $1 || '%'`, app.Secret))
	require.Zero(t, shown, "who reads the table has no app")

	again, err := w.gate.StartCodes(ctx, w.as(t, session))
	require.NoError(t, err)
	require.NotEqual(t, app.Secret, again.Secret)
	require.Equal(t, "in", w.signsIn(t, "ann@example.com", w.code(t, app.Secret, 0)), "the old one stays until the new one is confirmed")
	_, err = w.gate.ConfirmCodes(ctx, staff.Visit{}, w.as(t, session), w.code(t, again.Secret, 0))
	require.NoError(t, err)
	require.NotEqual(t, "in", w.signsIn(t, "ann@example.com", w.code(t, app.Secret, 0)))
	w.gate.Key = nil
	_, err = w.gate.StartCodes(ctx, w.as(t, session))
	require.ErrorContains(t, err, "no_secret_key")
}

// TestACodeIsGoodOnce, within half a minute of its own; a recovery code once, in
// whatever letters.
func TestACodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	w := sealed(t)
	_, session := w.joins(t, "Ann", "admin")
	secret, recovery := w.enrols(t, session)
	for steps, want := range map[int]string{-2: staff.ErrWrongCode.Error(), -1: "in", 0: "in", 1: "in", 2: staff.ErrWrongCode.Error()} {
		got := w.inHalfAMinute(t, func() string { return w.signsIn(t, "ann@example.com", w.code(t, secret, steps)) })
		require.Equal(t, want, got, "%d steps from now", steps)
	}
	code, before := w.code(t, secret, 0), w.code(t, secret, -1)
	require.Equal(t, "in", w.signsIn(t, "ann@example.com", code))
	require.Equal(t, staff.ErrWrongCode.Error(), w.signsIn(t, "ann@example.com", code), "the same again")
	require.Equal(t, staff.ErrWrongCode.Error(), w.signsIn(t, "ann@example.com", before), "and one that is older")
	typed := strings.ToUpper(strings.ReplaceAll(recovery[0], "-", " "))
	require.Equal(t, "in", w.signsIn(t, "ann@example.com", typed))
	require.Equal(t, staff.ErrWrongCode.Error(), w.signsIn(t, "ann@example.com", recovery[0]))
	renewed, err := w.gate.RenewRecovery(t.Context(), w.as(t, session))
	require.NoError(t, err)
	w.exec(t, `delete from sign_in_tries`)
	require.Equal(t, staff.ErrWrongCode.Error(), w.signsIn(t, "ann@example.com", recovery[1]), "new ones take the place of those that were left")
	require.Equal(t, "in", w.signsIn(t, "ann@example.com", renewed[9]))
	_, bobs := w.joins(t, "Bob", "admin")
	_, others := w.enrols(t, bobs)
	require.Equal(t, staff.ErrWrongCode.Error(), w.signsIn(t, "ann@example.com", others[0]), "somebody else's")
}

// TestWhoIsHalfWay comes in with a code, from wherever, for ten minutes, once.
func TestWhoIsHalfWay(t *testing.T) {
	t.Parallel()
	w := sealed(t)
	ann, session := w.joins(t, "Ann", "admin")
	secret, _ := w.enrols(t, session)
	half := func() string {
		_, _, err := w.gate.SignIn(t.Context(), staff.Visit{}, "ann@example.com", password, "")
		var on *staff.HalfWay
		require.True(t, isHalf(err, &on))
		return on.Token
	}
	finish := func(token, code string) error {
		_, _, err := w.gate.FinishSignIn(t.Context(), staff.Visit{From: "203.0.113.7"}, token, code)
		return err
	}
	token := half()
	require.ErrorIs(t, finish(token, "000000"), staff.ErrWrongCode)
	require.ErrorIs(t, finish("x", w.code(t, secret, 0)), settings.ErrNotFound)
	require.NoError(t, finish(token, w.code(t, secret, 0)))
	require.ErrorIs(t, finish(token, w.code(t, secret, 0)), settings.ErrNotFound)
	for name, change := range map[string]string{
		"ten minutes later":                     `update sign_in_steps set expires_at = now() - interval '1 second'`,
		"who has left meanwhile":                `update staff set active = false where id = '` + ann.ID + `'`,
		"whose second factor was taken from it": ``,
	} {
		w.exec(t, `update staff set active = true`)
		token := half()
		if change != "" {
			w.exec(t, change)
		} else {
			require.NoError(t, w.gate.RemoveCodes(t.Context(), w.as(t, session)))
		}
		require.ErrorIs(t, finish(token, w.code(t, secret, 0)), settings.ErrNotFound, name)
		if change == "" {
			break
		}
	}
	w.exec(t, `update staff set active = true`)
}

// TestGuessingCodesIsSlowed as guessing passwords is.
func TestGuessingCodesIsSlowed(t *testing.T) {
	t.Parallel()
	w := sealed(t)
	_, session := w.joins(t, "Ann", "admin")
	secret, _ := w.enrols(t, session)
	_, _, err := w.gate.SignIn(t.Context(), staff.Visit{From: "198.51.100.1"}, "ann@example.com", password, "")
	var half *staff.HalfWay
	require.True(t, isHalf(err, &half))
	var slow *staff.Throttled
	for n := range 20 {
		if _, _, err = w.gate.FinishSignIn(t.Context(), staff.Visit{From: "198.51.100.1"}, half.Token, fmt.Sprintf("%06d", n)); isThrottled(err, &slow) {
			require.GreaterOrEqual(t, n, 8, "a person mistypes")
			break
		}
	}
	require.NotNil(t, slow)
	require.Greater(t, slow.Wait, time.Minute)
	var now time.Time
	require.NoError(t, w.db.Get(&now, `select now()`))
	right, err := totp.GenerateCode(secret, now.Add(30*time.Second))
	require.NoError(t, err)
	_, _, err = w.gate.FinishSignIn(t.Context(), staff.Visit{From: "198.51.100.1"}, half.Token, right)
	require.True(t, isThrottled(err, &slow), "the right one waits as well")
}

// TestGuessingWithASessionIsSlowed: whoever sits at a machine that was left open, or has
// stolen a session, knows neither the password nor a code.
func TestGuessingWithASessionIsSlowed(t *testing.T) {
	t.Parallel()
	w := sealed(t)
	_, session := w.joins(t, "Ann", "admin")
	w.enrols(t, session)
	p, from := w.as(t, session), func(place string) staff.Visit { return staff.Visit{From: place} }
	_, err := w.gate.StartCodes(t.Context(), p) // another app, in the place of the one there is
	require.NoError(t, err)
	for name, guess := range map[string]func(string) error{
		"a proof": func(code string) error { return second(w.gate.Prove(t.Context(), from("198.51.100.1"), p, "", code)) },
		"a new app": func(code string) error {
			return second(w.gate.ConfirmCodes(t.Context(), from("198.51.100.2"), p, code))
		},
	} {
		tries, slow := 0, (*staff.Throttled)(nil)
		for ; tries < 20 && slow == nil; tries++ {
			if err := guess(fmt.Sprintf("%06d", tries)); !isThrottled(err, &slow) {
				require.ErrorContains(t, err, "code: wrong_code", name)
			}
		}
		require.NotNil(t, slow, name)
		require.GreaterOrEqual(t, tries, 8, "a person mistypes")
		require.Greater(t, slow.Wait, time.Minute, name)
	}
}

// TestWhatNeedsAFreshProof: who signed in long ago shows again who they are, by
// their password or, with a second factor, by a code.
func TestWhatNeedsAFreshProof(t *testing.T) {
	t.Parallel()
	w := sealed(t)
	ctx := t.Context()
	_, session := w.joins(t, "Ann", "admin")
	bob, _ := w.joins(t, "Bob", "advisor", w.service)
	stale := func() staff.Principal {
		w.exec(t, `update sessions set proved_at = now() - interval '11 minutes', created_at = now() - interval '11 minutes'`)
		return w.as(t, session)
	}
	p := stale()
	key := staff.Key{Name: "x", Scopes: []string{"settings:read"}}
	for name, err := range map[string]error{
		"a second factor":   second(w.gate.StartCodes(ctx, p)),
		"its code":          second(w.gate.ConfirmCodes(ctx, staff.Visit{}, p, "1")),
		"recovery codes":    second(w.gate.RenewRecovery(ctx, p)),
		"taking it away":    w.gate.RemoveCodes(ctx, p),
		"another's factor":  w.gate.ResetCodes(ctx, p, bob.ID),
		"another's way in":  w.gate.Disconnect(ctx, p, bob.ID),
		"an invitation":     second(w.gate.InviteMember(ctx, p, bob.ID)),
		"a key":             third(staff.MakeKey(ctx, w.db, p, key)),
		"somebody new":      second(staff.CreateMember(ctx, w.db, p, settings.NewMember())),
		"an address":        second(staff.ChangeMember(ctx, w.db, p, bob.ID, func(m *settings.Member) error { m.Email = "b@example.com"; return nil })),
		"a role":            second(staff.ChangeMember(ctx, w.db, p, bob.ID, func(m *settings.Member) error { m.Role = "manager"; return nil })),
		"a factor for all":  second(staff.ChangeCompany(ctx, w.db, p, func(c *settings.Company) error { c.SecondFactor = "required"; return nil })),
		"a provider's door": w.gate.ConnectProvider(ctx, staff.Visit{}, p, flow, "", ""),
	} {
		require.ErrorIs(t, err, staff.ErrProve, name)
	}
	for name, err := range map[string]error{
		"a name":               second(staff.ChangeMember(ctx, w.db, p, bob.ID, func(m *settings.Member) error { m.Name = "Robert"; return nil })),
		"somebody who leaves":  second(staff.ChangeMember(ctx, w.db, p, bob.ID, func(m *settings.Member) error { m.Active = false; return nil })),
		"the company's name":   second(staff.ChangeCompany(ctx, w.db, p, func(c *settings.Company) error { c.Name = "Green Valley"; return nil })),
		"ending their browser": w.gate.EndOthers(ctx, p),
	} {
		require.NoError(t, err, name)
	}
	_, err := staff.ChangeMember(ctx, w.db, p, bob.ID, func(m *settings.Member) error { m.Active = true; return nil })
	require.ErrorIs(t, err, staff.ErrProve, "somebody who is back")

	_, err = w.gate.Prove(ctx, staff.Visit{}, p, "not the password", "")
	require.ErrorContains(t, err, "password: ")
	require.ErrorIs(t, w.as(t, session).Proven(), staff.ErrProve)
	p, err = w.gate.Prove(ctx, staff.Visit{}, p, password, "")
	require.NoError(t, err)
	require.NoError(t, p.Proven())
	require.NoError(t, w.as(t, session).Proven(), "and the next request knows")
	secret, recovery := w.enrols(t, session)
	p = stale()
	_, err = w.gate.Prove(ctx, staff.Visit{}, p, password, "")
	require.ErrorContains(t, err, "code: wrong_code", "the password is no proof any more")
	_, err = w.gate.Prove(ctx, staff.Visit{}, p, "", w.code(t, secret, 0))
	require.NoError(t, err)
	_, err = w.gate.Prove(ctx, staff.Visit{}, stale(), "", recovery[0])
	require.NoError(t, err)
	ways, err := w.gate.Ways(ctx, p)
	require.NoError(t, err)
	require.Equal(t, staff.Ways{Password: true, Code: true}, ways)
	require.NoError(t, staff.Principal{CompanyID: w.company, Scopes: staff.Scopes}.Proven(), "a key is left open by nobody")
}

// TestALostSecondFactorIsReset by who may do all that its owner may, and ends
// their sessions.
func TestALostSecondFactorIsReset(t *testing.T) {
	t.Parallel()
	w := sealed(t)
	ctx := t.Context()
	_, boss := w.joins(t, "Boss", "admin")
	ann, anns := w.joins(t, "Ann", "manager", w.service)
	_, joes := w.joins(t, "Joe", "manager", w.sales)
	_, bobs := w.joins(t, "Bob", "advisor", w.service)
	require.ErrorIs(t, w.gate.ResetCodes(ctx, w.as(t, boss), ann.ID), settings.ErrNotFound, "who has none")
	w.enrols(t, anns)
	require.ErrorIs(t, w.gate.ResetCodes(ctx, w.as(t, joes), ann.ID), settings.ErrNotFound, "who is on another team")
	var denied staff.Denied
	require.ErrorAs(t, w.gate.ResetCodes(ctx, w.as(t, bobs), ann.ID), &denied)
	require.Equal(t, "half way", w.signsIn(t, "ann@example.com", ""))
	require.NoError(t, w.gate.ResetCodes(ctx, w.as(t, boss), ann.ID))
	require.Empty(t, w.who(t, anns), "whoever has their browser is out")
	require.Equal(t, "in", w.signsIn(t, "ann@example.com", ""))
	var left int
	require.NoError(t, w.db.Get(&left, `select count(*) from staff_recovery_codes where staff_id = $1`, ann.ID))
	require.Zero(t, left)
	require.ErrorIs(t, w.gate.ResetCodes(ctx, w.as(t, boss), uuid.NewString()), settings.ErrNotFound)
}

// TestACompanyThatWantsASecondFactor lets nobody do anything before they have one,
// but for what it takes to get one.
func TestACompanyThatWantsASecondFactor(t *testing.T) {
	t.Parallel()
	w := sealed(t)
	_, session := w.joins(t, "Ann", "admin")
	require.NoError(t, w.as(t, session).Allowed("list-teams"))
	w.exec(t, `update companies set second_factor = 'required'`)
	p := w.as(t, session)
	require.True(t, p.Enrolls())
	for operation, may := range map[string]bool{
		"list-teams": false, "create-key": false, "get-company": true, "start-second-factor": true, "confirm-second-factor": true, "sign-out": true, "change-password": true,
	} {
		if may {
			require.NoError(t, p.Allowed(operation), operation)
		} else {
			require.ErrorIs(t, p.Allowed(operation), staff.ErrEnrol, operation)
		}
		require.Equal(t, may, p.MayCall(operation), operation)
	}
	w.enrols(t, session)
	require.False(t, w.as(t, session).Enrolls())
	require.NoError(t, w.as(t, session).Allowed("list-teams"))
}
