package gateway

import (
	"sync"
	"time"

	"github.com/lib/pq"
)

// gatheringTeams are the teams whose events wait a moment, so that more gather for their next
// transaction. Their time is that of the machine, also where one is played.
type gatheringTeams struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// add has the team gather so long.
func (t *gatheringTeams) add(team string, length time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.until == nil {
		t.until = map[string]time.Time{}
	}
	t.until[team] = time.Now().Add(length)
}

// now are the teams that gather.
func (t *gatheringTeams) now() pq.StringArray {
	t.mu.Lock()
	defer t.mu.Unlock()
	teams := pq.StringArray{}
	for team, until := range t.until {
		if time.Now().Before(until) {
			teams = append(teams, team)
		} else {
			delete(t.until, team)
		}
	}
	return teams
}

// gather has the team gather. Who only drains the queue does not wait.
func (g *Gateway) gather(team string) {
	if g.stop == nil {
		return
	}
	g.gatheringTeams.add(team, gathering)
	time.AfterFunc(gathering, g.events.Wake)
}
