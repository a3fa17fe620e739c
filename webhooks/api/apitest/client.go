// Package apitest speaks to the HTTP API as a client would, over a real
// connection, for the tests of all packages that have routes.
package apitest

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Client sends requests with one API key.
type Client struct {
	t    testing.TB
	base string
	key  string
}

// Serve starts a server for the handler until the test ends and returns a
// client with that key.
func Serve(t testing.TB, handler http.Handler, key string) Client {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return Client{t, server.URL, key}
}

// With returns a client with another key; empty sends none.
func (c Client) With(key string) Client {
	c.key = key
	return c
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Text   string
	JSON   map[string]any // nil when the body is no JSON object
}

// Do sends a request to a path below /api/v1. The body is sent as it is when it
// is a string, as JSON otherwise, and not at all when nil. Headers are pairs;
// an empty value removes one.
func (c Client) Do(method, path string, body any, headers ...string) Answer {
	c.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		require.NoError(c.t, err)
		reader = strings.NewReader(string(raw))
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.base+"/api/v1"+path, reader)
	require.NoError(c.t, err)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		request.Header.Set("Authorization", "Bearer "+c.key)
	}
	for n := 0; n < len(headers); n += 2 {
		request.Header.Set(headers[n], headers[n+1])
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(c.t, err)
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	a := Answer{Status: response.StatusCode, Header: response.Header, Text: string(raw)}
	_ = json.Unmarshal(raw, &a.JSON) // what is no object stays nil
	return a
}

// Must is Do for a request that has to be answered with that status.
func (c Client) Must(status int, method, path string, body any, headers ...string) map[string]any {
	c.t.Helper()
	a := c.Do(method, path, body, headers...)
	require.Equal(c.t, status, a.Status, "%s %s: %s", method, path, a.Text)
	return a.JSON
}

// Refused is Do for a request that has to be answered with that status and a
// well-formed problem. It returns the fields that the problem names.
func (c Client) Refused(status int, method, path string, body any, headers ...string) map[string]string {
	c.t.Helper()
	a := c.Do(method, path, body, headers...)
	require.Equal(c.t, status, a.Status, "%s %s: %s", method, path, a.Text)
	require.Equal(c.t, "application/problem+json", a.Header.Get("Content-Type"))
	require.NotEmpty(c.t, a.JSON["type"])
	require.Equal(c.t, http.StatusText(status), a.JSON["title"])
	require.EqualValues(c.t, status, a.JSON["status"])
	require.NotEmpty(c.t, a.JSON["detail"])
	fields := map[string]string{}
	list, _ := a.JSON["errors"].([]any)
	for _, one := range list {
		fault := one.(map[string]any)
		fields[fault["field"].(string)] = fault["detail"].(string)
	}
	return fields
}

// Raw sends these bytes on a connection of their own, closes its sending half,
// and returns what came back.
func (c Client) Raw(request string) string {
	c.t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(c.base, "http://"))
	require.NoError(c.t, err)
	defer func() { _ = connection.Close() }()
	_, err = io.WriteString(connection, request)
	require.NoError(c.t, err)
	require.NoError(c.t, connection.(*net.TCPConn).CloseWrite())
	answer, err := io.ReadAll(connection)
	require.NoError(c.t, err)
	return string(answer)
}

// Items returns the items of a list's page.
func Items(page map[string]any) []map[string]any {
	items := []map[string]any{}
	list, _ := page["items"].([]any)
	for _, one := range list {
		items = append(items, one.(map[string]any))
	}
	return items
}
