package whatsapp

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestWhoseBusinessANumberIs: only what Meta says in so many words counts against a
// number. A token that has ended, a business that is locked and a Meta that is away say
// nothing of whose it is.
func TestWhoseBusinessANumberIs(t *testing.T) {
	const business = "900000000000001"
	const mine, refused = `{"id":"` + testNumber + `"}`, `{"error":{"code":190,"message":"expired"}}`
	const unseen = `{"error":{"code":100,"error_subcode":33,"message":"Unsupported get request"}}`
	for name, c := range map[string]struct {
		status         int
		list           string
		number         string // what is said of the number itself
		is, no, answer bool
	}{
		"among its numbers":            {200, `{"data":[{"id":"1"},` + mine + `]}`, "", true, false, true},
		"not among them":               {200, `{"data":[{"id":"1"}]}`, "", false, true, true},
		"it has none":                  {200, `{"data":[]}`, "", false, true, true},
		"not shown to a good token":    {400, unseen, mine, false, true, true},
		"no permission for it":         {403, `{"error":{"code":200}}`, mine, false, true, true},
		"not shown to one that is bad": {400, unseen, refused, false, false, true},
		"a token that has ended":       {401, refused, mine, false, false, true},
		"a business that is locked":    {400, `{"error":{"code":131031}}`, mine, false, false, true},
		"too many calls":               {429, `{"error":{"code":80007}}`, mine, false, false, false},
		"away":                         {503, ``, mine, false, false, false},
		"an answer that is no list":    {200, `{}`, mine, false, false, false},
		"a page of somebody else's":    {200, `<html>`, mine, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			graph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/"+business+"/phone_numbers") {
					w.WriteHeader(c.status)
					_, _ = io.WriteString(w, c.list)
					return
				}
				if c.number == refused {
					w.WriteHeader(http.StatusUnauthorized)
				}
				_, _ = io.WriteString(w, c.number)
			}))
			defer graph.Close()
			base, err := url.Parse(graph.URL)
			require.NoError(t, err)
			err = New(Config{BaseURL: base}).CheckBusiness(t.Context(), channels.Account{ID: testNumber, Secrets: []string{"token", testSecret}}, business)
			if c.is {
				require.NoError(t, err)
				return
			}
			var said *channels.SendError
			require.ErrorAs(t, err, &said)
			require.Equal(t, c.answer, said.Retry == channels.Never, "a form that names it is refused, or tried again: %v", err)
			if c.no {
				require.ErrorIs(t, err, channels.ErrOtherBusiness)
			} else {
				require.NotErrorIs(t, err, channels.ErrOtherBusiness)
			}
		})
	}
}
