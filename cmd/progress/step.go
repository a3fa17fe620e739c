package progress

import (
	"fmt"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Step is a part of the work.
type Step struct {
	What  string // is being done
	Unit  string // what is counted: "rows", "files", or Bytes
	Of    int64  // how much there is; 0: nobody knows
	About bool   // Of is near to it only
	// Words says it instead, of work that counts nothing; may be nil.
	Words func() string
}

// Bytes are counted in the size that suits.
const Bytes = "bytes"

// An estimate is worth something when a step has lasted so long, and that part of it
// is done.
const (
	estimateAfter = 5 * time.Second
	estimateFrom  = 0.01
)

// says is where the step is after that time.
func (s Step) says(done int64, took time.Duration) string {
	if s.Words != nil {
		return s.Words()
	}
	words := s.What + ": "
	if s.Of <= 0 {
		return words + amount(done, s.Unit, true)
	}
	about := ""
	if s.About {
		about = "about "
	}
	words += amount(done, s.Unit, false) + " of " + about + amount(max(s.Of, done), s.Unit, true)
	part := float64(done) / float64(s.Of)
	if took < estimateAfter || part < estimateFrom || part >= 1 {
		return words
	}
	return words + ", " + left(time.Duration(float64(took)/part)-took)
}

// left says a time in no more figures than an estimate has.
func left(d time.Duration) string {
	minutes := int((d + time.Minute - 1) / time.Minute)
	switch {
	case minutes <= 1:
		return "less than a minute to go"
	case minutes < 60:
		return fmt.Sprintf("about %d min to go", minutes)
	case minutes < 600:
		return fmt.Sprintf("about %d h %d min to go", minutes/60, minutes%60/10*10)
	}
	return fmt.Sprintf("about %d h to go", (minutes+30)/60)
}

var figures = message.NewPrinter(language.English)

// amount is so much of a unit; named: with its name.
func amount(n int64, unit string, named bool) string {
	switch {
	case unit == Bytes:
		return size(n)
	case named:
		return figures.Sprintf("%d ", n) + unit
	}
	return figures.Sprintf("%d", n)
}

// size is a number of bytes in the unit that suits.
func size(n int64) string {
	value, unit := float64(n), "B"
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if value < 999.5 {
			break
		}
		value, unit = value/1000, next
	}
	if unit == "B" || value >= 99.95 {
		return fmt.Sprintf("%.0f %s", value, unit)
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}
