package health

import (
	"fmt"
	"time"
)

// Note is what there is to know about a Ringback that is asked whether it is ready.
type Note struct {
	Code Code
	For  time.Duration // how long it has been so; 0: nobody knows
	What string        // in words, for the operator alone: they may name steps, hosts and programs
}

// Public is what everybody may know of it: the code, and for how long.
func (n Note) Public() string {
	if n.For < time.Second {
		return string(n.Code)
	}
	return fmt.Sprintf("%s %s", n.Code, n.For.Truncate(time.Second))
}

// Full is what the operator is told.
func (n Note) Full() string {
	if n.What == "" {
		return n.Public()
	}
	return n.Public() + ": " + n.What
}

// OfMessages is a note when the oldest message that is due has waited too long.
func OfMessages(waits time.Duration) []Note {
	if waits < late {
		return nil
	}
	return []Note{{QueueBehind, waits, "deliveries: the oldest is due for so long"}}
}
