package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Outcome is how a game went.
type Outcome struct {
	Steps int
	Hash  string   // of the trace
	Trace []string // what happened, in the game's own names
	Broke *Broken  // nil: everything held
}

// Broken is a property that did not hold.
type Broken struct {
	Property string
	Detail   string
	Step     int // the number of the script's line; after the last: at the end
}

func (b *Broken) Error() string { return b.Property + ": " + b.Detail }

// verbs are the steps that there are.
var verbs map[string]func(*world, context.Context, Step) error

func init() {
	verbs = map[string]func(*world, context.Context, Step) error{
		"begin": (*world).begin, "text": (*world).text, "late": (*world).late, "lost": (*world).lost, "again": (*world).again,
		"call": (*world).call, "status": (*world).status, "handle": (*world).handle, "send": (*world).send,
		"unseen": (*world).unseen, "deaf": (*world).deaf, "tick": (*world).tick, "edit": (*world).edit,
		"merge": (*world).merge, "say": (*world).say, "ticket": (*world).ticket,
	}
}

// checkEvery is after how many steps everything is looked at, and not only what
// changed.
const checkEvery = 25

// Play plays a script in an empty world, to its end or to the first property
// that does not hold. An error is the game's own trouble.
func (t *table) Play(ctx context.Context, script []Step) (Outcome, error) {
	w, err := t.open(ctx)
	if err != nil {
		return Outcome{}, err
	}
	w.clock.Stop(at(begins[0]))
	for n, step := range script {
		w.note("%s", step)
		w.outcome.Steps++
		err := w.step(ctx, step)
		if err == nil && n%checkEvery == checkEvery-1 {
			err = w.check(ctx)
		}
		if done, err := w.over(err, n+1); done {
			return w.finish(), err
		}
	}
	w.note("the end")
	_, err = w.over(w.drain(ctx), len(script)+1)
	return w.finish(), err
}

// over reports whether the game ends here: something broke, or it cannot go on.
func (w *world) over(err error, step int) (bool, error) {
	if errors.As(err, &w.outcome.Broke) {
		w.outcome.Broke.Step = step
		w.note("BROKEN %s", w.outcome.Broke)
		return true, nil
	}
	return err != nil, err
}

func (w *world) finish() Outcome {
	sum := sha256.New()
	for _, line := range w.outcome.Trace {
		_, _ = fmt.Fprintln(sum, line)
	}
	w.outcome.Hash = hex.EncodeToString(sum.Sum(nil))
	return w.outcome
}

func (w *world) note(format string, args ...any) {
	w.outcome.Trace = append(w.outcome.Trace, fmt.Sprintf(format, args...))
}

// step carries one out and looks at what came of it. What it returns is broken,
// or trouble of the game's own; that a step failed is part of the game.
func (w *world) step(ctx context.Context, s Step) error {
	w.trouble, w.broken = s.Trouble, nil
	w.troubled = s.Trouble != nil || s.Verb == "send" && s.rest(1) != "ok"
	begun := time.Now().Add(-time.Millisecond)
	if err := verbs[s.Verb](w, ctx, s); err != nil {
		return err
	}
	if err := w.snap(ctx, s); err != nil {
		return err
	}
	return w.observe(ctx, begun)
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t, _ = time.Parse(time.RFC3339, begins[0])
	}
	return t
}

func (w *world) begin(_ context.Context, s Step) error {
	w.clock.Stop(at(s.rest(0)))
	return nil
}

func (w *world) tick(_ context.Context, s Step) error {
	w.pass(time.Duration(s.number(0)) * time.Second)
	return nil
}

func (w *world) unseen(_ context.Context, s Step) error { w.provider.unseen = s.number(0); return nil }

func (w *world) deaf(_ context.Context, s Step) error { w.provider.deaf = s.number(0); return nil }

// at is the replica that a step names, alive, with the step's trouble ahead.
func (w *world) at(n int) *replica {
	i := (n + replicas - 1) % replicas
	r := w.replicas[i]
	if r.process.dead {
		w.note("  replica %d starts", i+1)
		w.start(i)
	}
	r.process.begin(w.trouble)
	return r
}

// came notes how a step ended for the replica.
func (w *world) came(r *replica, err error) {
	switch {
	case r.process.dead:
		w.note("  the process ends")
	case err != nil:
		w.note("  fails")
	}
}

func (w *world) handle(ctx context.Context, s Step) error {
	r := w.at(s.number(0))
	found, err := r.HandleOne(ctx)
	if found {
		w.note("  handles")
	}
	w.came(r, err)
	return nil
}

func (w *world) send(ctx context.Context, s Step) error {
	r := w.at(s.number(0))
	r.line.answer = s.rest(1)
	found, err := r.SendOne(ctx)
	if found {
		w.note("  sends")
	}
	r.line.answer = "ok"
	w.came(r, err)
	return nil
}

// meanwhile is what goes on while a replica waits for a slow provider: time
// passes, and the others look for work.
func (w *world) meanwhile(ctx context.Context, waiting int) {
	mine := w.trouble
	defer func() { w.trouble = mine }()
	w.trouble = nil
	for range 3 {
		w.pass(2 * time.Second)
		for n := range w.replicas {
			if n != waiting {
				_, _ = w.at(n + 1).SendOne(ctx)
			}
		}
	}
}
