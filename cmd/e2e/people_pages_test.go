package e2e

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
	"ringback/settings"
)

// colleague is one of the staff at the console's pages, signed in.
type colleague struct {
	w      *world
	cookie string
}

// hires has somebody join the team and sign in by the link that they are sent.
func (w *world) hires(name, role string) colleague {
	w.t.Helper()
	m := settings.NewMember()
	m.Name, m.Email, m.Role = name, strings.ToLower(name)+"@example.com", role
	if role != settings.RoleAdmin {
		m.Teams = []string{w.team.ID}
	}
	m, err := settings.CreateMember(w.t.Context(), w.DB.DB, w.Company.ID, "test", m)
	require.NoError(w.t, err)
	link, err := w.Gate.Invite(w.t.Context(), w.Company.ID, m.ID, "test")
	require.NoError(w.t, err)
	c := colleague{w: w}
	answer, _ := c.asks(http.MethodPost, "/set-password/"+path.Base(link.URL), "password", "a horse, a battery")
	for _, cookie := range answer.Cookies() {
		if strings.HasSuffix(cookie.Name, "ringback_session") {
			c.cookie = cookie.Name + "=" + cookie.Value
		}
	}
	require.NotEmpty(w.t, c.cookie)
	return c
}

// asks is a page or a form, as a browser without a script asks for it.
func (c colleague) asks(method, path string, form ...string) (*http.Response, string) {
	c.w.t.Helper()
	fields := url.Values{}
	for n := 0; n < len(form); n += 2 {
		fields.Set(form[n], form[n+1])
	}
	r, err := http.NewRequestWithContext(c.w.t.Context(), method, c.w.URL()+path, strings.NewReader(fields.Encode()))
	require.NoError(c.w.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Cookie", c.cookie)
	answer, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(c.w.t, err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(c.w.t, err)
	return answer, string(text)
}

// sees is a page that there is.
func (c colleague) sees(path string) string {
	c.w.t.Helper()
	answer, text := c.asks(http.MethodGet, path)
	require.Equal(c.w.t, http.StatusOK, answer.StatusCode, "%s: %s", path, text)
	return text
}

// TestPeoplesDataByThePages: what the law asks of a company, the whole way by the
// console's pages: an admin looks what would go and has it go in future, hands a
// customer what is known of them, erases them, and reads who did that. An advisor can do
// none of it, and that they tried is read as well.
func TestPeoplesDataByThePages(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, nobody)
	_, err := w.sim.Text(t.Context(), w.door(), caller, ours, "Xyzzy, look", twilio.WithFile(photo(t), "image/jpeg"))
	require.NoError(t, err)
	w.settle()
	w.fetched()
	mary, ann := w.hires("Mary", settings.RoleAdmin), w.hires("Ann", settings.RoleAdvisor)
	contact := w.contactOf(caller)
	team := "/teams/" + w.team.ID
	card, export, erase := team+"/contacts/"+contact, team+"/contacts/"+contact+"/export", team+"/contacts/"+contact+"/erase"
	var file string
	require.NoError(t, w.DB.Get(&file, `select id from media where contact_id = $1`, contact))
	places := []string{card, w.ticketOf(caller), "/api/v1" + team + "/media/" + file}

	// How long what is kept: a look at what would go changes nothing.
	answer, tried := mary.asks(http.MethodPost, "/privacy", "messages", "20", "try", "1")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Contains(t, tried, "<strong>0</strong>", "nothing is that old")
	require.NotContains(t, mary.sees("/privacy"), `value="20"`)
	w.DB.MustExec(`update messages set at = at - interval '30 days'`)
	w.DB.MustExec(`update tickets set status = 'closed'`)
	_, tried = mary.asks(http.MethodPost, "/privacy", "messages", "20", "try", "1")
	require.Regexp(t, `<strong>[1-9]`, tried)
	require.NotEmpty(t, w.saying("Xyzzy"))
	answer, _ = mary.asks(http.MethodPost, "/privacy", "messages", "5")
	require.Equal(t, http.StatusUnprocessableEntity, answer.StatusCode, "less than the rules remember")
	answer, _ = mary.asks(http.MethodPost, "/privacy", "media", "400")
	require.Equal(t, http.StatusSeeOther, answer.StatusCode)
	require.Contains(t, mary.sees("/privacy"), `value="400"`)

	// What is known of them.
	require.Contains(t, mary.sees(card), export)
	answer, packed := mary.asks(http.MethodGet, export)
	require.Equal(t, "application/zip", answer.Header.Get("Content-Type"))
	archive, err := zip.NewReader(bytes.NewReader([]byte(packed)), int64(len(packed)))
	require.NoError(t, err)
	told := map[string]string{}
	for _, f := range archive.File {
		opened, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(opened)
		require.NoError(t, err)
		told[path.Ext(f.Name)] += string(content)
	}
	require.Contains(t, told[".json"], "Xyzzy")
	require.Contains(t, told[".html"], "Xyzzy")
	require.True(t, strings.HasPrefix(told[".jpg"], "\xff\xd8"), "their photo")

	// Who may not.
	for _, asked := range [][]string{{http.MethodGet, export}, {http.MethodPost, erase}, {http.MethodGet, "/privacy"}, {http.MethodPost, "/privacy"}, {http.MethodGet, "/audit"}, {http.MethodGet, "/audit.csv"}} {
		answer, _ := ann.asks(asked[0], asked[1], "sure", "yes")
		require.Contains(t, []int{http.StatusForbidden, http.StatusNotFound}, answer.StatusCode, "%v", asked)
	}
	require.NotContains(t, ann.sees(card), erase)
	for _, page := range places {
		mary.sees(page)
	}
	require.Contains(t, mary.sees("/search?q=Xyzzy"), `class="inbox found"`)

	// They are erased, once it was asked for twice.
	answer, sure := mary.asks(http.MethodPost, erase)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Contains(t, sure, `name="sure"`)
	require.NotEmpty(t, w.saying("Xyzzy"))
	answer, _ = mary.asks(http.MethodPost, erase, "sure", "yes")
	require.Equal(t, http.StatusSeeOther, answer.StatusCode)
	state := answer.Header.Get("Location")
	require.Regexp(t, `Files deleted so far: 0 of [1-9]`, mary.sees(state))
	require.NoError(t, w.Eraser.Work(t.Context()))
	w.settle()
	require.Contains(t, mary.sees(state), "The customer is erased, with all their files.")
	require.NotContains(t, mary.sees(state), "every 3s", "there is nothing more to wait for")
	require.NotContains(t, mary.sees(team+"/contacts?erased=nobody"), "is erased")
	require.Empty(t, w.saying("Xyzzy"))
	for _, page := range []string{card, export, "/api/v1" + team + "/media/" + file} {
		answer, text := mary.asks(http.MethodGet, page)
		require.Equal(t, http.StatusNotFound, answer.StatusCode, page)
		require.NotContains(t, text, "Xyzzy", page)
	}
	require.NotContains(t, mary.sees(team+"/contacts"), strings.TrimPrefix(caller, "+"))
	require.NotContains(t, mary.sees("/search?q=Xyzzy"), `class="inbox found"`)
	for _, asked := range []string{"/contacts/" + contact + "/export", team + "/contacts/" + contact, team + "/media/" + file} {
		status, answer := w.api(http.MethodGet, asked, nil)
		require.Equal(t, http.StatusNotFound, status, "%s: %v", asked, answer)
	}

	// Who did that, by whom it was tried in vain, and nothing of what was erased.
	audit := mary.sees("/audit")
	for _, line := range []string{"Customer erased", "Mary", "Ann", "Refused for lack of rights", "127.0.0.1"} {
		require.Contains(t, audit, line)
	}
	require.NotContains(t, audit, "Xyzzy")
	refused := mary.sees("/audit?refused=true")
	require.Contains(t, refused, "Ann")
	require.NotContains(t, refused, "Customer erased")
	lines := mary.sees("/audit.csv")
	for _, what := range []string{"retention", "export", "erasure", "refused"} {
		require.Contains(t, lines, ","+what+",", what)
	}
	require.NotContains(t, lines, "Xyzzy")
	w.nothingFailed()
}
