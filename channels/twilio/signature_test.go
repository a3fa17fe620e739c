package twilio

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// vector is a request signed by somebody else. In params a value is a string
// or a list of strings.
type vector struct {
	Kind      string         `json:"kind"`
	Token     string         `json:"token"`
	URL       string         `json:"url"`
	Params    map[string]any `json:"params"`
	Body      string         `json:"body"`
	Signature string         `json:"signature"`
}

func (v vector) request() channels.Request {
	r := channels.Request{Method: http.MethodPost, URL: v.URL, Header: http.Header{signatureHeader: {v.Signature}}}
	switch v.Kind {
	case "json":
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		r.Body = []byte(v.Body)
	case "get":
		r.Method = http.MethodGet
	default:
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body = []byte(formOf(v.Params).Encode())
	}
	return r
}

func formOf(params map[string]any) url.Values {
	form := url.Values{}
	for name, value := range params {
		switch value := value.(type) {
		case string:
			form.Add(name, value)
		case []any:
			for _, one := range value {
				form.Add(name, one.(string))
			}
		}
	}
	return form
}

func load(t testing.TB, path string, into any) {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, into))
}

// TestOracle takes the word of Twilio's own library for Node, which signed
// testdata/signatures.json (see testdata/oracle.js).
func TestOracle(t *testing.T) {
	var vectors []vector
	load(t, "testdata/signatures.json", &vectors)
	require.Len(t, vectors, 360)
	for _, v := range vectors {
		require.NoError(t, Verify(v.request(), []string{v.Token}), "%s %q", v.URL, v.Params)
		require.ErrorIs(t, Verify(v.request(), []string{v.Token + "x"}), channels.ErrSignature)
		other := v.request()
		other.Body = append(other.Body, "&Extra=1"...)
		if v.Kind != "get" {
			require.ErrorIs(t, Verify(other, []string{v.Token}), channels.ErrSignature, "a parameter was added to %s", v.URL)
		}
		other = v.request()
		other.URL = strings.Replace(v.URL, "/", "/x", 3)
		require.ErrorIs(t, Verify(other, []string{v.Token}), channels.ErrSignature)
	}
}

// TestPublishedVectors needs a folder of provider samples.
func TestPublishedVectors(t *testing.T) {
	folder := os.Getenv("RINGBACK_PAYLOADS")
	if folder == "" {
		return // the vectors in testdata prove the same
	}
	var vectors []struct {
		vector
		Name       string  `json:"name"`
		RequestURL string  `json:"request_url"`
		SignedURL  string  `json:"signed_url"`
		RawBody    *string `json:"raw_body"`
		Valid      bool    `json:"must_validate"`
	}
	load(t, filepath.Join(folder, "twilio/signature/vectors.json"), &vectors)
	require.NotEmpty(t, vectors)
	for _, v := range vectors {
		v.URL = v.RequestURL
		if v.RawBody != nil {
			v.Kind, v.Body = "json", *v.RawBody
		}
		err := Verify(v.request(), []string{v.Token})
		require.Equal(t, v.Valid, err == nil, "%s: %v", v.Name, err)
		require.ErrorIs(t, Verify(v.request(), []string{""}), channels.ErrSignature, v.Name)
		if v.Valid {
			require.Equal(t, v.Signature, Sign(v.Token, v.SignedURL, formOf(v.Params)), v.Name)
		}
	}
}

func TestVerifyVariants(t *testing.T) {
	form := url.Values{"To": {"+1555"}, "Body": {"it's"}}
	for _, c := range []struct {
		name, signed, requested string
		valid                   bool
	}{
		{"the same", "https://gw.example/a?b=1", "https://gw.example/a?b=1", true},
		{"the default port is added", "https://gw.example:443/a", "https://gw.example/a", true},
		{"the default port of http", "http://gw.example:80/a", "http://gw.example/a", true},
		{"the port is dropped", "https://gw.example/a", "https://gw.example:8443/a", true},
		{"the port is kept", "https://gw.example:8443/a", "https://gw.example:8443/a", true},
		{"another port", "https://gw.example:8444/a", "https://gw.example:8443/a", false},
		{"a port that is nobody's default", "https://gw.example:8443/a", "https://gw.example/a", false},
		{"the user is kept", "https://u:p@gw.example/a", "https://u:p@gw.example/a", true},
		{"the user is dropped", "https://gw.example/a", "https://u:p@gw.example/a", true},
		{"the user is dropped and the port added", "https://gw.example:443/a", "https://u:p@gw.example/a", true},
		{"another user", "https://v@gw.example/a", "https://u@gw.example/a", false},
		{"the fragment is not signed", "https://gw.example/a?b", "https://gw.example/a?b#rc=5&rp=all", true},
		{"the fragment of what we ask to be told of is signed", "https://gw.example" + RecordingPath + "?at=a#rc=5&rp=all", "https://gw.example" + RecordingPath + "?at=a", true},
		{"likewise of an advisor's leg", "https://gw.example" + CallsPath + "?at=a#rc=5&rp=all", "https://gw.example" + CallsPath + "?at=a", true},
		{"another fragment", "https://gw.example" + RecordingPath + "?at=a#rc=4", "https://gw.example" + RecordingPath + "?at=a", false},
		{"an apostrophe is encoded", "https://gw.example/a?b=it%27s", "https://gw.example/a?b=it's", true},
		{"an apostrophe in the path is not", "https://gw.example/it%27s", "https://gw.example/it's", false},
		{"a query right behind the host", "https://gw.example?b=1", "https://gw.example:443?b=1", true},
		{"an IPv6 host", "https://[2001:db8::1]/a", "https://[2001:db8::1]:443/a", true},
		{"an IPv6 host without port", "https://[2001:db8::1]:443/a", "https://[2001:db8::1]/a", true},
		{"no slash is added", "https://gw.example/a/", "https://gw.example/a", false},
		{"the encoding of the query is kept", "https://gw.example/a?b=%20", "https://gw.example/a?b=+", false},
		{"another host", "https://gw.example/a", "https://other.example/a", false},
		{"another scheme", "http://gw.example/a", "https://gw.example/a", false},
		{"no address at all", "gw", "gw", true},
	} {
		r := post("", form)
		r.URL = c.requested
		r.Header.Set(signatureHeader, Sign(testToken, c.signed, form))
		err := Verify(r, []string{"old", testToken})
		require.Equal(t, c.valid, err == nil, c.name)
	}
}

func TestVerifyBodyHash(t *testing.T) {
	body := []byte(`{"a": 1}`)
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	json := func(query string, body []byte) error {
		r := postBody("/hook?"+query, body)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(signatureHeader, Sign(testToken, r.URL, nil))
		return Verify(r, []string{testToken})
	}
	require.NoError(t, json("a=1&bodySHA256="+hash, body))
	require.NoError(t, json("bodySHA256="+strings.ToUpper(hash), body))
	require.ErrorIs(t, json("bodySHA256="+hash, []byte(`{"a": 2}`)), channels.ErrSignature)
	require.ErrorIs(t, json("bodySHA256=", body), channels.ErrSignature, "an empty hash hashes nothing")
	require.ErrorIs(t, json("x=1", body), channels.ErrSignature, "a body that no hash covers")

	// Somebody wrote a hash into the address of a form: the form is what counts.
	r := postBody("/hook?bodySHA256=ffcaa3bfa0c1a3e24c3be5ef9ff7b9e5d3c94a1d16d3a1a7a1e2d9c0b8d8f4aa", []byte("a=1"))
	r.Header.Set(signatureHeader, Sign(testToken, r.URL, nil))
	require.ErrorIs(t, Verify(r, []string{testToken}), channels.ErrSignature)
	r.Header.Set(signatureHeader, Sign(testToken, r.URL, url.Values{"a": {"1"}}))
	require.NoError(t, Verify(r, []string{testToken}))
}

func TestVerifyBytesThatAreNoText(t *testing.T) {
	r := postBody(MessagesPath, []byte("Body=%ff%fe%00abc&To=1"))
	for name, body := range map[string]string{"the bytes": "\xff\xfe\x00abc", "the text that a decoder makes of them": "\uFFFD\uFFFD\x00abc"} {
		r.Header.Set(signatureHeader, Sign(testToken, r.URL, url.Values{"Body": {body}, "To": {"1"}}))
		require.NoError(t, Verify(r, []string{testToken}), name)
	}
	r.Header.Set(signatureHeader, Sign(testToken, r.URL, url.Values{"Body": {"abc"}, "To": {"1"}}))
	require.ErrorIs(t, Verify(r, []string{testToken}), channels.ErrSignature)
}
