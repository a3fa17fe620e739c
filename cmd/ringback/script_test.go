package main

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator/loopback"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/cmd/demo"
	"ringback/migrations/testdb"
)

// TestMain lets the test binary be ringback itself: under that name it is what
// a script runs.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ringback": main})
}

// TestScripts runs what stands in testdata/script: what is typed, what is
// answered, and with which exit code. Beside testscript's own commands there are
//
//	database [empty]   a database of the script's own, in DATABASE_URL
//	demo open|closed   a demo that runs for all scripts, as if in this folder; its address is $B, its key $KEY
//	twilio             a Twilio of the script's own, which lends +13125550100
//	await URL [STATUS] waits until the URL answers with 200, or that
//	exits CODE PROGRAM runs the program, which has to end with that exit code
//	curl, api          a request, as in the docs; see curl_test.go
//	keep NAME [PATH]   puts the last answer, or a value in it when it is JSON, into a variable
func TestScripts(t *testing.T) {
	demos := map[string]*sharedDemo{
		"open":   {at: time.Date(2026, 6, 2, 15, 0, 0, 0, time.UTC)}, // Tuesday 10:00 in Chicago
		"closed": {at: time.Date(2026, 6, 8, 3, 0, 0, 0, time.UTC)},  // Sunday 22:00 there
	}
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		Setup:              setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"database": database,
			"demo": func(ts *testscript.TestScript, _ bool, args []string) {
				if len(args) != 1 || demos[args[0]] == nil {
					ts.Fatalf("usage: demo open|closed")
				}
				demos[args[0]].enter(t, ts)
			},
			"twilio": playTwilio, "await": await, "exits": exits, "curl": curl, "api": api, "keep": keep,
		},
	})
}

// setup gives each script a port of its own, and a home in which a Postgres that
// was fetched is found. The embedded one runs as another user when we are root,
// who has to be let into the folder.
func setup(env *testscript.Env) error {
	addresses, err := loopback.Addresses(1)
	if err != nil {
		return err
	}
	env.Values[testingT{}] = env.T()
	docs, err := filepath.Abs(filepath.Join("..", "..", "docs"))
	if err != nil {
		return err
	}
	env.Setenv("DOCS", docs)
	env.Setenv("HOME", os.Getenv("HOME"))
	env.Setenv("LISTEN", addresses[0])
	env.Setenv("URL", "http://"+addresses[0])
	env.Setenv("PORT", strconv.Itoa(int(netip.MustParseAddrPort(addresses[0]).Port())))
	env.Setenv("RINGBACK_DATA_DIR", filepath.Join(env.WorkDir, "data"))
	return errors.Join(os.Chmod(filepath.Dir(env.WorkDir), 0o755), os.Chmod(env.WorkDir, 0o755))
}

// sharedDemo is started by the first script that asks for it. Its clock runs on
// from a played moment, so that nothing depends on the hour of the test.
type sharedDemo struct {
	at     time.Time
	once   sync.Once
	folder string
	access demo.Access
}

// enter lets the script use the demo.
func (s *sharedDemo) enter(t *testing.T, ts *testscript.TestScript) {
	s.once.Do(func() { s.start(t) })
	ts.Setenv("RINGBACK_DATA_DIR", s.folder)
	ts.Setenv("B", s.access.URL)
	ts.Setenv("KEY", s.access.Key)
	ts.Setenv("PASSWORD", s.access.Password)
}

func (s *sharedDemo) start(t *testing.T) {
	s.folder = t.TempDir()
	d, err := demo.Start(context.Background(), app.Config{
		Listen: "127.0.0.1:0", DatabaseURL: testdb.DSN(t), DatabaseConnections: 10, DataDir: s.folder, LogLevel: "info", LogFormat: "text",
		Clock: clocktest.RunningFrom(s.at),
	}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	s.access = d.Access
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
}

func database(ts *testscript.TestScript, _ bool, args []string) {
	dsn, err := ownDatabase(ts, len(args) == 0)
	ts.Check(err)
	ts.Setenv("DATABASE_URL", dsn)
}

// ownDatabase is dropped when the script ends.
func ownDatabase(ts *testscript.TestScript, migrated bool) (string, error) {
	t, _ := ts.Value(testingT{}).(testing.TB)
	dsn := testdb.DSN(t)
	if migrated {
		return dsn, nil
	}
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return "", err
	}
	_, err = db.Exec(`drop schema public cascade; create schema public`)
	return dsn, errors.Join(err, db.Close())
}

// testingT is the key of a script's own test among its values.
type testingT struct{}

// playTwilio puts a simulated Twilio in place of the real one.
func playTwilio(ts *testscript.TestScript, _ bool, _ []string) {
	const account, token = "AC00000000000000000000000000000001", "an-auth-token-for-tests"
	sim := twilio.New(twilio.Config{AccountSID: account, AuthToken: token, Numbers: []string{"+13125550100"}})
	server := httptest.NewServer(sim)
	ts.Defer(func() {
		server.Close()
		sim.Close()
	})
	ts.Setenv("TWILIO_BASE_URL", server.URL)
	ts.Setenv("TWILIO_ACCOUNT_SID", account)
	ts.Setenv("TWILIO_AUTH_TOKEN", token)
}

// await asks until there is that answer, for a minute at the most.
func await(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: await URL [STATUS]")
	}
	wanted := strconv.Itoa(http.StatusOK)
	if len(args) == 2 {
		wanted = args[1]
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		if answer, err := http.Get(args[0]); err == nil {
			_ = answer.Body.Close()
			if strconv.Itoa(answer.StatusCode) == wanted {
				return
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			ts.Fatalf("%s does not answer", args[0])
		}
	}
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENT…]")
	}
	code := 0
	var ended *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("it exits with %d", code)
	}
}
