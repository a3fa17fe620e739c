package app

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"ringback/gateway/spool"
)

// spoolLimit is the usual SPOOL_LIMIT_MB: a million texts.
const spoolLimit = 1024

// spoolFolder is where events wait while Postgres is away; empty, without a data
// folder: nowhere.
func (c Config) spoolFolder() (string, error) {
	switch {
	case c.SpoolURL == "" && c.DataDir == "":
		return "", nil
	case c.SpoolURL == "":
		return filepath.Join(c.DataDir, "spool"), nil
	case strings.HasPrefix(c.SpoolURL, "nats:"):
		return "", errors.New("a spool on a NATS server is not there yet; leave it out, or name a folder like file:///var/lib/ringback/spool")
	}
	u, err := url.Parse(c.SpoolURL)
	if err != nil || u.Scheme != "file" || u.Host != "" || !filepath.IsAbs(u.Path) {
		return "", fmt.Errorf("%q is not a folder like file:///var/lib/ringback/spool", c.SpoolURL)
	}
	return u.Path, nil
}

func (a *App) openSpool() error {
	folder, err := a.Config.spoolFolder()
	if err != nil || folder == "" {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil { // the embedded Postgres's user has to get through
		return fmt.Errorf("SPOOL_URL: %w; name another folder", err)
	}
	a.spool, err = spool.Open(folder, cmp.Or(a.Config.SpoolLimit, spoolLimit)<<20, a.Log)
	if err != nil {
		return fmt.Errorf("SPOOL_URL: %w; name another folder", err)
	}
	if left := a.spool.State().Count; left > 0 {
		a.Log.Info("the spool holds events from before, which go into Postgres first", "events", left)
	}
	return nil
}
