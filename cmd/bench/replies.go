package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/gateway"
)

// replies measures texts replied to, from the first webhook to the last
// provider's callback "delivered" handled: by customers who are new, and by
// customers with a history.
func replies(ctx context.Context, p *place, how plan) error {
	at, err := p.gateway((*gateway.Gateway).Start)
	if err != nil {
		return err
	}
	defer at.close()
	var fresh, known, bare []float64
	for round := range how.rounds {
		for _, measure := range []struct {
			into *[]float64
			from func() ([]string, error)
		}{
			{&fresh, func() ([]string, error) { return customers(how.texts), nil }},
			{&known, func() ([]string, error) { return p.acquaintances(ctx, how.texts) }},
		} {
			from, err := measure.from()
			if err != nil {
				return err
			}
			rate, err := p.reply(ctx, at, from)
			if err != nil {
				return fmt.Errorf("round %d: %w", round+1, err)
			}
			*measure.into = append(*measure.into, rate)
		}
		rate, err := p.bare(ctx, 16, how)
		if err != nil {
			return err
		}
		bare = append(bare, rate)
	}
	f, k, b := median(fresh), median(known), median(bare)
	fmt.Printf("Texts replied to, end to end; each is %d webhooks and one call of the provider        bare at 16 connections: %.0f/s\n", 3, b)
	fmt.Printf("%24s %10s %12s\n%24s %10.0f %12.3f\n%24s %10.0f %12.3f\n", "by", "replied/s", "of bare",
		"new customers", f, f/b, "known customers", k, k/b)
	return nil
}

// reply posts a text of each and waits until all replies are delivered.
func (p *place) reply(ctx context.Context, at *gatewayAt, from []string) (float64, error) {
	since := idNow()
	requests := texts(at, ours, from)
	start := time.Now()
	if _, err := post(at.address, requests, 16, time.Minute); err != nil {
		return 0, err
	}
	if err := p.wait(ctx, since, len(from), patience); err != nil {
		return 0, err
	}
	return float64(len(from)) / time.Since(start).Seconds(), nil
}

// patience is longer than it takes until a reply whose provider seemed to be away is
// tried again.
const patience = 3 * time.Minute

// wait is over when so many replies that were made since then are delivered.
func (p *place) wait(ctx context.Context, since string, n int, most time.Duration) error {
	start := time.Now()
	for poll := time.NewTicker(5*time.Millisecond + time.Duration(n)*5*time.Microsecond); ; {
		done, err := p.delivered(ctx, since)
		if err != nil {
			return err
		}
		if done >= n {
			return nil
		}
		if time.Since(start) > most {
			return fmt.Errorf("after %s %d of %d replies are delivered; %s", most, done, n, p.left(ctx, since))
		}
		<-poll.C
	}
}

// left says of what was made since then and is not delivered how it stands.
func (p *place) left(ctx context.Context, since string) string {
	var said []string
	if err := p.db.SelectContext(ctx, &said, `
select format('an event of %s that was tried %s times: %s', due_at, attempts, coalesce(fault, 'no fault')) from events where company_id = $1 and handled_at is null
union all select format('a decision: %s, %s', outcome, reason) from decisions where company_id = $1 and id >= $2 and outcome <> 'sent'
union all select format('a delivery %s, tried %s times, looked for %s times, due %s', state, attempts, looks, due_at) from deliveries where company_id = $1 and id >= $2 and state <> 'delivered'
limit 10`, p.company, since); err != nil {
		return err.Error()
	}
	return strings.Join(said, "; ")
}

func (p *place) delivered(ctx context.Context, since string) (int, error) {
	var n int
	if err := p.db.GetContext(ctx, &n, `select count(*) from deliveries where company_id = $1 and id >= $2 and state = 'delivered'`, p.company, since); err != nil {
		return 0, fmt.Errorf("count the delivered: %w", err)
	}
	return n, nil
}

// idNow is below every id that is made from now on.
func idNow() string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:], uint64(time.Now().UnixMilli())<<16)
	return id.String()
}

// acquaintances are numbers of customers who wrote before, the last time a day ago, and
// whose ticket is open.
func (p *place) acquaintances(ctx context.Context, n int) ([]string, error) {
	made := customers(n)
	return made, p.leave(ctx, p.db, made, history{met: 11.05, apart: 1})
}

// profile writes a CPU profile until the returned function is called.
func profile(name string) (func(), error) {
	if name == "" {
		return func() {}, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, fmt.Errorf("a profile: %w", err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, fmt.Errorf("a profile: %w", err)
	}
	return func() {
		pprof.StopCPUProfile()
		_ = file.Close()
	}, nil
}
