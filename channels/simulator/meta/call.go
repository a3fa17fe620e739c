package meta

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"time"
)

// Call is a WhatsApp call that a customer makes: to be told of in any order, twice
// or by half.
type Call struct {
	ID, From string
	Began    time.Time
}

// Ring lets a customer call: a phone number, or a user id of somebody who shows
// none. Nobody is told yet.
func (m *Simulator) Ring(from string) *Call {
	c := &Call{ID: "wacid.in" + rand.Text(), From: from, Began: m.config.Clock.Now()}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls = append(m.calls, c)
	return c
}

// Connect tells that the call came in, and returns the HTTP status of the answer.
func (m *Simulator) Connect(ctx context.Context, door string, c *Call) (int, error) {
	told := m.told(c, "connect", c.Began)
	told["session"] = Object{"sdp_type": "offer", "sdp": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n"}
	return m.call(ctx, door, c, Object{"calls": []any{told}})
}

// Terminate tells that the call is over, so long after it began. Taken is how long
// they spoke; 0: nobody took it.
func (m *Simulator) Terminate(ctx context.Context, door string, c *Call, after, taken time.Duration) (int, error) {
	end := c.Began.Add(after)
	told := m.told(c, "terminate", end)
	told["status"] = "FAILED"
	if taken > 0 {
		told["status"], told["duration"] = "COMPLETED", int(taken.Seconds())
		told["start_time"], told["end_time"] = seconds(end.Add(-taken)), seconds(end)
	}
	return m.call(ctx, door, c, Object{"calls": []any{told}})
}

// CallStatus tells how a call fares that the business makes to the customer.
func (m *Simulator) CallStatus(ctx context.Context, door string, c *Call, word string) (int, error) {
	return m.call(ctx, door, c, Object{"statuses": []any{Object{
		"id": c.ID, "type": "call", "status": word, "timestamp": seconds(c.Began), "recipient_id": strings.TrimPrefix(c.From, "+"),
	}}})
}

func (m *Simulator) told(c *Call, event string, at time.Time) Object {
	told := Object{"id": c.ID, "to": display, "event": event, "direction": "USER_INITIATED", "timestamp": seconds(at)}
	if number, found := strings.CutPrefix(c.From, "+"); found {
		told["from"] = number
	} else {
		told["from_user_id"] = c.From
	}
	return told
}

func (m *Simulator) call(ctx context.Context, door string, c *Call, value Object) (int, error) {
	value["contacts"] = []any{m.person(c.From)}
	return m.postOf(ctx, door, "calls", value)
}

func seconds(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }
