package backup

import (
	"context"
	"fmt"
)

// What Postgres believes to be in a table; below zero: it has not looked yet, as into
// one that was just made or brought back.
const believed = `
select relname as name, reltuples::bigint as rows from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'`

// expect is about how many rows there are to write, by table and in all. Counting
// them would read everything twice.
func (w *writer) expect(ctx context.Context, tables []table) (map[string]int64, int64, error) {
	if w.Told == nil {
		return nil, 0, nil
	}
	var found []struct {
		Name string `db:"name"`
		Rows int64  `db:"rows"`
	}
	if err := w.tx.SelectContext(ctx, &found, believed); err != nil {
		return nil, 0, fmt.Errorf("how much there is: %w", err)
	}
	about, all := map[string]int64{}, int64(0)
	for _, f := range found {
		about[f.Name] = f.Rows
	}
	for _, t := range tables {
		if rows := about[t.Name]; rows < 0 {
			if err := w.tx.GetContext(ctx, &rows, `select count(*) from `+quote(t.Name)); err != nil {
				return nil, 0, fmt.Errorf("how much there is: %w", err)
			}
			about[t.Name] = rows
		}
		all += about[t.Name]
	}
	return about, all, nil
}
