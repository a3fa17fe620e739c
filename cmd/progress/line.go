// Package progress says on a terminal, or in a log, how far long work is.
package progress

import (
	"io"
	"os"
	"sync"
	"time"
)

// Terminal reports whether a line that was written there can be written anew.
func Terminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// How often it is said: on a terminal, and elsewhere.
const (
	often  = 250 * time.Millisecond
	seldom = 10 * time.Second
)

// What a terminal is told, so that a line takes the place of the one before and is cut
// off at its edge.
const (
	wipe   = "\r\x1b[K"
	noWrap = "\x1b[?7l"
	wrap   = "\x1b[?7h"
)

// Line says how far work is: on a terminal in one line that is gone in the end,
// elsewhere in a line when a step begins and every ten seconds. A nil one says nothing.
type Line struct {
	to       io.Writer
	rewrites bool

	mu      sync.Mutex
	now     Step
	done    int64
	begun   time.Time
	drawn   bool         // there is something to wipe
	ticker  *time.Ticker // nil: nothing has begun
	drawing sync.WaitGroup
	end     chan struct{}
}

// To is a line that says it there; rewrites: there is a terminal.
func To(out io.Writer, rewrites bool) *Line { return &Line{to: out, rewrites: rewrites} }

// Rewrites reports whether it is one line on a terminal.
func (l *Line) Rewrites() bool { return l != nil && l.rewrites }

// Begin goes on to the next step.
func (l *Line) Begin(s Step) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now, l.done, l.begun = s, 0, time.Now()
	if !l.rewrites {
		l.draw()
	}
	every := seldom
	if l.rewrites {
		every = often
	}
	if l.ticker != nil {
		l.ticker.Reset(every)
		return
	}
	ticker, end := time.NewTicker(every), make(chan struct{})
	l.ticker, l.end = ticker, end
	l.drawing.Go(func() { l.follow(ticker.C, end) })
}

// At says how much of the step is done.
func (l *Line) At(done int64) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done = done
}

// Of says how much there is, when that turned out to be other than it was taken for.
func (l *Line) Of(of int64) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.Of = of
}

// End is called when all is done, or nothing more will be: the terminal is left clean.
func (l *Line) End() {
	if l == nil || l.ticker == nil {
		return
	}
	close(l.end)
	l.drawing.Wait()
	l.ticker.Stop()
	l.ticker = nil
	if l.drawn {
		_, _ = io.WriteString(l.to, wipe)
		l.drawn = false
	}
}

func (l *Line) follow(tick <-chan time.Time, end <-chan struct{}) {
	for {
		select {
		case <-end:
			return
		case <-tick:
		}
		l.mu.Lock()
		l.draw()
		l.mu.Unlock()
	}
}

// draw says it now. A terminal that is gone is no reason to stop working.
func (l *Line) draw() {
	words := l.now.says(l.done, time.Since(l.begun))
	if !l.rewrites {
		_, _ = io.WriteString(l.to, words+"\n")
		return
	}
	l.drawn = true
	_, _ = io.WriteString(l.to, wipe+noWrap+words+wrap)
}
