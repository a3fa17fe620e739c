package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/settings/staff"
)

// Outcome is how a game went.
type Outcome struct {
	Steps int
	Hash  string   // of the trace
	Trace []string // what happened, in the game's own names
	Broke *Broken  // nil: everything held
}

// Broken is a property that did not hold.
type Broken struct {
	Property string
	Detail   string
	Step     int // the number of the script's line; after the last: at the end
}

func (b *Broken) Error() string { return b.Property + ": " + b.Detail }

// verbs are the steps that there are.
var verbs map[string]func(*world, context.Context, Step) error

func init() {
	verbs = map[string]func(*world, context.Context, Step) error{
		"begin": (*world).begin, "text": (*world).text, "late": (*world).late, "lost": (*world).lost, "again": (*world).again,
		"call": (*world).call, "status": (*world).status, "handle": (*world).handle, "send": (*world).send,
		"unseen": (*world).unseen, "deaf": (*world).deaf, "tick": (*world).tick, "edit": (*world).edit,
		"merge": (*world).merge, "say": (*world).say, "ticket": (*world).ticket,
	}
}

// checkEvery is after how many steps everything is looked at, and not only what
// changed.
const checkEvery = 25

// Play plays a script in an empty world, to its end or to the first property
// that does not hold. An error is the game's own trouble.
func (t *table) Play(ctx context.Context, script []Step) (Outcome, error) {
	w, err := t.open(ctx)
	if err != nil {
		return Outcome{}, err
	}
	w.clock.Stop(at(begins[0]))
	for n, step := range script {
		w.note("%s", step)
		w.outcome.Steps++
		err := w.step(ctx, step)
		if err == nil && n%checkEvery == checkEvery-1 {
			err = w.check(ctx)
		}
		if done, err := w.over(err, n+1); done {
			return w.finish(), err
		}
	}
	w.note("the end")
	_, err = w.over(w.drain(ctx), len(script)+1)
	return w.finish(), err
}

// over reports whether the game ends here: something broke, or it cannot go on.
func (w *world) over(err error, step int) (bool, error) {
	if errors.As(err, &w.outcome.Broke) {
		w.outcome.Broke.Step = step
		w.note("BROKEN %s", w.outcome.Broke)
		return true, nil
	}
	return err != nil, err
}

func (w *world) finish() Outcome {
	sum := sha256.New()
	for _, line := range w.outcome.Trace {
		_, _ = fmt.Fprintln(sum, line)
	}
	w.outcome.Hash = hex.EncodeToString(sum.Sum(nil))
	return w.outcome
}

func (w *world) note(format string, args ...any) {
	w.outcome.Trace = append(w.outcome.Trace, fmt.Sprintf(format, args...))
}

// step carries one out and looks at what came of it. What it returns is broken,
// or trouble of the game's own; that a step failed is part of the game.
func (w *world) step(ctx context.Context, s Step) error {
	w.trouble, w.broken = s.Trouble, nil
	w.troubled = s.Trouble != nil || s.Verb == "send" && s.rest(1) != "ok"
	begun := time.Now().Add(-time.Millisecond)
	if err := verbs[s.Verb](w, ctx, s); err != nil {
		return err
	}
	if err := w.snap(ctx, s); err != nil {
		return err
	}
	return w.observe(ctx, begun)
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t, _ = time.Parse(time.RFC3339, begins[0])
	}
	return t
}

func (w *world) begin(_ context.Context, s Step) error {
	w.clock.Stop(at(s.rest(0)))
	return nil
}

func (w *world) tick(_ context.Context, s Step) error {
	w.pass(time.Duration(s.number(0)) * time.Second)
	return nil
}

func (w *world) unseen(_ context.Context, s Step) error { w.provider.unseen = s.number(0); return nil }

func (w *world) deaf(_ context.Context, s Step) error { w.provider.deaf = s.number(0); return nil }

// at is the replica that a step names, alive, with the step's trouble ahead.
func (w *world) at(n int) *replica {
	i := (n + replicas - 1) % replicas
	r := w.replicas[i]
	if r.process.dead {
		w.note("  replica %d starts", i+1)
		w.start(i)
	}
	r.process.begin(w.trouble)
	return r
}

// came notes how a step ended for the replica.
func (w *world) came(r *replica, err error) {
	switch {
	case r.process.dead:
		w.note("  the process ends")
	case err != nil:
		w.note("  fails")
	}
}

func (w *world) text(ctx context.Context, s Step) error {
	w.record(ctx, s.number(2), w.tell(w.message(s, s.rest(3)), s.number(0)))
	return nil
}

// late is a text of which the provider says that it is twenty minutes old.
func (w *world) late(ctx context.Context, s Step) error {
	m := w.message(s, s.rest(3))
	m.At = w.clock.Now().Add(-20 * time.Minute)
	w.record(ctx, s.number(2), w.tell(m, s.number(0)))
	return nil
}

// lost is a text whose request does not reach us; it may come again.
func (w *world) lost(_ context.Context, s Step) error {
	w.tell(w.message(s, s.rest(2)), s.number(0))
	return nil
}

// again repeats something that was told before, heard or not.
func (w *world) again(ctx context.Context, s Step) error {
	if len(w.told) > 0 {
		w.record(ctx, s.number(1), w.told[s.number(0)%len(w.told)])
	}
	return nil
}

func (w *world) message(s Step, text string) channels.Event {
	sender := w.senders[(s.number(1)+senders-1)%senders]
	return channels.Event{
		Kind: channels.MessageReceived, ProviderID: fmt.Sprintf("t%d", len(w.told)+1), Account: account, Sender: channels.SMS,
		SenderAddress: sender.Address, CustomerAddress: phone(s.number(0)), Message: &channels.Message{Text: text},
	}
}

