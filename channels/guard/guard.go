// Package guard keeps a panic from ending the process: it is the failure of what it
// happened to, and of nothing else.
package guard

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// Panic is what something panicked with.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprintf("panic: %v\n%s", p.Value, p.Stack) }

// Do turns a panic into an error, which is a Panic.
func Do(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &Panic{value, debug.Stack()}
		}
	}()
	return f()
}

// Panicked reports whether an error comes from a panic.
func Panicked(err error) bool {
	var p *Panic
	return errors.As(err, &p)
}
