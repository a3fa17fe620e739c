package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/ask"
	"ringback/migrations"
	"ringback/migrations/pg"
	"ringback/settings"
)

// The pools' bounds. The gateway's own is for one writer of what comes in and one of what
// the spool holds, eight handlers, what looks for due work, and the results of sends,
// which wait for the network without a connection; settings, pages and the API share the
// other. What a request at the doors has to know it asks on connections that nobody else
// holds: a caller is waiting. With the one that listens to other replicas two processes
// find room in Postgres's usual hundred; more share it by DATABASE_CONNECTIONS, which
// keeps this proportion. Connections are opened as they are needed. Nobody who holds one
// waits for another of the same pool, so few are slower and no worse: ticket numbers,
// which handlers take beside their transactions, have connections of their own.
const (
	connections          = 14
	workingConnections   = 24
	doorConnections      = 2
	numberingConnections = 2
	watchConnections     = 2
	fewestConnections    = 10
)

// pools is how many connections each of the two may have of all that are allowed;
// 0: as many as are usual.
func pools(all int) (api, work int) {
	if all == 0 {
		return connections, workingConnections
	}
	api = all * connections / (connections + workingConnections)
	return api, all - api
}

// Database is the pools, and the server behind them when that is ours.
type Database struct {
	*sqlx.DB
	Work     *sqlx.DB   // the gateway's own, with prepared statements
	Doors    *sqlx.DB   // whose number it is, and who may sign for it; prepared as well
	Numbers  *sqlx.DB   // by which it takes ticket numbers
	Watch    *sqlx.DB   // by which it is seen how everything is, however many wait for the API's
	server   *pg.Server // nil: somebody else's
	embedded bool       // in the data folder, whoever runs it
	dsn      string
	leader   *leader // which host takes writes, if there are several
	hosts    hosts
}

// pools are its connections, by what they are called in metrics and findings. A
// Database that was given may lack some.
func (d *Database) pools() map[string]*sqlx.DB {
	all := map[string]*sqlx.DB{"api": d.DB, "work": d.Work, "doors": d.Doors, "numbers": d.Numbers, "watch": d.Watch}
	maps.DeleteFunc(all, func(_ string, pool *sqlx.DB) bool { return pool == nil })
	return all
}

// DSN is where it is.
func (d *Database) DSN() string { return d.dsn }

// Close ends what OpenDatabase opened.
func (d *Database) Close() error { return d.close(context.Background()) }

// OpenDatabase connects to DATABASE_URL, or starts a Postgres of our own. The
// schema is as it is found; to be Config.Database it has to be this program's own.
func OpenDatabase(ctx context.Context, c Config, log *slog.Logger) (*Database, error) {
	dsn, d := c.DatabaseURL, &Database{embedded: c.DatabaseURL == "", leader: newLeader()}
	if dsn == "" {
		server, err := pg.Start(ctx, pg.Config{DataDir: c.DataDir, Throwaway: c.Throwaway, Log: log})
		if err != nil {
			return nil, fmt.Errorf("the embedded Postgres: %w", err)
		}
		dsn, d.server = server.DSN(), server
	}
	address, err := tuned(dsn)
	if err != nil {
		return nil, errors.Join(err, d.close(ctx))
	}
	d.dsn = address.String()
	if d.hosts, err = newConnector(dsn, map[string]string{"application_name": "ringback looks for the primary"}, d.leader, dialer{silence: silence}); err != nil {
		return nil, errors.Join(err, d.close(ctx))
	}
	api, work := pools(c.DatabaseConnections)
	if d.DB, err = connect(dsn, api, d.leader); err == nil {
		err = d.reach(ctx)
	}
	if err == nil {
		d.Work, err = connectWork(dsn, work, d.leader)
	}
	if err == nil {
		d.Doors, err = connectWork(dsn, doorConnections, d.leader)
	}
	if err == nil {
		d.Numbers, err = connectNumbers(dsn, d.leader)
	}
	if err == nil {
		d.Watch, err = connect(dsn, watchConnections, d.leader)
	}
	if err != nil {
		return nil, errors.Join(err, d.close(ctx))
	}
	return d, nil
}

// database is the one that was given, or DATABASE_URL's, brought up to date.
func (a *App) database(ctx context.Context) (*Database, error) {
	if a.Config.Database != nil {
		return a.Config.Database, nil
	}
	d, err := OpenDatabase(ctx, a.Config, a.Log)
	if err != nil {
		return nil, err
	}
	a.start.set(reached, nil)
	if err := d.Migrate(ctx, a.Log, a.start.migrating); err != nil {
		return nil, errors.Join(err, d.close(context.WithoutCancel(ctx)))
	}
	return d, nil
}

// release closes what database opened.
func (a *App) release(ctx context.Context, d *Database) error {
	if d == nil || d == a.Config.Database {
		return nil
	}
	return d.close(ctx)
}