// record hands a replica what the provider tells, and counts on what it
// acknowledged from then on.
func (w *world) record(_ context.Context, replica int, e *told) {
	r := w.at(replica)
	w.trouble = nil // it comes once, though a call's step records several
	err := r.RecordOne([]channels.Event{e.Event})
	if err == nil && !e.acknowledged {
		e.acknowledged = true
		if w.turns++; !e.unsure {
			e.turn = w.turns
		}
	}
	e.unsure = e.unsure || err != nil
	w.came(r, err)
}

func (w *world) status(ctx context.Context, s Step) error {
	if len(w.provider.taken) == 0 {
		return nil
	}
	m := w.provider.taken[s.number(0)%len(w.provider.taken)]
	moved := &channels.Status{Delivery: m.delivery, ProviderID: m.id, State: channels.State(s.rest(2)), Word: s.rest(2)}
	if moved.State == channels.Failed || moved.State == channels.Undelivered {
		moved.Code, moved.Reason = "30003", channels.ReasonCarrier
	}
	w.record(ctx, s.number(1), w.tell(channels.Event{
		Kind: channels.DeliveryMoved, ProviderID: m.id + "/" + s.rest(2), Account: account, Sender: channels.SMS,
		SenderAddress: m.from, CustomerAddress: m.to, Status: moved,
	}, 0))
	return nil
}

func (w *world) handle(ctx context.Context, s Step) error {
	r := w.at(s.number(0))
	found, err := r.HandleOne(ctx)
	if found {
		w.note("  handles")
	}
	w.came(r, err)
	return nil
}

func (w *world) send(ctx context.Context, s Step) error {
	r := w.at(s.number(0))
	r.line.answer = s.rest(1)
	found, err := r.SendOne(ctx)
	if found {
		w.note("  sends")
	}
	r.line.answer = "ok"
	w.came(r, err)
	return nil
}

// meanwhile is what goes on while a replica waits for a slow provider: time
// passes, and the others look for work.
func (w *world) meanwhile(ctx context.Context, waiting int) {
	mine := w.trouble
	defer func() { w.trouble = mine }()
	w.trouble = nil
	for range 3 {
		w.pass(2 * time.Second)
		for n := range w.replicas {
			if n != waiting {
				_, _ = w.at(n + 1).SendOne(ctx)
			}
		}
	}
}

func (w *world) edit(ctx context.Context, s Step) error {
	r := w.at(s.number(2))
	team, key := w.teams[(s.number(0)+1)%len(w.teams)], s.Args[1]
	_, err := settings.EditTeam(ctx, r.db, w.company, team, "sim", func(e *settings.Edit) error {
		all, err := e.Automations(ctx)
		if err != nil {
			return err
		}
		for i := range all {
			if all[i].Key == key {
				all[i].Enabled = !all[i].Enabled
			}
		}
		return e.SaveAutomations(ctx, all)
	})
	w.came(r, err)
	return nil
}

const contactAt = `select contact_id from addresses where company_id = $1 and kind = 'phone' and address = $2`

// merge makes one contact of two customers' that the first team knows.
func (w *world) merge(ctx context.Context, s Step) error {
	var from, into string
	if w.db.GetContext(ctx, &from, contactAt, w.company, phone(s.number(0))) != nil ||
		w.db.GetContext(ctx, &into, contactAt, w.company, phone(s.number(1))) != nil || from == into {
		return nil //nolint:nilerr // whom nobody knows cannot be merged
	}
	r := w.at(s.number(2))
	by := contacts.Actor{CompanyID: w.company, TeamID: w.teams[0], Who: "sim", At: w.clock.Now()}
	_, err := contacts.Merge(ctx, r.db, by, from, into)
	w.came(r, err)
	var gone bool // a commit whose answer was lost is one all the same
	if err := w.db.GetContext(ctx, &gone, `select not exists (select from contacts where company_id = $1 and id = $2)`, w.company, from); err != nil {
		return err
	}
	if gone {
		w.note("  customers %d and %d are one", s.number(0), s.number(1))
		w.oneOf(s.number(0), s.number(1))
	}
	return nil
}

// desk is a replica's, for what the staff do, on the n-th ticket.
func (w *world) desk(ctx context.Context, s Step, do func(inbox.Desk, staff.Principal, string, string) error) error {
	var tickets []struct{ ID, Team string }
	if err := w.db.SelectContext(ctx, &tickets, `select id, team_id as team from tickets where company_id = $1 order by number`, w.company); err != nil || len(tickets) == 0 {
		return err
	}
	t := tickets[s.number(0)%len(tickets)]
	r := w.at(s.number(1))
	d := inbox.Desk{DB: r.db, Clock: w.clock, Gateway: r.Gateway, Company: w.company, Account: account, PublicURL: r.PublicURL}
	w.came(r, do(d, staff.Principal{CompanyID: w.company, Who: "sim"}, t.Team, t.ID))
	return nil
}

func (w *world) say(ctx context.Context, s Step) error {
	return w.desk(ctx, s, func(d inbox.Desk, who staff.Principal, team, ticket string) error {
		_, err := d.Say(ctx, who, team, ticket, "", inbox.Words{Text: s.rest(2)})
		return err
	})
}

func (w *world) ticket(ctx context.Context, s Step) error {
	return w.desk(ctx, s, func(d inbox.Desk, who staff.Principal, team, ticket string) error {
		_, err := d.ChangeTicket(ctx, who, team, ticket, func(_ inbox.Ticket, c *inbox.TicketChange) error {
			c.Status = s.rest(2)
			return nil
		})
		return err
	})
}
