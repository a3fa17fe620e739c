package testdb

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"ringback/migrations"
)

// TestMain lets the test binary play a test process that is killed.
func TestMain(m *testing.M) {
	if os.Getenv("RINGBACK_TEST_CHILD") == "" {
		os.Exit(m.Run())
	}
	if _, err := server(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(filepath.Dir(held.lock.Name()))
	select {}
}

func TestEveryTestHasItsOwn(t *testing.T) {
	one, two := New(t), New(t)
	one.MustExec(`create table mine (n int)`)
	var there bool
	require.NoError(t, two.Get(&there, `select to_regclass('mine') is not null`))
	require.False(t, there, "the neighbor sees nothing of it")
}

func TestTheSchemaIsIn(t *testing.T) {
	pending, err := migrations.Pending(t.Context(), New(t).DB)
	require.NoError(t, err)
	require.Zero(t, pending)
}

func TestDroppedWhenTheTestEnds(t *testing.T) {
	var name string
	t.Run("inner", func(t *testing.T) {
		dsn := DSN(t)
		db, err := sqlx.Open("postgres", dsn)
		require.NoError(t, err)
		require.NoError(t, db.Get(&name, `select current_database()`)) // and stays connected
	})
	require.False(t, exists(t, name))
}

func exists(t *testing.T, name string) (there bool) {
	t.Helper()
	s, err := server()
	require.NoError(t, err)
	err = s.admin.QueryRow(`select exists (select from pg_database where datname = $1)`, name).Scan(&there)
	require.NoError(t, err)
	return there
}

func TestManyAtOnce(t *testing.T) {
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			var n int
			require.NoError(t, New(t).Get(&n, `select count(*) from pg_stat_database where datname = current_database()`))
			require.Equal(t, 1, n)
		})
	}
}

func TestProcessesThatShareAServerMakeOneTemplate(t *testing.T) {
	own, err := server()
	require.NoError(t, err)
	name := own.prefix + "template"
	var group errgroup.Group
	for range 4 {
		group.Go(func() error { return ensureTemplate(t.Context(), own.admin, own.address, name) })
	}
	require.NoError(t, group.Wait())
	require.True(t, exists(t, name))
	require.False(t, exists(t, name+"_building"))
	require.NoError(t, own.drop(t.Context(), name))
}

func TestDatabasesOfKilledTestsAreDropped(t *testing.T) {
	own, err := server()
	require.NoError(t, err)
	mine, err := own.create(t.Context())
	require.NoError(t, err)
	_, err = own.admin.Exec(`create database ringback_test_7_1`)
	require.NoError(t, err)

	other, err := connect(t.Context(), own.address.String())
	require.NoError(t, err)
	defer other.admin.Close()
	require.False(t, exists(t, "ringback_test_7_1"))
	require.True(t, exists(t, mine), "a database of the living stays")
	require.NoError(t, own.drop(t.Context(), mine))
}

func TestFoldersOfKilledTestsAreRemoved(t *testing.T) {
	root := t.TempDir()
	dead, living := filepath.Join(root, "run-dead"), filepath.Join(root, "run-living")
	require.NoError(t, os.Mkdir(dead, 0o755))
	require.NoError(t, os.Mkdir(living, 0o755))
	lock, err := flock(filepath.Join(living, "alive"), syscall.LOCK_EX)
	require.NoError(t, err)
	defer lock.Close()
	sweep(root)
	require.NoDirExists(t, dead)
	require.DirExists(t, living)
}

func TestAKilledTestLeavesNothing(t *testing.T) {
	if given() != "" {
		return // then there is no server of one's own to leave behind
	}
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.Command(self)
	child.Env = append(os.Environ(), "RINGBACK_TEST_CHILD=1")
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	dir := strings.TrimSpace(line)
	require.DirExists(t, dir)
	require.NoError(t, child.Process.Kill())
	_ = child.Wait()
	gone := func() bool { _, err := os.Stat(dir); return os.IsNotExist(err) }
	require.Eventually(t, gone, time.Minute, time.Millisecond)
}

// TestNothingIsLeftForTheNext: a database is used again without the rows; and not when
// its schema or what it says of its steps was changed, when the planner knows of rows, or when somebody is at work in it.
func TestNothingIsLeftForTheNext(t *testing.T) {
	shelf := Shelf[*sqlx.DB]{Open: plain.Open, Pool: plain.Pool, Close: plain.Close}
	use := func(what func(t *testing.T, db *sqlx.DB)) (name string) {
		t.Run("", func(t *testing.T) {
			db := shelf.Use(t)
			require.NoError(t, db.Get(&name, `select current_database()`))
			what(t, db)
		})
		return name
	}
	count := func(t *testing.T, db *sqlx.DB) (n int64) {
		t.Helper()
		db.MustExec(`insert into companies (id, name) values (gen_random_uuid(), 'Ann')`)
		require.NoError(t, db.Get(&n, `select count(*) from companies`))
		return n
	}
	next := func(t *testing.T, db *sqlx.DB) (n int64) {
		t.Helper()
		require.NoError(t, db.Get(&n, `select nextval('events_seq_seq')`))
		return n
	}
	first := use(func(t *testing.T, db *sqlx.DB) {
		require.EqualValues(t, 1, count(t, db))
		require.EqualValues(t, 1, next(t, db))
	})
	require.Equal(t, first, use(func(t *testing.T, db *sqlx.DB) {
		require.EqualValues(t, 1, count(t, db), "the one before left nothing")
		require.EqualValues(t, 1, next(t, db))
		db.MustExec(`alter table companies add column mine text`)
	}))
	require.False(t, exists(t, first))
	second := use(func(t *testing.T, db *sqlx.DB) {
		db.MustExec(`insert into companies (id, name) select gen_random_uuid(), 'Ann' from generate_series(1, 100)`)
		db.MustExec(`analyze companies`)
	})
	require.NotEqual(t, first, second)
	require.False(t, exists(t, second), "plans would be others")
	many := use(func(t *testing.T, db *sqlx.DB) {
		db.MustExec(`insert into companies (id, name) select gen_random_uuid(), 'Ann' from generate_series(1, 2001)`)
	})
	require.False(t, exists(t, many), "what they leave in the indexes would be stepped over")
	for _, change := range []string{
		`alter table companies alter column currency drop not null`,
		`alter table companies rename column name to called`,
		`alter table companies disable trigger all`,
		`alter table companies add check (name <> '')`,
		`create function mine() returns int language sql as 'select 1'`,
		`drop index history_by_team`,
	} {
		changed := use(func(_ *testing.T, db *sqlx.DB) { db.MustExec(change) })
		require.False(t, exists(t, changed), change)
	}
	third := use(func(t *testing.T, db *sqlx.DB) {
		tx, err := db.Beginx() // which nobody ends
		require.NoError(t, err)
		tx.MustExec(`select 1`)
	})
	require.False(t, exists(t, third))
	fourth := use(func(_ *testing.T, db *sqlx.DB) {
		db.MustExec(`insert into goose_db_version (version_id, is_applied) values (9999, true)`)
	})
	require.False(t, exists(t, fourth), "it says that another step of the schema ran")
}
