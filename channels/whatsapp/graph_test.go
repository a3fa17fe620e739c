package whatsapp

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// called is one call of the Graph API, as it came.
type called struct {
	method, path, token string
	query               url.Values
	body                string
}

// recorded is a Meta that answers what it is asked, and notes it; paths are those below
// the version's.
func recorded(t *testing.T, answer func(called) (status int, body string)) (*Channel, *[]called) {
	t.Helper()
	calls := &[]called{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		c := called{
			r.Method, strings.TrimPrefix(r.URL.Path, "/"+DefaultVersion+"/"), strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), r.URL.Query(), string(raw),
		}
		*calls = append(*calls, c)
		status, body := answer(c)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	require.NoError(t, err)
	return New(Config{BaseURL: base}), calls
}

// always is one answer to whatever is asked.
func always(status int, body string) func(called) (int, string) {
	return func(called) (int, string) { return status, body }
}

// TestNothingIsAskedWithoutAnID: what is no number's id would be another path of Meta's,
// and without a token nobody is asked.
func TestNothingIsAskedWithoutAnID(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c, calls := recorded(t, always(200, `{"success":true,"data":[],"id":"me"}`))
	for _, account := range []channels.Account{{ID: "", Secrets: []string{"token", "secret"}}, {ID: "1/../me", Secrets: []string{"token", "secret"}}, {ID: testNumber}, {ID: testNumber, Secrets: []string{""}}} {
		_, sent := c.Send(ctx, account, channels.Outgoing{To: "+1", Text: "hi"})
		_, hours := c.CallHours(ctx, account)
		_, calling := c.Calling(ctx, account)
		_, subscribed := c.Subscription(ctx, account, "900")
		for name, err := range map[string]error{
			"send": sent, "hours": hours, "calling": calling, "subscription": subscribed, "read": c.MarkRead(ctx, account, "wamid.1"),
			"set hours": c.SetCallHours(ctx, account, channels.CallHours{}), "account": c.CheckAccount(ctx, account), "business": c.CheckBusiness(ctx, account, "900"),
		} {
			var refused *channels.SendError
			require.ErrorAs(t, err, &refused, "%s of %v", name, account)
			require.Equal(t, channels.Never, refused.Retry, name)
			require.Contains(t, []channels.Reason{channels.ReasonCredentials, channels.ReasonMisconfigured}, refused.Reason, name)
		}
	}
	for _, business := range []string{"", "900/../me"} {
		_, err := c.Templates(ctx, testAccount, business)
		require.Error(t, err, business)
		_, known, err := c.Template(ctx, testAccount, business, "done", "en")
		require.NoError(t, err, "nobody can be asked")
		require.False(t, known)
		_, err = c.Subscription(ctx, testAccount, business)
		require.Error(t, err, business)
		require.Error(t, c.CheckBusiness(ctx, testAccount, business), business)
	}
	require.Empty(t, *calls)
}

// TestAnAccountIsProved by asking for the number with its token, and by the app's secret.
func TestAnAccountIsProved(t *testing.T) {
	t.Parallel()
	account := channels.Account{ID: testNumber, Secrets: []string{"token", "app secret"}}
	for answer, reason := range map[string]channels.Reason{
		`{"id":"` + testNumber + `"}`: "", `{"id":` + testNumber + `}`: "",
		`{"id":"1"}`: channels.ReasonCredentials, `{}`: channels.ReasonCredentials,
	} {
		c, calls := recorded(t, always(200, answer))
		err := c.CheckAccount(t.Context(), account)
		if reason == "" {
			require.NoError(t, err, answer)
		} else {
			var refused *channels.SendError
			require.ErrorAs(t, err, &refused, answer)
			require.Equal(t, reason, refused.Reason, answer)
		}
		// printf token | openssl dgst -sha256 -hmac 'app secret'
		require.Equal(t, []called{{"GET", testNumber, "token", url.Values{
			"fields": {"id"}, "appsecret_proof": {"3cfdb0e5f5fd459cf80f74d0dec60d5842017b6c70d01f7ee9d4c631639033ab"},
		}, ""}}, *calls)
	}
	for answer, unversed := range map[string]bool{`{}`: true, `{"id":"1"}`: false} {
		c, _ := recorded(t, always(200, answer))
		require.Equal(t, unversed, errors.Is(c.CheckAccount(t.Context(), account), channels.ErrUnversed), answer)
	}
	for answer, unversed := range map[string]bool{"404 page not found\n": true, `{"detail":"Not Found"}`: true, `{"error":{"code":803,"message":"(#803) do not exist"}}`: false} {
		c, _ := recorded(t, always(404, answer))
		require.Equal(t, unversed, errors.Is(c.CheckAccount(t.Context(), account), channels.ErrUnversed), answer)
	}
	c, calls := recorded(t, always(200, `{"id":"`+testNumber+`"}`))
	require.Error(t, c.CheckAccount(t.Context(), channels.Account{ID: testNumber, Secrets: []string{"token"}}), "without the app's secret nothing is proved")
	require.Empty(t, *calls)
}

// TestHowLongToWait is the longer of what Meta's code and its answer say.
func TestHowLongToWait(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ after, code, want string }{
		"the code's":   {"5", "4", "1m0s"},
		"the answer's": {"300", "4", "5m0s"},
		"one person's": {"", "131056", "6s"},
		"neither":      {"", "130429", "0s"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", c.after)
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":{"code":`+c.code+`}}`)
		}))
		base, err := url.Parse(server.URL)
		require.NoError(t, err)
		var refused *channels.SendError
		require.ErrorAs(t, New(Config{BaseURL: base}).MarkRead(t.Context(), testAccount, "wamid.1"), &refused)
		server.Close()
		require.Equal(t, c.want, refused.After.String(), name)
	}
}

// TestWhereMetaIs: what is configured goes before the API's path, and no password of it
// is shown in an address.
func TestWhereMetaIs(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("https://user:word@meta.example/through/")
	require.NoError(t, err)
	r, err := New(Config{BaseURL: base}).request(t.Context(), testAccount, "GET", "1", url.Values{"a": {"b&c"}}, nil)
	require.NoError(t, err)
	require.Equal(t, "https://meta.example/through/"+DefaultVersion+"/1?a=b%26c", r.URL.String())
	require.Empty(t, r.Header.Get("Content-Type"), "nothing is sent")
}

// TestWhatACodeMeans at the edges: those from 200 to 299 are about permissions, and a
// new one is final only where Meta speaks of a message that it had.
func TestWhatACodeMeans(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]channels.Reason{
		"199": channels.ReasonRejected, "200": channels.ReasonCredentials, "201": channels.ReasonCredentials, "299": channels.ReasonCredentials, "300": channels.ReasonRejected,
		"131026": channels.ReasonNotOnChannel, "131047": channels.ReasonWindowClosed, "131056": channels.ReasonPairThrottled, "x": channels.ReasonRejected,
	} {
		means := Explain(code)
		require.Equal(t, []any{code, want}, []any{means.Code, means.Reason})
		require.NotEmpty(t, means.Means)
	}
	_, known := known("300")
	require.False(t, known)
}
