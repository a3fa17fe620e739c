package main

import (
	"context"
	"fmt"
	"time"

	"ringback/channels"
	"ringback/gateway"
	"ringback/settings"
)

const (
	trickling = 10 // texts a second of the team that is timed
	other     = "+13125550199"
)

// latency is from a text that is written down to its reply's last callback.
type latency struct {
	Texts int     `db:"texts"`
	P50   float64 `db:"p50"` // milliseconds, as P99
	P99   float64 `db:"p99"`
}

func (l latency) String() string { return fmt.Sprintf("%8d %10.0f %10.0f", l.Texts, l.P50, l.P99) }

const latencies = `
select count(*) as texts, coalesce(percentile_cont(0.5) within group (order by ms), 0) as p50, coalesce(percentile_cont(0.99) within group (order by ms), 0) as p99
from (select extract(epoch from d.updated_at - e.created_at) * 1000 as ms
    from deliveries d
    join decisions c on c.company_id = d.company_id and c.id = d.decision_id
    join events e on e.company_id = d.company_id and e.id = c.event_id
    where d.company_id = $1 and d.team_id = $2 and d.id >= $3 and d.state = 'delivered') each`

// neighbors compares one team's texts while nothing else happens with its texts while
// another team gets many at once.
func neighbors(ctx context.Context, p *place, s size, _ plan) error {
	team, err := p.answering(ctx, "Sales", settings.Sender{Kind: channels.SMS, Address: other})
	if err != nil {
		return err
	}
	at, err := p.gateway((*gateway.Gateway).Start)
	if err != nil {
		return err
	}
	defer at.close()
	before, err := p.trickle(ctx, at, team, time.After(s.calm))
	if err != nil {
		return err
	}
	since, over, failed := idNow(), make(chan time.Time), make(chan error, 1)
	go func() {
		defer close(over)
		failed <- p.flood(ctx, at, since, s.burst)
	}()
	during, err := p.trickle(ctx, at, team, over)
	if err != nil {
		return err
	}
	if err := <-failed; err != nil {
		return fmt.Errorf("the burst: %w", err)
	}
	fmt.Printf("A team that gets %d texts a second, while another gets %d at once; milliseconds from acknowledged to delivered\n"+
		"%10s %8s %10s %10s\n%10s %s\n%10s %s\n%10s %8s %10.2f %10.2f\n\n", trickling, s.burst, "", "texts", "p50", "p99", "before", before, "during", during,
		"ratio", "", during.P50/before.P50, during.P99/before.P99)
	return nil
}

// flood posts texts to the first team as fast as they are taken, and waits for all replies.
func (p *place) flood(ctx context.Context, at *gatewayAt, since string, n int) error {
	for left := n; left > 0; left -= pending {
		if _, err := post(at.address, texts(at, ours, customers(min(left, pending))), 16, time.Hour); err != nil {
			return err
		}
	}
	return p.wait(ctx, since, n, time.Hour)
}

// trickle posts a few texts a second to a team until the time is over.
func (p *place) trickle(ctx context.Context, at *gatewayAt, team settings.Team, over <-chan time.Time) (latency, error) {
	since, to, posted := idNow(), ours, 0
	if team.ID != p.team.ID {
		to = other
	}
	next := time.NewTicker(time.Second / trickling)
	defer next.Stop()
	for more := true; more; {
		select {
		case <-over:
			more = false
		case <-ctx.Done():
			return latency{}, ctx.Err()
		case <-next.C:
			if _, err := post(at.address, texts(at, to, customers(1)), 1, time.Minute); err != nil {
				return latency{}, err
			}
			posted++
		}
	}
	l := latency{}
	for start := time.Now(); l.Texts < posted; <-next.C {
		if time.Since(start) > time.Minute {
			return l, fmt.Errorf("a minute after the last text %d of %d are delivered", l.Texts, posted)
		}
		if err := p.db.GetContext(ctx, &l, latencies, p.company, team.ID, since); err != nil {
			return l, fmt.Errorf("latencies: %w", err)
		}
	}
	return l, nil
}
