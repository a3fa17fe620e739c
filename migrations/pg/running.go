package pg

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Running is the DSN of the server that another process runs on cfg.DataDir at
// this moment, for a look at its data; false: none does. It is as private as
// the one of Server.DSN, and ends with that process.
func Running(cfg Config) (string, bool) {
	if _, err := os.Stat(filepath.Join(cfg.DataDir, "postgres")); err != nil {
		return "", false
	}
	home, err := openHome(cfg)
	if err != nil || !home.locked() {
		return "", false
	}
	password, err := home.password()
	if err != nil {
		return "", false
	}
	socket, err := home.socketDir()
	if err != nil {
		return "", false
	}
	return dsn(socket, password, database), true
}

// Made reports whether there is a database in the data folder, running or not. A folder
// that we may not look into may have one.
func Made(cfg Config) bool {
	_, err := os.Stat(filepath.Join(cfg.DataDir, "postgres", "cluster", "PG_VERSION"))
	return !errors.Is(err, fs.ErrNotExist)
}

// locked reports whether a process holds the folder.
func (h home) locked() bool {
	f, err := os.OpenFile(filepath.Join(h.dir, "lock"), os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return false
	}
	defer f.Close() // which lets go of the lock, if it was free
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}
