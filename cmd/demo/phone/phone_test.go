package phone

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator/twilio"
	"ringback/webhooks/web/assets"
)

func (w *world) get(path string) (int, string, http.Header) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url+path, nil)
	require.NoError(w.t, err)
	answer, err := w.client.Do(request)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	return answer.StatusCode, string(body), answer.Header
}

func TestATextAndItsStory(t *testing.T) {
	w := newWorld(t, "")
	next := w.states()
	next(says("No texts yet", "Nothing has happened"))
	status, _ := w.post("/phone/clock", w.form("at", "sunday"))
	require.Equal(t, http.StatusNoContent, status)
	s := next(says("another time", " 22:00:", "Service, on Chicago time, is closed until Monday 08:00"))
	require.Equal(t, "America/Chicago", s.Zone)
	require.WithinDuration(t, w.clock.Now(), time.UnixMilli(s.Now), time.Minute)

	status, _ = w.post("/phone/texts", w.form("text", "Is anybody there?"))
	require.Equal(t, http.StatusNoContent, status)
	next(says("<p>Is anybody there?</p>", "signature checked, written down", "Sent “After-hours texts for customers (SMS and WhatsApp only)” <code>sent</code>",
		"The team is closed (no schedule is in effect)", "We open again tomorrow at 8:00.", "The provider took it <code>sending</code>",
		`class="bubble ghost"`, "Body=Is anybody there?", "&#34;Theirs&#34;: &#34;&#43;13125550142&#34;"))
	_, err := w.sim.Deliver(t.Context())
	require.NoError(t, err)
	s = next(says("Delivered to the phone <code>delivered</code>", "The provider called back: sent", "The provider called back: delivered", "MessageStatus=delivered"))
	require.NotContains(t, s.Parts["thread"], "ghost", "it has reached the phone")

	status, _ = w.post("/phone/texts", w.form("text", "Hello?"))
	require.Equal(t, http.StatusNoContent, status)
	s = next(says("Not sent “After-hours texts for customers (SMS and WhatsApp only)”: the customer already got it <code>already_sent</code>"))
	story := s.Parts["story"]
	require.Less(t, strings.Index(story, "Hello?"), strings.Index(story, "Is anybody there?"), "the newest first")
	thread := s.Parts["thread"]
	require.Greater(t, strings.Index(thread, "Hello?"), strings.Index(thread, "Is anybody there?"), "the newest last")

	status, _ = w.post("/phone/clock", w.form("at", "now"))
	require.Equal(t, http.StatusNoContent, status)
	next(says(`<span class="tag good">now</span>`))
	require.True(t, w.clock.Queue().Real(), "the real clock")
}

func TestAConversationIsOfTwo(t *testing.T) {
	w := newWorld(t, "")
	next := w.states()
	status, _ := w.post("/phone/texts", w.form("text", "for Ann's eyes"))
	require.Equal(t, http.StatusNoContent, status)
	next(says("Sent “"))
	_, page, _ := w.get("/phone?" + w.form("customer", ben).Encode())
	require.NotContains(t, page, "Ann&#39;s eyes")
	_, page, _ = w.get("/phone?" + w.form().Encode())
	require.Contains(t, page, "Ann&#39;s eyes")
}

func TestTheProvidersOwnAnswer(t *testing.T) {
	w := newWorld(t, "")
	next := w.states()
	status, _ := w.post("/phone/texts", w.form("text", "stop"))
	require.Equal(t, http.StatusNoContent, status)
	next(says("Not sent: the customer opted out <code>opted_out</code>", "The provider answered by itself", "You are unsubscribed", "From the provider itself"))
}

func TestCustomersWriteNoMarkup(t *testing.T) {
	w := newWorld(t, "")
	next := w.states()
	const evil = `<script>alert(1)</script><img src=x onerror=alert(2)>`
	status, _ := w.post("/phone/texts", w.form("text", evil))
	require.Equal(t, http.StatusNoContent, status)
	s := next(says("alert(1)", "Sent “"))
	_, page, header := w.get("/phone?" + w.form().Encode())
	for _, html := range []string{page, s.Parts["thread"], s.Parts["story"]} {
		require.Contains(t, html, "&lt;script&gt;alert(1)")
		require.NotContains(t, html, "<script>alert")
		require.NotContains(t, html, "<img src=x")
	}
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	require.NotContains(t, page, "style=", "the policy would refuse it")
}

