package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// fillsSpool restarts a replica with the smallest spool there is, and has customers
// write at length while Postgres is away.
func fillsSpool(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	return 1, c.withAll(func() (err error) {
		if err := c.restartAll("SPOOL_LIMIT_MB=1"); err != nil {
			return err
		}
		if err := c.untilReady(ctx, len(c.replicas)); err != nil {
			return err
		}
		c.load.AtLength(true)
		c.toPostgres.Cut(true)
		lasts(ctx, c.between(luck, 8*time.Second, 15*time.Second))
		c.toPostgres.Cut(false)
		c.load.AtLength(false)
		lasts(ctx, 2*time.Second)
		return c.restartAll()
	})
}

// restartAll ends each in order and starts it with more in its environment.
func (c *campaign) restartAll(more ...string) error {
	for _, r := range c.replicas {
		if err := r.end(); err != nil {
			c.breaks("an orderly stop is one", "%v", err)
		}
		if err := r.start(more...); err != nil {
			return err
		}
	}
	return nil
}

// diskSize is how much fits on the small disk of a replica.
const diskSize = 24 << 20

// mountDisks puts each replica's data on a small disk of its own, which takes root.
func (s *stage) mountDisks() error {
	for _, r := range s.replicas {
		if err := s.mountDisk(r.data, diskSize); err != nil {
			return err
		}
		s.disks = true
	}
	return nil
}

// mountDisk puts a folder on a disk of its own with room for so many bytes.
func (s *stage) mountDisk(dir string, size int) error {
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d,mode=755", size), "tmpfs", dir).CombinedOutput() //nolint:gosec // our own folder
	if err != nil {
		return fmt.Errorf("a small disk: %w: %s", err, out)
	}
	s.closes = append(s.closes, func() { _ = exec.Command("umount", "-l", dir).Run() }) //nolint:gosec // likewise
	return nil
}

var errNoDisk = errors.New("no small disk could be mounted: that takes root")

// fillsDisk leaves no room on the disks, and then has Postgres go away.
func fillsDisk(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	if !c.disks {
		return 0, errNoDisk
	}
	return 1, c.withAll(func() error {
		var fillers []string
		for _, r := range c.replicas {
			name := filepath.Join(r.data, "filler")
			fillers = append(fillers, name)
			if err := fill(name); err != nil {
				return err
			}
		}
		lasts(ctx, c.between(luck, 0, 2*time.Second))
		c.toPostgres.Cut(true)
		lasts(ctx, c.between(luck, 3*time.Second, 8*time.Second))
		if luck.IntN(2) == 0 { // and a replica dies on it
			r := c.replicas[luck.IntN(len(c.replicas))]
			r.kill()
			_ = os.Remove(filepath.Join(r.data, "filler"))
			if err := r.start(); err != nil {
				return err
			}
		}
		for _, name := range fillers {
			_ = os.Remove(name)
		}
		lasts(ctx, c.between(luck, 0, 3*time.Second))
		c.toPostgres.Cut(false)
		return nil
	})
}

// postgresSize is how much fits on Postgres's disk, when that is to be filled: what a
// campaign of ten minutes writes, and its log of changes at its largest.
const postgresSize = 3 << 30

// fillsPostgres leaves no room on Postgres's disk: it refuses what needs more, ends when
// its log of changes cannot grow, and is started again until it can.
func fillsPostgres(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	if !c.room {
		return 0, errNoDisk
	}
	filler := filepath.Join(c.config.DataDir, "filler")
	defer func() { _ = os.Remove(filler) }()
	if err := fill(filler); err != nil {
		return 0, err
	}
	lasts(ctx, c.between(luck, 8*time.Second, 20*time.Second))
	if err := os.Remove(filler); err != nil {
		return 0, err
	}
	return 1, nil
}

// fill writes until nothing fits any more.
func fill(name string) error {
	f, err := os.Create(name) //nolint:gosec // in our own folder
	if err != nil {
		return err
	}
	defer f.Close()
	for size := 1 << 20; size >= 1; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	return nil
}

// upgrades has the version before take over, replica by replica, and then this one again.
func upgrades(ctx context.Context, c *campaign, luck *rand.Rand) (n int, err error) {
	return 2 * len(c.replicas), c.withAll(func() error {
		for _, binary := range []string{c.before, c.binary} {
			for at, r := range c.replicas {
				if err := r.end(); err != nil {
					c.breaks("an orderly stop is one", "%v", err)
				}
				if binary != "" {
					r.binary = binary
				}
				if err := r.start(); err != nil {
					return err
				}
				for n := 0; n < 600 && !c.entry.isReady(at) && ctx.Err() == nil; n++ {
					lasts(ctx, 50*time.Millisecond)
				}
			}
			lasts(ctx, c.between(luck, time.Second, 4*time.Second))
		}
		return nil
	})
}
