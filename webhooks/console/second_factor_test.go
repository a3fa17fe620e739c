package console_test

import (
	"html"
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"ringback/settings"
)

// app is somebody's authenticator app.
type app struct {
	b      *browser
	secret string
}

// shows is the code of the app, now or so many steps later. None counts as used.
func (a app) shows(later int) string {
	a.b.t.Helper()
	var now time.Time
	require.NoError(a.b.t, a.b.db.Get(&now, `select now()`))
	_, err := a.b.db.Exec(`update staff_codes set last_step = 0`)
	require.NoError(a.b.t, err)
	code, err := totp.GenerateCode(a.secret, now.Add(time.Duration(later)*30*time.Second))
	require.NoError(a.b.t, err)
	return code
}

// step is the half minute that it is by the database's clock.
func (a app) step() (now int64) {
	require.NoError(a.b.t, a.b.db.Get(&now, `select floor(extract(epoch from now()) / 30)`))
	return now
}

var (
	typed    = regexp.MustCompile(`<code>([A-Z2-7]{32})</code>`)
	recovery = regexp.MustCompile(`<li><code>([a-z2-7-]{19})</code>`)
)

// enroll sets an app up for who is signed in, and returns their recovery codes.
func (b *browser) enroll() (app, []string) {
	b.t.Helper()
	shown := b.post("/account/second-factor")
	require.Equal(b.t, http.StatusOK, shown.status, shown.text)
	require.Contains(b.t, shown.text, `<img src="data:image/png;base64,`)
	a := app{b, typed.FindStringSubmatch(shown.text)[1]}
	wrong := b.post("/account/second-factor/confirm", "code", "000000")
	require.Equal(b.t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(b.t, wrong.text, a.secret, "it is still the same")
	done := b.post("/account/second-factor/confirm", "code", a.shows(0))
	require.Equal(b.t, http.StatusOK, done.status, done.text)
	var codes []string
	for _, found := range recovery.FindAllStringSubmatch(done.text, -1) {
		codes = append(codes, found[1])
	}
	require.Len(b.t, codes, 10)
	return a, codes
}

const maria = "maria@example.com"

// half shows a password in a new browser, which is then asked for a code.
func (b *browser) half() *browser {
	b.t.Helper()
	other := &browser{Client: anew(b.t), t: b.t, base: b.base, db: b.db}
	other.post("/sign-in", "email", maria, "password", password, "next", "/teams").leadsTo(b.t, "/sign-in/code?next=%2Fteams")
	other.get("/account").leadsTo(b.t, "/sign-in?next=%2Faccount")
	require.Contains(b.t, other.get("/sign-in/code?next=/teams").text, `name="code"`)
	return other
}

func TestACodeIsWantedBesideThePassword(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	a, codes := b.enroll()

	other := b.half()
	code := a.shows(0)
	require.Contains(t, other.post("/sign-in/code", "code", "123", "next", "/teams").text, "The code is wrong")
	other.post("/sign-in/code", "code", " "+code[:3]+" "+code[3:], "next", "/teams").leadsTo(t, "/teams")
	require.Contains(t, other.get("/account").text, maria)
	require.Contains(t, b.half().post("/sign-in/code", "code", code).text, "was used before", "a code is not taken twice")
	for _, later := range []int{-1, 1} { // clocks differ
		for other, in := b.half(), false; !in; {
			began := a.step()
			got := other.post("/sign-in/code", "code", a.shows(later))
			if in = a.step() == began; in { // a code is worth less in the half minute after
				got.leadsTo(t, "/")
			} else {
				other = b.half()
			}
		}
	}
	for _, later := range []int{-3, 3} {
		require.Contains(t, b.half().post("/sign-in/code", "code", a.shows(later)).text, "The code is wrong")
	}
	b.half().post("/sign-in/code", "code", strings.ToUpper(codes[0])).leadsTo(t, "/")
	require.Contains(t, b.half().post("/sign-in/code", "code", codes[0]).text, "was used before")
	require.Contains(t, b.get("/account/second-factor").text, "9 recovery codes are left.")

	late := b.half()
	_, err := b.db.Exec(`update sign_in_steps set expires_at = now()`)
	require.NoError(t, err)
	late.post("/sign-in/code", "code", a.shows(0)).leadsTo(t, "/sign-in?next=%2F")
	var left int
	require.NoError(t, b.db.Get(&left, `select count(*) from staff_codes where position($1::bytea in secret) > 0`, a.secret))
	require.Zero(t, left, "the secret is sealed")
}

func TestCodesCannotBeGuessed(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	a, _ := b.enroll()
	other := b.half()
	for range 10 {
		other.post("/sign-in/code", "code", "000000")
	}
	require.Contains(t, other.post("/sign-in/code", "code", a.shows(0)).text, "Try again in", "the right one as well")
}

func TestALinkIsNoWayAroundTheSecondFactor(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	a, _ := b.enroll()
	m, err := settings.FindMemberByEmail(t.Context(), b.db, b.gate.Company, maria)
	require.NoError(t, err)
	link, err := b.gate.Invite(t.Context(), b.gate.Company, m.ID, "test")
	require.NoError(t, err)
	other := &browser{Client: anew(t), t: t, base: b.base}
	other.post("/set-password/"+path.Base(link.URL), "password", "another horse, chosen").leadsTo(t, "/sign-in/code?next=%2F")
	other.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
	b.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
	other.post("/sign-in/code", "code", a.shows(0)).leadsTo(t, "/")
}

func TestWhoHasASecondFactorShowsItAgain(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	a, codes := b.enroll()
	b.longAgo()
	asked := b.post("/account/second-factor/remove")
	require.NotContains(t, asked.text, `name="proof_password"`)
	form := asked.again(t, password)
	require.Equal(t, http.StatusForbidden, b.ask("POST", "/account/second-factor/remove", form).status, "the password alone")
	form.Set("proof_code", "000000")
	require.Contains(t, b.ask("POST", "/account/second-factor/remove", form).text, "The code is wrong")
	form.Set("proof_code", a.shows(0))
	b.ask("POST", "/account/second-factor/remove", form).leadsTo(t, "/account/second-factor")
	var left int
	require.NoError(t, b.db.Get(&left, `select count(*) from staff_recovery_codes`))
	require.Zero(t, left)
	require.NotEmpty(t, codes)
	(&browser{Client: anew(t), t: t, base: b.base}).post("/sign-in", "email", maria, "password", password).leadsTo(t, "/")
}

func TestAnAdminResetsWhatSomebodyHasLost(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	ben := settings.NewMember()
	ben.Name, ben.Email, ben.Role = "Ben", "ben@example.com", settings.RoleAdvisor
	ben, err := settings.CreateMember(t.Context(), b.db, b.gate.Company, "test", ben)
	require.NoError(t, err)
	link, err := b.gate.Invite(t.Context(), b.gate.Company, ben.ID, "test")
	require.NoError(t, err)
	his := &browser{Client: anew(t), t: t, base: b.base, db: b.db}
	his.post("/set-password/"+path.Base(link.URL), "password", password).leadsTo(t, "/")
	his.enroll()
	require.Contains(t, b.get("/staff/"+ben.ID).text, "/second-factor")
	b.longAgo()
	done := b.ask("POST", "/staff/"+ben.ID+"/second-factor", b.post("/staff/"+ben.ID+"/second-factor").again(t, password))
	done.leadsTo(t, "/staff/"+ben.ID)
	his.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
	his.post("/sign-in", "email", ben.Email, "password", password).leadsTo(t, "/")
	require.Equal(t, http.StatusForbidden, his.post("/staff/"+ben.ID+"/second-factor").status)
	require.Contains(t, b.get("/history").text, "Second factor")
}

func TestACompanyWantsASecondFactorOfEverybody(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.longAgo()
	b.ask("POST", "/second-factor", b.post("/second-factor", "required", "1").again(t, password)).leadsTo(t, "/staff")
	for _, page := range []string{"/teams", "/staff", "/teams/" + b.team + "/tickets"} {
		b.get(page).leadsTo(t, "/account/second-factor")
	}
	require.Contains(t, b.get("/account/second-factor").text, "Your company wants everybody")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.base+"/api/v1/teams", nil)
	require.NoError(t, err)
	answer, err := b.Do(r)
	require.NoError(t, err)
	refused := read(t, answer)
	require.Equal(t, http.StatusForbidden, refused.status)
	require.Contains(t, refused.text, `"code":"second_factor_required"`)
	b.enroll()
	require.Equal(t, http.StatusOK, b.get("/teams").status)
}

func TestTheAPITakesACode(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	a, _ := b.enroll()
	send := func(code string) page {
		form := `{"email": "` + maria + `", "password": "` + password + `"` + code + `}`
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.base+"/api/v1/session", strings.NewReader(form))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		answer, err := anew(t).Do(r)
		require.NoError(t, err)
		return read(t, answer)
	}
	for code, want := range map[string]string{"": "code_wanted", `, "code": "000000"`: "wrong_code"} {
		refused := send(code)
		require.Equal(t, http.StatusUnauthorized, refused.status)
		require.Contains(t, html.UnescapeString(refused.text), `"code":"`+want+`"`)
		require.Empty(t, refused.header.Values("Set-Cookie"))
	}
	in := send(`, "code": "` + a.shows(0) + `"`)
	require.Equal(t, http.StatusOK, in.status, in.text)
}
