package queue

import (
	"slices"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/lib/pq"

	"ringback/channels/guard"
)

// Starts remembers from when on a claim has to look. What is done stays in a queue's
// index for as long as somebody's snapshot may see it, and a look from the beginning
// steps over all of it: so a claim begins where the one before it ended, at the oldest
// that was due then.
//
// The hard decision: entries come out of order. Who commits late, or has its row locked
// while others pass by, may leave one before the start, and a clock may be set back. So
// claims begin a little before the last one's oldest, and a review looks from the very
// beginning every second, or when it takes long, less often, so that it takes no more
// than a twentieth of a connection's time; but every ten seconds at least. While reviews
// are quick there is nothing to step over, and claims look from the beginning as well.
type Starts struct {
	mu       sync.Mutex
	known    *lru.Cache[string, time.Time] // those found last, by key
	reviews  int
	long     bool      // the last review took long: claims begin at the starts
	next     time.Time // when to review again
	underway bool
}

// Start is what a review finds of a key: a team, a sender.
type Start struct {
	Key string    `db:"key"`
	Due time.Time `db:"due_at"` // when its oldest entry is due, and now if that comes later
}

const (
	// late is how long before another's entry one may have become due that is committed after it.
	late = time.Second
	// remembered is of how many keys the start is known. Each costs a claim two looks into the index.
	remembered = 1000
)

// A review is quick up to so much, and for each key that it found.
const (
	quick       = time.Millisecond
	quickForKey = 20 * time.Microsecond
)

// How long reviews lie apart.
const (
	reviewAfter  = time.Second
	reviewWithin = 10 * time.Second
	reviewShare  = 20
)

// NewStarts knows nothing yet.
func NewStarts() *Starts {
	known, err := lru.New[string, time.Time](remembered)
	if err != nil {
		panic(err) // of a size below one
	}
	return &Starts{known: known}
}

// Old reports whether it is time to review, and leaves it to whoever asks.
func (s *Starts) Old() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.underway || time.Now().Before(s.next) {
		return false
	}
	s.underway = true
	return true
}

// Review has find look from the very beginning, while claims go on.
func (s *Starts) Review(find func() ([]Start, error)) error {
	began := time.Now()
	var found []Start
	err := guard.Do(func() (err error) { found, err = find(); return err })
	s.mu.Lock()
	defer s.mu.Unlock()
	took := time.Since(began)
	s.underway, s.next = false, began.Add(took+min(max(reviewShare*took, reviewAfter), reviewWithin))
	s.long = err != nil || took > quick+time.Duration(len(found))*quickForKey
	if err != nil {
		return err
	}
	s.reviews++
	for _, f := range found {
		s.known.Add(f.Key, f.Due.Add(-late))
	}
	return nil
}

// Look is where one claim begins: at each of the keys from its time on, and between a
// key and the one beside it from the beginning.
type Look struct {
	Keys  pq.StringArray // ids, in order
	Ends  pq.StringArray // the next key of each
	Since pq.StringArray // timestamps

	Except pq.StringArray // keys at which it does not look at all

	starts  *Starts
	reviews int
}

// The ends of all ids, between which there is nothing that has them.
const (
	firstID = "00000000-0000-0000-0000-000000000000"
	lastID  = "ffffffff-ffff-ffff-ffff-ffffffffffff"
)

// Whole is a look from the beginning.
func Whole() Look {
	return Look{Keys: pq.StringArray{firstID}, Ends: pq.StringArray{lastID}, Since: pq.StringArray{"-infinity"}, Except: pq.StringArray{}}
}

// Look is for the next claim.
func (s *Starts) Look() Look {
	l := Whole()
	s.mu.Lock()
	defer s.mu.Unlock()
	l.starts, l.reviews = s, s.reviews
	if !s.long {
		return l
	}
	keys := s.known.Keys()
	slices.Sort(keys)
	for _, key := range keys {
		at, _ := s.known.Peek(key)
		l.Keys, l.Since = append(l.Keys, key), append(l.Since, at.UTC().Format(time.RFC3339Nano))
	}
	l.Ends = append(slices.Clone(l.Keys[1:]), lastID)
	return l
}

// Found has the next claim of the key begin where this look saw its oldest entry that is
// due, unless a review has seen more since; and says from when on the look goes on.
func (l Look) Found(key string, oldest time.Time) time.Time {
	start := oldest.Add(-late)
	if l.starts == nil {
		return start
	}
	l.starts.mu.Lock()
	defer l.starts.mu.Unlock()
	if l.reviews == l.starts.reviews {
		l.starts.known.Add(key, start)
	}
	return start
}
