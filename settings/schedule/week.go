package schedule

import "time"

// Block is a stretch of one day during which a schedule is in effect, or which
// is a holiday.
type Block struct {
	From, To     time.Time // half open, in the zone of the question
	Starts, Ends int       // minutes after midnight on the clock of that zone; a day's end is 1440
	InEffect     *Schedule // nil: a holiday; not to be changed
	Holiday      *Holiday  // nil: a schedule; not to be changed
}

// Day gives the blocks of the calendar day that t is on, in t's location, in
// order. Where the clock is set back a block can begin later on the clock than
// it ends; it is then shown as ending where it begins.
func (s *Set) Day(t time.Time) []Block {
	midnight := Wall(wallOf(t).day()) * daySeconds
	from, to := midnight.In(t.Location()).Unix(), (midnight + daySeconds).In(t.Location()).Unix()
	minutes := func(at int64) int {
		return int(wallOf(time.Unix(at, 0).In(t.Location()))-midnight) / 60
	}
	var blocks []Block
	for at := from; at < to; {
		who, until := s.who(at), min(s.nextCut(at), to)
		if n := len(blocks); who != nobody && n > 0 && blocks[n-1].To.Unix() == at && blocks[n-1].InEffect == s.schedule(who) && blocks[n-1].Holiday == s.holiday(who) {
			blocks[n-1].To, blocks[n-1].Ends = time.Unix(until, 0).In(t.Location()), minutes(until)
		} else if who != nobody {
			starts := minutes(at)
			blocks = append(blocks, Block{
				time.Unix(at, 0).In(t.Location()), time.Unix(until, 0).In(t.Location()),
				starts, max(starts, minutes(until)), s.schedule(who), s.holiday(who),
			})
		}
		at = until
	}
	return blocks
}

// nextCut is where the stretch that covers an instant ends, or its chunk.
func (s *Set) nextCut(at int64) int64 {
	number := floorDiv(at, chunkSeconds)
	chunk := s.chunk(number)
	if i := find(chunk, at); i+1 < len(chunk) {
		return chunk[i+1].from
	}
	return (number + 1) * chunkSeconds
}
