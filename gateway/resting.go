package gateway

import (
	"sync"
	"time"

	"github.com/lib/pq"
)

// resting are the teams whose events wait a moment, so that more gather for their next
// transaction. Their time is that of the machine, also where one is played.
type resting struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// add has the team rest so long.
func (r *resting) add(team string, length time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.until == nil {
		r.until = map[string]time.Time{}
	}
	r.until[team] = time.Now().Add(length)
}

// now are the teams that rest.
func (r *resting) now() pq.StringArray {
	r.mu.Lock()
	defer r.mu.Unlock()
	teams := pq.StringArray{}
	for team, until := range r.until {
		if time.Now().Before(until) {
			teams = append(teams, team)
		} else {
			delete(r.until, team)
		}
	}
	return teams
}

// rest has the team gather. Who only drains the queue does not wait.
func (g *Gateway) rest(team string) {
	if g.stop == nil {
		return
	}
	g.resting.add(team, gathering)
	time.AfterFunc(gathering, g.events.Wake)
}
