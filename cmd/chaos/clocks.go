package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"ringback/cmd/overlay"
)

// wrong is a program whose clock is: processes on one machine share the machine's, so
// that it is told to the program.
func wrong(name, by string) overlay.Mutant {
	return overlay.Mutant{
		Name: name, File: "channels/clock/clock.go",
		From: []string{"return time.Now()"}, To: []string{"return time.Now().Add(" + by + ")"},
	}
}

// buildWrong builds the two.
func (c *campaign) buildWrong(ctx context.Context, dir string) (err error) {
	if c.fast, err = wrong("fast", "10*time.Minute").Build(ctx, dir, "ringback-fast", "./cmd/ringback"); err != nil {
		return fmt.Errorf("a clock that is fast: %w", err)
	}
	if c.slow, err = wrong("slow", "-10*time.Minute").Build(ctx, dir, "ringback-slow", "./cmd/ringback"); err != nil {
		return fmt.Errorf("a clock that is slow: %w", err)
	}
	return nil
}

// misleadsClocks has two replicas go wrong, and right again.
func misleadsClocks(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	return 1, c.withAll(func() error {
		for _, binaries := range [][]string{{c.fast, c.slow}, {c.binary, c.binary}} {
			for n, binary := range binaries {
				r := c.replicas[n]
				if err := r.end(); err != nil {
					c.breaks("an orderly stop is one", "%v", err)
				}
				r.binary = binary
				if err := r.start(); err != nil {
					return err
				}
			}
			lasts(ctx, c.between(luck, 5*time.Second, 15*time.Second))
		}
		return nil
	})
}
