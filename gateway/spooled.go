package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/guard"
	"ringback/gateway/events"
	"ringback/gateway/spool"
)

// A webhook's sender gives up after some seconds, so that Postgres has spoolAfter to
// take what came, and what is played back to it has playWithin.
const (
	spoolAfter = time.Second
	playWithin = 5 * time.Second
)

// played is how many spooled events go into Postgres in one commit at the most, and
// playAgain how long the next try waits for one that failed.
const (
	played    = 512
	playAgain = 200 * time.Millisecond
	playLater = time.Second
	probeNext = 5 * time.Second
)

// spooled is an event as the spool keeps it, see events.Kept. Its JSON is read by later
// versions.
type spooled struct {
	Event json.RawMessage `json:"event"`
	Raw   []byte          `json:"raw,omitempty"`
}

// away reports whether an error is no answer of Postgres's about what it was given:
// it would have befallen anything else in its place.
func away(err error) bool {
	var answer *pq.Error
	if err == nil || guard.Panicked(err) {
		return false
	}
	if !errors.As(err, &answer) {
		return true
	}
	class := answer.Code.Class()
	return events.Troubled(err) || class == "28" || class == "3D" // it does not let us in, or has not the database any more
}

// spoolAll is the spool as a place: it keeps arrivals with one sync for all of them, or
// each on its own where one of them panics. Left are those whose servers are away;
// whatever else it does not take is refused, since what it holds goes first.
func (g *Gateway) spoolAll(together []*arrival) (left []*arrival, why error) {
	var all []channels.Event
	for _, a := range together {
		all = append(all, a.events...)
	}
	err := g.guarded("spooling events", func() error { return g.spool(all, g.Spool.Append) })
	switch {
	case errors.Is(err, spool.ErrAway):
		return together, err
	case guard.Panicked(err) && len(together) > 1:
		for _, a := range together {
			if not, err := g.spoolAll([]*arrival{a}); err != nil {
				left, why = append(left, not...), err
			}
		}
		return left, why
	}
	g.answerAll(together, err)
	return nil, nil
}

func (g *Gateway) spool(all []channels.Event, keep func([][]byte, time.Time) error) error {
	things := make([][]byte, len(all))
	for n, e := range all {
		payload, raw, err := events.Kept(e)
		if err != nil {
			return err
		}
		if things[n], err = json.Marshal(spooled{payload, raw}); err != nil {
			return fmt.Errorf("event %s: %w", e.ProviderID, err)
		}
	}
	before := g.Spool.State()
	g.spools.Add(1)
	err := keep(things, time.Now())
	switch {
	case err != nil && before.Fault == nil && g.Spool.State().Fault != nil:
		g.Log.Error("the spool takes nothing more, and providers are asked to try again", "events", before.Count, "error", err)
	case err == nil && before.Count == 0:
		g.Log.Warn("Postgres does not take what comes in; it is kept in the spool until it does")
	}
	select {
	case g.unplayed <- struct{}{}:
	default:
	}
	return err
}

// play brings what the spool holds to Postgres, in order, whenever it takes it. While
// something is left, what comes in goes behind it: see record. So a contact's events
// reach Postgres in the order in which they came to this process.
func (g *Gateway) play(ctx context.Context) {
	const playing = "playing the spool"
	wait, most := playAgain, played
	for {
		g.Rounds.Turn(playing, playLater)
		var next <-chan time.Time
		var state spool.State
		err := g.guarded(playing, func() error {
			if state = g.Spool.State(); state.Count == 0 {
				return nil
			}
			return g.playSome(ctx, most)
		})
		if state.Count > 0 || err != nil {
			if err == nil {
				wait, most = playAgain, min(2*most, played)
				continue
			}
			most = max(1, most/2) // what takes too long all at once may go in parts
			if wait == playLater && !errors.Is(err, spool.ErrElsewhere) {
				g.Log.Warn("the spool waits for Postgres", "events", state.Count, "error", err)
			}
			next, wait = time.After(wait), min(2*wait, playLater)
		} else if state.Fault != nil {
			_ = g.guarded("looking whether the spool takes something", func() error { g.Spool.Probe(); return nil })
			next = time.After(probeNext)
		}
		idle := next == nil
		if idle { // another process may have put something in that it is not there any more to play
			next = time.After(playLater)
		}
		select {
		case <-ctx.Done():
			return
		case <-next:
		case <-g.unplayedIf(idle):
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// unplayedIf tells of something new, where that is waited for.
func (g *Gateway) unplayedIf(waits bool) <-chan struct{} {
	if waits {
		return g.unplayed
	}
	return nil
}

// playSome brings the oldest, so many at the most, and takes them out when they are in
// Postgres.
func (g *Gateway) playSome(ctx context.Context, most int) error {
	entries, err := g.Spool.First(most)
	if err != nil || len(entries) == 0 {
		return err
	}
	all := make([]channels.Event, len(entries))
	for n, entry := range entries {
		if err := g.guarded("reading what was spooled", func() error { all[n] = unspooled(entry); return nil }); err != nil {
			all[n] = unreadable(entry)
		}
	}
	a := &arrival{events: all, played: true, done: make(chan error, 1)}
	go func() { a.done <- g.write([]*arrival{a})[0] }()
	select {
	case err = <-a.done:
	case <-time.After(playWithin):
		err = context.DeadlineExceeded
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil && !away(err) { // Postgres is there, and fails on one of them: it must not hold up the others for ever
		alone, cancel := context.WithTimeout(ctx, statement)
		defer cancel()
		err = g.recordAlone(alone, all, func(err error) bool { return !away(err) })
	}
	if err != nil {
		return err
	}
	if err := g.Spool.Forget(entries[len(entries)-1].Number); err != nil {
		return err
	}
	if g.Spool.State().Count == 0 {
		g.Log.Info("Postgres has all that the spool held")
	}
	g.events.Wake()
	g.sends.Wake()
	return nil
}

// unspooled is the event of an entry. One that cannot be read becomes a note, which
// is kept among the strays for people to see.
func unspooled(entry spool.Entry) channels.Event {
	var s spooled
	var e channels.Event
	if json.Unmarshal(entry.Data, &s) != nil || json.Unmarshal(s.Event, &e) != nil {
		return unreadable(entry)
	}
	e.Raw = s.Raw
	return e
}

func unreadable(entry spool.Entry) channels.Event {
	return channels.Event{Kind: channels.Noted, ProviderID: fmt.Sprintf("spool/%d", entry.Number), At: time.Now(), Raw: entry.Data}
}

// lately is how long a refusal says that the next one would be no better: whoever is
// sent nothing more would never hear that there is room again.
const lately = 15 * time.Second

// Refuses reports whether neither Postgres nor the spool took what came, a moment ago.
func (g *Gateway) Refuses() bool {
	return g.Spool != nil && g.Spool.State().Fault != nil && time.Since(time.Unix(g.nowhere.Load(), 0)) < lately
}

// behind reports whether something waits in the spool, which goes first.
func (g *Gateway) behind() bool { return g.Spool != nil && g.Spool.State().Count > 0 }

// muted reports whether nothing may be sent: something may wait in the spool that says
// STOP, also in one that nobody has seen into since the start.
func (g *Gateway) muted() bool { return g.behind() || g.Spool != nil && g.Spool.State().Unseen }
