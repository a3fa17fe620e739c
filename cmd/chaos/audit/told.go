package audit

import (
	"time"

	"ringback/cmd/chaos/load"
)

// silence is from when on somebody wants no more messages, and until when; zero: for ever.
type silence struct {
	acknowledged, from, to time.Time
	sid                    string
}

// lookAtTold: what was acknowledged is there, and each person's texts in their order.
func (l *look) lookAtTold() {
	last := map[string]*struct {
		load.Told
		event
		spooled bool
	}{}
	heard := map[string]map[string]bool{} // by whom each text was acknowledged, its repeats among it
	for _, t := range l.told {
		if heard[t.SID] == nil {
			heard[t.SID] = map[string]bool{}
		}
		heard[t.SID][t.By] = true
	}
	for _, t := range l.told {
		l.facts.Acknowledged[t.Kind]++
		e, there := l.events[eventOf(t)]
		if !there {
			if eventOf(t) != "" {
				l.finds("nothing acknowledged is lost", "%s %s of %s, acknowledged at %s by %q", t.Kind, t.SID, t.Customer, clock(t.At), t.By)
			}
			continue
		}
		spooled := e.CreatedAt.After(t.At)
		if spooled {
			l.facts.Spooled++
		}
		if t.Kind != load.Text && t.Kind != load.Stop && t.Kind != load.Start {
			continue
		}
		key := t.Customer
		now := &struct {
			load.Told
			event
			spooled bool
		}{t, e, spooled}
		before := last[key]
		last[key] = now
		l.noteStop(t, e)
		if before == nil || before.Team != t.Team {
			continue
		}
		inOrder := before.event.Seq < e.Seq && (before.Turn == 0 || e.Turn == 0 || before.Turn < e.Turn)
		switch {
		case inOrder:
		case (before.spooled || spooled) && (before.By != t.By || before.Tries+t.Tries > 2 || len(heard[before.SID])+len(heard[t.SID]) > 2): // it may have been brought to others
			l.facts.BetweenSpools++
		default:
			l.finds("a person's texts stand in their order", "%s: %s (acknowledged %s, %q, spooled %v, event %d, message %d) and %s (told first %s, %q, spooled %v, event %d, message %d)", t.Customer,
				before.SID, clock(before.At), before.By, before.spooled, before.event.Seq, before.Turn, t.SID, clock(t.First), t.By, spooled, e.Seq, e.Turn)
		}
	}
}

// noteStop: a STOP is in force when it was acknowledged; one that had to wait in a
// spool, which other processes know nothing of, when it is in Postgres.
func (l *look) noteStop(t load.Told, e event) {
	all := l.stops[t.Customer]
	switch t.Kind {
	case load.Stop:
		from := t.At
		if e.CreatedAt.After(from) {
			from = e.CreatedAt
		}
		l.stops[t.Customer] = append(all, silence{acknowledged: t.At, from: from, sid: t.SID})
	case load.Start:
		if len(all) > 0 && all[len(all)-1].to.IsZero() {
			all[len(all)-1].to = t.First
		}
	}
}

// eventOf is the provider's id of what was told, as the gateway writes it down; empty:
// it is told as something else.
func eventOf(t load.Told) string {
	switch t.Kind {
	case load.Text, load.Stop, load.Start:
		return t.SID
	case load.Call:
		return t.SID + "/call"
	}
	return ""
}
