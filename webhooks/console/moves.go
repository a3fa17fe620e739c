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
	hub := v.console.Live
	woken, end := hub.Listen(v.Team.ID) // before the page hears that it is listened to
	err := hub.Open(v.g.Writer, func(out *live.Stream) {
		defer end()
		beat := time.NewTicker(live.Heartbeat)
		defer beat.Stop()
		over := time.NewTimer(watch)
		defer over.Stop()
		for {
			var err error
			select {
			case <-out.Gone():
				return
			case <-hub.Done():
				return
			case <-over.C:
				return
			case <-beat.C:
				err = out.Beat()
			case <-woken:
				if err = out.Send("moved", "", "{}"); err == nil {
					time.Sleep(breath) // a busy team is one word, not a hundred
				}
			}
			if err != nil {
				return
			}
		}
	})
	if err != nil {
		end()
	}
	return err
}
