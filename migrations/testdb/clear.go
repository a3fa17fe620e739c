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
// planner was told of rows.
func schemaOf(ctx context.Context, db *sql.DB) (looks string, err error) {
	err = db.QueryRowContext(ctx, `
select concat_ws(' ',
	(select md5(string_agg(concat(version_id, is_applied), ' ' order by id)) from goose_db_version),
	(select md5(string_agg(concat_ws(',', oid, relname, relnatts, relchecks, relfilenode, reltuples, reloptions), ' ' order by oid)) from pg_class where relnamespace = current_schema()::regnamespace and relkind <> 'S'),
	(select md5(string_agg(concat_ws(',', attrelid, attname, atttypid, attnotnull, atthasdef, attisdropped), ' ' order by attrelid, attnum))
		from pg_attribute join pg_class on pg_class.oid = attrelid where relnamespace = current_schema()::regnamespace),
	(select md5(string_agg(concat(oid, ',', xmin), ' ' order by oid)) from pg_constraint where connamespace = current_schema()::regnamespace),
	(select md5(string_agg(concat(oid, ',', xmin), ' ' order by oid)) from pg_proc where pronamespace = current_schema()::regnamespace),
	(select md5(string_agg(concat(oid, ',', tgenabled), ' ' order by oid)) from pg_trigger))`).Scan(&looks)
	return looks, err
}

// No trigger fires, of foreign keys either: all rows go. What migrations that ran says
// stays. Who has been cut off may take a moment to go.
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
	for each in select oid::regclass from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname <> 'goose_db_version' loop
		execute 'delete from ' || each;
		get diagnostics rows = row_count;
		gone := gone + rows;
	end loop;
	if gone > 2000 then
		raise 'what so many rows leave behind in tables and indexes is for nobody else to step over';
	end if;
	for each in select seqrelid::regclass from pg_sequence join pg_class on pg_class.oid = seqrelid where relnamespace = current_schema()::regnamespace and relname not like 'goose%' loop
		execute format('alter sequence %s restart', each);
	end loop;
end $$`
