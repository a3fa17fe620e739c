package doctor

import (
	"fmt"
	"io"
	"os"

	"ringback/cmd/progress"
)

// report writes findings as they come: a word for each, which a terminal shows
// in color as well.
type report struct {
	out     io.Writer
	color   bool
	found   func(Finding)
	about   string
	wrong   int  // and not put right
	fixable int  // of these
	astray  bool // one of these was not, since what would come there does not arrive
	failed  error
}

// Finding is one thing that was looked at.
type Finding struct {
	About string `json:"about"`           // what it belongs to: an account, a number
	State string `json:"state"`           // ok, wrong, fixed, note: it works as it is
	What  string `json:"what"`            // in words
	Is    string `json:"is,omitempty"`    // of what is wrong or was fixed: what stands there, or stood
	Needs string `json:"needs,omitempty"` // what has to stand there, or would be better
}

const (
	green, red, amber = "32", "31", "33"
)

// IsTerminal reports whether colors are wanted there: on a terminal, unless
// NO_COLOR is set (no-color.org).
func IsTerminal(out io.Writer) bool { return progress.Terminal(out) && os.Getenv("NO_COLOR") == "" }

func (r *report) title(what string) {
	r.about = what
	r.print("\n%s\n", what)
}

func (r *report) tell(state, what, is, needs string) {
	if r.found != nil {
		r.found(Finding{r.about, state, what, is, needs})
	}
}

func (r *report) ok(what string) {
	r.tell("ok", what, "", "")
	r.print("  %s  %s\n", r.word("ok   ", green), what)
}

func (r *report) fixed(what, was, is string) {
	r.tell("fixed", what, was, is)
	r.print("  %s  %s\n         was    %s\n         is now %s\n", r.word("fixed", green), what, was, is)
}

func (r *report) bad(what, is, needs string) {
	r.wrong++
	r.tell("wrong", what, is, needs)
	r.print("  %s  %s\n         is     %s\n         needs  %s\n", r.word("WRONG", red), what, is, needs)
}

// note is something that works as it is.
func (r *report) note(what, better string) {
	r.tell("note", what, "", better)
	r.print("  %s  %s\n         better %s\n", r.word("note ", amber), what, better)
}

func (r *report) sum(fix bool) {
	switch {
	case r.wrong == 0:
		r.print("\nEverything that was looked at is as the gateway needs it.\n")
	case r.astray && fix:
		r.print("\n%s. Nothing was set at Twilio: what it would bring there does not arrive. Put that right first.\n", Differs(r.wrong).Error())
	case r.fixable > 0 && !fix:
		r.print("\n%s. Put right what can be from here: ringback doctor --fix\n", Differs(r.wrong).Error())
	default:
		r.print("\n%s, by hand.\n", Differs(r.wrong).Error())
	}
}

func (r *report) word(word, color string) string {
	if !r.color {
		return word
	}
	return "\x1b[" + color + "m" + word + "\x1b[0m"
}

func (r *report) print(format string, args ...any) {
	_, _ = fmt.Fprintf(r.out, format, args...) // the terminal is gone
}
