package e2e

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/settings"
)

var fileLink = regexp.MustCompile(`https?://\S+/r/[A-Za-z0-9_-]{22}`)

// opens is what a link in a text leads to, as the customer's phone asks for it.
func (w *world) opens(link string) (int, http.Header, string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, link, nil)
	require.NoError(w.t, err)
	request.Header.Set("Accept-Language", "pl")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	return answer.StatusCode, answer.Header, string(content)
}

// TestAFileThatIsNotTakenGoesAsALink: what is said goes out once more, as text with a link
// to each file, whether the provider refuses the file at once or later.
func TestAFileThatIsNotTakenGoesAsALink(t *testing.T) {
	t.Parallel()
	w := opened(t)
	w.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.WhatsAppTwilio, Address: oursOnWhatsApp})
		return err
	})
	const atOnce, later = "+15005552620", "+15005553019"
	for to, fails := range map[string]string{atOnce: "failed 21620", later: "undelivered 30019"} {
		w.text(to, "Which valve was it?")
		w.settle()
		_, picture := w.send("png", tinyPNG)
		_, paper := w.send("pdf", []byte("%PDF-1.7\n%..."))
		before := len(w.sim.Inbox(to))
		status, said := w.api("POST", w.ticketOf(to)+"/messages", object{"text": "This one, see the manual.", "attachments": []any{picture["id"], paper["id"]}})
		require.Equal(t, http.StatusCreated, status, said)
		w.settle()
		fates := w.fates(to)
		require.Equal(t, []string{fails, "delivered "}, fates[len(fates)-2:], to)
		got := w.sim.Inbox(to)
		last := got[len(got)-1]
		require.Empty(t, last.Media, "text alone")
		links := fileLink.FindAllString(last.Body, -1)
		require.Len(t, links, 2, last.Body)
		require.Equal(t, "This one, see the manual.\n"+links[0]+"\n"+links[1], last.Body)
		require.Contains(t, []int{before + 1, before + 2}, len(got), "once")
		var random int
		require.NoError(t, w.DB.Get(&random, `select count(*) from messages where substr(id::text, 15, 1) <> '7'`))
		require.Zero(t, random, "by their ids, messages of one moment stand in order")

		status, head, _ := w.opens(links[0])
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, "image/jpeg", head.Get("Content-Type"))
		require.Contains(t, head.Get("Content-Security-Policy"), "default-src 'none'")
		require.Contains(t, head.Get("Content-Security-Policy"), "sandbox")
		require.Equal(t, "noindex, nofollow", head.Get("X-Robots-Tag"))
		require.Equal(t, "no-referrer", head.Get("Referrer-Policy"))
		status, head, content := w.opens(links[1])
		require.Equal(t, []any{http.StatusOK, "application/pdf", "%PDF-1.7\n%..."}, []any{status, head.Get("Content-Type"), content})

		// What is kept holds no link that anybody could open.
		var kept []string
		require.NoError(t, w.DB.Select(&kept, `select text from deliveries where to_address = $1 union all select text from messages union all select error from deliveries`, to))
		for _, text := range kept {
			require.NotRegexp(t, fileLink, text)
		}
		_, ticket := w.api("GET", w.ticketOf(to), nil)
		entries := ticket["timeline"].([]any)
		shown := entries[len(entries)-1].(map[string]any)
		require.Equal(t, "delivered", shown["state"])
		require.Len(t, shown["media"], 2, "the staff see the files themselves")
		_, list := w.api("GET", "/deliveries?contact="+url.QueryEscape(to), nil)
		newest := list["items"].([]any)[0].(map[string]any)
		require.Equal(t, []any{shown["delivery"], true}, []any{newest["id"], newest["as_links"]})

		// The link is the customer's for a month, and says then that it was.
		w.later(29 * 24 * time.Hour)
		status, _, _ = w.opens(links[0])
		require.Equal(t, http.StatusOK, status)
		w.later(2 * 24 * time.Hour)
		status, head, content = w.opens(links[0])
		require.Equal(t, http.StatusGone, status)
		require.Contains(t, content, "Ten link wygasł")
		require.Equal(t, "no-store", head.Get("Cache-Control"))
	}
}

