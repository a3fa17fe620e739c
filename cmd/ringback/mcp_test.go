package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"
)

// Over standard input and output, as a program starts it: TestMain has put this
// binary into the PATH as ringback.
func TestMCPOverStandardInput(t *testing.T) {
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer rb_test" {
			_, _ = fmt.Fprint(w, `{"items":[{"id":"t1","name":"Service"}]}`)
		}
	}))
	t.Cleanup(gateway.Close)
	command := exec.Command("ringback", "mcp")
	command.Env = append(os.Environ(), "RINGBACK_URL="+gateway.URL+"/", "RINGBACK_API_KEY=rb_test")
	command.Stderr = os.Stderr
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test"}, nil).Connect(t.Context(), &sdk.CommandTransport{Command: command}, nil)
	require.NoError(t, err)
	require.Equal(t, "ringback", session.InitializeResult().ServerInfo.Name)
	answer, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: "teams"})
	require.NoError(t, err)
	require.Contains(t, answer.Content[0].(*sdk.TextContent).Text, "Service")
	require.NoError(t, session.Close(), "it ends when its caller goes")
}