func TestThePageStandsWithoutItsScript(t *testing.T) {
	w := newWorld(t, "")
	status, page, _ := w.get("/phone")
	require.Equal(t, http.StatusOK, status)
	for _, url := range []string{assets.Stylesheet.URL, style.URL, script.URL} {
		require.Contains(t, page, url)
		status, _, _ := w.get(url)
		require.Equal(t, http.StatusOK, status, url)
	}
	status, page = w.plain("/phone/texts", w.form("text", "Sent by a plain form\r\nwith two lines"))
	require.Equal(t, http.StatusOK, status, "redirected to the page")
	require.Contains(t, page, "Sent by a plain form\nwith two lines")
	status, page = w.plain("/phone/clock", w.form("at", "soon"))
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "Choose a date and a time of day")
	long := strings.Repeat("ü", maxText+1)
	status, page = w.plain("/phone/texts", w.form("text", long))
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "at most 1600 characters; this one has 1601.")
	require.Contains(t, page, long, "what was written is not lost")
}

// plain posts a form as a browser without scripts does.
func (w *world) plain(path string, form url.Values) (int, string) {
	w.t.Helper()
	answer, err := w.client.PostForm(w.url+path, form)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	return answer.StatusCode, string(body)
}

func TestOrdersThatAreNotTaken(t *testing.T) {
	w := newWorld(t, "")
	for _, c := range []struct {
		path   string
		form   url.Values
		status int
		field  string
	}{
		{"/phone/texts", w.form("text", "hi", "customer", "+19995550000"), 404, "customer"},
		{"/phone/texts", w.form("text", "hi", "sender", "not-a-sender"), 404, "sender"},
		{"/phone/texts", w.form(), 422, "text"},
		{"/phone/texts", w.form("text", " \r\n "), 422, "text"},
		{"/phone/texts", w.form("text", strings.Repeat("x", maxText+1)), 422, "text"},
		{"/phone/texts", w.form("text", "\xff"), 422, "text"},
		{"/phone/texts", w.form("text", "nul \x00"), 422, "text"},
		{"/phone/texts", w.form("text", strings.Repeat("x", maxForm)), 413, ""},
		{"/phone/clock", w.form("at", "25:00"), 422, "at"},
		{"/phone/clock", w.form("at", "sunday", "sender", "nobody"), 404, "sender"},
		{"/phone/provider", w.form("fault", "explode"), 422, "fault"},
		{"/phone/texts", w.form("text", "hi", "app", "games"), 404, "app"},
		{"/phone/calls", w.form("do", "call"), 422, "sender"}, // which takes none
		{"/phone/calls", w.form("do", "hang_up"), 409, "do"},
	} {
		status, told := w.post(c.path, c.form)
		require.Equal(t, c.status, status, "%s: %v", c.path, told)
		require.NotEmpty(t, told.Detail)
		if c.field != "" {
			require.Equal(t, c.field, told.Errors[0].Field)
		}
	}
	for path, want := range map[string]string{"/phone?customer=nobody": "nobody of this number", "/phone?sender=none": "No team has this number"} {
		status, page, _ := w.get(path)
		require.Equal(t, http.StatusNotFound, status)
		require.Contains(t, page, want)
	}
	status, _, _ := w.get("/phone/stream?customer=nobody")
	require.Equal(t, http.StatusNotFound, status)
	require.Empty(t, w.sim.Inbox(ann), "nothing was sent")
	require.WithinDuration(t, clocktest.Now(t), w.clock.Now(), time.Hour, "and the clock is where it was")
	longest := strings.Repeat("😀", maxText)
	status, told := w.post("/phone/texts", w.form("text", longest))
	require.Equal(t, http.StatusNoContent, status, told)
	require.Equal(t, longest, w.sim.Inbox(ann)[0].Body)
}

func TestAGatewayThatRefuses(t *testing.T) {
	w := newWorld(t, "")
	account, _ := w.sim.Credentials()
	w.sim.Account(account, "another token")
	status, told := w.post("/phone/texts", w.form("text", "hi"))
	require.Equal(t, http.StatusBadGateway, status)
	require.Contains(t, told.Detail, "The gateway refused the text (403): the signature does not match")
}

