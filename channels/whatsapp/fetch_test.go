package whatsapp

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// graph is a stand-in for Meta at which one file lies; its address is what
// lies says of it, with HOST for its own.
func graph(t *testing.T, lies string, file http.HandlerFunc) *Channel {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "Bearer "+testSecret:
			w.WriteHeader(http.StatusUnauthorized)
		case strings.HasPrefix(r.URL.Path, "/"+DefaultVersion+"/77"):
			_, _ = fmt.Fprint(w, strings.ReplaceAll(lies, "HOST", r.Host))
		case strings.HasPrefix(r.URL.Path, "/attachments/"):
			file(w, r)
		case r.URL.Path == "/"+DefaultVersion+"/79":
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":{"code":100,"error_subcode":33,"message":"Unsupported get request"}}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	require.NoError(t, err)
	return New(Config{BaseURL: base})
}

func photo(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = io.WriteString(w, "a photo")
}

const here = `{"url":"http://HOST/attachments/9","mime_type":"image/jpeg"}`

func TestFetch(t *testing.T) {
	file, err := graph(t, here, photo).Fetch(context.Background(), testAccount, channels.Media{ID: "77", Name: "tap.jpg"})
	require.NoError(t, err)
	defer file.Close()
	content, err := io.ReadAll(file)
	require.NoError(t, err)
	require.Equal(t, []string{"a photo", "image/jpeg", "tap.jpg"}, []string{string(content), file.ContentType, file.Name})
}

func TestFetchIsRefused(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://evil.example/")
			w.WriteHeader(code)
		}
	}
	for name, c := range map[string]struct {
		lies string
		file http.HandlerFunc
		id   string
		want channels.FetchReason
	}{
		"another host":                 {`{"url":"https://evil.example/attachments/9"}`, photo, "77", channels.FetchForeign},
		"another host, in disguise":    {`{"url":"https://lookaside.fbsbx.com.evil.example/9"}`, photo, "77", channels.FetchForeign},
		"Meta's host without TLS":      {`{"url":"http://lookaside.fbsbx.com/9"}`, photo, "77", channels.FetchForeign},
		"our own network":              {`{"url":"http://169.254.169.254/latest"}`, photo, "77", channels.FetchForeign},
		"a password in it":             {`{"url":"https://u:p@lookaside.fbsbx.com/9"}`, photo, "77", channels.FetchAddress},
		"nowhere":                      {`{}`, photo, "77", channels.FetchAddress},
		"an id that is a path":         {here, photo, "../me", channels.FetchAddress},
		"no id":                        {here, photo, "", channels.FetchAddress},
		"what Meta says of such an id": {here, photo, "79", channels.FetchMissing},
		"an id nobody knows":           {here, photo, "78", channels.FetchMissing},
		"it points elsewhere":          {here, status(302), "77", channels.FetchForeign},
		"it is gone":                   {here, status(404), "77", channels.FetchMissing},
		"it is refused":                {here, status(403), "77", channels.FetchCredentials},
		"it is down":                   {here, status(503), "77", channels.FetchUnavailable},
	} {
		_, err := graph(t, c.lies, c.file).Fetch(context.Background(), testAccount, channels.Media{ID: c.id})
		var told *channels.FetchError
		require.ErrorAs(t, err, &told, name)
		require.Equal(t, c.want, told.Reason, "%s: %v", name, err)
		require.NotContains(t, err.Error(), testSecret, name)
	}
	_, err := graph(t, here, photo).Fetch(context.Background(), channels.Account{ID: testNumber, Secrets: []string{"revoked"}}, channels.Media{ID: "77"})
	var told *channels.FetchError
	require.ErrorAs(t, err, &told)
	require.Equal(t, channels.FetchCredentials, told.Reason)
}
