package testdb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"regexp"
	"strconv"

	"github.com/lib/pq"

	"ringback/migrations"
)

// EnvURL names the environment variable with the URL of a server to use, as a
// superuser.
const EnvURL = "RINGBACK_TEST_DATABASE_URL"

func given() string { return os.Getenv(EnvURL) }

// Advisory locks of this package, as (class, key).
const (
	lockTemplate = 7_241_001 // key 0: making the template
	lockRun      = 7_241_002 // key: the number of a running test process
)

// schemaHash changes with the schema and with nothing else.
func schemaHash() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations.Files(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.Files(), name)
		fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:6]), err
}

// ensureTemplate makes the migrated database once per server and schema. It gets
// its name last, so that a process killed half-way leaves no half template.
func ensureTemplate(ctx context.Context, admin *sql.DB, address url.URL, name string) error {
	conn, err := admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `select pg_advisory_lock($1, 0)`, lockTemplate); err != nil {
		return err
	}
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `select pg_advisory_unlock($1, 0)`, lockTemplate)
	}()
	var there bool
	err = conn.QueryRowContext(ctx, `select exists (select from pg_database where datname = $1)`, name).Scan(&there)
	if err != nil || there {
		return err
	}
	return makeTemplate(ctx, conn, address, name)
}

func makeTemplate(ctx context.Context, conn *sql.Conn, address url.URL, name string) error {
	building := name + "_building"
	for _, query := range []string{
		`drop database if exists ` + building + ` with (force)`,
		`create database ` + building + ` template template0`,
	} {
		if _, err := conn.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	db, err := sql.Open("postgres", withDatabase(address, building))
	if err != nil {
		return err
	}
	err = migrations.Up(ctx, db)
	if err == nil {
		_, err = db.ExecContext(ctx, `vacuum (freeze, analyze)`)
	}
	_ = db.Close()
	if err != nil {
		return err
	}
	if err := warm(ctx, withDatabase(address, building)); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `alter database `+building+` rename to `+name)
	return err
}

// warm opens the finished template once: the server then leaves a file in it that says
// where its catalogs are, and who opens a copy needs not look for them again.
func warm(ctx context.Context, address string) error {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.PingContext(ctx)
}

var ours = regexp.MustCompile(`^ringback_test_(\d+)_\d+$`)

// claim picks a number for this process and holds it with a lock that ends with its
// connection. Databases of numbers that nobody holds are left from killed tests.
func claim(ctx context.Context, admin *sql.DB) (prefix string, err error) {
	conn, err := admin.Conn(ctx) // kept until the process ends
	if err != nil {
		return "", err
	}
	run, held := 0, false
	for !held {
		run = rand.IntN(1 << 31)
		if held, err = tryLock(ctx, conn, run); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("ringback_test_%d_", run), sweepDatabases(ctx, conn, run)
}

func tryLock(ctx context.Context, conn *sql.Conn, run int) (held bool, err error) {
	err = conn.QueryRowContext(ctx, `select pg_try_advisory_lock($1, $2)`, lockRun, run).Scan(&held)
	return held, err
}

func sweepDatabases(ctx context.Context, conn *sql.Conn, self int) error {
	var names []string
	err := conn.QueryRowContext(ctx, `select coalesce(array_agg(datname), '{}') from pg_database
		where datname like 'ringback\_test\_%'`).Scan(pq.Array(&names))
	if err != nil {
		return err
	}
	for _, name := range names {
		match := ours.FindStringSubmatch(name)
		if match == nil {
			continue
		}
		run, err := strconv.Atoi(match[1])
		if err != nil || run == self {
			continue
		}
		if err := sweepDatabase(ctx, conn, name, run); err != nil {
			return fmt.Errorf("drop %s, left from a killed test: %w", name, err)
		}
	}
	return nil
}

func sweepDatabase(ctx context.Context, conn *sql.Conn, name string, run int) error {
	free, err := tryLock(ctx, conn, run)
	if err != nil || !free {
		return err
	}
	_, err = conn.ExecContext(ctx, `drop database if exists `+pq.QuoteIdentifier(name)+` with (force)`)
	_, _ = conn.ExecContext(ctx, `select pg_advisory_unlock($1, $2)`, lockRun, run)
	return err
}
