package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Step is one step of a game: a verb, what it is about, and perhaps trouble at
// one of its statements. What it names it names by number, counted round among
// what is there, so that a script still makes sense when others of its steps are
// left out.
type Step struct {
	Verb    string
	Args    []string
	Trouble *Trouble
}

func (s Step) String() string {
	words := append([]string{s.Verb}, s.Args...)
	if t := s.Trouble; t != nil {
		when := "before"
		if t.After {
			when = "after"
		}
		where := strconv.Itoa(t.At)
		if t.At == AtCommit {
			where = commit
		}
		words = append(words, "!", t.Kind, where, when)
	}
	return strings.Join(words, " ")
}

// commit is how a script names the statement that ends a transaction.
const commit = "commit"

// number is the n-th argument; 0 where there is none.
func (s Step) number(n int) int {
	if n >= len(s.Args) {
		return 0
	}
	i, _ := strconv.Atoi(s.Args[n])
	return i
}

// rest is what stands from the n-th argument on.
func (s Step) rest(n int) string { return strings.Join(s.Args[min(n, len(s.Args)):], " ") }

// Print writes a script, a step a line.
func Print(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintln(&b, s)
	}
	return b.String()
}

// Read reads a script; a line that begins with # is a comment.
func Read(from io.Reader) ([]Step, error) {
	var steps []Step
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		what, trouble, troubled := strings.Cut(text, " ! ")
		words := strings.Fields(what)
		step := Step{Verb: words[0], Args: words[1:]}
		if _, known := verbs[step.Verb]; !known {
			return nil, fmt.Errorf("%q: no such step", text)
		}
		if troubled {
			if step.Trouble = readTrouble(strings.Fields(trouble)); step.Trouble == nil {
				return nil, fmt.Errorf("%q: the trouble is like crash 7 after, or refuse commit before", text)
			}
		}
		steps = append(steps, step)
	}
	return steps, lines.Err()
}

// readTrouble reads what stands after the exclamation mark; nil: it is none.
func readTrouble(words []string) *Trouble {
	if len(words) != 3 {
		return nil
	}
	at, err := strconv.Atoi(words[1])
	if words[1] == commit {
		at, err = AtCommit, nil
	}
	if err != nil {
		return nil
	}
	return &Trouble{Kind: words[0], At: at, After: words[2] == "after"}
}

// The world's sizes.
const (
	customers = 5
	replicas  = 3
	senders   = 3
)

// begins are when games begin: in the middle of a working day, ten minutes
// before it ends, and in a Sunday's night. They are past by any real clock.
var begins = []string{"2025-06-02T15:00:00Z", "2025-06-02T21:50:00Z", "2025-06-08T03:00:00Z"}

// sayings are what customers write.
var sayings = []string{
	"hello", "my mower is broken", "when do you open", "hello", "thanks", "yes", "no", "5", "STOP", "STOP", "START", "HELP", "please call me", "unsubscribe",
}

// Write makes the script that belongs to a seed.
func Write(seed uint64, steps int) []Step {
	d := dice{rand.New(rand.NewPCG(seed, 0x52696e676261636b))} //nolint:gosec // no secret
	script := []Step{{Verb: "begin", Args: []string{begins[d.IntN(len(begins))]}}}
	for len(script) < steps {
		script = append(script, d.step())
	}
	return script
}

type dice struct{ *rand.Rand }

func (d dice) number(n int) string { return strconv.Itoa(d.IntN(n) + 1) }

func (d dice) one(of ...string) string { return of[d.IntN(len(of))] }

// step throws the next one. Work is done about as often as it arises.
func (d dice) step() Step {
	replica := d.number(replicas)
	switch n := d.IntN(1000); {
	case n < 200:
		return d.perhaps(Step{Verb: "text", Args: []string{d.number(customers), d.number(senders), replica, d.one(sayings...)}})
	case n < 215:
		return d.perhaps(Step{Verb: "late", Args: []string{d.number(customers), d.number(senders), replica, d.one(sayings...)}})
	case n < 235:
		return Step{Verb: "lost", Args: []string{d.number(customers), d.number(senders), d.one(sayings...)}}
	case n < 290:
		return d.perhaps(Step{Verb: "again", Args: []string{d.number(1000), replica}})
	case n < 330:
		return d.perhaps(Step{Verb: "call", Args: []string{d.number(customers + 1), d.number(senders), replica, d.one(callPlans...), d.number(1000)}})
	case n < 430:
		return d.perhaps(Step{Verb: "status", Args: []string{d.number(1000), replica, d.one("sending", "sent", "sent", "delivered", "delivered", "read", "undelivered", "failed")}})
	case n < 640:
		return d.perhaps(Step{Verb: "handle", Args: []string{replica}})
	case n < 820:
		answer := "ok"
		if d.IntN(2) == 0 {
			answer = d.one(answers...)
		}
		return d.perhaps(Step{Verb: "send", Args: []string{replica, answer}})
	case n < 840:
		return Step{Verb: d.one("unseen", "deaf"), Args: []string{d.number(3)}}
	case n < 925:
		return Step{Verb: "tick", Args: []string{d.one("1", "3", "5", "10", "10", "30", "60", "300", "1200", "3600", "40000")}}
	case n < 942:
		return d.perhaps(Step{Verb: "edit", Args: []string{d.number(2), d.one("customer_first_chat", "after_hours_text", "customer_hangs_up"), replica}})
	case n < 945:
		return d.perhaps(Step{Verb: "merge", Args: []string{d.number(customers), d.number(customers), replica}})
	case n < 975:
		return d.perhaps(Step{Verb: "say", Args: []string{d.number(1000), replica, "we are on our way"}})
	default:
		return d.perhaps(Step{Verb: "ticket", Args: []string{d.number(1000), replica, d.one("done", "closed", "open")}})
	}
}

// statements are about how many a step has, so that trouble comes to each of them.
var statements = map[string]int{"handle": 60, "send": 6, "edit": 12, "merge": 12, "say": 16, "ticket": 16}

// perhaps gives one step in five trouble.
func (d dice) perhaps(s Step) Step {
	if d.IntN(5) > 0 {
		return s
	}
	s.Trouble = &Trouble{Kind: d.one("crash", "crash", "refuse", "away"), At: 1 + d.IntN(max(statements[s.Verb], 1)), After: d.IntN(2) == 0}
	if d.IntN(4) == 0 {
		s.Trouble.At = AtCommit
	}
	return s
}
