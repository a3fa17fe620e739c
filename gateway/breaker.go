package gateway

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"

	"ringback/channels"
	"ringback/gateway/queue"
)

// An account at a provider that has failed tripped times in a row is left alone for
// restFirst, and after each trial that fails for a quarter of the time that it has been
// away, restLongest at the most, unless the provider says how long. Doubling would leave
// one that was away for half a minute alone for as long again.
const (
	tripped     = 5
	restFirst   = 5 * time.Second
	restLongest = time.Minute
)

// breakers know of accounts at providers that do not answer, or only to say that they
// are not available: what waits for one of them is not claimed, so that it loses no try,
// and then one thing at a time is. They are each process's own, and find out by
// themselves.
type breakers struct {
	mu       sync.Mutex
	accounts map[string]*breaker // by what their deliveries share slots with
}

type breaker struct {
	failures int       // in a row
	since    time.Time // when it was found to be away
	until    time.Time // when the next trial may be
}

func (b *breaker) open() bool { return b.failures >= tripped }

// note is how a call to an account's provider went.
func (b *breakers) note(account string, err error, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	known := b.accounts[account]
	after, failed := unavailable(err)
	switch {
	case !failed:
		delete(b.accounts, account)
		return
	case known == nil:
		if b.accounts == nil {
			b.accounts = map[string]*breaker{}
		}
		known = &breaker{}
		b.accounts[account] = known
	case known.open() && now.Before(known.until): // it was under way already
		return
	}
	if known.failures++; known.failures == tripped {
		known.since = now
	}
	if known.open() {
		rest := min(max(now.Sub(known.since)/4, restFirst), restLongest)
		known.until = now.Add(max(rest, min(after, time.Hour)))
	}
}

// unavailable reports whether an error is that nobody answered, or was able to, and how
// long the provider asks to be left alone. Whatever else it says, it is there.
func unavailable(err error) (after time.Duration, failed bool) {
	var refused *channels.SendError
	if !errors.As(err, &refused) {
		return 0, err != nil
	}
	return refused.After, refused.Reason == channels.ReasonUnavailable || refused.Reason == channels.ReasonAmbiguous
}

// narrow leaves no room for accounts that are left alone, and for one thing of those
// that are tried.
func (b *breakers) narrow(room queue.Room, now time.Time) queue.Room {
	b.mu.Lock()
	defer b.mu.Unlock()
	room.Keys, room.Used = slices.Clone(room.Keys), slices.Clone(room.Used)
	for account, known := range b.accounts {
		if !known.open() {
			continue
		}
		used, n := int64(room.Each), slices.Index(room.Keys, account)
		if n < 0 {
			n = len(room.Keys)
			room.Keys, room.Used = append(room.Keys, account), append(room.Used, 0)
		}
		if !now.Before(known.until) && room.Used[n] == 0 {
			used--
		}
		room.Used[n] = used
	}
	return room
}

// away are the accounts that do not answer.
func (b *breakers) away() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var away []string
	for account, known := range b.accounts {
		if known.open() {
			away = append(away, account)
		}
	}
	slices.SortFunc(away, cmp.Compare[string])
	return away
}

// Away are the accounts at providers that this process leaves alone because they do not
// answer, each with the kind of its senders: "sms AC…".
func (g *Gateway) Away() []string { return g.breakers.away() }

// noteCall tells the breakers how a call to a provider went, and says so when that
// changes something. A clock that is played waits for nobody.
func (g *Gateway) noteCall(account string, err error) {
	if !g.Paced {
		return
	}
	before := len(g.breakers.away())
	g.breakers.note(account, err, time.Now())
	switch after := len(g.breakers.away()); {
	case after > before:
		g.Log.Error("a provider does not answer for an account: what is to go out there waits, and one message at a time is tried", "account", account, "error", err)
	case after < before:
		g.Log.Info("the provider answers again", "account", account)
		g.sends.Wake()
	}
}
