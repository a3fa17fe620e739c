package console

import (
	"time"

	"ringback/gateway/live"
)

const (
	breath = 300 * time.Millisecond // between two words to the same page
	watch  = 10 * time.Minute       // then the browser comes back and is asked again who it is
)

// moves tells a page that something happened in its team, and no more than
// that: the page asks for what it shows, with the rights that it has by then.
func (v *View) moves() error {
	woken, end := v.console.Live.Listen(v.Team.ID)
	defer end()
	out, err := live.Open(v.g.Writer)
	if err != nil {
		return nil // nobody is there any more
	}
	beat := time.NewTicker(live.Heartbeat)
	defer beat.Stop()
	over := time.NewTimer(watch)
	defer over.Stop()
	for {
		select {
		case <-v.g.Request.Context().Done():
			return nil
		case <-v.console.Live.Done():
			return nil
		case <-over.C:
			return nil
		case <-beat.C:
			err = out.Beat()
		case <-woken:
			if err = out.Send("moved", "", "{}"); err == nil {
				time.Sleep(breath) // a busy team is one word, not a hundred
			}
		}
		if err != nil {
			return nil
		}
	}
}
