package health

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/ask"
	"ringback/gateway/spool"
)

// Checks are where to look.
type Checks struct {
	DB *sqlx.DB // nil: it is not there yet
	// Start says how far the start is, while there is no DB; nil: nobody knows.
	Start func() Note
	Pools map[string]*sqlx.DB // by their names
	// Disk is nil when files have room; nil itself: they are on no disk of ours.
	Disk func() error
	// Spool says what is kept while the database is away; nil: nothing is.
	Spool func() spool.State
	// Away are the accounts whose providers do not answer; nil: nothing is sent here.
	Away func() []string
	// Stand is what this process has not come round to for too long; nil: nobody knows.
	Stand func() map[string]time.Duration
}

// errNotYet is a database that was not reached since the start.
var errNotYet = errors.New("the database was not reached yet")

// Check looks everywhere, and says what somebody has to look at, the gravest
// first. The state is nil while the database does not answer.
func (c Checks) Check(ctx context.Context) (*State, []Finding) {
	s, err := State{}, errNotYet
	if c.DB != nil {
		s, err = ask.Within(ctx, patience, func(ctx context.Context) (State, error) { return Look(ctx, c.DB) })
	}
	found := s.Findings()
	if err != nil {
		found = []Finding{c.unseen()}
	}
	if c.Spool != nil {
		found = append(ofSpool(c.Spool()), found...)
	}
	if c.Away != nil {
		if away := c.Away(); len(away) > 0 {
			found = append([]Finding{{ProviderAway, Critical, "the provider does not answer, and what is to go out waits: " + strings.Join(away, ", ")}}, found...)
		}
	}
	if c.Disk != nil {
		if full := c.Disk(); full != nil {
			found = append([]Finding{{DiskFull, Critical, full.Error()}}, found...)
		}
	}
	if c.Stand != nil {
		stand := c.Stand()
		for _, work := range slices.Sorted(maps.Keys(stand)) {
			found = append(found, Finding{WorkStands, Warning, fmt.Sprintf("%s has not come round for %s", work, stand[work].Truncate(time.Second))})
		}
	}
	for name, pool := range c.Pools {
		if short(ctx, pool) {
			found = append(found, Finding{ConnectionsShort, Warning, "all connections of the pool " + name + " are in use, and who asks for one waits"})
		}
	}
	if err != nil {
		return nil, found
	}
	return &s, found
}

// unseen is why nothing could be looked at: a start that is under way, as while it
// migrates for an hour, is no database that is away.
func (c Checks) unseen() Finding {
	if c.DB == nil && c.Start != nil {
		if note := c.Start(); note.Code != DatabaseAway {
			return Finding{note.Code, Warning, cmp.Or(note.What, "it is not there yet")}
		}
	}
	return Finding{DatabaseAway, Critical, "the database does not answer"}
}

// turn is how long nobody should have to wait for a connection.
const turn = 250 * time.Millisecond

// short reports whether who asks the pool for a connection waits. That all are in use
// for a moment says nothing: they are there to be used.
func short(ctx context.Context, pool *sqlx.DB) bool {
	if stats := pool.Stats(); stats.MaxOpenConnections == 0 || stats.InUse < stats.MaxOpenConnections {
		return false
	}
	waiting, cancel := context.WithTimeout(ctx, turn)
	defer cancel()
	conn, err := pool.Conn(waiting)
	if err != nil {
		return errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil
	}
	_ = conn.Close() // back to the pool
	return false
}
