package gateway

import (
	"context"
	"fmt"
	"time"
)

const (
	moveEvents     = `update events set due_at = due_at + $1::bigint * interval '1 microsecond' where handled_at is null`
	moveDeliveries = `
update deliveries set due_at = due_at + $1::bigint * interval '1 microsecond', tried_at = tried_at + $1::bigint * interval '1 microsecond',
    expires_at = expires_at + $1::bigint * interval '1 microsecond'
where due_at is not null`
	moveSilents = `update deliveries set ask_at = ask_at + $1::bigint * interval '1 microsecond' where ask_at is not null`
	moveNotices = `
update notice_sends set due_at = due_at + $1::bigint * interval '1 microsecond', expires_at = expires_at + $1::bigint * interval '1 microsecond'
where due_at is not null`
	moveEscalations = `update escalations set due_at = due_at + $1::bigint * interval '1 microsecond' where due_at is not null`
	moveMedia       = `update media set due_at = due_at + $1::bigint * interval '1 microsecond' where due_at is not null`
)

// MoveClock lets a demo play another time of day, or return to the real one
// when at is nil. What is waiting keeps its distance from the present: it
// would otherwise expire, or wait for days. Never used on a real gateway.
func (g *Gateway) MoveClock(ctx context.Context, at *time.Time) error {
	before := g.Clock.Now()
	if at == nil {
		g.Clock.Shift(0)
	} else {
		g.Clock.Shift(time.Until(*at))
	}
	by := g.Clock.Now().Sub(before).Microseconds()
	for _, move := range []string{moveEvents, moveDeliveries, moveSilents, moveMedia, moveNotices, moveEscalations} {
		if _, err := g.DB.ExecContext(ctx, move, by); err != nil {
			return fmt.Errorf("move the clock: %w", err)
		}
	}
	g.Wake()
	return nil
}
