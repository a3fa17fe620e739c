package mcp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"

	"ringback/cmd/client"
	"ringback/cmd/mcp"
)

// gateway answers a few of the API's requests for the key "right", and remembers
// what was asked for.
type gateway struct {
	*httptest.Server
	asked []string
}

func newGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{}
	answers := map[string]string{
		"GET /api/v1/teams":                        `{"items":[{"id":"t1","name":"Service"},{"id":"t2","name":"Sales"}],"next":null}`,
		"GET /api/v1/teams/t1/decisions":           `{"items":[{"id":"d1","at":"2026-06-01T22:00:00Z","reason":"already_sent"},{"id":"d2","at":"2026-06-09T22:00:00Z","reason":"sent"}]}`,
		"GET /api/v1/teams/t2/decisions":           `{"items":[]}`,
		"GET /api/v1/deliveries":                   `{"items":[{"id":"v1","state":"delivered"}]}`,
		"GET /api/v1/unrouted":                     `{"items":[{"from":"+13125550199","address":"+13125550100"},{"from":"+1999","address":"+1"}]}`,
		"POST /api/v1/teams/t1/tickets/k/messages": `{"id":"m"}`,
		"GET /readyz":                              "ok",
	}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.asked = append(g.asked, r.Method+" "+r.URL.RequestURI())
		answer, there := answers[r.Method+" "+r.URL.Path]
		switch {
		case r.URL.Path != "/readyz" && r.Header.Get("Authorization") != "Bearer right":
			http.Error(w, `{"detail":"no such key"}`, http.StatusUnauthorized)
		case r.URL.Query().Get("contact") == "+13125550199":
			_, _ = fmt.Fprint(w, `{"items":[]}`)
		case !there:
			http.Error(w, `{"detail":"nothing here"}`, http.StatusNotFound)
		default:
			_, _ = fmt.Fprint(w, answer)
		}
	}))
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) session(t *testing.T, c mcp.Config, key string) *sdk.ClientSession {
	t.Helper()
	here, there := sdk.NewInMemoryTransports()
	_, err := mcp.New(c, client.Gateway{URL: g.URL, Key: key}).Connect(t.Context(), there, nil)
	require.NoError(t, err)
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test"}, nil).Connect(t.Context(), here, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = session.Close() })
	return session
}

func call(t *testing.T, s *sdk.ClientSession, tool string, said map[string]any) (string, bool) {
	t.Helper()
	answer, err := s.CallTool(context.Background(), &sdk.CallToolParams{Name: tool, Arguments: said})
	require.NoError(t, err)
	return answer.Content[0].(*sdk.TextContent).Text, answer.IsError
}

func TestToolsAreFewAndReadUnlessAsked(t *testing.T) {
	g := newGateway(t)
	for _, write := range []bool{false, true} {
		all, err := g.session(t, mcp.Config{Write: write}, "right").ListTools(t.Context(), nil)
		require.NoError(t, err)
		require.LessOrEqual(t, len(all.Tools), 12)
		writing := 0
		for _, tool := range all.Tools {
			require.NotEmpty(t, tool.Description, tool.Name)
			if !tool.Annotations.ReadOnlyHint {
				writing++
			}
		}
		require.Equal(t, write, writing > 0)
	}
	_, err := g.session(t, mcp.Config{}, "right").CallTool(t.Context(), &sdk.CallToolParams{Name: "reply", Arguments: map[string]any{"team": "t1", "ticket": "k", "text": "Hi"}})
	require.Error(t, err)
	said, failed := call(t, g.session(t, mcp.Config{Write: true}, "right"), "reply", map[string]any{"team": "t1", "ticket": "k", "text": "Hi"})
	require.False(t, failed, said)
}

// A client is promised what is here: no log, no word when the tools change.
func TestWhatIsPromised(t *testing.T) {
	said := newGateway(t).session(t, mcp.Config{}, "right").InitializeResult()
	require.Equal(t, &sdk.ServerCapabilities{Tools: &sdk.ToolCapabilities{}}, said.Capabilities)
}

// Why somebody got no text is one call, over all teams.
func TestWhy(t *testing.T) {
	g := newGateway(t)
	s := g.session(t, mcp.Config{}, "right")
	said, failed := call(t, s, "why", map[string]any{"contact": "+13125550142", "around": "2026-06-01T20:00:00Z"})
	require.False(t, failed, said)
	require.Contains(t, said, "already_sent")
	require.Contains(t, said, `"name":"Service"`)
	require.Contains(t, said, "delivered")
	require.NotContains(t, said, "d2", "a week later is another story")
	require.Contains(t, strings.Join(g.asked, " "), "since=2026-05-31T20%3A00%3A00Z")

	said, _ = call(t, s, "why", map[string]any{"contact": "+13125550199"})
	require.Contains(t, said, "Nothing was decided")
	require.Contains(t, said, "+13125550100")
	require.NotContains(t, said, "+1999")

	said, failed = call(t, s, "why", map[string]any{"contact": "+13125550142", "around": "yesterday"})
	require.True(t, failed)
	require.Contains(t, said, "around: must be a time")
}

// What the gateway refuses is an answer in its words, and ids lead nowhere else.
func TestTheGatewayDecides(t *testing.T) {
	g := newGateway(t)
	said, failed := call(t, g.session(t, mcp.Config{}, "wrong"), "teams", nil)
	require.True(t, failed)
	require.Contains(t, said, "401")
	said, failed = call(t, g.session(t, mcp.Config{}, "right"), "hours", map[string]any{"team": "../../readyz?"})
	require.True(t, failed, said)
	require.Contains(t, g.asked[len(g.asked)-1], "..%2F..%2Freadyz%3F/hours")
	said, failed = call(t, g.session(t, mcp.Config{}, "right"), "health", nil)
	require.False(t, failed, said)
	require.Contains(t, said, `"ready":true`)
}

func TestOverHTTP(t *testing.T) {
	g := newGateway(t)
	server := httptest.NewServer(mcp.Handler(mcp.Config{}, g.URL))
	t.Cleanup(server.Close)
	const list = `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}`
	post := func(change func(*http.Request)) int {
		request, err := http.NewRequest(http.MethodPost, server.URL, strings.NewReader(list))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Accept", "application/json, text/event-stream")
		request.Header.Set("Authorization", "Bearer right")
		change(request)
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode
	}
	require.Equal(t, http.StatusOK, post(func(*http.Request) {}))
	require.Equal(t, http.StatusUnauthorized, post(func(r *http.Request) { r.Header.Del("Authorization") }))
	require.Equal(t, http.StatusForbidden, post(func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }))
	require.Equal(t, http.StatusForbidden, post(func(r *http.Request) { r.Header.Set("Origin", "null") }))
	require.Equal(t, http.StatusForbidden, post(func(r *http.Request) { r.Host = "evil.example" }), "a name that leads here by somebody else's DNS")

	transport := &sdk.StreamableClientTransport{Endpoint: server.URL, HTTPClient: &http.Client{Transport: bearer{}}, DisableStandaloneSSE: true}
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test"}, nil).Connect(t.Context(), transport, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = session.Close() })
	said, failed := call(t, session, "teams", nil)
	require.False(t, failed, said)
	require.Contains(t, said, "Sales")
}

type bearer struct{}

func (bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer right")
	return http.DefaultTransport.RoundTrip(r)
}
