package pages_test

import (
	"bytes"
	"net/http"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/requests"
	"ringback/gateway/rules"
)

var formName = regexp.MustCompile(`<input type="hidden" name="form" value="([0-9a-f-]{36})">`)

// TestTheSameAgainIsTheSameSuccess: a button that is pressed twice, or a form that a
// browser sends anew, leads to the thanks, and leaves one answer and one notice.
func TestTheSameAgainIsTheSameSuccess(t *testing.T) {
	w := newWorld(t)
	for kind, fields := range map[string][]string{
		rules.AskApproval: {"answer", "approve", "comment", "go ahead"}, rules.AskRating: {"score", "2"}, rules.AskResolved: {"answer", "no"},
	} {
		path := w.ask(kind)
		for range 3 {
			answer := w.post(path, fields...)
			require.Equal(t, http.StatusSeeOther, answer.Status, kind)
			require.Contains(t, w.get(answer.Header.Get("Location")).Text, "Thank you", kind)
		}
	}
	require.Equal(t, 3, w.count(`select count(*) from ticket_changes where change = 'answered'`))
	require.Equal(t, 3, w.count(`select count(*) from notices where kind in ('approval', 'rating', 'answer_no')`))
}

// TestPhotosSentTwiceAreSentOnce, by a plain form and in parts; others are not taken.
func TestPhotosSentTwiceAreSentOnce(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskPhotoVideo)
	named := formName.FindStringSubmatch(w.get(path).Text)
	require.Len(t, named, 2)
	other := formName.FindStringSubmatch(w.get(path).Text)
	require.NotEqual(t, named[1], other[1], "each page that is opened is a form of its own")
	send := func(name string, content []byte) page {
		kind, body := formNamed(t, name, "the left one", file{"a.jpg", content})
		return w.do("POST", path+"/files", bytes.NewReader(body), "Content-Type", kind)
	}
	statuses := make([]int, 4)
	var all sync.WaitGroup
	for n := range statuses {
		all.Go(func() { statuses[n] = send(named[1], photo(t, 1)).Status })
	}
	all.Wait()
	for _, status := range append(statuses, send(named[1], photo(t, 1)).Status) {
		require.Equal(t, http.StatusSeeOther, status)
	}
	for _, name := range []string{other[1], "", "no form"} {
		require.Equal(t, http.StatusConflict, send(name, photo(t, 2)).Status, name)
	}
	require.Equal(t, 1, w.count(`select count(*) from media`))

	path = w.ask(rules.AskPhotoVideo, func(r *requests.Request) { r.Description = "and the other" })
	named = formName.FindStringSubmatch(w.get(path).Text)
	picture := photo(t, 3)
	at := w.begin(path, "pump.jpg", len(picture))
	require.Less(t, w.part(at, 0, picture).Status, 400)
	for range 2 {
		answer := w.post(path, "form", named[1], "upload", at[len(at)-36:])
		require.Equal(t, http.StatusSeeOther, answer.Status)
		require.Contains(t, w.get(answer.Header.Get("Location")).Text, "We received what you sent.")
	}
	require.Equal(t, http.StatusConflict, w.post(path, "form", other[1], "upload", at[len(at)-36:]).Status)
	require.Equal(t, 2, w.count(`select count(*) from media`))
	require.Equal(t, 2, w.count(`select count(*) from messages where author = 'customer'`))
	require.Equal(t, 2, w.count(`select count(*) from notices where kind = 'photo'`))
}
