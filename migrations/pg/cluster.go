package pg

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// settings suit a small machine of one's own. They are appended to the cluster's
// postgresql.conf once, where the operator may change them.
const settings = `
# Set by Ringback when it made this cluster; yours to change.
max_connections = 100
shared_buffers = 128MB
password_encryption = scram-sha-256
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
lc_messages = 'C'
jit = off
`

// initialize makes the cluster when there is none and returns its password. The
// cluster is made under another name and moved into place when it is whole, so
// that a crash half-way leaves nothing that looks like data.
func (h home) initialize(ctx context.Context, bin Binaries, throwaway bool) (string, error) {
	if h.clusterVersion() != 0 {
		return h.password()
	}
	building := filepath.Join(h.dir, "building")
	if err := os.RemoveAll(building); err != nil {
		return "", fmt.Errorf("clear an unfinished cluster: %w", err)
	}
	password := rand.Text()
	if err := h.writeFile("password", password); err != nil {
		return "", fmt.Errorf("keep the database's password: %w", err)
	}
	if err := h.initdb(ctx, bin, building, throwaway); err != nil {
		return "", err
	}
	if err := appendTo(filepath.Join(building, "postgresql.conf"), settings); err != nil {
		return "", fmt.Errorf("configure the cluster: %w", err)
	}
	if err := os.Rename(building, h.cluster()); err != nil {
		return "", fmt.Errorf("put the new cluster in place: %w", err)
	}
	if err := syncDir(h.dir); err != nil {
		return "", fmt.Errorf("put the new cluster in place: %w", err)
	}
	return password, nil
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncDir makes the names in a folder outlast a power cut.
func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// locale sorts by byte and so is the same on every machine and for ever (an index
// outlives the C library it was sorted by), yet knows the case of every letter.
var locale = []string{
	"--encoding", "UTF8", "--lc-collate", "C", "--lc-ctype", ctype(),
	"--lc-messages", "C", "--lc-monetary", "C", "--lc-numeric", "C", "--lc-time", "C",
}

func ctype() string {
	if runtime.GOOS == "darwin" {
		return "UTF-8"
	}
	return "C.UTF-8"
}

// access is how who connects proves who they are. Nobody but its own account gets at
// a throwaway cluster's socket, and a thousand connections that prove a password
// cost the tests a minute of computing.
func access(throwaway bool) []string {
	if throwaway {
		return []string{"--auth", "trust"}
	}
	return []string{"--auth", "scram-sha-256"}
}

func (h home) initdb(ctx context.Context, bin Binaries, dir string, throwaway bool) error {
	args := append([]string{
		"--pgdata", dir, "--username", role, "--pwfile", filepath.Join(h.dir, "password"),
		"--data-checksums",
	}, locale...)
	args = append(args, access(throwaway)...)
	if throwaway {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, bin.path("initdb"), args...)
	cmd.Dir, cmd.Env = h.dir, environment()
	cmd.SysProcAttr = childOf(h.account)
	cmd.WaitDelay = time.Second
	if out, err := onOneThread(cmd); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd.Path, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// onOneThread runs the command to its end without letting go of the thread, whose
// end would end the command too.
func onOneThread(cmd *exec.Cmd) ([]byte, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return cmd.CombinedOutput()
}

// clusterVersion is the major version that made the cluster, 0 without a cluster.
func (h home) clusterVersion() int {
	text, err := os.ReadFile(filepath.Join(h.cluster(), "PG_VERSION"))
	if err != nil {
		return 0
	}
	var major int
	_, _ = fmt.Sscanf(string(text), "%d", &major)
	return major
}

func (h home) password() (string, error) {
	text, err := os.ReadFile(filepath.Join(h.dir, "password"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("the password file of the cluster in %s is missing: restore it together with the data", h.dir)
	}
	if err != nil {
		return "", fmt.Errorf("read the database's password: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// starting tells a server that is not ready yet from one that will never let us in.
func starting(err error) bool {
	var answer *pq.Error
	return !errors.As(err, &answer) || answer.Code == pqerror.CannotConnectNow
}

func ping(ctx context.Context, dsn string) error {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.PingContext(ctx)
}

func createDatabase(ctx context.Context, admin string) error {
	db, err := sql.Open("postgres", admin)
	if err != nil {
		return err
	}
	defer db.Close()
	var exists bool
	err = db.QueryRowContext(ctx, `select exists (select from pg_database where datname = $1)`, database).Scan(&exists)
	if err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if exists {
		return nil
	}
	if _, err := db.ExecContext(ctx, `create database `+database); err != nil {
		return fmt.Errorf("create the database: %w", err)
	}
	return nil
}
