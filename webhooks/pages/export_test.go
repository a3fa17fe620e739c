package pages

import (
	"bytes"
	"io"
	"time"

	"ringback/webhooks/web/limit"
)

// Spend has somebody at an address upload as much as a network may at once.
func (p *Pages) Spend(address string) {
	bytesOf := io.LimitReader(endless{}, int64(byNetwork.Burst))
	meter := p.visits.Meter(bytesOf, limit.Share{Name: "bytes/" + limit.Network(address), Pace: byNetwork})
	_, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, meter, bytes.Repeat([]byte{0}, 1<<20))
}

// SpendShare has as much uploaded at once as a link, team or company may have.
func (p *Pages) SpendShare(of, id string) {
	pace := map[string]limit.Pace{"link": byLink, "team": byTeam, "company": byCompany}[of]
	meter := p.visits.Meter(io.LimitReader(endless{}, int64(pace.Burst)), limit.Share{Name: of + "/" + id, Pace: pace})
	_, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, meter, make([]byte, 1<<20))
}

// Tire has somebody at an address ask as often as they may at once, and says how often
// that was. They are not let in again for as long as a slow machine needs to ask once more.
func (p *Pages) Tire(address string) (asked int) {
	slow := visiting
	slow.Each = time.Hour
	for p.visits.Wait(limit.Network(address), slow) == 0 {
		asked++
	}
	return asked
}

// endless is a body without end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }
