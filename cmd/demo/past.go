package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ringback/channels/whatsapp"
	"ringback/cmd/progress"
	"ringback/settings"
	"ringback/settings/staff"
)

// past is the month before the demo began, while it is played: the clock stands at
// each of its moments in turn, and whatever follows from one is let happen before
// the next. Nothing is written beside the gateway: customers come in by its doors,
// the staff sit at its desk.
type past struct {
	*Demo
	zone    *time.Location
	teams   map[string]string          // ids, by name
	staff   map[string]staff.Principal // who answers there, by the team's name
	visits  map[string]browser         // of the website, by name
	moments []moment
}

// moment is something that happened, to somebody.
type moment struct {
	at   time.Time
	whom string // a customer's name or address
	do   func(context.Context) error
}

// together is how far apart moments may be that are played without waiting for what
// follows from each: far less than makes a reply late.
const together = 5 * time.Minute

// Past plays it, on doors that are open. Told is told how many of its days are over;
// nil: nobody is told.
func (d *Demo) Past(ctx context.Context, told *progress.Line) error {
	defer told.End()
	real, now, begun := d.Clock.Queue().Real(), d.Clock.Now(), time.Now()
	p := &past{Demo: d, teams: map[string]string{}, staff: map[string]staff.Principal{}, visits: map[string]browser{}}
	if err := p.look(ctx); err != nil {
		return fmt.Errorf("demo: the past: %w", err)
	}
	p.write(now.In(p.zone))
	d.Simulator.ByHand(true)
	err := errors.Join(d.hurry(ctx, true), p.play(ctx, now, told), d.hurry(context.WithoutCancel(ctx), false))
	d.Simulator.ByHand(false)
	for _, t := range teams {
		d.Simulator.Advisor(t.phone, nobodyPicksUp)
	}
	if d.Mail != nil {
		d.Mail.Forget() // it was read at the time
	}
	if d.Clock.Shift(now.Sub(begun)); real {
		d.Clock.Shift(0)
	}
	d.Gateway.Wake()
	if err != nil {
		return fmt.Errorf("demo: the past: %w", err)
	}
	return nil
}

// hurry has the demo's own Postgres acknowledge what is not on the disk yet, or no more:
// a past that a crash takes the end of is nobody's loss. One that is not its own, which
// tests have, is left as it is.
func (d *Demo) hurry(ctx context.Context, on bool) error {
	if d.Config.DatabaseURL != "" {
		return nil
	}
	change := `alter system reset synchronous_commit`
	if on {
		change = `alter system set synchronous_commit = off`
	}
	for _, statement := range []string{change, `select pg_reload_conf()`} {
		if _, err := d.DB.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// look finds who is there.
func (p *past) look(ctx context.Context) error {
	var err error
	if p.zone, err = time.LoadLocation(zone); err != nil {
		return err
	}
	all, err := settings.ListTeams(ctx, p.DB, p.Company.ID, nil, "", "", 100)
	if err != nil {
		return err
	}
	for _, t := range all {
		p.teams[t.Name] = t.ID
	}
	people, err := settings.ListStaff(ctx, p.DB, p.Company.ID, nil, "", "", 100)
	for _, t := range teams {
		for _, m := range people {
			if m.Email == t.email {
				p.staff[t.name] = staff.Principal{CompanyID: p.Company.ID, Who: m.Name, StaffID: m.ID, Name: m.Name, Email: m.Email, Role: m.Role}
			}
		}
	}
	return err
}

// play goes from one moment to the next, as far as they are over.
func (p *past) play(ctx context.Context, now time.Time, told *progress.Line) error {
	slices.SortStableFunc(p.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	begin := now.AddDate(0, 0, -days)
	told.Begin(progress.Step{What: "The past month, played through the gateway", Unit: "days", Of: days})
	first, open := begin, map[string]bool{}
	for _, m := range p.moments {
		if m.at.After(now.Add(-lately)) {
			break
		}
		told.At(int64(m.at.Sub(begin).Hours() / 24))
		if open[m.whom] || m.at.Sub(first) > together {
			if err := p.settle(ctx); err != nil {
				return err
			}
			first = m.at
			clear(open)
		}
		open[m.whom] = true
		p.Clock.Stop(m.at)
		if err := m.do(settings.WithClock(ctx, p.Clock.Queue())); err != nil {
			return fmt.Errorf("%s: %w", m.at.In(p.zone).Format(time.DateTime), err)
		}
	}
	if err := p.settle(ctx); err != nil {
		return err
	}
	told.At(days)
	_, err := p.DB.ExecContext(ctx, datedByTheDatabase)
	return err
}

// The database dates a row by its own clock, which nobody played.
const datedByTheDatabase = `
with told as (update events set created_at = occurred_at), decided as (update decisions set created_at = at), met as (
	select contact_id, min(at) as at from (
		select contact_id, opened_at as at from tickets union all select contact_id, started_at from calls union all select contact_id, at from messages) first
	group by contact_id
), known as (update contacts c set created_at = met.at from met where c.id = met.contact_id),
addressed as (update addresses a set created_at = met.at from met where a.contact_id = met.contact_id)
update deliveries set created_at = sent_at, updated_at = sent_at where sent_at is not null`

// patience bounds how long one moment may take on a machine that is busy.
const patience = time.Minute

// settle waits until nothing is due, with everything told that the providers tell.
func (p *past) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if err := p.Gateway.Idle(ctx); err != nil {
			return err
		}
		made, err := p.Simulator.Deliver(ctx)
		if err != nil {
			return err
		}
		told, err := p.Meta.Deliver(ctx, p.URL()+whatsapp.Path)
		if err != nil || len(made)+told == 0 {
			return err
		}
	}
}
