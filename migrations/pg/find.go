package pg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
)

// Binaries is a folder that holds postgres and initdb.
type Binaries struct {
	Dir   string
	Major int // of the version, as 15
}

func (b Binaries) path(name string) string { return filepath.Join(b.Dir, name) }

// oldest is the first major version that the schema is written for.
const oldest = 15

// distributions are where packages put servers that are not on the PATH.
var distributions = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// Find looks for a Postgres in this order: cfg.BinDir and nothing else if it is
// set; the distribution's folders, newest first; the PATH; what was fetched before;
// and then it fetches one from the npm registry. A cluster can only be served by
// the major version that made it, which is what major asks for; 0 takes any.
func Find(ctx context.Context, cfg Config, major int) (Binaries, error) {
	if cfg.BinDir != "" {
		b, err := inspect(ctx, cfg.BinDir)
		if err == nil {
			err = b.suits(major)
		}
		if err != nil {
			return Binaries{}, fmt.Errorf("the Postgres in the configured folder: %w", err)
		}
		return b, nil
	}
	var seen []error
	if !cfg.SkipSystem {
		for _, dir := range installed() {
			b, err := inspect(ctx, dir)
			if err == nil {
				err = b.suits(major)
			}
			if err == nil {
				return b, nil
			}
			seen = append(seen, err)
		}
	}
	if major == 0 || major == fetchedMajor {
		b, err := fetched(ctx, cfg)
		if err == nil {
			return b, nil
		}
		seen = append(seen, err)
	}
	return Binaries{}, notFound(major, seen)
}

// installed lists folders to try, the highest version first and the PATH last.
func installed() []string {
	var dirs []string
	for _, pattern := range distributions {
		found, _ := filepath.Glob(pattern)
		dirs = append(dirs, found...)
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return lastNumber(b) - lastNumber(a) })
	if p, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			p = real
		}
		dirs = append(dirs, filepath.Dir(p))
	}
	return slices.DeleteFunc(dirs, func(dir string) bool {
		_, err := os.Stat(filepath.Join(dir, "postgres"))
		return err != nil
	})
}

var number = regexp.MustCompile(`\d+`)

func lastNumber(s string) int {
	all := number.FindAllString(s, -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(all[len(all)-1])
	return n
}

// inspect asks the binaries themselves for their version.
func inspect(ctx context.Context, dir string) (Binaries, error) {
	b := Binaries{Dir: dir}
	if _, err := os.Stat(b.path("initdb")); err != nil {
		return b, fmt.Errorf("initdb is missing beside postgres: %w", err)
	}
	out, err := exec.CommandContext(ctx, b.path("postgres"), "--version").Output()
	if err != nil {
		return b, fmt.Errorf("ask %s for its version: %w", b.path("postgres"), err)
	}
	b.Major, err = strconv.Atoi(number.FindString(string(out)))
	if err != nil {
		return b, fmt.Errorf("%s has an unknown version: %q", b.path("postgres"), out)
	}
	return b, nil
}

func (b Binaries) suits(major int) error {
	switch {
	case b.Major < oldest:
		return fmt.Errorf("%s is Postgres %d; %d or newer is needed", b.Dir, b.Major, oldest)
	case major != 0 && b.Major != major:
		return fmt.Errorf("%s is Postgres %d; the data were made by %d", b.Dir, b.Major, major)
	}
	return nil
}

// notFound says what to type.
func notFound(major int, seen []error) error {
	debian, brew := "postgresql", "postgresql@17"
	if major != 0 {
		debian = fmt.Sprintf("postgresql-%d", major)
		brew = fmt.Sprintf("postgresql@%d", major)
	}
	advice := "apt-get install " + debian
	if runtime.GOOS == "darwin" {
		advice = "brew install " + brew
	}
	err := fmt.Errorf("no Postgres to run: install one (%s), or set DATABASE_URL to a server of yours", advice)
	return errors.Join(append([]error{err}, seen...)...)
}

// Fingerprint changes when a cluster that Start would make with cfg would differ
// from one it made before, for those who keep copies of clusters.
func Fingerprint(ctx context.Context, cfg Config) (string, error) {
	bin, err := Find(ctx, cfg, 0)
	if err != nil {
		return "", err
	}
	return shortHash(fmt.Sprint(bin, settings, locale, access(cfg.Throwaway))), nil
}
