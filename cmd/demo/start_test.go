package demo_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/cmd/app"
	"ringback/cmd/demo"
	"ringback/migrations/testdb"
)

// played is a demo in a folder and a database that outlive it, as on somebody's
// machine.
type played struct {
	t      *testing.T
	config app.Config
}

func newPlayed(t *testing.T) played {
	t.Helper()
	return played{t, app.Config{
		Listen: "127.0.0.1:0", DatabaseURL: testdb.DSN(t), DatabaseConnections: 10, DataDir: t.TempDir(), LogLevel: "info", LogFormat: "text", Clock: clocktest.Running(t),
	}}
}

// run starts it, has something done while it serves, and stops it.
func (p played) run(while func(*demo.Demo)) {
	p.t.Helper()
	d, err := demo.Start(p.t.Context(), p.config, slog.New(slog.DiscardHandler))
	require.NoError(p.t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Serve(ctx) }()
	defer func() {
		stop()
		require.NoError(p.t, <-done)
	}()
	while(d)
}

// names asks the demo's API for a list and returns what its items are called.
func (p played) names(d *demo.Demo, path string) []string {
	p.t.Helper()
	var list struct {
		Items []struct{ ID, Name, Address string }
	}
	require.NoError(p.t, json.Unmarshal([]byte(p.get(d, path)), &list))
	var names []string
	for _, one := range list.Items {
		names = append(names, one.Name+one.Address)
	}
	return names
}

func (p played) get(d *demo.Demo, path string) string {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, d.URL()+path, nil)
	require.NoError(p.t, err)
	request.Header.Set("Authorization", "Bearer "+d.Access.Key)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(p.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(p.t, err)
	require.Equal(p.t, http.StatusOK, answer.StatusCode, "%s: %s", path, body)
	return string(body)
}

// What was made at the first start is found at the second: one company, the same
// key and the same password. The website's chat works at the new address.
func TestASecondStartFindsTheCompany(t *testing.T) {
	p := newPlayed(t)
	var first demo.Access
	p.run(func(d *demo.Demo) {
		first = d.Access
		require.Contains(t, p.get(d, "/api/v1/company"), `"name":"Green Valley Equipment"`)
		require.ElementsMatch(t, []string{"Sales", "Service"}, p.names(d, "/api/v1/teams"))
		require.ElementsMatch(t, []string{"Maria Lopez", "Tom Becker"}, p.names(d, "/api/v1/staff"))
	})
	p.run(func(d *demo.Demo) {
		require.NotEqual(t, first.URL, d.Access.URL)
		first.URL = d.Access.URL
		require.Equal(t, first, d.Access)
		require.ElementsMatch(t, []string{"Sales", "Service"}, p.names(d, "/api/v1/teams"))
		require.ElementsMatch(t, []string{"Maria Lopez", "Tom Becker"}, p.names(d, "/api/v1/staff"))
		found, err := demo.Find(p.config)
		require.NoError(t, err)
		require.Equal(t, d.Access, found, "ringback simulate finds it")
		site := p.get(d, "/site")
		phone, err := http.Get(d.URL() + "/phone?app=web")
		require.NoError(t, err)
		shown, err := io.ReadAll(phone.Body)
		require.NoError(t, err)
		require.NoError(t, phone.Body.Close())
		require.Contains(t, string(shown), `src="`+d.Site+`"`, "the phone shows it in a frame")
		framed, err := http.Get(d.Site)
		require.NoError(t, err)
		require.NoError(t, framed.Body.Close())
		require.Empty(t, framed.Header.Get("X-Frame-Options"), "which it has to allow")
		require.Contains(t, site, demo.SiteKey)
		require.Contains(t, site, d.PublicURL()+"/chat/widget.js")
	})
}

// A key of the environment is the demo's, for scripts that know it beforehand.
func TestTheDemoTakesAKey(t *testing.T) {
	p := newPlayed(t)
	p.config.BootstrapKey = "a-key-from-the-environment"
	p.run(func(d *demo.Demo) {
		require.Equal(t, "a-key-from-the-environment", d.Access.Key)
		require.NotEmpty(t, p.names(d, "/api/v1/teams"))
	})
}

func TestWhereTheDemoSaysItIs(t *testing.T) {
	for name, smtp := range map[string]string{"mail is shown": "", "mail goes out": "smtp://127.0.0.1:1"} {
		t.Run(name, func(t *testing.T) {
			p := newPlayed(t)
			if p.config.SMTPURL = smtp; smtp != "" {
				p.config.MailFrom = "Ringback <ringback@greenvalley.example>"
			}
			ctx, stop := context.WithCancel(t.Context())
			said := ""
			require.NoError(t, demo.Run(ctx, p.config, slog.New(slog.DiscardHandler), demo.Beginning{Empty: true}, func(d *demo.Demo) error {
				defer stop() // once it has said where it is
				said = d.Introduction()
				return nil
			}))
			for _, says := range []string{"Green Valley Equipment, played by Ringback", "Phone page   http://localhost:", "sign in as maria@greenvalley.example with valley-", "simulate chat --body", "Kept in " + filepath.Join(p.config.DataDir, "demo")} {
				require.Contains(t, said, says)
			}
			require.Equal(t, smtp == "", strings.Contains(said, "Staff's mail http://localhost:"))
		})
	}
}

func TestNoDemoToFind(t *testing.T) {
	c := app.Config{DataDir: t.TempDir(), Clock: clocktest.Stopped(t)}
	_, err := demo.Find(c)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "start one with: ringback demo")

	require.NoError(t, os.MkdirAll(demo.Folder(c), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(demo.Folder(c), "access.json"), []byte("{"), 0o600))
	_, err = demo.Find(c)
	require.ErrorContains(t, err, "the demo's access.json")
}
