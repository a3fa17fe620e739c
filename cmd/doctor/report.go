package doctor

import (
	"fmt"
	"io"
	"os"
)

// report writes findings as they come: a word for each, which a terminal shows
// in color as well.
type report struct {
	out     io.Writer
	color   bool
	wrong   int // and not put right
	fixable int // of these
	failed  error
}

const (
	green, red, amber = "32", "31", "33"
)

// IsTerminal reports whether colors are wanted there: on a terminal, unless
// NO_COLOR is set (no-color.org).
func IsTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func (r *report) title(what string) { r.print("\n%s\n", what) }

func (r *report) ok(what string) { r.print("  %s  %s\n", r.word("ok   ", green), what) }

func (r *report) fixed(what, was, is string) {
	r.print("  %s  %s\n         was    %s\n         is now %s\n", r.word("fixed", green), what, was, is)
}

func (r *report) bad(what, is, needs string) {
	r.wrong++
	r.print("  %s  %s\n         is     %s\n         needs  %s\n", r.word("WRONG", red), what, is, needs)
}

// note is something that works as it is.
func (r *report) note(what, better string) {
	r.print("  %s  %s\n         better %s\n", r.word("note ", amber), what, better)
}

func (r *report) sum(fix bool) {
	switch {
	case r.wrong == 0:
		r.print("\nEverything that was looked at is as the gateway needs it.\n")
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
