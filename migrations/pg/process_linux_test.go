package pg

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// another starts a second process on dir and returns it with the line it prints and
// what ends it when closed.
func another(t *testing.T, program, dir string, as *account) (*exec.Cmd, string, io.Closer) {
	t.Helper()
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "RINGBACK_TEST_CHILD="+dir, "HOME="+dir)
	cmd.Stderr = os.Stderr
	if as != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: as.uid, Gid: as.gid}}
	}
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return cmd, strings.TrimSpace(line), in
}

// Ctrl-C goes to the terminal's process group: the server has to stay until the last
// request has been answered.
func TestServerIsNotInOurProcessGroup(t *testing.T) {
	s := startIn(t, served(t))
	group, err := syscall.Getpgid(s.now.Process.Pid)
	require.NoError(t, err)
	require.Equal(t, s.now.Process.Pid, group)
}

func TestKilledParentLeavesNoOrphanAndLosesNothing(t *testing.T) {
	dir := served(t)
	self, err := os.Executable()
	require.NoError(t, err)
	parent, dsn, _ := another(t, self, dir, nil)
	do(t, dsn, `create table kept as select 'still here' as word`)
	cluster := filepath.Join(dir, "postgres/cluster")
	require.NotEmpty(t, inhabitants(cluster))

	require.NoError(t, parent.Process.Kill())
	_ = parent.Wait()
	require.Eventually(t, func() bool { return len(inhabitants(cluster)) == 0 }, time.Minute, time.Millisecond)
	require.Equal(t, "still here", ask(t, startIn(t, dir).DSN(), `select word from kept`))
}

func TestRestartRightAfterAKill(t *testing.T) {
	dir := served(t)
	self, err := os.Executable()
	require.NoError(t, err)
	for i := range 3 {
		parent, dsn, _ := another(t, self, dir, nil)
		do(t, dsn, fmt.Sprintf(`create table kept%d as select 'still here' as word`, i))
		require.NoError(t, parent.Process.Kill())
		_ = parent.Wait()
	}
	last := startIn(t, dir)
	for i := range 3 {
		require.Equal(t, "still here", ask(t, last.DSN(), fmt.Sprintf(`select word from kept%d`, i)))
	}
}

func TestWithoutRoot(t *testing.T) {
	program, err := os.Executable()
	require.NoError(t, err)
	dir := folder(t)
	var as *account
	if os.Geteuid() == 0 { // root's temporary folders are its own: bring a copy
		as = &account{name: "nobody", uid: 65534, gid: 65534}
		text, err := os.ReadFile(program)
		require.NoError(t, err)
		program = filepath.Join(dir, "ringback")
		require.NoError(t, os.WriteFile(program, text, 0o755))
		dir = filepath.Join(dir, "home")
		require.NoError(t, makeFor(as, dir))
	}
	cmd, dsn, stop := another(t, program, dir, as)
	require.Equal(t, "1", ask(t, dsn, `select 1`))
	require.NoError(t, stop.Close())
	require.NoError(t, cmd.Wait())

	// Root serves these data as their owner, who can go on with them afterwards.
	require.NoError(t, startIn(t, dir).Stop(t.Context()))
	cmd, _, stop = another(t, program, dir, as)
	require.NoError(t, stop.Close())
	require.NoError(t, cmd.Wait())
}

func TestRootsDataAreKeptWhereTheServerCanGo(t *testing.T) {
	if os.Geteuid() != 0 {
		return // only root changes accounts
	}
	before := outside
	outside = filepath.Join(folder(t), "lib")
	defer func() { outside = before }()
	dir := t.TempDir() // as closed as /root

	first := startIn(t, dir)
	do(t, first.DSN(), `create table kept as select 'still here' as word`)
	require.NoError(t, first.Stop(t.Context()))
	link, err := os.Readlink(filepath.Join(dir, "postgres"))
	require.NoError(t, err)
	require.Equal(t, outside, filepath.Dir(link))

	second := startIn(t, dir)
	require.Equal(t, "still here", ask(t, second.DSN(), `select word from kept`))
	require.NoError(t, second.Stop(t.Context()))

	require.NoError(t, os.Rename(link, link+".away"))
	_, err = Start(t.Context(), Config{DataDir: dir, Throwaway: true})
	require.ErrorContains(t, err, "the database's data are gone")
	require.NoError(t, os.Rename(link+".away", link))

	require.NoError(t, os.Chmod(outside, 0o700))
	_, err = Start(t.Context(), Config{DataDir: dir, Throwaway: true})
	require.ErrorContains(t, err, "cannot enter "+link)
}