// TestAFileThatIsNotTakenGoesOnceAndToThoseWhoWant it: by WhatsApp likewise, where its
// number takes no files, and never a third time.
func TestAFileThatIsNotTakenGoesOnceAndToThoseWhoWant(t *testing.T) {
	t.Parallel()
	w := opened(t)
	w.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.WhatsAppTwilio, Address: oursOnWhatsApp})
		return err
	})
	const onWhatsApp, never, unreached, stopped, long = "+15005556019", "+13125550171", "+15005550002", "+13125550172", "+13125550173"
	_, picture := w.send("png", tinyPNG)
	says := func(to, text string) {
		status, said := w.api("POST", w.ticketOf(to)+"/messages", object{"text": text, "attachments": []any{picture["id"]}})
		require.Equal(t, http.StatusCreated, status, said)
	}
	_, err := w.sim.Text(t.Context(), w.door(), "whatsapp:"+onWhatsApp, "whatsapp:"+oursOnWhatsApp, "Which valve was it?")
	require.NoError(t, err)
	w.settle()
	w.later(6 * time.Second) // between two to one person on WhatsApp
	says(onWhatsApp, "This one.")
	w.settle()
	w.later(6 * time.Second)
	require.Equal(t, []string{"read ", "failed 63019", "read "}, w.fates(onWhatsApp))
	got := w.sim.Inbox("whatsapp:" + onWhatsApp)
	require.Regexp(t, "^This one.\n"+fileLink.String()+"$", got[len(got)-1].Body)

	for _, to := range []string{never, unreached, stopped, long} {
		w.text(to, "Which valve was it?")
		w.settle()
	}
	w.sim.Outcome(never, twilio.Ending(time.Second, "undelivered", 30019)) // with a file or without
	says(never, "This one.")
	w.settle()
	require.Equal(t, []string{"delivered ", "undelivered 30019", "undelivered 30019"}, w.fates(never), "once")

	says(unreached, "This one.")
	w.settle()
	require.Equal(t, []string{"failed 21612", "failed 21612", "failed 21612"}, w.fates(unreached), "the greeting, the file and the link: perhaps it was the file")

	w.sim.Outcome(stopped, twilio.Ending(time.Hour, "undelivered", 30019))
	says(stopped, "This one.")
	require.Eventually(t, func() bool { return slices.Contains(w.fates(stopped), "sending ") }, settled, 10*time.Millisecond)
	w.text(stopped, "STOP")
	w.settle()
	require.Equal(t, []string{"delivered ", "undelivered 30019"}, w.fates(stopped), "they want no more")

	w.sim.Outcome(long, twilio.Ending(time.Second, "undelivered", 30019))
	says(long, strings.Repeat("Long. ", 260))
	w.settle()
	require.Equal(t, []string{"delivered ", "undelivered 30019"}, w.fates(long), "no text has room for the link")
}

// TestALinkOfAFileEndsWithIt: whose data is erased leaves no link behind, and what looks
// like one leads nowhere.
func TestALinkOfAFileEndsWithIt(t *testing.T) {
	t.Parallel()
	w := opened(t)
	const to = "+15005553019"
	w.text(to, "Which valve was it?")
	w.settle()
	_, picture := w.send("png", tinyPNG)
	status, said := w.api("POST", w.ticketOf(to)+"/messages", object{"attachments": []any{picture["id"]}})
	require.Equal(t, http.StatusCreated, status, said)
	w.settle()
	got := w.sim.Inbox(to)
	link := got[len(got)-1].Body
	require.Regexp(t, "^"+fileLink.String()+"$", link, "a file without words")
	status, _, _ = w.opens(link)
	require.Equal(t, http.StatusOK, status)
	status, _, content := w.opens(link[:len(link)-22] + "AAAAAAAAAAAAAAAAAAAAAA")
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, content, "Nie ma takiej strony")

	var contact string
	require.NoError(t, w.DB.Get(&contact, `select contact_id from tickets`))
	status, answer := w.api("DELETE", "/contacts/"+contact, nil)
	require.Less(t, status, 300, answer)
	w.settle()
	status, _, _ = w.opens(link)
	require.Equal(t, http.StatusNotFound, status)
}