// reach makes sure of the server, so that one that is away or refuses us is not
// taken for a fault in what is asked of it first.
func (d *Database) reach(ctx context.Context) error {
	_, err := ask.Within(ctx, reachWithin, func(ctx context.Context) (struct{}, error) { return struct{}{}, d.DB.PingContext(ctx) })
	if err == nil || d.server != nil || errors.Is(err, context.Canceled) {
		return err
	}
	address, _ := url.Parse(d.dsn)                             // Connect has
	at := cmp.Or(address.Host, address.Query().Get("host"))    // several hosts are there
	if strings.Contains(err.Error(), "session is read-only") { // lib/pq has no other word for it
		return fmt.Errorf("DATABASE_URL: Postgres at %s takes no writes: it is a standby, or set to be read-only. Name the primary, or all of the servers with commas between them", at)
	}
	return fmt.Errorf("DATABASE_URL: Postgres at %s does not let us in: %w. Is it running, and are host, user, password and database right?", at, err)
}

// reachWithin is how long a server may take to let us in.
const reachWithin = 10 * time.Second

// gone waits until a server of our own is gone for good, and says why; or until the
// context ends. A server of somebody else's is theirs to look after.
func (d *Database) gone(ctx context.Context) error {
	if d.server == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return nil
	case <-d.server.Done():
		return d.server.Fault()
	}
}

func (d *Database) close(ctx context.Context) error {
	var err error
	if d.DB != nil {
		err = d.DB.Close()
	}
	for _, pool := range []*sqlx.DB{d.Work, d.Doors, d.Numbers, d.Watch} {
		if pool != nil {
			err = errors.Join(err, pool.Close())
		}
	}
	if d.server != nil {
		err = errors.Join(err, d.server.Stop(ctx))
	}
	return err
}

// WithDatabase opens the database that a server with this configuration uses, as
// it is, for as long as the work takes. An embedded one that a running server
// holds is looked at through that server.
func WithDatabase(ctx context.Context, c Config, work func(*Database) error) error {
	embedded := c.DatabaseURL == ""
	if running, is := pg.Running(pg.Config{DataDir: c.DataDir}); is && embedded {
		c.DatabaseURL = running
	}
	d, err := OpenDatabase(ctx, c, c.Logger())
	if err != nil {
		return err
	}
	d.embedded = embedded
	err = work(d)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin) // a server of ours goes in order after Ctrl-C too
	defer cancel()
	return errors.Join(err, d.close(stop))
}

// stopWithin is how long a server of our own may take to stop when a command is done.
const stopWithin = 10 * time.Second

// ErrNoDatabase is a look at a database that is not there. In a shell that is most often
// one that was not told what the service is told.
var ErrNoDatabase = errors.New("there is no database here: DATABASE_URL is not set, and RINGBACK_DATA_DIR has none. Give the command what the server is told, as with --env-file /etc/ringback/ringback.env")

// WithSchema is WithDatabase for work that relies on the schema. It makes no database:
// that is ErrNoDatabase. One that is behind is an error, which says so if somebody is bringing it up to date: who wants to
// look at a database, perhaps with a newer program than the one that serves, has not
// asked for it to be changed.
func WithSchema(ctx context.Context, c Config, work func(*Database) error) error {
	if c.DatabaseURL == "" && !pg.Made(pg.Config{DataDir: c.DataDir}) {
		return ErrNoDatabase
	}
	return WithDatabase(ctx, c, func(d *Database) error {
		pending, err := migrations.Pending(ctx, d.DB.DB)
		if err != nil {
			return err
		}
		if pending > 0 {
			now, underway, err := migrations.Underway(ctx, d.DB.DB)
			if err != nil {
				return err
			}
			if underway {
				return fmt.Errorf("another process is %s: wait until it is done, and run this again", now)
			}
			return fmt.Errorf("the database is %d migrations behind: run ringback migrate up", pending)
		}
		return work(d)
	})
}

// Patient is a pool of its own for work that takes as long as it takes: no call
// ends because the server has said nothing for a while. The caller closes it.
func (d *Database) Patient(name string) (*sqlx.DB, error) {
	connector, err := newConnector(d.dsn, map[string]string{"application_name": name}, d.leader, dialer{})
	if err != nil {
		return nil, err
	}
	return open(connector, patient), nil
}

// patient is how many connections such work needs at the most: one works, and one
// looks whom it waits for.
const patient = 4

// Migrate brings the schema up to date, on connections of its own that wait as
// long as a step takes. Now, if it is not nil, is given the run when it begins.
func (d *Database) Migrate(ctx context.Context, log *slog.Logger, now func(*migrations.Run)) error {
	pool, err := d.Patient(migrations.Application)
	if err != nil {
		return err
	}
	defer func() { _ = pool.Close() }()
	run := &migrations.Run{DB: pool.DB, Log: log}
	if now != nil {
		now(run)
	}
	return run.Up(ctx)
}

// FirstCompany is the company that the bootstrap key belongs to, made on the
// first start.
func FirstCompany(ctx context.Context, d *Database) (settings.Company, error) {
	return settings.EnsureCompany(ctx, d.DB, "My company")
}
