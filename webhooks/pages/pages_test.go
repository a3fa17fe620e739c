package pages_test

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

func TestApprovalOnThePage(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskApproval, func(r *requests.Request) { r.Message, r.Description = "Replace the <pump>?", "Two hours & parts" })
	shown := w.get(path)
	require.Equal(t, http.StatusOK, shown.Status)
	for _, words := range []string{"Green Valley", "Service", "Please review", "Replace the &lt;pump&gt;?", "Two hours &amp; parts", "Approve", "Decline", "8 June 2026"} {
		require.Contains(t, shown.Text, words)
	}
	state, _ := w.stored()
	require.Equal(t, requests.Seen, state)

	answer := w.post(path, "answer", "approve", "comment", " go ahead ")
	require.Equal(t, http.StatusSeeOther, answer.Status)
	require.Equal(t, path, answer.Header.Get("Location"))
	state, given := w.stored()
	require.Equal(t, requests.Answered, state)
	require.True(t, *given.Approved)
	require.Equal(t, "go ahead", given.Comment)
	require.Equal(t, []string{"opened", "asked approval", "seen approval", "answered approved"}, w.lines())

	again := w.get(path)
	require.Equal(t, http.StatusOK, again.Status)
	require.Contains(t, again.Text, "You approved this.")
	require.NotContains(t, again.Text, "<form")
	require.Equal(t, http.StatusSeeOther, w.post(path, "answer", "approve").Status, "the same from another tab is no fault")
	other := w.post(path, "answer", "decline")
	require.Equal(t, http.StatusConflict, other.Status)
	require.Contains(t, other.Text, "You approved this.")
	require.Contains(t, other.Text, "There is already an answer")
	require.Len(t, w.lines(), 4, "nothing is stored twice")
}

func TestRatingOnThePage(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskRating)
	require.Contains(t, w.get(path).Text, "How did Ann do?")
	for _, score := range []string{"", "0", "6", "-1", "five", "99999999999999999999"} {
		refused := w.post(path, "score", score, "comment", "kept <words>")
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status, score)
		require.Contains(t, refused.Text, "Please choose 1 to 5.")
		require.Contains(t, refused.Text, "kept &lt;words&gt;")
	}
	require.Equal(t, http.StatusSeeOther, w.post(path, "score", "4", "comment", strings.Repeat("ż", 2000)).Status)
	_, given := w.stored()
	require.Equal(t, 4, given.Score)
	require.Len(t, []rune(given.Comment), 1000)
	require.Contains(t, w.get(path).Text, "Your rating: 4 of 5.")
}

func TestResolvedOnThePage(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskResolved)
	require.Equal(t, http.StatusUnprocessableEntity, w.post(path, "answer", "maybe").Status)
	require.Equal(t, http.StatusSeeOther, w.post(path, "answer", "yes").Status)
	require.Equal(t, []string{"opened", "asked resolved", "answered yes", "closed"}, w.lines())
	require.Equal(t, 1, w.count(`select count(*) from events where kind = 'ticket_closed'`), "which leads to the rating, once")
	require.Equal(t, http.StatusSeeOther, w.post(path, "answer", "yes").Status)
	require.Equal(t, 1, w.count(`select count(*) from events where kind = 'ticket_closed'`))

	w.db.MustExec(`update tickets set status = 'done', assignee = null`)
	path = w.ask(rules.AskResolved)
	require.Equal(t, http.StatusSeeOther, w.post(path, "answer", "no").Status)
	require.Equal(t, 1, w.count(`select count(*) from tickets where status = 'open' and assignee = $1`, w.ann.ID), "it goes back to who had it")
}

func TestWhatALinkIsNoMore(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/r/x", "/r/AAAAAAAAAAAAAAAAAAAAAA", "/r/%00", "/r/..", "/r/%2e%2e%2e", "/r/" + strings.Repeat("a", 5000)} {
		for _, method := range []string{"GET", "POST"} {
			got := w.do(method, path, nil)
			require.Equal(t, http.StatusNotFound, got.Status, path)
			require.Contains(t, got.Text, "There is no such page.")
		}
	}
	path := w.ask(rules.AskApproval)
	w.clock.Stop(noon.Add(requests.Life))
	expired := w.get(path)
	require.Equal(t, http.StatusGone, expired.Status)
	require.Contains(t, expired.Text, "This link has expired")
	require.Equal(t, http.StatusGone, w.post(path, "answer", "approve").Status)
	state, _ := w.stored()
	require.Equal(t, requests.Open, state, "its timer says so, not a visit")

	w.clock.Stop(noon)
	require.NoError(t, requests.Withdraw(t.Context(), w.db, w.ticket.CompanyID, w.ticket.ID, rules.AskApproval, tickets.By{}, noon))
	require.Equal(t, http.StatusGone, w.get(path).Status)
	require.Contains(t, w.post(path, "answer", "approve").Text, "This is no longer needed")
}

func TestWhoPreviewsALinkIsNoCustomer(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskResolved)
	require.Equal(t, http.StatusOK, w.do("HEAD", path, nil).Status)
	require.Equal(t, http.StatusOK, w.do("GET", path, nil, "User-Agent", "WhatsApp/2.23").Status)
	require.Equal(t, http.StatusOK, w.do("GET", path+"?answer=yes&score=5", nil, "User-Agent", "facebookexternalhit/1.1").Status)
	require.Equal(t, []string{"opened", "asked resolved"}, w.lines())
	require.Equal(t, http.StatusOK, w.do("GET", path+"?answer=yes", nil, "User-Agent", "Mozilla/5.0").Status)
	state, _ := w.stored()
	require.Equal(t, requests.Seen, state, "opening answers nothing")
}

