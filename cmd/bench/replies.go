package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

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
	if err := p.wait(ctx, since, len(from), time.Minute); err != nil {
		return 0, err
	}
	return float64(len(from)) / time.Since(start).Seconds(), nil
}

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
			return fmt.Errorf("after %s %d of %d replies are delivered", most, done, n)
		}
		<-poll.C
	}
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

// known gives customers a history of ten days: a ticket, and each day a
// message, a reply and its decision.
const known = `
with customer as (
    select gen_random_uuid() as id, gen_random_uuid() as ticket, address, n
    from unnest($4::text[]) with ordinality as c (address, n)
), contact as (
    insert into contacts (company_id, id, name) select $1, id, 'Ann' from customer
), address as (
    insert into addresses (company_id, kind, address, contact_id) select $1, 'phone', address, id from customer
), standing as (
    insert into standings (company_id, team_id, contact_id) select $1, $2, id from customer
), number as (
    update companies set last_ticket = last_ticket + cardinality($4::text[]) where id = $1 returning last_ticket
), ticket as (
    insert into tickets (company_id, id, team_id, contact_id, sender_id, number, kind, opened_at)
    select $1, c.ticket, $2, c.id, $3, last_ticket - cardinality($4::text[]) + n, 'message', now() - interval '11 days' from customer c, number
), message as (
    insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, at)
    select $1, gen_random_uuid(), $2, id, ticket, $3, author, 'Are you open?', now() - day * interval '1 day' - interval '1 hour'
    from customer, generate_series(1, 10) as day, unnest('{customer,automation}'::text[]) as author
)
insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, at, decided_at)
select $1, gen_random_uuid(), $2, id, ticket, gen_random_uuid(), 'message', '', 'after_hours_text', 'sent', 'sent', '{}',
    now() - day * interval '1 day' - interval '1 hour', now() - day * interval '1 day' - interval '1 hour'
from customer, generate_series(2, 11) as day`

// acquaintances are numbers of customers who wrote before.
func (p *place) acquaintances(ctx context.Context, n int) ([]string, error) {
	made := customers(n)
	if _, err := p.db.ExecContext(ctx, known, p.company, p.team.ID, p.sender.ID, pq.Array(made)); err != nil {
		return nil, fmt.Errorf("make acquaintances: %w", err)
	}
	return made, nil
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
