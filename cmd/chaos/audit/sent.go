package audit

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"ringback/channels/simulator/twilio"
	"ringback/cmd/chaos/load"
)

// lookAtSent: the provider gets each message once, to one person in their order, and
// none after a STOP.
func (l *look) lookAtSent() {
	type lane struct{ from, to string }
	newest := map[lane]*delivery{}
	for _, m := range l.sent {
		d := l.deliveries[deliveryOf(m)]
		if d == nil {
			l.finds("only what was queued is sent", "%s to %s: %q", m.SID, m.To, m.Body)
			continue
		}
		d.taken = append(d.taken, m)
		if n := len(d.taken); n > 1 {
			l.finds("a message is sent once", "delivery %s to %s was taken %d times: %s at %s and %s at %s", d.ID, d.To, n,
				d.taken[0].SID, clock(d.taken[0].Created), m.SID, clock(m.Created))
			continue
		}
		at := lane{m.From, m.To}
		if before := newest[at]; before != nil && before.Seq > d.Seq {
			l.finds("messages to one person leave in their order", "to %s: %s before %s", d.To, before.ID, d.ID)
		} else {
			newest[at] = d
		}
		l.lookForStop(m, d)
	}
}

func (l *look) lookForStop(m twilio.Message, d *delivery) {
	if d.Reason == "opted_out" || d.Reason == "help" {
		return // which answers the STOP
	}
	left := m.Created
	if d.Claims == 1 && d.TriedAt != nil && left.Sub(*d.TriedAt) < claimed {
		left = *d.TriedAt
	}
	for _, span := range l.late {
		if left.After(span.From) && left.Before(span.To.Add(UnderWay)) {
			left = span.From
		}
	}
	for _, s := range l.stops[d.To] {
		switch {
		case !s.to.IsZero() && m.Created.After(s.to), left.Before(s.acknowledged.Add(UnderWay)):
		case left.Before(s.from.Add(UnderWay)):
			l.facts.Unheard++
		default:
			l.finds("nothing is sent after a STOP", "%s, delivery %s, at %s to %s, whose STOP %s was acknowledged at %s and in force at %s", m.SID, d.ID,
				clock(m.Created), d.To, s.sid, clock(s.acknowledged), clock(s.from))
		}
	}
}

// lookAtReplies: what the API acknowledged is one message, and leaves unless the
// person said STOP.
func (l *look) lookAtReplies() {
	byText := map[string][]*delivery{}
	for _, d := range l.inOrder {
		byText[d.Text] = append(byText[d.Text], d)
	}
	for _, t := range l.told {
		if t.Kind != load.Reply || t.Refused {
			continue
		}
		made := byText[t.Text]
		switch {
		case len(made) == 0:
			l.finds("nothing acknowledged is lost", "the reply %s to %s, acknowledged at %s by %q", t.SID, t.Customer, clock(t.At), t.By)
		case len(made) > 1:
			l.finds("an acknowledged reply is one message", "%s to %s is %d", t.SID, t.Customer, len(made))
		case made[0].State == "canceled" && len(l.stops[t.Customer]) == 0:
			l.finds("nothing acknowledged is lost", "the reply %s to %s was canceled, and they never said STOP", t.SID, t.Customer)
		}
	}
}

// known are the states of what the provider took.
var known = []string{"sending", "sent", "delivered", "read"}

// lookAtDeliveries: all have come to their end, and it is the one that the provider knows.
func (l *look) lookAtDeliveries() {
	for _, d := range l.inOrder {
		switch {
		case d.DueAt != nil || d.State == "queued":
			l.finds("nothing is stuck", "delivery %s to %s is %s: %s", d.ID, d.To, d.State, d.Error)
		case len(d.taken) > 0 && !slices.Contains(known, d.State):
			l.finds("what the provider took is known", "it took %s as %s at %s, which is %s: %s", d.ID, d.taken[0].SID, clock(d.taken[0].Created), d.State, d.Error)
		case len(d.taken) == 1 && d.ProviderID != d.taken[0].SID:
			l.finds("what the provider took is known", "%s is %s there and %q here", d.ID, d.taken[0].SID, d.ProviderID)
		case len(d.taken) == 0 && slices.Contains(known, d.State):
			l.finds("what is said to be sent was sent", "%s to %s is %s, and the provider knows nothing of it", d.ID, d.To, d.State)
		case len(d.taken) == 0 && d.State != "canceled" && d.State != "expired":
			l.finds("nothing is given up", "%s to %s is %s: %s", d.ID, d.To, d.State, d.Error)
		}
		if d.State == "expired" {
			l.facts.Expired++
		}
		if d.State == "canceled" {
			l.facts.Canceled++
		}
	}
}

const (
	stuck = `
select 'nothing is stuck' as property, 'event ' || kind || ' ' || provider_id || ' ' || coalesce(fault, '') as detail from events
where handled_at is null and due_at < now() + interval '10 minutes'
union all
select 'nothing is stuck', 'call ' || sid from calls where settled_at is null
union all
select 'nothing is given up', 'event ' || kind || ' ' || provider_id || ': ' || coalesce(fault, '') from events where given_up_at is not null
union all
select 'a call''s end is known', 'call ' || sid || ' is ' || status from calls where sid = any($1) and status <> 'completed'
union all
select 'nothing comes to nobody', 'a stray ' || kind || ' ' || provider_id from strays`
	overCap = `
select count(*) from decisions where team_id = $1 and outcome = 'sent' and automation is not null
group by date_trunc('hour', coalesce(decided_at, created_at)) order by 1 desc limit 1`
)

// lookAtTables: nothing is left to do, and no team is over its cap.
func (l *look) lookAtTables(ctx context.Context, db *sqlx.DB, teams []load.Team) error {
	var over []string
	for _, t := range l.told {
		if t.Kind == load.Ended && !t.Refused {
			over = append(over, t.SID)
		}
	}
	var found []Finding
	if err := db.SelectContext(ctx, &found, stuck, array(over)); err != nil {
		return fmt.Errorf("what is stuck: %w", err)
	}
	l.found = append(l.found, found...)
	for _, t := range teams {
		if t.Cap == 0 {
			continue
		}
		var most []int
		if err := db.SelectContext(ctx, &most, overCap, t.ID); err != nil {
			return fmt.Errorf("the cap of %s: %w", t.Name, err)
		}
		if len(most) > 0 && most[0] > t.Cap {
			l.finds("a team's cap holds", "%s sent %d automatic messages in an hour and may %d", t.Name, most[0], t.Cap)
		}
	}
	return nil
}
