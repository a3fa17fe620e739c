package pages

import (
	"bytes"
	"io"

	"ringback/webhooks/web/limit"
)

// Spend has somebody at an address upload as much as a network may at once.
func (p *Pages) Spend(address string) {
	bytesOf := io.LimitReader(endless{}, int64(byNetwork.Burst))
	meter := p.visits.Meter(bytesOf, limit.Share{Name: "bytes/" + limit.Network(address), Pace: byNetwork})
	_, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, meter, bytes.Repeat([]byte{0}, 1<<20))
}

// endless is a body without end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }
