package pg

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMain lets the test binary play a Ringback of its own, to be killed or to run
// as another user: it starts a server, prints its DSN and stops when its standard
// input ends.
func TestMain(m *testing.M) {
	dir := os.Getenv("RINGBACK_TEST_CHILD")
	if dir == "" {
		code := m.Run()
		if made != "" {
			_ = os.RemoveAll(made)
		}
		os.Exit(code)
	}
	s, err := Start(context.Background(), Config{DataDir: dir, Throwaway: true})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(s.DSN())
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := s.Stop(context.Background()); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// made has a cluster that is copied for the tests that are not about making one.
var made string

// served is a data folder in which a server has run before, one that asks for a password.
func served(t *testing.T) string {
	t.Helper()
	if made == "" {
		dir := shared(t)
		s, err := Start(t.Context(), Config{DataDir: dir})
		require.NoError(t, err)
		require.NoError(t, s.Stop(t.Context()))
		made = dir
	}
	dir := folder(t)
	require.NoError(t, exec.Command("cp", "-Rp", filepath.Join(made, "postgres"), dir).Run())
	return dir
}

// folder is a data folder that the server's account can enter, which t.TempDir is
// not when the tests run as root. It is in memory where there is such a folder.
func folder(t *testing.T) string {
	t.Helper()
	dir := shared(t)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func shared(t *testing.T) string {
	t.Helper()
	parent := "/dev/shm"
	if _, err := os.Stat(parent); err != nil {
		parent = ""
	}
	dir, err := os.MkdirTemp(parent, "ringback-pg-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	dir, err = filepath.EvalSymlinks(dir)
	require.NoError(t, err)
	return dir
}

func startIn(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Config{DataDir: dir, Throwaway: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	return s
}

func do(t *testing.T, dsn, query string) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), query)
	require.NoError(t, err)
}

// ask returns the one value of a query.
func ask(t *testing.T, dsn, query string) string {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	require.NoError(t, err)
	defer db.Close()
	var answer string
	require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&answer))
	return answer
}

// onItsOwn is childOf without the promise to die with us.
func onItsOwn(acc *account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if acc != nil {
		attr.Credential = &syscall.Credential{Uid: acc.uid, Gid: acc.gid}
	}
	return attr
}

func TestDataAreKeptBetweenStarts(t *testing.T) {
	dir := filepath.Join(folder(t), "data, with a \"hard\" näme")
	first := startIn(t, dir)
	do(t, first.DSN(), `create table kept as select 'still here' as word`)
	require.NoError(t, first.Stop(t.Context()))
	require.NoError(t, first.Stop(t.Context()), "a second stop is harmless")

	second := startIn(t, dir)
	require.Equal(t, "still here", ask(t, second.DSN(), `select word from kept`))
}

func TestDurableUnlessThrowaway(t *testing.T) {
	dir := served(t)
	s, err := Start(t.Context(), Config{DataDir: dir})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Stop(context.Background())) }()
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		require.Equal(t, "on", ask(t, s.DSN(), `show `+name), name)
	}
	require.Empty(t, ask(t, s.DSN(), `show listen_addresses`), "nothing listens on the network")
	require.Equal(t, "é", ask(t, s.DSN(), `select lower('É')`))
}

func TestOnlyThePasswordLetsIn(t *testing.T) {
	s := startIn(t, served(t))
	u, err := url.Parse(s.DSN())
	require.NoError(t, err)
	u.User = url.UserPassword(role, "guess")
	require.ErrorContains(t, ping(t.Context(), u.String()), "password authentication failed")
}

func TestWrongPasswordFileIsToldAtOnce(t *testing.T) {
	dir := served(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "postgres/password"), []byte("other\n"), 0o600))
	_, err := Start(t.Context(), Config{DataDir: dir, Throwaway: true})
	require.ErrorContains(t, err, "password authentication failed")

	require.NoError(t, os.Remove(filepath.Join(dir, "postgres/password")))
	_, err = Start(t.Context(), Config{DataDir: dir, Throwaway: true})
	require.ErrorContains(t, err, "restore it")
}

func TestAnotherProcessLooksAtTheData(t *testing.T) {
	dir := served(t)
	_, is := Running(Config{DataDir: dir})
	require.False(t, is, "the server was stopped")
	_, is = Running(Config{DataDir: t.TempDir()})
	require.False(t, is, "there has never been one")
	startIn(t, dir)
	dsn, is := Running(Config{DataDir: dir})
	require.True(t, is)
	require.NoError(t, ping(t.Context(), dsn))
}

func TestSecondServerOnTheSameData(t *testing.T) {
	dir := served(t)
	first := startIn(t, dir)
	_, err := Start(t.Context(), Config{DataDir: dir, Throwaway: true})
	require.ErrorContains(t, err, "in use by another Ringback (process "+strconv.Itoa(os.Getpid())+")")
	require.Equal(t, "1", ask(t, first.DSN(), `select 1`), "the first one goes on")
}

func TestStopDoesNotWaitForClients(t *testing.T) {
	s := startIn(t, served(t))
	db, err := sql.Open("postgres", s.DSN())
	require.NoError(t, err)
	defer db.Close()
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, s.Stop(t.Context()))
	require.Error(t, conn.PingContext(t.Context()))
}

func TestStopInsistsWhenTimeIsUp(t *testing.T) {
	dir := served(t)
	s := startIn(t, dir)
	do(t, s.DSN(), `create table kept as select 'still here' as word`)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Stop(over), context.Canceled)
	<-s.Done()
	require.Equal(t, "still here", ask(t, startIn(t, dir).DSN(), `select word from kept`))
}

func TestUnfinishedClusterIsMadeAgain(t *testing.T) {
	dir := folder(t)
	h, err := openHome(Config{DataDir: dir})
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(h.dir, "building", "base"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(h.dir, "building", "PG_VERSION"), []byte("15\n"), 0o600))
	require.Equal(t, "1", ask(t, startIn(t, dir).DSN(), `select 1`))
}

// An orphan is a server whose parent died where the kernel did not end it for us.
func TestOrphanIsEnded(t *testing.T) {
	dir := served(t)
	s := startIn(t, dir)
	do(t, s.DSN(), `create table kept as select 'still here' as word`)
	require.NoError(t, s.Stop(t.Context()))

	h, err := openHome(Config{DataDir: dir})
	require.NoError(t, err)
	orphan := exec.Command(s.now.Path, "-D", h.cluster(), "-c", "listen_addresses=",
		"-c", "unix_socket_directories="+h.cluster())
	orphan.Dir = h.dir
	orphan.SysProcAttr = onItsOwn(h.account)
	require.NoError(t, orphan.Start())
	gone := make(chan error, 1)
	go func() { gone <- orphan.Wait() }()
	t.Cleanup(func() { _ = orphan.Process.Kill() })
	require.Eventually(t, func() bool { return ping(t.Context(), s.DSN()) == nil }, time.Minute, time.Millisecond)

	next := startIn(t, dir)
	require.NoError(t, <-gone, "the orphan was stopped cleanly")
	require.Equal(t, "still here", ask(t, next.DSN(), `select word from kept`))
}

// Process numbers are used again, soonest in a container, so that the one in a
// stale pid file may be anybody's.
func TestPidFileNamingAStranger(t *testing.T) {
	dir := served(t)
	h, err := openHome(Config{DataDir: dir})
	require.NoError(t, err)
	stranger := exec.Command("cat")
	stranger.SysProcAttr = onItsOwn(h.account)
	keep, err := stranger.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, stranger.Start())
	defer func() {
		_ = keep.Close()
		require.NoError(t, stranger.Wait(), "the stranger was left alone")
	}()
	pid := strconv.Itoa(stranger.Process.Pid)
	stale := strings.Join([]string{pid, h.cluster(), "1780000000", port, h.cluster(), "", "", "ready"}, "\n") + "\n"
	require.NoError(t, h.writeFile("cluster/postmaster.pid", stale))
	require.NoError(t, h.writeFile("cluster/.s.PGSQL."+port+".lock", stale))
	require.Equal(t, "1", ask(t, startIn(t, dir).DSN(), `select 1`))
}
