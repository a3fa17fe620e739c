package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"ringback/gateway"
)

// size is how much is stored and how much comes at once when it is looked for what
// gets slower with the years.
type size struct {
	rows    int           // stored at the end, of all tables
	backlog int           // texts that wait when the gateway starts
	burst   int           // texts of one team at once
	held    time.Duration // that transactions stay open
	old     time.Duration // that old rows go for, at most
	calm    time.Duration // that a team's texts are timed for beforehand
	in      string        // the folder of the data, which stays; empty: one that goes
	only    string        // part of the name of what is measured; empty: all
}

// smallest is the first of the sizes that are compared; each next one is ten times it.
const smallest = 10_000

// large measures what the same text costs once much is stored, much waits, much comes
// at once, or somebody else holds on to what was.
func large(ctx context.Context, p *place, s size, how plan) error {
	for _, part := range []struct {
		name    string
		measure func(context.Context, *place, size, plan) error
	}{{"growth", growth}, {"backlog", waiting}, {"burst", neighbors}, {"held", holding}, {"old", letting}} {
		if !strings.Contains(part.name, s.only) {
			continue
		}
		if err := part.measure(ctx, p, s, how); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// growth compares what is replied to a second while ever more is stored. What a folder
// has already is where it begins.
func growth(ctx context.Context, p *place, s size, how plan) error {
	fmt.Printf("Texts replied to by stored rows, by new customers and by those who are among the stored        bare at 16 connections\n"+
		"%12s %10s %10s %10s %12s %12s %14s %14s\n", "rows", "new/s", "known/s", "bare/s", "new/bare", "known/bare", "new's cost", "known's cost")
	var first rates
	for rows := min(max(smallest, p.filled*rowsOfCustomer), s.rows); ; rows = min(10*rows, s.rows) {
		if err := p.fill(ctx, rows); err != nil {
			return err
		}
		now, err := p.rates(ctx, how)
		if err != nil {
			return fmt.Errorf("with %d rows: %w", rows, err)
		}
		if first.fresh == 0 {
			first.fresh = now.fresh / now.bare
		}
		if first.known == 0 {
			first.known = now.known / now.bare
		}
		fmt.Printf("%12d %10.0f %10s %10.0f %12.3f %12s %14.2f %14s\n", rows, now.fresh, figure(now.known, 0), now.bare, now.fresh/now.bare, figure(now.known/now.bare, 3),
			first.fresh/(now.fresh/now.bare), figure(first.known/(now.known/now.bare), 2))
		if rows == s.rows {
			fmt.Println()
			return nil
		}
	}
}

// figure is a number as the tables have it; what was not measured is a dash.
func figure(x float64, digits int) string {
	if x == 0 || math.IsNaN(x) {
		return "–"
	}
	return strconv.FormatFloat(x, 'f', digits, 64)
}

// rates are replies a second by new customers and by those of fill, and bare inserts.
// known is 0 where fewer were made than are to write, each once.
type rates struct{ fresh, known, bare float64 }

func (p *place) rates(ctx context.Context, how plan) (rates, error) {
	at, err := p.gateway((*gateway.Gateway).Start)
	if err != nil {
		return rates{}, err
	}
	defer at.close()
	var fresh, known, bare []float64
	for range how.rounds {
		rate, err := p.reply(ctx, at, customers(how.texts))
		if err != nil {
			return rates{}, err
		}
		fresh = append(fresh, rate)
		if rate = 0; p.filled-p.called >= how.texts {
			if rate, err = p.reply(ctx, at, p.regulars(how.texts)); err != nil {
				return rates{}, err
			}
		}
		known = append(known, rate)
		if rate, err = p.bare(ctx, 16, how); err != nil {
			return rates{}, err
		}
		bare = append(bare, rate)
	}
	return rates{median(fresh), median(known), median(bare)}, nil
}

// waiting compares how fast a backlog goes with how fast texts are replied to as they
// come.
func waiting(ctx context.Context, p *place, s size, how plan) error {
	at, err := p.gateway((*gateway.Gateway).Start)
	if err != nil {
		return err
	}
	steady, err := p.reply(ctx, at, customers(10*how.texts))
	at.close()
	if err != nil {
		return err
	}
	if at, err = p.gateway((*gateway.Gateway).StartIntake); err != nil {
		return err
	}
	since := idNow()
	for left := s.backlog; left > 0 && err == nil; left -= pending {
		_, err = post(at.address, texts(at, ours, customers(min(left, pending))), 64, time.Hour)
	}
	at.close()
	if err != nil {
		return fmt.Errorf("the backlog: %w", err)
	}
	start := time.Now()
	if at, err = p.gateway((*gateway.Gateway).Start); err != nil {
		return err
	}
	defer at.close()
	if err := p.wait(ctx, since, s.backlog, time.Hour+time.Duration(s.backlog)*10*time.Millisecond); err != nil {
		return fmt.Errorf("the backlog: %w", err)
	}
	drained := float64(s.backlog) / time.Since(start).Seconds()
	fmt.Printf("A backlog of %d texts of one team, none of which was looked at when the gateway started\n%12s %12s %14s\n%12.0f %12.0f %14.2f\n\n",
		s.backlog, "as they come", "backlog", "of as they come", steady, drained, drained/steady)
	return nil
}
