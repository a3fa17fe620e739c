package app

import (
	"database/sql"
	"database/sql/driver"
	"maps"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/migrations/prepared"
)

// Connect opens a pool on a Postgres URL, whose statements are planned anew
// each time: a list is filtered by this or by that, and no plan suits both.
func Connect(dsn string) (*sqlx.DB, error) { return connect(dsn, connections, newLeader()) }

func connect(dsn string, most int, l *leader) (*sqlx.DB, error) {
	connector, err := newConnector(dsn, nil, l, dialer{silence: silence})
	if err != nil {
		return nil, err
	}
	return open(connector, most), nil
}

// ConnectWork opens the gateway's pool. Its statements are planned once for
// all values, so they must not depend on how big the tables were then: each
// reaches its few rows through an index, in a table of ten rows or of millions.
func ConnectWork(dsn string) (*sqlx.DB, error) {
	return connectWork(dsn, workingConnections, newLeader())
}

func connectWork(dsn string, most int, l *leader) (*sqlx.DB, error) {
	connector, err := workConnector(dsn, l, atWork)
	if err != nil {
		return nil, err
	}
	return open(connector, most), nil
}

// ConnectNumbers opens the pool by which ticket numbers are taken.
func ConnectNumbers(dsn string) (*sqlx.DB, error) { return connectNumbers(dsn, newLeader()) }

// connectNumbers has commits not wait for the disk or a standby: what commits the tickets
// comes later in Postgres's log, so no number is given out twice.
func connectNumbers(dsn string, l *leader) (*sqlx.DB, error) {
	set := maps.Clone(atWork)
	set["synchronous_commit"] = "off"
	connector, err := workConnector(dsn, l, set)
	if err != nil {
		return nil, err
	}
	return open(connector, numberingConnections), nil
}

// WorkConnector makes the connections of ConnectWork's pool, for who puts
// something between them and the gateway.
func WorkConnector(dsn string) (driver.Connector, error) {
	return workConnector(dsn, newLeader(), atWork)
}

func workConnector(dsn string, l *leader, set map[string]string) (driver.Connector, error) {
	connector, err := newConnector(dsn, set, l, dialer{silence: silence})
	if err != nil {
		return nil, err
	}
	return prepared.Connector{Connector: connector}, nil
}

// atWork are the settings of the gateway's connections, whose plans suit any size. A
// statement that names the order in which an index gives its rows gets that index,
// and not one that is a page smaller today.
var atWork = map[string]string{
	"plan_cache_mode": "force_generic_plan",
	"enable_seqscan":  "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "enable_sort": "off",
}

func open(connector driver.Connector, connections int) *sqlx.DB {
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return sqlx.NewDb(pool, "postgres")
}
