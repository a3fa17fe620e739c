package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"
)

// fault is a way in which a cluster breaks. It returns when all is mended that it
// broke; what then takes its time to be whole is waited for by the campaign.
type fault struct {
	name, what string
	do         func(context.Context, *bed, *rand.Rand) error
}

var faults = []fault{
	{"switchover", "the primary hands over, as Patroni is asked to", switchOver},
	{"postgres-killed", "the primary's Postgres dies (kill -9), and again as often as it is started, until another is primary or half a minute is over", postgresKilled},
	{"postgres-restarts", "the primary's Postgres dies (kill -9), and Patroni starts it again where it is", postgresRestarts},
	{"patroni-killed", "the primary's Patroni dies, and Postgres goes on without it: two that take writes, of which one gets no standby's word", patroniKilled},
	{"both-killed", "Patroni and Postgres of the primary die together", bothKilled},
	{"unheard-and-dies", "both standbys hear nothing while commits wait for them, and then the primary dies with what it alone has", unheardAndDies},
	{"machine-dies", "every process of the primary's machine dies: etcd, Patroni, Postgres and gateway", machineDies},
	{"primary-cut-off", "the cable of the primary's machine is out: a primary alone, and an etcd in the minority", primaryCutOff},
	{"standby-cut-off", "the cable of the synchronous standby's machine is out", standbyCutOff},
	{"etcd-no-quorum", "two of three etcd stand still", etcdNoQuorum},
	{"slow-link", "the primary's cable carries 1 Mbit/s", slowLink},
	{"primary-stands-still", "the primary's Postgres is stopped (SIGSTOP) and wakes later", primaryStandsStill},
	{"machine-stands-still", "everything on the primary's machine is stopped and wakes when another is primary", machineStandsStill},
	{"standby-gone", "the synchronous standby's Postgres stands still", standbyGone},
	{"gateways-restart", "the gateways are restarted one after the other (SIGTERM)", gatewaysRestart},
	{"postgres-rolling", "Postgres is restarted on each machine: standbys, switchover, the old primary", postgresRolling},
}

