package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// child is Ringback as it is installed: a process of its own that can be killed.
type child struct {
	t    *testing.T
	url  string
	env  []string
	cmd  *exec.Cmd
	file string
}

const bootstrapKey = "a bootstrap key for tests"

// binary builds the command once for all tests of this process.
var binary = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "ringback-e2e-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "ringback")
	out, err := exec.Command("go", "build", "-o", file, "ringback/cmd/ringback").CombinedOutput()
	if err != nil {
		return out, err
	}
	return os.ReadFile(file)
})

// newChild prepares a Ringback on a free port; start runs it.
func newChild(t *testing.T, env ...string) *child {
	t.Helper()
	program, err := binary()
	require.NoError(t, err, "%s", program)
	c := &child{t: t, file: filepath.Join(t.TempDir(), "ringback")}
	require.NoError(t, os.WriteFile(c.file, program, 0o755))
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	c.url = "http://" + address
	c.env = append(append([]string{"RINGBACK_DATA_DIR=" + t.TempDir()}, env...), "PATH="+os.Getenv("PATH"), "HOME="+os.Getenv("HOME"), "LISTEN="+address, "PUBLIC_URL="+c.url,
		"RINGBACK_BOOTSTRAP_KEY="+bootstrapKey, "TWILIO_ACCOUNT_SID="+accountSID, "TWILIO_AUTH_TOKEN="+authToken, "LOG_LEVEL=error")
	return c
}

// start returns when the child is ready.
func (c *child) start() {
	c.t.Helper()
	run := func() error {
		c.cmd = exec.Command(c.file, "serve")
		c.cmd.Env, c.cmd.Stderr = c.env, testLog{c.t}
		return c.cmd.Start()
	}
	// A neighbor that forks while the file is written holds it open until its
	// own program runs, and nobody can start a file that is open for writing.
	err := run()
	for errors.Is(err, syscall.ETXTBSY) && c.t.Context().Err() == nil {
		err = run()
	}
	require.NoError(c.t, err)
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
func (c *child) team() string {
	c.t.Helper()
	var team struct{ ID string }
	c.call(http.MethodPost, "/teams", map[string]string{"name": "Service", "display_name": "Service", "time_zone": "America/Chicago", "language": "en"}, &team)
	var schedules struct{ Items []struct{ ID string } }
	c.call(http.MethodGet, "/teams/"+team.ID+"/schedules", nil, &schedules)
	for _, s := range schedules.Items {
		c.call(http.MethodPatch, "/teams/"+team.ID+"/schedules/"+s.ID, map[string]bool{"enabled": false}, nil)
	}
	c.call(http.MethodPost, "/teams/"+team.ID+"/senders", map[string]string{"kind": "sms", "address": ours}, nil)
	c.call(http.MethodPatch, "/teams/"+team.ID+"/automations/after_hours_text", map[string]bool{"enabled": true}, nil)
	return team.ID
}
