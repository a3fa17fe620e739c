package testdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"ringback/migrations/pg"
)

// ownServer starts a server that lives as long as this process, on a copy of a
// cluster that already has the template in it.
func ownServer(ctx context.Context) (string, error) {
	dir, lock, err := prepare(ctx)
	if err != nil {
		return "", err
	}
	held.lock = lock
	s, err := pg.Start(ctx, config(dir))
	if err != nil {
		return "", err
	}
	return s.DSN(), cleanAfterUs(dir)
}

func config(dir string) pg.Config {
	return pg.Config{DataDir: dir, Throwaway: true, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
}

// prepare makes a folder for this process, holding a lock so that processes which
// start together make the cluster to copy from only once, and so that none sweeps
// away what another is about to use. The folder's own lock says that it is in use.
func prepare(ctx context.Context) (dir string, alive *os.File, err error) {
	root, err := scratch()
	if err != nil {
		return "", nil, err
	}
	lock, err := flock(filepath.Join(root, "lock"), syscall.LOCK_EX)
	if err != nil {
		return "", nil, err
	}
	defer lock.Close()
	sweep(root)
	base, err := ensureBase(ctx, root)
	if err != nil {
		return "", nil, err
	}
	if dir, err = os.MkdirTemp(root, "run-"); err != nil {
		return "", nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", nil, err
	}
	if alive, err = flock(filepath.Join(dir, "alive"), syscall.LOCK_EX); err != nil {
		return "", nil, err
	}
	return dir, alive, copyTree(filepath.Join(base, "postgres"), dir)
}

// scratch is in memory where there is enough of it, and not in a temporary folder
// of the test: the account that the server runs as has to get there.
func scratch() (string, error) {
	parent := os.TempDir()
	var fs syscall.Statfs_t
	if syscall.Statfs("/dev/shm", &fs) == nil && fs.Bavail*uint64(fs.Bsize) > 1<<30 {
		parent = "/dev/shm"
	}
	root := filepath.Join(parent, fmt.Sprintf("ringback-test-%d", os.Geteuid()))
	if err := os.Mkdir(root, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	info, err := os.Lstat(root)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || int(info.Sys().(*syscall.Stat_t).Uid) != os.Geteuid() {
		return "", fmt.Errorf("%s belongs to someone else: remove it", root)
	}
	return root, os.Chmod(root, 0o755)
}

// ensureBase makes a stopped cluster with the template in it, once per schema.
func ensureBase(ctx context.Context, root string) (string, error) {
	hash, err := schemaHash()
	if err != nil {
		return "", err
	}
	look, err := pg.Fingerprint(ctx, config(root))
	if err != nil {
		return "", err
	}
	base := filepath.Join(root, "base-"+hash+"-"+look)
	if err := os.Chtimes(base, time.Now(), time.Now()); err == nil {
		return base, nil // marked as used, see sweep
	}
	building := filepath.Join(root, "building")
	if err := os.RemoveAll(building); err != nil {
		return "", err
	}
	if err := fill(ctx, building); err != nil {
		return "", err
	}
	return base, os.Rename(building, base)
}

func fill(ctx context.Context, dir string) error {
	s, err := pg.Start(ctx, config(dir))
	if err != nil {
		return err
	}
	o, err := connect(ctx, s.DSN())
	if err == nil {
		err = o.admin.Close()
	}
	return errors.Join(err, s.Stop(ctx))
}

// sweep removes what killed processes left, and all but the newest bases.
func sweep(root string) {
	runs, _ := filepath.Glob(filepath.Join(root, "run-*"))
	for _, dir := range runs {
		if lock, err := flock(filepath.Join(dir, "alive"), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			_ = os.RemoveAll(dir)
			_ = lock.Close()
		}
	}
	const keep = 4
	bases, _ := filepath.Glob(filepath.Join(root, "base-*"))
	slices.SortFunc(bases, func(a, b string) int { return cmp.Compare(usedAt(b), usedAt(a)) })
	for _, dir := range bases[min(keep, len(bases)):] {
		_ = os.RemoveAll(dir)
	}
}

func usedAt(dir string) int64 {
	info, err := os.Stat(dir)
	if err != nil {
		return 0
	}
	return info.ModTime().UnixNano()
}

func flock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), how); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}

// copyTree keeps owners and modes, which Postgres insists on.
func copyTree(from, to string) error {
	if out, err := exec.Command("cp", "-Rp", from, to).CombinedOutput(); err != nil {
		return fmt.Errorf("copy the prepared cluster: %w: %s", err, out)
	}
	return nil
}

// held ends with the process, whatever ends it: the lock on its folder, and our end
// of the pipe that the shell below listens to.
var held struct {
	lock *os.File
	pipe io.WriteCloser
}

// cleanAfterUs leaves a shell behind that waits for our end, ends the server where
// the kernel has not, and removes the folder.
func cleanAfterUs(dir string) error {
	const script = `cat >/dev/null
file="$1/postgres/cluster/postmaster.pid"
pid=$(head -n 1 "$file" 2>/dev/null)
[ -n "$pid" ] && kill -QUIT "$pid" 2>/dev/null
i=0; while [ -e "$file" ] && [ $i -lt 50 ]; do sleep 0.1; i=$((i+1)); done
rm -rf "$1"`
	cmd := exec.Command("/bin/sh", "-c", script, "sh", dir)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is not for it
	var err error
	if held.pipe, err = cmd.StdinPipe(); err != nil {
		return err
	}
	return cmd.Start()
}
