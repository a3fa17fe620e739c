package schedule

import (
	"slices"
	"sync"
	"time"
)

// Set is a team's schedules and holidays, ready to be asked about any instant
// from any number of goroutines. It never changes; after an edit, make a new one.
//
// Answers come from a timeline cut into chunks of 32 days, each worked out
// when first asked for, so that a warm answer is a binary search.
type Set struct {
	holidays    []Holiday  // each beats those after it
	schedules   []Schedule // the enabled ones, each before those that it counts over
	first, last int64      // Unix seconds between which the team can be open

	mu     sync.RWMutex
	chunks map[int64][]stretch
	size   int // stretches kept in chunks
}

// Holidays are those of the set.
func (s *Set) Holidays() []Holiday { return slices.Clone(s.holidays) }

// stretch is a time during which one holiday or schedule is in effect, or none.
// It ends where the next begins, or with its chunk.
type stretch struct {
	from int64 // Unix seconds
	who  int   // index into Set.holidays and, behind them, Set.schedules; or nobody
}

const (
	nobody       = -1
	chunkSeconds = 32 * daySeconds
	maxSize      = 20_000 // stretches kept in memory, about 300 kB
)

// Reason says in a stable word why a team is open or closed.
type Reason string

// Why a team is open or closed.
const (
	Open             Reason = "open"               // a schedule of business hours is in effect
	ClosedByHoliday  Reason = "holiday"            // it is a holiday, whatever the schedules say
	ClosedBySchedule Reason = "closed_by_schedule" // one is in effect and is not business hours: a night on call
	OutsideSchedules Reason = "outside_schedules"  // none is in effect
	NoSchedules      Reason = "no_schedules"       // the team has none that is switched on
)

// State is how a team stands at one instant.
type State struct {
	Open     bool
	Rings    bool // a schedule is in effect, be it business hours or not
	Reason   Reason
	InEffect *Schedule // nil if none is; not to be changed
	Holiday  *Holiday  // nil if it is none; not to be changed

	set *Set
	at  time.Time
}

// NewSet takes a team's schedules, in any order, and its holidays, of which
// each is named before those that come after it.
func NewSet(schedules []Schedule, holidays ...Holiday) *Set {
	s := &Set{chunks: map[int64][]stretch{}, holidays: holidays}
	for _, schedule := range schedules {
		if schedule.Enabled {
			s.schedules = append(s.schedules, schedule)
		}
	}
	slices.SortFunc(s.schedules, firstCounts)
	s.first, s.last = openBetween(s.schedules)
	return s
}

// At is how the team stands at t.
func (s *Set) At(t time.Time) State {
	who := s.who(t.Unix())
	state := State{Reason: OutsideSchedules, InEffect: s.schedule(who), Holiday: s.holiday(who), set: s, at: t}
	state.Open, state.Rings = s.openAt(who), state.InEffect != nil
	switch {
	case len(s.schedules) == 0:
		state.Reason = NoSchedules
	case state.Holiday != nil:
		state.Reason = ClosedByHoliday
	case state.Open:
		state.Reason = Open
	case state.Rings:
		state.Reason = ClosedBySchedule
	}
	return state
}

// holiday is the one that an index of a stretch means; nil: none.
func (s *Set) holiday(who int) *Holiday {
	if who == nobody || who >= len(s.holidays) {
		return nil
	}
	return &s.holidays[who]
}

// schedule is the one that an index of a stretch means; nil: none.
func (s *Set) schedule(who int) *Schedule {
	if who < len(s.holidays) { // nobody as well
		return nil
	}
	return &s.schedules[who-len(s.holidays)]
}

// who is what is in effect at an instant. Every boundary is a whole
// second, so that a fraction of one makes no difference.
func (s *Set) who(at int64) int {
	chunk := s.chunk(floorDiv(at, chunkSeconds))
	return chunk[find(chunk, at)].who
}

// find is the index of the stretch that covers an instant of its chunk.
func find(chunk []stretch, at int64) int {
	i, _ := slices.BinarySearchFunc(chunk, at+1, func(s stretch, at int64) int { return int(s.from - at) })
	return i - 1
}

// chunk is the timeline of one chunk; it is never empty.
func (s *Set) chunk(number int64) []stretch {
	s.mu.RLock()
	chunk, ok := s.chunks[number]
	s.mu.RUnlock()
	if ok {
		return chunk
	}
	chunk = s.draw(number*chunkSeconds, (number+1)*chunkSeconds)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size > maxSize {
		clear(s.chunks)
		s.size = 0
	}
	s.chunks[number] = chunk
	s.size += len(chunk)
	return chunk
}

// draw works out the timeline between two instants.
func (s *Set) draw(from, to int64) []stretch {
	cuts := []int64{from}
	var spans [][]span // of the holidays, then of the schedules
	for i := range s.holidays {
		spans = append(spans, s.holidays[i].spans(from, to))
	}
	for i := range s.schedules {
		spans = append(spans, s.schedules[i].spans(from, to))
	}
	for i := range spans {
		for _, span := range spans[i] {
			cuts = append(cuts, max(from, span.from), min(to, span.to))
		}
	}
	slices.Sort(cuts)
	var chunk []stretch
	for _, cut := range slices.Compact(cuts) {
		if cut == to {
			break
		}
		who := firstAt(spans, cut)
		if len(chunk) == 0 || chunk[len(chunk)-1].who != who {
			chunk = append(chunk, stretch{cut, who})
		}
	}
	return chunk
}

// firstAt is the first with a span over the instant. Spans that are over are
// dropped, since instants come in order.
func firstAt(spans [][]span, at int64) int {
	who := nobody
	for i := range spans {
		for len(spans[i]) > 0 && spans[i][0].to <= at {
			spans[i] = spans[i][1:]
		}
		if who == nobody && len(spans[i]) > 0 && spans[i][0].from <= at {
			who = i
		}
	}
	return who
}
