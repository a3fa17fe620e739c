package pg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// takeLock holds the folder for this process until it ends, however it ends.
func (h home) takeLock() (*os.File, error) {
	path := filepath.Join(h.dir, "lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := io.ReadAll(io.LimitReader(f, 20))
		_ = f.Close()
		return nil, fmt.Errorf("the data in %s are in use by another Ringback (process %s): stop it first, or give this one another RINGBACK_DATA_DIR",
			h.dir, strings.TrimSpace(string(holder)))
	}
	if err == nil {
		err = errors.Join(h.give(path), f.Truncate(0))
	}
	if err == nil {
		_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	return f, nil
}

// clearStale deals with what a crash left behind, now that the lock proves that no
// other Ringback is at work here: a server that outlived its parent is ended, and a
// pid file naming a process that has nothing to do with us is removed, since
// Postgres itself would take any live process of its user for a server.
func (h home) clearStale(ctx context.Context, socket string, log *slog.Logger) error {
	pid := h.servedBy()
	if pid == 0 {
		return nil
	}
	if err := endOrphans(ctx, pid, h.cluster(), log); err != nil {
		return err
	}
	if !sure || syscall.Kill(pid, 0) != nil {
		return nil // Postgres knows by itself that this file is stale
	}
	for _, path := range []string{h.pidFile(), filepath.Join(socket, ".s.PGSQL."+port+".lock")} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove what a crash left behind: %w", err)
		}
	}
	return nil
}

// endOrphans stops a server that is not our child, and any of its processes that
// have outlived it. Starting beside them would ruin the data.
func endOrphans(ctx context.Context, postmaster int, cluster string, log *slog.Logger) error {
	left := inhabitants(cluster)
	if len(left) == 0 {
		return nil
	}
	log.Info("ending the Postgres that an earlier Ringback has left running", "process", postmaster)
	signal := syscall.SIGINT
	insist := time.After(10 * time.Second)
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for ; len(left) > 0; left = inhabitants(cluster) {
		if !slices.Contains(left, postmaster) {
			signal = syscall.SIGQUIT
			postmaster = left[0]
		}
		_ = syscall.Kill(postmaster, signal)
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for an orphaned Postgres (process %d) to end: %w", postmaster, ctx.Err())
		case <-insist:
			signal = syscall.SIGQUIT
		case <-poll.C:
		}
	}
	return nil
}

func (h home) pidFile() string { return filepath.Join(h.cluster(), "postmaster.pid") }

// servedBy is the process that the pid file names, 0 without one.
func (h home) servedBy() int { return firstNumber(h.pidFile()) }

// firstNumber reads the process id on a file's first line, 0 when there is none.
func firstNumber(path string) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	if !lines.Scan() {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(lines.Text()))
	if err != nil || n < 0 {
		return 0
	}
	return n
}
