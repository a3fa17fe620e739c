package whatsapp

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"ringback/channels"
)

func TestAMessageIsMarkedAsRead(t *testing.T) {
	s, err := jsonschema.NewCompiler().Compile("testdata/read.schema.json")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		status int
		answer string
		reason channels.Reason
		retry  channels.Retry
	}{
		"taken":      {200, `{"success": true}`, "", 0},
		"not taken":  {200, `{"success": false}`, channels.ReasonRejected, channels.Never},
		"a page":     {200, `<html>`, channels.ReasonAmbiguous, channels.Look},
		"no token":   {401, `{"error":{"code":190,"message":"expired"}}`, channels.ReasonCredentials, channels.Never},
		"too fast":   {429, `{"error":{"code":80007}}`, channels.ReasonThrottled, channels.Later},
		"not theirs": {400, `{"error":{"code":131009}}`, channels.ReasonRejected, channels.Never},
	} {
		t.Run(name, func(t *testing.T) {
			graph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				raw, _ := io.ReadAll(r.Body)
				body, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
				if err != nil || s.Validate(body) != nil || !strings.HasSuffix(r.URL.Path, "/"+testNumber+"/messages") {
					t.Errorf("%s %s", r.URL, raw)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.answer)
			}))
			defer graph.Close()
			base, err := url.Parse(graph.URL)
			require.NoError(t, err)
			channel := New(Config{BaseURL: base})
			err = channel.MarkRead(t.Context(), channels.Account{ID: testNumber, Secrets: []string{"token"}}, "wamid.in1")
			if c.reason == "" {
				require.NoError(t, err)
				return
			}
			var refused *channels.SendError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, []any{c.reason, c.retry}, []any{refused.Reason, refused.Retry})
		})
	}
	err = New(Config{BaseURL: &url.URL{}}).MarkRead(t.Context(), channels.Account{ID: "../me"}, "wamid.in1")
	require.Error(t, err)
}
