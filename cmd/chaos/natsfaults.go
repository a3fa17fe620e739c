package main

import (
	"context"
	"math/rand/v2"
	"os"
	"time"

	"ringback/cmd/chaos/wire"
)

// withNATS has NATS servers go wrong once all three have everything, and waits until they
// have again: one of three may be lost, and the next one when it is made up for.
func (c *campaign) withNATS(ctx context.Context, do func() error) error {
	c.holdingNATS.Lock()
	defer c.holdingNATS.Unlock()
	if err := do(); err != nil {
		return err
	}
	if err := c.untilNATS(context.WithoutCancel(ctx)); err != nil {
		c.breaks("the spool's servers find each other again", "%v", err)
	}
	return nil
}

// some is one of the servers, every other time the one that leads the stream.
func (c *campaign) some(ctx context.Context, luck *rand.Rand) (*natsServer, error) {
	if luck.IntN(2) == 0 {
		return c.leader(ctx)
	}
	return c.nats[luck.IntN(len(c.nats))], nil
}

// withoutPostgres has something happen while what comes in goes into the spool.
func (c *campaign) withoutPostgres(ctx context.Context, luck *rand.Rand, do func() error) error {
	c.toPostgres.Cut(true)
	defer c.toPostgres.Cut(false)
	lasts(ctx, c.between(luck, time.Second, 4*time.Second))
	return do()
}

// killsNATS kills one after the other, with Postgres away and with it there.
func killsNATS(ctx context.Context, c *campaign, luck *rand.Rand) (n int, err error) {
	for range c.scaled(4) {
		if ctx.Err() != nil {
			break
		}
		if err := c.withNATS(ctx, func() error {
			one, err := c.some(ctx, luck)
			if err != nil {
				return err
			}
			n++
			kill := func() error {
				one.kill()
				lasts(ctx, c.between(luck, 0, 4*time.Second))
				return one.start()
			}
			if luck.IntN(2) == 0 {
				return kill()
			}
			return c.withoutPostgres(ctx, luck, kill)
		}); err != nil {
			return n, err
		}
	}
	return n, nil
}

// stopsNATS has all three away while Postgres takes what comes.
func stopsNATS(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	return 1, c.withNATS(ctx, func() error { return c.stopAllNATS(ctx, luck) })
}

// stopsAllThatKeep has Postgres go first, so that the stream holds something, and then
// all three servers: there is nowhere left to keep anything.
func stopsAllThatKeep(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	return 1, c.withNATS(ctx, func() error {
		return c.withoutPostgres(ctx, luck, func() error { return c.stopAllNATS(ctx, luck) })
	})
}

func (c *campaign) stopAllNATS(ctx context.Context, luck *rand.Rand) error {
	for _, one := range c.nats {
		one.kill()
	}
	lasts(ctx, c.between(luck, 2*time.Second, 8*time.Second))
	for _, one := range c.nats {
		if err := one.start(); err != nil {
			return err
		}
	}
	return nil
}

// freezesNATS has the stream's leader stand still while Postgres is away, and wake: it
// goes on to believe that it leads until it hears of the next one.
func freezesNATS(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	return 1, c.withNATS(ctx, func() error {
		one, err := c.leader(ctx)
		if err != nil {
			return err
		}
		return c.withoutPostgres(ctx, luck, func() error {
			thaw := one.freeze()
			defer thaw()
			lasts(ctx, c.between(luck, 3*time.Second, 20*time.Second))
			return nil
		})
	})
}

// cutsNATS has one server, every other time the stream's leader, cut off from the others
// and not from its clients: it goes on to believe that it leads, and may keep nothing.
func cutsNATS(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	return 1, c.withNATS(ctx, func() error {
		one, err := c.some(ctx, luck)
		if err != nil {
			return err
		}
		return c.withoutPostgres(ctx, luck, func() error {
			c.ways(one, cut(true))
			defer c.ways(one, cut(false))
			lasts(ctx, c.between(luck, 3*time.Second, 20*time.Second))
			return nil
		})
	})
}

// partsNATS has no server reach another one while Postgres takes what comes.
func partsNATS(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	return 1, c.withNATS(ctx, func() error {
		for _, one := range c.nats {
			c.ways(one, cut(true))
			defer c.ways(one, cut(false))
		}
		lasts(ctx, c.between(luck, 3*time.Second, 20*time.Second))
		return nil
	})
}

// slowsNATS has everything between the servers take up to half a second, each way.
func slowsNATS(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	return 1, c.withNATS(ctx, func() error {
		delay := time.Duration(50+luck.IntN(450)) * time.Millisecond
		return c.withoutPostgres(ctx, luck, func() error {
			for _, one := range c.nats {
				c.ways(one, func(way *wire.Wire) { way.Slow(delay) })
				defer c.ways(one, func(way *wire.Wire) { way.Slow(0) })
			}
			lasts(ctx, c.between(luck, 3*time.Second, 10*time.Second))
			return nil
		})
	})
}

func cut(so bool) func(*wire.Wire) { return func(way *wire.Wire) { way.Cut(so) } }

// losesMachine has a replica and a NATS server gone for good, with their disks, while
// Postgres is away and the stream holds what was acknowledged. New ones start empty: the
// server while Postgres is still away, the replica when it is back, since it knows no
// account until it has seen it.
func losesMachine(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	return 1, c.withNATS(ctx, func() error {
		return c.withOne(luck, func(r *replica) error {
			one, err := c.some(ctx, luck)
			if err != nil {
				return err
			}
			if err := c.withoutPostgres(ctx, luck, func() error {
				r.kill()
				one.kill()
				for _, disk := range []string{r.data, one.store} {
					if err := os.RemoveAll(disk); err != nil {
						return err
					}
				}
				lasts(ctx, c.between(luck, 0, 5*time.Second))
				if err := one.start(); err != nil {
					return err
				}
				lasts(ctx, c.between(luck, 0, 4*time.Second))
				return nil
			}); err != nil {
				return err
			}
			return r.start()
		})
	})
}
