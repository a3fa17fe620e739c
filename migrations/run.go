package migrations

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"path"
	"sync"
	"time"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// A step asks for its locks for lockWait only: whoever asks for a table behind it
// waits as long, and a running gateway is among them. Then it lets go and asks
// again, until it gets them: a dump may hold every table for an hour. Indexes that
// are made concurrently are patient.
const (
	lockWait  = time.Second
	askAgain  = time.Second
	askSeldom = 8 * time.Second
	lookEvery = lockWait / 4
	tellEvery = 10 * time.Second
)

// Run takes a database through the steps that are pending, and can be asked how
// far it is. There is no limit to how long a step may take.
type Run struct {
	DB  *sql.DB      // has two connections at least, and none that ends a call because the server is silent
	Log *slog.Logger // nil: nothing is said
	// Steps are other files than those that are compiled in; nil: those.
	Steps fs.FS

	mu  sync.Mutex
	now Progress
	pid int // of the connection that migrates
}

// Progress is how far a Run is.
type Progress struct {
	Step, Steps int       // the first is 1; 0: none has begun
	Name        string    // the file's name
	Since       time.Time // when the step began
	WaitsFor    string    // who holds what it needs; empty: it is at work
}

func (p Progress) String() string {
	switch {
	case p.Step == 0 && p.WaitsFor == "":
		return "the database's schema is looked at"
	case p.Step == 0:
		return "the database's schema: waits for " + p.WaitsFor
	}
	words := fmt.Sprintf("migrating the database: step %d of %d, %s, for %s", p.Step, p.Steps, p.Name, time.Since(p.Since).Round(time.Second))
	if p.WaitsFor != "" {
		words += "; waits for " + p.WaitsFor
	}
	return words
}

// Progress is how far it is now.
func (r *Run) Progress() Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *Run) set(change func(*Progress)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.now)
}

// Up takes every pending step, each in a transaction of its own. Replicas may call
// it at the same moment: one migrates under a session lock and the others wait for
// it. A step that was written at the same time as a later one and came after it is
// taken too: none builds on one with a higher number. A database that a newer
// version has already taken further is left as it is. When the context ends, so
// does what Postgres is doing for it.
func (r *Run) Up(ctx context.Context) error {
	r.at(resting)
	r.Log, r.Steps = cmp.Or(r.Log, slog.New(slog.DiscardHandler)), cmp.Or[fs.FS](r.Steps, files)
	inner, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, math.MaxInt32))
	if err != nil {
		return fmt.Errorf("migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, r.DB, patient{r.Steps}, goose.WithSessionLocker(session{inner, r}), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	watching, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() { r.watch(watching) })
	defer watch.Wait()
	defer stop()
	for taken := 0; ; taken++ {
		left, err := r.next(ctx, taken)
		if err == nil && left == 0 && taken > 0 {
			r.Log.Info("the database's schema is up to date", "steps", taken)
		}
		if err != nil || left == 0 {
			return err
		}
		if err := r.take(ctx, provider); err != nil {
			return err
		}
	}
}

// next says which step is the next, and how many are left with it.
func (r *Run) next(ctx context.Context, taken int) (int, error) {
	all, err := status(ctx, r.DB, r.Steps)
	if err != nil {
		return 0, err
	}
	left := pending(all)
	if len(left) == 0 {
		return 0, nil
	}
	r.set(func(p *Progress) {
		*p = Progress{Step: taken + 1, Steps: taken + len(left), Name: left[0].Name, Since: time.Now()}
	})
	return len(left), nil
}

// take takes one step, and asks for its locks as often as it has to.
func (r *Run) take(ctx context.Context, provider *goose.Provider) error {
	for wait := askAgain; ; wait = min(2*wait, askSeldom) {
		result, err := provider.UpByOne(ctx)
		switch {
		case err == nil:
			level := slog.LevelDebug // a new database takes some forty of them at once
			if result.Duration > time.Second {
				level = slog.LevelInfo
			}
			r.Log.Log(ctx, level, "the database was migrated", "step", path.Base(result.Source.Path), "took", result.Duration.Round(time.Millisecond))
			return nil
		case errors.Is(err, goose.ErrNoNextVersion): // another process has taken it
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("migrate the database: %w", ctx.Err())
		case !gaveWay(err):
			return fmt.Errorf("migrate the database: %w", err)
		}
		r.Log.Info("a migration waits for a lock, and asks again", "progress", r.Progress().String())
		select {
		case <-ctx.Done():
			return fmt.Errorf("migrate the database: %w", ctx.Err())
		case <-time.After(wait):
		}
	}
}

// gaveWay reports whether a step ended because somebody else held what it needed.
func gaveWay(err error) bool {
	var answer *pq.Error
	return errors.As(err, &answer) && (answer.Code == "55P03" || answer.Code == "40P01")
}
