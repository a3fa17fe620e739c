package pages

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"ringback/gateway/rules"
)

// FuzzAnswer: whatever body is sent to a page is refused by a key, or is one answer to
// its question with a comment that can be stored.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		"answer=approve&comment=Go+ahead", "answer=yes", "answer=no&comment=%00%ff", "score=5&comment=%F0%9F%91%8B", "score=%2B5", "score=0x5", "score=9223372036854775808",
		"answer=yes;score=5", "%zz", "answer=approve&answer=decline", "comment=" + strings.Repeat("a", 2*maxComment),
	} {
		f.Add(body, "application/x-www-form-urlencoded")
	}
	f.Add("--x\r\nContent-Disposition: form-data; name=\"score\"\r\n\r\n5\r\n--x--\r\n", "multipart/form-data; boundary=x")
	f.Add("score=5", "")
	f.Fuzz(func(t *testing.T, body, kind string) {
		r := httptest.NewRequest(http.MethodPost, "/r/token", strings.NewReader(body))
		r.Header["Content-Type"] = []string{kind}
		r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, maxForm)
		if r.ParseForm() != nil {
			return
		}
		for _, asked := range []string{rules.AskApproval, rules.AskResolved, rules.AskRating, rules.AskPayment} {
			var v View
			v.Kind = asked
			a, fault := v.said(r.PostForm.Get)
			if !utf8.ValidString(a.Comment) || strings.ContainsRune(a.Comment, 0) || utf8.RuneCountInString(a.Comment) > maxComment {
				t.Errorf("%s: %q cannot be stored", asked, a.Comment)
			}
			answered := a.Approved != nil || a.Resolved != nil || a.Score != 0
			if answered == (fault != "") || a.Score < 0 || a.Score > 5 {
				t.Errorf("%s: %+v, %q", asked, a, fault)
			}
		}
	})
}
