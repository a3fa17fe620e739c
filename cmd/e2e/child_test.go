package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"ringback/channels/simulator/loopback"
	"ringback/cmd/app/apptest"

	"github.com/stretchr/testify/require"
)

// child is a Ringback that can be killed: a process of its own.
type child struct {
	t   *testing.T
	url string
	env []string
	cmd *exec.Cmd
}

const bootstrapKey = "a bootstrap key for tests"

func TestMain(m *testing.M) { apptest.Main(m) }

// newChild prepares a Ringback on a free port; start runs it.
func newChild(t *testing.T, env ...string) *child {
	t.Helper()
	c := &child{t: t}
	addresses, err := loopback.Addresses(1)
	require.NoError(t, err)
	c.url = "http://" + addresses[0]
	c.env = append(append([]string{"RINGBACK_DATA_DIR=" + t.TempDir()}, env...), apptest.AsServer+"=1", "DATABASE_CONNECTIONS=16", "PATH="+os.Getenv("PATH"), "HOME="+os.Getenv("HOME"), "LISTEN="+addresses[0], "PUBLIC_URL="+c.url,
		"RINGBACK_BOOTSTRAP_KEY="+bootstrapKey, "TWILIO_ACCOUNT_SID="+accountSID, "TWILIO_AUTH_TOKEN="+authToken, "LOG_LEVEL=error")
	return c
}

// command is the program with the child's environment.
func (c *child) command() *exec.Cmd {
	c.t.Helper()
	self, err := os.Executable()
	require.NoError(c.t, err)
	cmd := exec.Command(self)
	cmd.Env = c.env
	return cmd
}

// start returns when the child is ready.
func (c *child) start() {
	c.t.Helper()
	c.cmd = c.command()
	c.cmd.Stderr = testLog{c.t}
	require.NoError(c.t, c.cmd.Start())
	c.t.Cleanup(c.kill)
	ctx, cancel := context.WithTimeout(c.t.Context(), settled)
	defer cancel()
	for ticker := time.NewTicker(10 * time.Millisecond); ; {
		if answer, err := http.Get(c.url + "/readyz"); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			require.FailNow(c.t, "the child did not get ready")
		}
	}
}

// kill is kill -9.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// stop is an orderly end, as a service manager asks for it.
func (c *child) stop() {
	c.t.Helper()
	require.NoError(c.t, c.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(c.t, c.cmd.Wait(), "it ends without an error")
}

// call uses the API.
func (c *child) call(method, path string, body, into any) {
	c.t.Helper()
	sent, err := json.Marshal(body)
	require.NoError(c.t, err)
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+"/api/v1"+path, bytes.NewReader(sent))
	require.NoError(c.t, err)
	r.Header.Set("Authorization", "Bearer "+bootstrapKey)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	require.NoError(c.t, err)
	defer func() { _ = answer.Body.Close() }()
	got, err := io.ReadAll(answer.Body)
	require.NoError(c.t, err)
	require.Less(c.t, answer.StatusCode, 300, "%s %s: %s", method, path, got)
	if into != nil {
		require.NoError(c.t, json.Unmarshal(got, into), "%s", got)
	}
}

// team makes one that is closed at any time of day, which in a process of its own
// is the real one, and answers a first text. It returns its id.
func (c *child) team() string { return c.teamAt("Service", ours) }

func (c *child) teamAt(name, number string) string {
	c.t.Helper()
	var team struct{ ID string }
	c.call(http.MethodPost, "/teams", map[string]string{"name": name, "display_name": name, "time_zone": "America/Chicago", "language": "en"}, &team)
	var schedules struct{ Items []struct{ ID string } }
	c.call(http.MethodGet, "/teams/"+team.ID+"/schedules", nil, &schedules)
	for _, s := range schedules.Items {
		c.call(http.MethodPatch, "/teams/"+team.ID+"/schedules/"+s.ID, map[string]bool{"enabled": false}, nil)
	}
	c.call(http.MethodPost, "/teams/"+team.ID+"/senders", map[string]any{"kind": "sms", "address": number, "messages_per_second": 1000}, nil)
	c.call(http.MethodPatch, "/teams/"+team.ID+"/automations/after_hours_text", map[string]bool{"enabled": true}, nil)
	return team.ID
}
