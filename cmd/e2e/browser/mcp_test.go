package browser

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/cmd/mcp"
)

// The protocol's public suite asks over HTTP, as a client that somebody else wrote. What
// it wants of a reference server alone stands in mcp_not_here.yaml.
func TestMCPConforms(t *testing.T) {
	t.Parallel()
	node, suite := conformance(t)
	noticed(t, "mcp_not_here.yaml")
	d := Demo(t)
	door := mcp.Handler(mcp.Config{Version: "test"}, d.URL())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+d.Access.Key) // the suite has no key to bring
		door.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	said, err := exec.CommandContext(t.Context(), node, "--import", "./mcp.mjs", suite, "server", "--suite", "all",
		"--url", strings.Replace(server.URL, "127.0.0.1", "localhost", 1), "--expected-failures", "mcp_not_here.yaml", "-o", t.TempDir()).CombinedOutput()
	require.NoError(t, err, "%s", said)
	for _, scenario := range []string{"server-initialize", "ping", "tools-list", "dns-rebinding-protection"} {
		require.Contains(t, string(said), "✓ "+scenario+": ", "was not asked")
	}
}

// conformance is where the suite is, with what runs it.
func conformance(t *testing.T) (node, suite string) {
	t.Helper()
	tools, err := folder()
	if err == nil {
		suite = filepath.Join(tools, "node_modules", "@modelcontextprotocol", "conformance", "dist", "index.js")
		if _, there := os.Stat(suite); there != nil {
			err = missing("MCP's suite is not installed here")
		}
	}
	if err == nil {
		node, err = exec.LookPath("node")
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return node, suite
}
