package app

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"ringback/gateway/spool"
	"ringback/gateway/spool/jetstream"
)

// spoolLimit is the usual SPOOL_LIMIT_MB: a million texts.
const spoolLimit = 1024

// spoolFolder is where events wait while Postgres is away, or beside a spool on NATS
// servers where its accounts are remembered; empty, without a data folder: nowhere.
func (c Config) spoolFolder() (string, error) {
	if c.spoolServers() {
		if _, err := jetstream.Parse(c.SpoolURL); err != nil {
			return "", err
		}
	}
	switch {
	case c.DataDir == "" && (c.SpoolURL == "" || c.spoolServers()):
		return "", nil
	case c.SpoolURL == "" || c.spoolServers():
		return filepath.Join(c.DataDir, "spool"), nil
	}
	u, err := url.Parse(c.SpoolURL)
	if err != nil || u.Scheme != "file" || u.Host != "" || !filepath.IsAbs(u.Path) {
		return "", fmt.Errorf("%q is neither a folder like file:///var/lib/ringback/spool nor three NATS servers like nats://a,b,c", c.SpoolURL)
	}
	return u.Path, nil
}

// spoolServers reports whether events wait on NATS servers.
func (c Config) spoolServers() bool { return strings.HasPrefix(c.SpoolURL, jetstream.Scheme) }

func (a *App) openSpool() error {
	folder, err := a.Config.spoolFolder()
	if err != nil || folder == "" {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil { // the embedded Postgres's user has to get through
		return fmt.Errorf("SPOOL_URL: %w; name another folder", err)
	}
	limit := cmp.Or(a.Config.SpoolLimit, spoolLimit) << 20
	if a.Config.spoolServers() {
		err = a.openSpoolOnServers(folder, limit)
	} else {
		err = a.openSpoolOnDisk(folder, limit)
	}
	if err != nil {
		return err
	}
	if left := a.spool.State().Count; left > 0 {
		a.Log.Info("the spool holds events from before, which go into Postgres first", "events", left)
	}
	return nil
}

func (a *App) openSpoolOnDisk(folder string, limit int64) error {
	opened, err := spool.Open(folder, limit, a.Log)
	if err != nil {
		return fmt.Errorf("SPOOL_URL: %w; name another folder", err)
	}
	a.spool = opened
	return nil
}

func (a *App) openSpoolOnServers(folder string, limit int64) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("RINGBACK_DATA_DIR: %w; name another folder", err)
	}
	at, err := jetstream.Parse(a.Config.SpoolURL)
	if err != nil {
		return fmt.Errorf("SPOOL_URL: %w", err)
	}
	opened, err := jetstream.Open(at, limit, a.Log)
	if err != nil {
		return fmt.Errorf("SPOOL_URL: %w", err)
	}
	a.spool = opened
	return nil
}
