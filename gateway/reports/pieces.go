package reports

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"
)

// A piece is what one statement counts: whole periods of at most so many days together,
// and at least one. A year of a busy team at once would take longer than a statement may.
const piece = 31

// atOnce is how many statements of a report run beside each other.
const atOnce = 2

// pieces divides periods, which lie between midnights, into those that are counted
// together. Each begins with the midnight that the one before it ends with.
func pieces(midnights []time.Time) (all [][]time.Time) {
	first := 0
	for n := 1; n < len(midnights); n++ {
		if n+1 == len(midnights) || midnights[n+1].After(midnights[first].AddDate(0, 0, piece)) {
			all = append(all, midnights[first:n+1])
			first = n
		}
	}
	return all
}

// counts are those of each period between the midnights, and what automations came to
// in each piece of them.
func counts(ctx context.Context, db *sqlx.DB, company, team string, midnights []time.Time) (periods []counted, of []OfAutomation, err error) {
	parts := pieces(midnights)
	counts, automations := make([][]counted, len(parts)), make([][]OfAutomation, len(parts))
	running, ctx := errgroup.WithContext(ctx)
	running.SetLimit(atOnce)
	for n, part := range parts {
		running.Go(func() (err error) {
			counts[n], err = countPeriods(ctx, db, company, team, part)
			return err
		})
		running.Go(func() (err error) {
			automations[n], err = ofAutomations(ctx, db, company, team, part[0], part[len(part)-1])
			return err
		})
	}
	err = running.Wait()
	return slices.Concat(counts...), slices.Concat(automations...), err
}
