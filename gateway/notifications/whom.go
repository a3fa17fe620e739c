package notifications

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
	"ringback/settings/schedule"
)

// ahead is how far a next shift may lie.
const ahead = 14 * 24 * time.Hour

// told is that one person is to hear of a notice, in one way.
type told struct {
	person person
	way    string
	at     time.Time // zero: at once
}

// round is one transaction in which it is found out whom some notices concern.
// They are of few teams: what was read of one is not read again.
type round struct {
	*sqlx.Tx
	teams  map[string]*settings.Snapshot
	people map[string][]person
}

const version = `select version from teams where company_id = $1 and id = $2`

// team is the team's settings, and when it is gone nil.
func (b *Notifier) team(ctx context.Context, r round, company, team string) (*settings.Snapshot, error) {
	if known, there := r.teams[team]; there || team == "" {
		return known, nil
	}
	var v int64
	err := r.GetContext(ctx, &v, version, company, team)
	if errors.Is(err, sql.ErrNoRows) {
		r.teams[team] = nil
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("team %s: %w", team, err)
	}
	found, err := b.Settings.Get(ctx, r, company, team, v)
	r.teams[team] = found
	return found, err
}

// peopleOf returns the active ones among those ids, those on that team, and
// those of that role.
func (r round) peopleOf(ctx context.Context, company string, ids []string, team, role string) ([]person, error) {
	key := fmt.Sprint(company, ids, team, role)
	found, there := r.people[key]
	if !there {
		var err error
		if found, err = peopleOf(ctx, r, company, ids, team, role); err != nil {
			return nil, err
		}
		r.people[key] = found
	}
	return slices.Clone(found), nil
}

// whom says who is to hear of the notice, how and when.
func (b *Notifier) whom(ctx context.Context, r round, n row) ([]told, error) {
	if n.Staff != nil {
		found, err := r.peopleOf(ctx, n.CompanyID, []string{*n.Staff}, "", "")
		return b.always(found, n.Kind, n.About.Way), err
	}
	switch n.Kind {
	case SenderPaused, SenderSilent, TemplateHeld, HookFailing, TeamBudget:
		return b.admins(ctx, r, n)
	}
	team, err := b.team(ctx, r, n.CompanyID, n.team())
	if err != nil || team == nil {
		return nil, err
	}
	if n.Kind == Escalation {
		found, err := r.peopleOf(ctx, n.CompanyID, nil, n.team(), "")
		found = slices.DeleteFunc(found, func(p person) bool { return p.Role != settings.RoleManager })
		if err != nil || len(found) > 0 {
			return b.always(found, n.Kind, ""), err
		}
		return b.admins(ctx, r, n)
	}
	var rung []string
	for _, ids := range team.Rings {
		rung = append(rung, ids...)
	}
	if n.Assignee != nil {
		rung = append(rung, *n.Assignee)
	}
	found, err := r.peopleOf(ctx, n.CompanyID, rung, n.team(), "")
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(found, func(p person) bool { return n.Assignee != nil && p.ID == *n.Assignee }); i >= 0 {
		return duty{team, n.At, b.Clock.Now()}.of(found[i:i+1], n.Kind), nil
	}
	found = slices.DeleteFunc(found, func(p person) bool { return !slices.Contains(p.Teams, n.team()) && !rings(team, p.ID) })
	if len(found) == 0 {
		return b.admins(ctx, r, n)
	}
	return duty{team, n.At, b.Clock.Now()}.of(found, n.Kind), nil
}

func (b *Notifier) admins(ctx context.Context, r round, n row) ([]told, error) {
	found, err := r.peopleOf(ctx, n.CompanyID, nil, "", settings.RoleAdmin)
	return b.always(found, n.Kind, ""), err
}

// always tells people at once, whatever their schedule; a test, in the one way.
func (b *Notifier) always(found []person, kind, way string) []told {
	var all []told
	for _, p := range found {
		for _, w := range Ways {
			if w == way || way == "" && p.Choices.Kinds[kind].Has(w) {
				all = append(all, told{person: p, way: w})
			}
		}
	}
	return all
}

func rings(team *settings.Snapshot, id string) bool {
	for _, ids := range team.Rings {
		if slices.Contains(ids, id) {
			return true
		}
	}
	return false
}

// duty is who works when.
type duty struct {
	team    *settings.Snapshot
	at, now time.Time
}

// on reports whether a schedule is the person's shift. One that names nobody is
// everybody's.
func (d duty) on(s *schedule.Schedule, id string) bool {
	ids := d.team.Rings[s.ID]
	return len(ids) == 0 || slices.Contains(ids, id)
}

// of tells those who are on duty. Of the others it tells those who want to hear
// at any time and, when nobody is on duty, everybody at the beginning of their
// next shift. Where nobody has shifts, all are told at once.
func (d duty) of(found []person, kind string) []told {
	effect := d.team.Schedules.At(d.at).InEffect
	works := func(p person) bool { return effect != nil && d.on(effect, p.ID) }
	somebody := slices.ContainsFunc(found, works)
	shifts := map[string]time.Time{}
	for _, p := range found {
		if at, comes := d.next(p.ID); comes {
			shifts[p.ID] = at
		}
	}
	var all []told
	for _, p := range found {
		for _, way := range Ways {
			t := told{person: p, way: way}
			if !p.Choices.Kinds[kind].Has(way) {
				continue
			}
			if !works(p) && p.Choices.OnSchedule.Has(way) {
				at, comes := shifts[p.ID]
				if somebody || !comes && len(shifts) > 0 {
					continue
				}
				t.at = at
			}
			all = append(all, t)
		}
	}
	return all
}

// next is when the person works next; zero: now. False: they have no shifts.
func (d duty) next(id string) (time.Time, bool) {
	at, found := d.team.Schedules.NextIn(d.now, ahead, func(s *schedule.Schedule) bool { return d.on(s, id) })
	if !found || !at.After(d.now) {
		return time.Time{}, found
	}
	return at, true
}