func TestPagesKeepToThemselves(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskApproval)
	for _, got := range []page{w.get(path), w.get("/r/x"), w.post(path, "answer", "no such")} {
		require.Equal(t, "no-referrer", got.Header.Get("Referrer-Policy"))
		require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
		require.Contains(t, got.Header.Get("X-Robots-Tag"), "noindex")
		require.Equal(t, "same-origin", got.Header.Get("Cross-Origin-Opener-Policy"))
		policy := got.Header.Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'none'")
		require.Contains(t, policy, "frame-ancestors 'none'")
		require.Contains(t, policy, "form-action 'self'")
		require.Contains(t, policy, "base-uri 'none'")
		require.NotContains(t, policy, "unsafe")
		require.NotRegexp(t, regexp.MustCompile(`(src|href|action)="(https?:)?//`), got.Text, "nothing leads away")
		require.NotRegexp(t, regexp.MustCompile(`\s(on\w+|style)=`), got.Text, "what the policy forbids is not there")
	}
	forged := w.do("POST", path, strings.NewReader("answer=approve"), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, forged.Status)
	state, _ := w.stored()
	require.Equal(t, requests.Seen, state)
	w.db.MustExec(`alter table requests rename to gone`)
	failed := w.get(path)
	require.Equal(t, http.StatusServiceUnavailable, failed.Status)
	require.Equal(t, "no-store", failed.Header.Get("Cache-Control"))
	require.Contains(t, failed.Header.Get("Content-Security-Policy"), "default-src 'none'")
	require.NotContains(t, w.log.String(), strings.TrimPrefix(path, "/r/"), "no log names a token")
	require.Contains(t, w.log.String(), "could not be shown")
}

// TestAnAnswerIsShort: it is read whole, whoever sends it.
func TestAnAnswerIsShort(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskApproval)
	require.Equal(t, http.StatusBadRequest, w.post(path, "answer", "approve", "comment", strings.Repeat("x", 64<<10)).Status)
	state, _ := w.stored()
	require.Equal(t, requests.Open, state)
}

func TestPagesAreLight(t *testing.T) {
	w := newWorld(t)
	due := func(r *requests.Request) {
		amount := int64(35250)
		r.Amount, r.Currency, r.Description = &amount, "USD", "Repair of a mower"
	}
	over := func(r *requests.Request) { r.ExpiresAt = w.clock.Now() }
	back := w.ask(rules.AskApproval)
	require.NoError(t, requests.Withdraw(t.Context(), w.db, w.ticket.CompanyID, w.ticket.ID, rules.AskApproval, tickets.By{}, noon))
	for name, path := range map[string]string{
		"approval": w.ask(rules.AskApproval), "rating": w.ask(rules.AskRating), "resolved": w.ask(rules.AskResolved), "photo": w.ask(rules.AskPhotoVideo),
		"payment": w.ask(rules.AskPayment, due), "expired": w.ask(rules.AskApproval, over), "cancelled": back, "unknown": "/r/AAAAAAAAAAAAAAAAAAAAAA",
	} {
		got := w.get(path)
		total := len(got.Text)
		parts := regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`).FindAllStringSubmatch(got.Text, -1)
		require.NotEmpty(t, parts, name)
		for _, part := range parts {
			file := w.get(part[1])
			require.Equal(t, http.StatusOK, file.Status, part[1])
			total += len(file.Text)
		}
		require.Less(t, total, 50<<10, name)
	}
}

func TestPagesSpeakTheCustomersLanguage(t *testing.T) {
	w := newWorld(t)
	for language, words := range map[string]string{
		"pl": "Zatwierdzam", "de": "Genehmigen", "fr": "Approuver", "es": "Aprobar", "it": "Approva", "pt-BR": "Recusar", "": "Approve",
	} {
		w.db.MustExec(`update contacts set language = $1`, language)
		got := w.get(w.ask(rules.AskApproval))
		require.Contains(t, got.Text, words, language)
		if language != "" {
			require.Contains(t, got.Text, `<html lang="`+language+`">`)
		}
		require.NotRegexp(t, regexp.MustCompile(`>(approval|comment|until|fault)\b[.\w]*<`), got.Text, "a key that nobody worded")
	}
}

func TestTwoTabsAtOnceAreOneAnswer(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		path := w.ask(rules.AskApproval)
		statuses := make([]int, 8)
		var all sync.WaitGroup
		for n := range statuses {
			all.Go(func() { statuses[n] = w.post(path, "answer", []string{"approve", "decline"}[n%2]).Status })
		}
		all.Wait()
		stored, conflicts := 0, 0
		for _, status := range statuses {
			switch status {
			case http.StatusSeeOther:
				stored++
			case http.StatusConflict:
				conflicts++
			}
		}
		require.Equal(t, []int{4, 4}, []int{stored, conflicts}, "the tabs that agree with the first, and those that do not")
		w.clock.Stop(w.clock.Now().Add(time.Minute))
	}
	answered := 0
	for _, line := range w.lines() {
		if strings.HasPrefix(line, "answered") {
			answered++
		}
	}
	require.Equal(t, 3, answered)
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	w := newWorld(t)
	require.InDelta(t, 100, w.pages.Tire("192.0.2.1"), 50, "so many at once")
	w.pages.Tire("127.0.0.1")
	got := w.get("/r/x")
	require.Equal(t, http.StatusTooManyRequests, got.Status)
	require.NotEmpty(t, got.Header.Get("Retry-After"))
}