func TestNoTeamHasANumber(t *testing.T) {
	w := newWorld(t, "")
	_, err := w.db.Exec(`delete from senders`)
	require.NoError(t, err)
	status, page, _ := w.get("/phone")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "No team has a number for texts yet")
	status, told := w.post("/phone/texts", url.Values{"customer": {ann}, "text": {"hi"}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Equal(t, "sender", told.Errors[0].Field)
}

func TestOtherSitesGiveNoOrders(t *testing.T) {
	w := newWorld(t, "")
	for _, path := range []string{"/phone/texts", "/phone/calls", "/phone/clock", "/phone/provider"} {
		form := w.form("text", "hi", "do", "call", "at", "sunday", "fault", "down")
		status, _ := w.post(path, form, "Sec-Fetch-Site", "cross-site")
		require.Equal(t, http.StatusForbidden, status, path)
		status, _ = w.post(path, form, "Origin", "https://evil.example")
		require.Equal(t, http.StatusForbidden, status, path)
	}
	require.Empty(t, w.sim.Inbox(ann))
}

func TestNoTunnelComesInWithoutAToken(t *testing.T) {
	w := newWorld(t, "")
	for _, header := range []string{"X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-Ip", "Via"} {
		status, _ := w.post("/phone/texts", w.form("text", "hi"), header, "somebody")
		require.Equal(t, http.StatusForbidden, status, header)
	}
	require.Empty(t, w.sim.Inbox(ann))
}

func TestNobodyComesInWithoutTheToken(t *testing.T) {
	w := newWorld(t, "open sesame")
	for _, path := range []string{"/phone", "/phone?token=sesame", "/phone?token=", "/phone/stream"} {
		status, page, _ := w.get(path)
		require.Equal(t, http.StatusUnauthorized, status, path)
		require.NotContains(t, page, "Service", path)
	}
	status, _ := w.post("/phone/texts", w.form("text", "hi"))
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = w.post("/phone/calls", w.form("do", "call"))
	require.Equal(t, http.StatusUnauthorized, status)
	require.Empty(t, w.sim.Inbox(ann))
	require.Empty(t, w.sim.State().Calls)

	status, page, _ := w.get("/phone?customer=" + url.QueryEscape(ben) + "&token=open+sesame")
	require.Equal(t, http.StatusOK, status, "redirected with a cookie")
	require.Contains(t, page, `<option value="`+"&#43;13125550143"+`" selected>Ben`)
	status, _ = w.post("/phone/texts", w.form("text", "hi"))
	require.Equal(t, http.StatusNoContent, status)
}

func TestAProviderThatMisbehaves(t *testing.T) {
	w := newWorld(t, "")
	w.clock.Stop(w.clock.Now()) // nothing is tried again
	next := w.states()
	status, _ := w.post("/phone/provider", w.form("fault", "down"))
	require.Equal(t, http.StatusNoContent, status)
	next(says("The provider is down", "Bring it back"))
	status, _ = w.post("/phone/texts", w.form("text", "Is it down?"))
	require.Equal(t, http.StatusNoContent, status)
	next(says("tried once", "Goes on at"))
	require.Empty(t, w.sim.Messages())
	status, _ = w.post("/phone/provider", w.form("fault", "up"))
	require.Equal(t, http.StatusNoContent, status)
	next(says("Take it down"))
}

func TestFaultsAreForThisCustomer(t *testing.T) {
	for how, want := range map[string]string{"throttle": "The provider says we are too fast (20429).", "lose": "looking whether it took the message <code>unknown</code>"} {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t, "")
			w.clock.Stop(w.clock.Now()) // nothing is tried again
			next := w.states()
			status, _ := w.post("/phone/provider", w.form("fault", how))
			require.Equal(t, http.StatusNoContent, status)
			status, _ = w.post("/phone/texts", w.form("customer", ben, "text", "I am Ben"))
			require.Equal(t, http.StatusNoContent, status)
			require.NoError(t, w.sim.Wait(t.Context(), func(s twilio.State) bool { return len(s.Messages) == 2 }), "Ben's text and its reply")
			status, _ = w.post("/phone/texts", w.form("text", "I am Ann"))
			require.Equal(t, http.StatusNoContent, status)
			next(says(want))
		})
	}
}

// TestWhatAnAdvisorWrites stands among the bubbles, though no text of the
// customer's led to it.
func TestWhatAnAdvisorWrites(t *testing.T) {
	w := newWorld(t, "")
	next := w.states()
	status, _ := w.post("/phone/texts", w.form("text", "Is it repaired?"))
	require.Equal(t, http.StatusNoContent, status)
	next(says("Sent “"))
	w.advise("It is <em>ready</em>.")
	_, page, _ := w.get("/phone?" + w.form().Encode())
	require.Contains(t, page, "It is &lt;em&gt;ready")
	require.Greater(t, strings.Index(page, "It is &lt;em"), strings.Index(page, "<p>Is it repaired?"), "in the order in which it came")
	_, page, _ = w.get("/phone?" + w.form("customer", ben).Encode())
	require.NotContains(t, page, "It is &lt;em")
}
