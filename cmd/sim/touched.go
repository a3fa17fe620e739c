package main

import (
	"regexp"
	"strings"
	"sync"
)

// touched are the tables, of those that are looked at after each step, that a
// statement writes to.
type touched struct{ decisions, deliveries bool }

var (
	writes  = regexp.MustCompile(`(?i)\b(?:insert\s+into|update|delete\s+from|merge\s+into)\s+(decisions|deliveries)\b`)
	touches sync.Map // what was made of each statement: a touched by its text
)

// and adds what a statement writes to, as its text says. No trigger and no key
// writes to these tables; overlooked finds what does all the same.
func (t *touched) and(statement string) {
	known, ok := touches.Load(statement)
	if !ok {
		known, _ = touches.LoadOrStore(statement, readTouched(statement))
	}
	also := known.(touched)
	t.decisions, t.deliveries = t.decisions || also.decisions, t.deliveries || also.deliveries
}

func readTouched(statement string) touched {
	var t touched
	for _, found := range writes.FindAllStringSubmatch(statement, -1) {
		table := strings.ToLower(found[1])
		t.decisions, t.deliveries = t.decisions || table == "decisions", t.deliveries || table == "deliveries"
	}
	return t
}

// take is all that was touched since it was last asked.
func (t *touched) take() touched {
	all := *t
	*t = touched{}
	return all
}