func lasts(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func between(luck *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(luck.Int64N(int64(to-from)))
}

func (b *bed) leads(ctx context.Context) (*machine, error) {
	var m *machine
	err := until(ctx, 30*time.Second, "a primary", func(ctx context.Context) bool { m = b.primary(ctx); return m != nil })
	return m, err
}

// anotherLeads waits for a primary that is not the one.
func (b *bed) anotherLeads(ctx context.Context, than *machine) error {
	return until(ctx, 90*time.Second, "another primary", func(ctx context.Context) bool {
		m := b.primary(ctx)
		return m != nil && m != than
	})
}

func switchOver(ctx context.Context, b *bed, _ *rand.Rand) error {
	old, err := b.leads(ctx)
	if err != nil {
		return err
	}
	next := b.standby(ctx, true)
	if next == nil {
		return fmt.Errorf("no synchronous standby: %+v", b.members(ctx))
	}
	return old.ask(ctx, "switchover", map[string]string{"leader": old.name, "candidate": next.name})
}

// postgresKilled: without Patroni's help, which would start it again. Patroni 3.0 did not
// always give way to another within a minute and a half.
func postgresKilled(ctx context.Context, b *bed, _ *rand.Rand) error {
	old, err := b.leads(ctx)
	if err != nil {
		return err
	}
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() { // it dies again as often as it is started
		defer close(done)
		for {
			old.signal("postgres", syscall.SIGKILL)
			select {
			case <-stop:
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	soon, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	err = b.anotherLeads(soon, old)
	close(stop)
	<-done
	if soon.Err() != nil {
		return ctx.Err()
	}
	return err
}

func postgresRestarts(ctx context.Context, b *bed, _ *rand.Rand) error {
	old, err := b.leads(ctx)
	if err != nil {
		return err
	}
	_ = syscall.Kill(old.postmaster(), syscall.SIGKILL)
	lasts(ctx, time.Second)
	_, err = b.leads(ctx)
	return err
}

func patroniKilled(ctx context.Context, b *bed, luck *rand.Rand) error {
	old, err := b.leads(ctx)
	if err != nil {
		return err
	}
	old.patroni.kill()
	err = b.anotherLeads(ctx, old)
	lasts(ctx, between(luck, time.Second, 15*time.Second)) // two that take writes
	if err != nil {
		return err
	}
	return old.patroni.start()
}

func bothKilled(ctx context.Context, b *bed, luck *rand.Rand) error {
	old, err := b.leads(ctx)
	if err != nil {
		return err
	}
	old.patroni.kill()
	old.signal("postgres", syscall.SIGKILL)
	err = b.anotherLeads(ctx, old)
	lasts(ctx, between(luck, 0, 3*time.Second))
	if err != nil {
		return err
	}
	return old.patroni.start()
}

// unheardAndDies is long enough for commits to be given up, which Postgres then says are
// made. The standbys' receivers die rather than wake, with what has come to them unread.
func unheardAndDies(ctx context.Context, b *bed, luck *rand.Rand) error {
	old, err := b.leads(ctx)
	if err != nil {
		return err
	}
	receivers := func(s syscall.Signal) {
		for _, m := range b.machines {
			if m != old {
				m.signalTitled("walreceiver", s)
			}
		}
	}
	receivers(syscall.SIGSTOP)
	lasts(ctx, between(luck, 8*time.Second, 9500*time.Millisecond)) // Patroni would find another standby, and wal_receiver_timeout is 10 s
	old.patroni.kill()
	old.signal("postgres", syscall.SIGKILL)
	receivers(syscall.SIGKILL)
	err = b.anotherLeads(ctx, old)
	lasts(ctx, between(luck, 0, 3*time.Second))
	if err != nil {
		return err
	}
	return old.patroni.start()
}

func machineDies(ctx context.Context, b *bed, luck *rand.Rand) error {
	old, err := b.leads(ctx)
	if err != nil {
		return err
	}
	for range 3 {
		old.signal("", syscall.SIGKILL)
	}
	err = b.anotherLeads(ctx, old)
	lasts(ctx, between(luck, 0, 3*time.Second))
	if err != nil {
		return err
	}
	for _, p := range []*process{old.etcd, old.patroni, old.gateway} {
		if err := p.start(); err != nil {
			return err
		}
	}
	return nil
}

func primaryCutOff(ctx context.Context, b *bed, luck *rand.Rand) error {
	old, err := b.leads(ctx)
	if err != nil {
		return err
	}
	if err := old.plug(false); err != nil {
		return err
	}
	err = b.anotherLeads(ctx, old)
	lasts(ctx, between(luck, 0, 10*time.Second))
	if err != nil {
		return err
	}
	return old.plug(true)
}

func standbyCutOff(ctx context.Context, b *bed, luck *rand.Rand) error {
	m := b.standby(ctx, true)
	if m == nil {
		return fmt.Errorf("no synchronous standby: %+v", b.members(ctx))
	}
	if err := m.plug(false); err != nil {
		return err
	}
	lasts(ctx, between(luck, 5*time.Second, 30*time.Second))
	return m.plug(true)
}

func etcdNoQuorum(ctx context.Context, b *bed, luck *rand.Rand) error {
	for _, m := range b.machines[:2] {
		m.etcd.signal(syscall.SIGSTOP)
	}
	lasts(ctx, between(luck, 15*time.Second, 35*time.Second))
	for _, m := range b.machines[:2] {
		m.etcd.signal(syscall.SIGCONT)
	}
	return nil
}

func slowLink(ctx context.Context, b *bed, luck *rand.Rand) error {
	m, err := b.leads(ctx)
	if err != nil {
		return err
	}
	if err := m.slow(true); err != nil {
		return err
	}
	lasts(ctx, between(luck, 10*time.Second, 20*time.Second))
	return m.slow(false)
}

func primaryStandsStill(ctx context.Context, b *bed, luck *rand.Rand) error {
	m, err := b.leads(ctx)
	if err != nil {
		return err
	}
	m.signal("postgres", syscall.SIGSTOP)
	lasts(ctx, between(luck, 10*time.Second, 45*time.Second))
	m.signal("postgres", syscall.SIGCONT)
	return nil
}

func machineStandsStill(ctx context.Context, b *bed, luck *rand.Rand) error {
	old, err := b.leads(ctx)
	if err != nil {
		return err
	}
	old.signal("", syscall.SIGSTOP)
	err = b.anotherLeads(ctx, old)
	lasts(ctx, between(luck, 0, 8*time.Second))
	old.signal("", syscall.SIGCONT)
	return err
}

func standbyGone(ctx context.Context, b *bed, luck *rand.Rand) error {
	m := b.standby(ctx, true)
	if m == nil {
		return fmt.Errorf("no synchronous standby: %+v", b.members(ctx))
	}
	m.signal("postgres", syscall.SIGSTOP)
	lasts(ctx, between(luck, 5*time.Second, 25*time.Second))
	m.signal("postgres", syscall.SIGCONT)
	return nil
}

func gatewaysRestart(ctx context.Context, b *bed, _ *rand.Rand) error {
	for _, m := range b.machines {
		m.gateway.end()
		if err := m.gateway.start(); err != nil {
			return err
		}
		if err := b.untilServing(ctx, time.Minute, m); err != nil {
			return err
		}
	}
	return nil
}

func postgresRolling(ctx context.Context, b *bed, luck *rand.Rand) error {
	first, err := b.leads(ctx)
	if err != nil {
		return err
	}
	for _, m := range b.machines {
		if m == first {
			continue
		}
		if err := m.ask(ctx, "restart", map[string]string{}); err != nil {
			return err
		}
		if err := b.untilHealthy(ctx, 2*time.Minute); err != nil {
			return err
		}
	}
	if err := switchOver(ctx, b, luck); err != nil {
		return err
	}
	if err := b.untilHealthy(ctx, 2*time.Minute); err != nil {
		return err
	}
	return first.ask(ctx, "restart", map[string]string{})
}
