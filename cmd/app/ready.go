package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ringback/gateway/ask"
	"ringback/gateway/health"
	"ringback/gateway/spool"
	"ringback/migrations"
)

// phase is how far a start is.
type phase int

const (
	looking phase = iota // for the database
	away                 // it was not there
	reached              // its schema is brought up to date
	begun                // all is at work
)

// progress is what a start has come to.
type progress struct {
	mu     sync.Mutex
	phase  phase
	run    *migrations.Run
	cause  error
	checks health.Checks // of what there is by then
}

// look has the health looked at in more places.
func (p *progress) look(checks health.Checks) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.checks = checks
}

func (p *progress) looks() health.Checks {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.checks
}

func (p *progress) set(now phase, cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phase, p.cause, p.run = now, cause, nil
}

func (p *progress) migrating(run *migrations.Run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run = run
}

func (p *progress) get() (now phase, note health.Note, cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.run == nil {
		return p.phase, health.Note{Code: health.Starting}, p.cause
	}
	step := p.run.Progress()
	note = health.Note{Code: health.Migrating, What: step.String()}
	if !step.Since.IsZero() {
		note.For = time.Since(step.Since)
	}
	return p.phase, note, p.cause
}

// stands is how far it is, in one note.
func (p *progress) stands() health.Note {
	if now, note, _ := p.get(); now != away {
		return note
	}
	return postgresAway
}

var postgresAway = health.Note{Code: health.DatabaseAway, What: "Postgres is away; what providers bring is kept in the spool"}

// answersWithin is how long Postgres may take for a question on which somebody waits.
const answersWithin = time.Second

// ready says whether providers can bring what they have, and what there is to know. The
// error is for the log and the operator.
func (a *App) ready(ctx context.Context) (notes []health.Note, err error) {
	var full error
	if a.spool != nil {
		state := a.spool.State()
		if state.Count > 0 {
			notes = append(notes, health.Note{Code: health.SpoolHolds, For: state.Age(), What: fmt.Sprintf("%d events", state.Count)})
		}
		if full = state.Fault; full != nil {
			notes = append(notes, health.Note{Code: health.OfFault(full), What: full.Error()})
		}
		if full != nil && state.Count > 0 && !errors.Is(full, spool.ErrAway) { // what comes would have to go behind it
			return notes, full
		}
	}
	now, note, cause := a.start.get()
	if now == begun && full != nil && a.Gateway.Refuses() { // Postgres can be read, and takes nothing, as on the same full disk
		return notes, full
	}
	switch {
	case now == away:
		return append(notes, postgresAway), full
	case now != begun:
		return append(notes, note), errors.Join(errors.New(note.Full()), cause)
	}
	asking, end := context.WithTimeout(ctx, answersWithin)
	defer end()
	pending, err := a.pending.About(asking, struct{}{})
	switch {
	case err != nil && a.spool != nil:
		return append(notes, postgresAway), full
	case err != nil:
		return append(notes, health.Note{Code: health.DatabaseAway}), fmt.Errorf("database: %w", err)
	case pending > 0:
		return append(notes, health.Note{Code: health.MigrationsPending}), fmt.Errorf("%d migrations are pending", pending)
	}
	return append(notes, health.OfMessages(a.oldest.wait(ctx, a.DB.Watch, a.Clock))...), nil
}

// countPending asks on a connection that pages and the API have no part in: who waits for
// one of theirs says nothing of Postgres.
func (a *App) countPending(ctx context.Context, _ []struct{}) (map[struct{}]int, error) {
	n, err := ask.Within(ctx, answersWithin, func(ctx context.Context) (int, error) { return migrations.Pending(ctx, a.DB.Watch.DB) })
	return map[struct{}]int{{}: n}, err
}
