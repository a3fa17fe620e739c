package fault

import (
	"errors"
	"reflect"
	"slices"
	"strings"
)

// Invalid refuses a save for all that is wrong with it; nothing of it was stored.
type Invalid []Fault

func (i Invalid) Error() string {
	words := make([]string, len(i))
	for n, f := range i {
		words[n] = f.Error()
	}
	return strings.Join(words, "; ")
}

// Add notes a fault when the value is wrong; pairs are as in New.
func (i *Invalid) Add(wrong bool, field, code string, pairs ...any) {
	if wrong {
		*i = append(*i, New(field, code, pairs...))
	}
}

// Take notes the faults that an error consists of. An error of another kind is
// returned.
func (i *Invalid) Take(err error) error {
	var one Fault
	var several Invalid
	switch {
	case errors.As(err, &one):
		*i = append(*i, one)
	case errors.As(err, &several):
		*i = append(*i, several...)
	default:
		return err
	}
	return nil
}

// Bounds notes what of v breaks the bounds in its tags, as in Shape, its fields being
// below that prefix. Of a field of which something is said already it says no more: that
// knows better what such a value has to be. Of a list that is too long, and of a text that
// cannot be kept, it says that alone.
func (i *Invalid) Bounds(prefix string, v any) {
	var said Invalid
	bounds := shapeOf(prefix, reflect.Indirect(reflect.ValueOf(v)))
	for _, s := range *i {
		if !slices.ContainsFunc(bounds, func(f Fault) bool { return f.over(s) }) {
			said = append(said, s)
		}
	}
	*i = slices.Clone(said)
	for _, f := range bounds {
		same := func(s Fault) bool { return s.Field == f.Field }
		if !slices.ContainsFunc(said, same) && !slices.ContainsFunc(bounds, func(b Fault) bool { return b.over(f) }) {
			*i = append(*i, f)
		}
	}
}

// over reports whether with this fault nobody needs to hear of the other.
func (f Fault) over(other Fault) bool {
	return f.Code == "too_many" && strings.HasPrefix(other.Field, f.Field+"[") ||
		f.Code == "unstorable" && f.Field == other.Field && other.Code != f.Code
}

// Err is nil when there is no fault.
func (i Invalid) Err() error {
	if len(i) == 0 {
		return nil
	}
	return i
}

// Together is all that several checks found wrong, so that nobody mends one thing to
// hear of the next. An error of another kind goes before that.
func Together(checks ...error) error {
	var wrong Invalid
	for _, err := range checks {
		if err := wrong.Take(err); err != nil {
			return err
		}
	}
	return wrong.Err()
}
