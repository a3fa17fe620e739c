package schedule

import "time"

const (
	// horizon is how far the searches look, forward and back. What lies further
	// counts as never.
	horizon = 5 * 366 * daySeconds
	// endOfTime is the last second of the year 9999, beyond which an instant
	// cannot be written down in RFC 3339.
	endOfTime = 253402300799
)

// NextOpen is the earliest instant after t at which the team goes from closed
// to open; if it is open at t, that is the opening after the coming close.
// False if there is none within five years.
func (s *Set) NextOpen(t time.Time) (time.Time, bool) {
	return s.change(t, true)
}

// NextClose is the earliest instant after t at which the team goes from open
// to closed; if it is closed at t, that is the close after the coming opening.
// False if there is none within five years.
func (s *Set) NextClose(t time.Time) (time.Time, bool) {
	return s.change(t, false)
}

// change is the first instant after t at which the team comes to be open, or
// closed: that state, after the other one.
func (s *Set) change(t time.Time, open bool) (time.Time, bool) {
	before, ok := s.seek(t.Unix(), !open)
	if !ok {
		return time.Time{}, false
	}
	then, ok := s.seek(before, open)
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(then, 0).UTC(), true
}

// ClosedSince is the instant at which the closed period that t is in began,
// by the schedules as they are now. False if the team is open at t, or was not
// open in the five years before.
func (s *Set) ClosedSince(t time.Time) (time.Time, bool) {
	at := t.Unix()
	if s.openAt(s.who(at)) {
		return time.Time{}, false
	}
	end := at // of the stretch that is looked at
	for number := floorDiv(at, chunkSeconds); end > max(s.first, at-horizon); number-- {
		chunk := s.chunk(number)
		for i := find(chunk, end-1); i >= 0; i-- {
			if s.openAt(chunk[i].who) {
				return time.Unix(end, 0).UTC(), true
			}
			end = chunk[i].from
		}
	}
	return time.Time{}, false
}

// seek is the first instant from at on at which the team is open, or closed.
func (s *Set) seek(at int64, open bool) (int64, bool) {
	until := min(at+horizon, endOfTime)
	if open {
		until = min(until, s.last)
	}
	for number := floorDiv(at, chunkSeconds); number*chunkSeconds <= until; number++ {
		chunk := s.chunk(number)
		for i := max(0, find(chunk, at)); i < len(chunk); i++ {
			if s.openAt(chunk[i].who) == open {
				found := max(at, chunk[i].from)
				return found, found <= endOfTime
			}
		}
	}
	return 0, false
}

func (s *Set) openAt(who int) bool {
	one := s.schedule(who)
	return one != nil && one.Business()
}

// NextIn is the earliest instant from t on at which one of the schedules that
// the function picks is in effect. False if there is none within the time.
func (s *Set) NextIn(t time.Time, within time.Duration, picks func(*Schedule) bool) (time.Time, bool) {
	at := t.Unix()
	until := min(at+int64(within/time.Second), endOfTime)
	for number := floorDiv(at, chunkSeconds); number*chunkSeconds <= until; number++ {
		chunk := s.chunk(number)
		for i := max(0, find(chunk, at)); i < len(chunk); i++ {
			if one := s.schedule(chunk[i].who); one != nil && picks(one) {
				found := max(at, chunk[i].from)
				return time.Unix(found, 0).UTC(), found <= until
			}
		}
	}
	return time.Time{}, false
}

// openings is over how many openings AfterOpen adds up.
const openings = 500

// AfterOpen is the instant by which the team has been open for that long since
// t. False if it is not within five years, or 500 openings.
func (s *Set) AfterOpen(t time.Time, open time.Duration) (time.Time, bool) {
	at, left := t, open
	for range openings {
		from, ok := s.seek(at.Unix(), true)
		if !ok {
			return time.Time{}, false
		}
		if start := time.Unix(from, 0).UTC(); start.After(at) {
			at = start
		}
		end, closes := s.seek(at.Unix(), false)
		if !closes || at.Add(left).Unix() <= end {
			return at.Add(left), true
		}
		until := time.Unix(end, 0).UTC()
		at, left = until, left-until.Sub(at)
	}
	return time.Time{}, false
}
