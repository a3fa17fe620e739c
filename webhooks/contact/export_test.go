package contact

import (
	"time"

	"ringback/webhooks/web/limit"
)

// Tire has somebody at an address look as often as they may at once, and says how often
// that was. They are not let in again for as long as a slow machine needs to look once more.
func (p *Contact) Tire(address string) (looked int) {
	slow := looking
	slow.Each = time.Hour
	for p.book.Wait("look/"+limit.Network(address), slow) == 0 {
		looked++
	}
	return looked
}
