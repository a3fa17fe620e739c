package settings

import (
	"context"
	"sync"

	"github.com/jmoiron/sqlx"
)

// cachedTeams bounds the cache; a snapshot weighs some ten kilobytes.
const cachedTeams = 2000

// Cache keeps the newest snapshot of each team in use. It is safe for use by
// many goroutines, and loads a team's new version once for all that wait.
type Cache struct {
	mu    sync.Mutex
	teams map[string]*cached
}

type cached struct {
	mu       sync.Mutex // held while loading
	snapshot *Snapshot
}

// NewCache returns an empty cache.
func NewCache() *Cache { return &Cache{teams: map[string]*cached{}} }

// Get returns the team's snapshot of that version or a newer one. The caller
// has read the version in the transaction that q is: it must be a transaction
// (not the pool, or loaders could wait for a connection that waiters hold) and
// must not have changed the team's settings itself.
func (c *Cache) Get(ctx context.Context, q sqlx.QueryerContext, companyID, teamID string, version int64) (*Snapshot, error) {
	entry := c.entry(companyID + "/" + teamID)
	entry.mu.Lock()
	defer entry.mu.Unlock()
	if entry.snapshot != nil && entry.snapshot.Team.Version >= version {
		return entry.snapshot, nil
	}
	snapshot, err := Load(ctx, q, companyID, teamID)
	if err != nil {
		return nil, err
	}
	entry.snapshot = snapshot
	return snapshot, nil
}

func (c *Cache) entry(key string) *cached {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.teams[key]; ok {
		return e
	}
	if len(c.teams) >= cachedTeams {
		for any := range c.teams { // whichever: a wrong choice costs one query
			delete(c.teams, any)
			break
		}
	}
	e := &cached{}
	c.teams[key] = e
	return e
}
