package settings

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/settings/automations"
)

const findChange = `
select ` + changeColumns + ` from history where company_id = $1 and team_id = $2 and id = $3`

// Later changes are younger ids; the newest about a thing is the one just made.
const newestChange = `
select ` + changeColumns + ` from history
where company_id = $1 and team_id = $2 and what = $3 and subject = $4 order by id desc limit 1`

// Restore puts back what one change of a team's settings replaced: what it
// changed is as before, one that was new goes, one that was deleted is there
// again under its old id. That is a change like any other, checked and
// recorded, and can be taken back the same way. The answer is its line of
// history; when all is so already, the newest line about the thing. With an error it
// is the change that was not taken back.
// Reaches is the Edit's.
func Restore(ctx context.Context, db *sqlx.DB, companyID, teamID, who string, r Restoration, reaches func(team string) bool) (Change, error) {
	var c Change
	_, err := EditTeam(ctx, db, companyID, teamID, who, func(e *Edit) error {
		e.Reaches = reaches
		found, err := r.OfTeam(ctx, e.tx, companyID, teamID)
		c = found.Change
		if err == nil {
			err = e.restore(ctx, found)
		}
		if err != nil {
			return wrap(err, "change "+r.Change)
		}
		c, err = found.Newest(ctx, e.tx, companyID, teamID)
		return err
	})
	return c, err
}

func (e *Edit) restore(ctx context.Context, c Reversal) error {
	switch c.What {
	case "team":
		return e.restoreTeam(ctx, c)
	case "automation":
		return e.restoreAutomation(ctx, c)
	case "schedule":
		return e.restoreSchedule(ctx, c)
	case "schedule_order":
		return e.restoreOrder(ctx, c)
	case "holiday":
		return e.Holidays().restore(ctx, c)
	case "sender":
		return e.restoreSender(ctx, c)
	case "reply":
		return e.restoreReply(ctx, c)
	}
	return NewConflict("id", "no_restore", "What", c.What)
}

func (e *Edit) restoreTeam(ctx context.Context, c Reversal) error {
	if c.Before == nil {
		return NewConflict("id", "team_stays")
	}
	t := e.Team
	t.AllowedCountries, t.Voice = nil, NewVoice() // not written over in the memory that they share
	settled, err := c.Settled(e.Team)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(settled, &t); err != nil {
		return err
	}
	return e.SaveTeam(ctx, t)
}

const companyName = `select name from companies where id = $1`

func (e *Edit) restoreAutomation(ctx context.Context, c Reversal) error {
	if c.Before == nil {
		return NewConflict("id", "nothing_before")
	}
	now, err := e.Automation(ctx, c.Subject)
	switch {
	case errors.Is(err, ErrNotFound):
		return NewConflict("id", "automation_gone")
	case err != nil:
		return err
	}
	settled, err := c.Settled(now)
	if err != nil {
		return err
	}
	var stored automations.Setting
	if err := json.Unmarshal(settled, &stored); err != nil {
		return err
	}
	all := complete([]automations.Setting{stored}) // options that came since have their defaults
	at := slices.IndexFunc(all, func(s automations.Setting) bool { return s.Key == stored.Key })
	var company string
	if err := get(ctx, e.tx, &company, companyName, e.Team.CompanyID); err != nil {
		return err
	}
	if wrong := CheckAutomation("", company, e.Team, all[at]); len(wrong) > 0 {
		return wrong
	}
	return e.SaveAutomations(ctx, all[at:at+1])
}

// putBack is how all things that come and go are restored. Fault is what came of
// looking for now: what was new is removed, and anything else is put as it is to be,
// read onto fresh; gone says that it has to be there again.
func putBack[T any](c Reversal, now T, fault error, fresh T, remove func() error, put func(settled T, gone bool) error, stay ...string) error {
	gone := errors.Is(fault, ErrNotFound)
	var is any = now
	switch {
	case fault != nil && !gone:
		return fault
	case c.Before == nil && gone:
		return nil
	case gone:
		is = nil
	}
	settled, err := c.Settled(is, stay...)
	if err != nil {
		return err
	}
	if settled == nil {
		return remove()
	}
	if err := json.Unmarshal(settled, &fresh); err != nil {
		return err
	}
	return put(fresh, gone)
}

func (e *Edit) restoreSchedule(ctx context.Context, c Reversal) error {
	now, err := e.Schedule(ctx, c.Subject)
	remove := func() error { return e.DeleteSchedule(ctx, c.Subject) }
	return putBack(c, now, err, NewSchedule(), remove, func(s Schedule, gone bool) error {
		s.ID, s.CreatedAt = c.Subject, now.CreatedAt
		if gone {
			_, err := e.addSchedule(ctx, s.ID, s)
			return err
		}
		_, err := e.SaveSchedule(ctx, s)
		return err
	}, "ranked_at") // an order is restored by itself
}

func (e *Edit) restoreSender(ctx context.Context, c Reversal) error {
	now, err := e.Sender(ctx, c.Subject)
	remove := func() error { return e.DeleteSender(ctx, c.Subject) }
	return putBack(c, now, err, Sender{}, remove, func(s Sender, gone bool) error {
		s.PausedAt, s.PausedFor = now.PausedAt, now.PausedFor // no choice of theirs
		if gone {
			if err := e.joinAgain(ctx, s); err != nil {
				return err
			}
			_, err := e.addSender(ctx, c.Subject, s)
			return err
		}
		_, err := e.SaveSender(ctx, s)
		return err
	}, "paused_at", "paused_for")
}

func (e *Edit) restoreReply(ctx context.Context, c Reversal) error {
	now, err := e.Reply(ctx, c.Subject)
	remove := func() error { return e.DeleteReply(ctx, c.Subject) }
	return putBack(c, now, err, Reply{}, remove, func(r Reply, gone bool) error {
		if gone {
			_, err := e.addReply(ctx, c.Subject, r)
			return err
		}
		_, err := e.ChangeReply(ctx, c.Subject, func(now *Reply) error {
			now.Title, now.Text = r.Title, r.Text
			return nil
		})
		return err
	})
}

// newIDAt is an id that was made at a moment, such as one of the database's clock,
// which is the same for all replicas.
func newIDAt(at time.Time) string {
	id := uuid.Must(uuid.NewV7())
	for i, ms := 0, at.UnixMilli(); i < 6; i++ {
		id[i] = byte(ms >> (40 - 8*i))
	}
	return id.String()
}

// made is when an id was: what is there again is as old as it was.
func made(id string) time.Time {
	parsed, err := uuid.Parse(id)
	if err != nil || parsed.Version() != 7 {
		return time.Time{}
	}
	return time.Unix(parsed.Time().UnixTime()).UTC()
}
