package pg

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// home is the folder that holds the cluster, its password, its log and our lock,
// all of which belong to the account that Postgres runs as.
type home struct {
	dir     string
	account *account // nil: our own
}

// outside is where a home goes that root's Postgres cannot reach in the data
// folder, as anything under /root. A variable for the tests.
var outside = "/var/lib/ringback"

// openHome makes or finds the home inside the data folder.
func openHome(cfg Config) (home, error) {
	if cfg.DataDir == "" {
		return home{}, errors.New("pg: no data folder given")
	}
	data, err := filepath.Abs(cfg.DataDir)
	if err != nil {
		return home{}, fmt.Errorf("data folder %s: %w", cfg.DataDir, err)
	}
	if err := os.MkdirAll(data, 0o755); err != nil {
		return home{}, fmt.Errorf("make the data folder: %w (choose another one with RINGBACK_DATA_DIR)", err)
	}
	dir := filepath.Join(data, "postgres")
	if os.Geteuid() == 0 {
		return openHomeAsRoot(dir, cfg.Log)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return home{}, fmt.Errorf("make the database's folder: %w (choose another one with RINGBACK_DATA_DIR)", err)
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if !mine(dir) {
		return home{}, fmt.Errorf("%s belongs to another user: run as that user or as root, or choose another RINGBACK_DATA_DIR", dir)
	}
	return home{dir: dir}, nil
}

// openHomeAsRoot gives the home to the account that the server will run as. An
// existing one stays with its owner, so that data made without root serve root too.
func openHomeAsRoot(dir string, log *slog.Logger) (home, error) {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		if owner := ownerOf(real); owner != nil {
			if err := owner.reaches(real); err != nil {
				return home{}, fmt.Errorf("Postgres runs as %s, which cannot enter %s: allow it in, or choose another RINGBACK_DATA_DIR: %w", owner.name, real, err)
			}
			return home{dir: real, account: owner}, nil
		}
	}
	if link, err := os.Readlink(dir); err == nil {
		return home{}, fmt.Errorf("the database's data are gone: %s leads to %s: restore that folder, or remove the link to start afresh", dir, link)
	}
	acc, err := serverAccount()
	if err != nil {
		return home{}, err
	}
	if err := makeFor(acc, dir); err != nil {
		return home{}, err
	}
	if acc.reaches(dir) == nil {
		return home{dir: dir, account: acc}, nil
	}
	if err := os.Remove(dir); err != nil {
		return home{}, fmt.Errorf("%s has files in it but Postgres, as %s, cannot enter it: %w", dir, acc.name, err)
	}
	elsewhere, err := makeOutside(acc, dir)
	if err != nil {
		return home{}, err
	}
	log.Info("Postgres refuses to run as root and the account it runs as cannot enter the data folder; its data are kept outside",
		"account", acc.name, "folder", dir, "data", elsewhere)
	return home{dir: elsewhere, account: acc}, nil
}

// makeOutside leaves a link in the data folder: whoever deletes that folder starts
// afresh, as expected, instead of meeting old data whose key has gone with it.
func makeOutside(acc *account, link string) (string, error) {
	if err := makeOpen(outside, 0o711); err != nil {
		return "", fmt.Errorf("make a folder that %s can enter: %w", acc.name, err)
	}
	dir, err := os.MkdirTemp(outside, "postgres-")
	if err != nil {
		return "", fmt.Errorf("make a folder that %s can enter: %w", acc.name, err)
	}
	if err := makeFor(acc, dir); err != nil {
		return "", err
	}
	if err := acc.reaches(dir); err != nil {
		return "", fmt.Errorf("Postgres runs as %s, which can enter neither the data folder nor %s: choose another RINGBACK_DATA_DIR: %w", acc.name, dir, err)
	}
	if err := os.Symlink(dir, link); err != nil {
		return "", fmt.Errorf("link the database's folder: %w", err)
	}
	return dir, nil
}

func makeFor(acc *account, dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the database's folder: %w", err)
	}
	if err := os.Chown(dir, int(acc.uid), int(acc.gid)); err != nil {
		return fmt.Errorf("give the database's folder to %s: %w", acc.name, err)
	}
	return nil
}

// makeOpen makes a folder that others may enter whatever our umask says.
func makeOpen(dir string, mode os.FileMode) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return err
	}
	return os.Chmod(dir, mode)
}

// reaches asks the kernel, which knows about modes, groups, ACLs and mounts.
func (a *account) reaches(dir string) error {
	cmd := exec.Command("/bin/sh", "-c", "test -w .")
	cmd.Dir, cmd.SysProcAttr = dir, childOf(a)
	_, err := onOneThread(cmd)
	return err
}

func (h home) cluster() string { return filepath.Join(h.dir, "cluster") }
func (h home) logPath() string { return filepath.Join(h.dir, "postgres.log") }

// socketDir is the cluster itself: as private as the data and only ever used by
// one server. A socket's path is limited to some 104 bytes and cannot be written
// down with a comma in it, so otherwise it is a folder in /tmp, ours alone.
func (h home) socketDir() (string, error) {
	const longest = 104 - len("/.s.PGSQL.5432.lock")
	if len(h.cluster()) <= longest && !strings.ContainsAny(h.cluster(), `,"`) {
		return h.cluster(), nil
	}
	dir := "/tmp/ringback-" + shortHash(h.dir)
	if err := os.Mkdir(dir, 0o700); err == nil {
		return dir, h.give(dir)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", fmt.Errorf("make a folder for the socket: %w", err)
	}
	if !info.IsDir() || info.Mode().Perm() != 0o700 || !h.owns(info) {
		return "", fmt.Errorf("%s, meant for the database's socket, belongs to someone else: remove it, or use a RINGBACK_DATA_DIR with a shorter path", dir)
	}
	return dir, nil
}

// writeFile makes a private file that the server's account can read.
func (h home) writeFile(name, text string) error {
	path := filepath.Join(h.dir, name)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text + "\n")
	return errors.Join(err, f.Sync(), f.Close(), h.give(path))
}

func (h home) give(path string) error {
	if h.account == nil {
		return nil
	}
	return os.Chown(path, int(h.account.uid), int(h.account.gid))
}

// openLog appends to the server's log. One earlier log is kept once it has grown.
func (h home) openLog() (*os.File, error) {
	const enough = 10 << 20
	if h.logSize() > enough {
		if err := os.Rename(h.logPath(), h.logPath()+".1"); err != nil {
			return nil, fmt.Errorf("turn the database's log over: %w", err)
		}
	}
	f, err := os.OpenFile(h.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the database's log: %w", err)
	}
	return f, h.give(h.logPath())
}

func (h home) logSize() int64 {
	info, err := os.Stat(h.logPath())
	if err != nil {
		return 0
	}
	return info.Size()
}

// logSince is what the server wrote after offset, to be shown with an error.
func (h home) logSince(offset int64) string {
	f, err := os.Open(h.logPath())
	if err != nil {
		return ""
	}
	defer f.Close()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return ""
	}
	text, _ := io.ReadAll(io.LimitReader(f, 4<<10))
	return "\n" + strings.TrimSpace(string(text)) + "\nThe whole log is " + h.logPath()
}
