package testdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// clear takes every row out of a database of ours, so that it is as New gives it. It is
// an error when somebody else is at work in it, or when its schema looks otherwise.
func clear(ctx context.Context, db *sql.DB, looks string) error {
	now, err := schemaOf(ctx, db)
	if err == nil && now != looks {
		err = errors.New("its schema was changed")
	}
	if err == nil {
		_, err = db.ExecContext(ctx, clearAll)
	}
	if err != nil {
		return fmt.Errorf("clear the test's database: %w", err)
	}
	return nil
}

// schemaOf changes when a table, column, index, constraint, function or trigger is added,
// taken away or changed, when another step of it is said to have run, and when the
// planner was told of rows. A row of a catalog that was changed or added is by a younger
// transaction than all that were there: as many as before, they add up to more. What the
// planner is told alone is written over.
func schemaOf(ctx context.Context, db *sql.DB) (looks string, err error) {
	err = db.QueryRowContext(ctx, `
select concat_ws(' ',
	(select md5(string_agg(concat(version_id, is_applied), ' ' order by id)) from goose_db_version),
	(select concat_ws(',', count(*), sum(xmin::text::bigint), sum(relpages), sum(reltuples)) from pg_class where relnamespace = current_schema()::regnamespace and relkind <> 'S'),
	(select concat_ws(',', count(*), sum(xmin::text::bigint)) from pg_attribute where attrelid >= `+firstOfOurs+`),
	(select concat_ws(',', count(*), sum(xmin::text::bigint)) from pg_constraint where oid >= `+firstOfOurs+`),
	(select concat_ws(',', count(*), sum(xmin::text::bigint)) from pg_proc where oid >= `+firstOfOurs+`),
	(select concat_ws(',', count(*), sum(xmin::text::bigint)) from pg_trigger))`).Scan(&looks)
	return looks, err
}

// firstOfOurs is where the numbers of what Postgres has made for itself end.
const firstOfOurs = "16384"

// No trigger fires, of foreign keys either: all rows go, from the few tables that have
// ever had any. What migrations that ran says stays. Who has been cut off may take a
// moment to go.
const clearAll = `
do $$
declare
	each text;
	tries int := 0;
	rows bigint;
	gone bigint := 0;
begin
	loop
		perform from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' and state <> 'idle';
		exit when not found;
		tries := tries + 1;
		if tries > 100 then
			raise 'somebody is at work in it';
		end if;
		perform pg_sleep(0.02);
		perform pg_stat_clear_snapshot();
	end loop;
	set local session_replication_role = replica;
	set local lock_timeout = '5s';
	for each in select oid::regclass from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname <> 'goose_db_version' and pg_relation_size(oid) > 0 loop
		execute 'delete from ' || each;
		get diagnostics rows = row_count;
		gone := gone + rows;
	end loop;
	if gone > 2000 then
		raise 'what so many rows leave behind in tables and indexes is for nobody else to step over';
	end if;
	perform setval(seqrelid, seqstart, false)
	from pg_sequence join pg_class on pg_class.oid = seqrelid where relnamespace = current_schema()::regnamespace and relname not like 'goose%';
end $$`
