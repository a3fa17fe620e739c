package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"
)

// ScheduleOrder is the order that a team's schedules are to be in: of those that
// overlap, the first counts.
type ScheduleOrder struct {
	IDs  []string `json:"ids" nullable:"false" maxItems:"25" doc:"The ids of all of the team's schedules; where some overlap, the first of them counts"`
	Seen []string `json:"seen" required:"false" nullable:"false" maxItems:"25" doc:"The ids in the order that you read them in: 409 when it is another by now. Left out: whatever it is"`
}

// OrderSchedules puts the team's schedules in that order, and returns them in it. One
// that is not of exactly the team's schedules is Invalid; one that began from another
// than there is by now is a *Conflict.
func (e *Edit) OrderSchedules(ctx context.Context, o ScheduleOrder) ([]Schedule, error) {
	stored, err := e.Schedules(ctx)
	if err != nil {
		return nil, err
	}
	now := idsOf(stored)
	switch wrong := o.check(now); {
	case slices.Equal(o.IDs, now): // asked for twice, and an answer was lost
		return stored, nil
	case len(o.Seen) > 0 && !slices.Equal(o.Seen, now):
		return nil, NewConflict("seen", "order_since")
	case len(wrong) > 0:
		return nil, wrong
	}
	return e.rank(ctx, stored, o.IDs)
}

// check finds what keeps an order from being one of those schedules.
func (o ScheduleOrder) check(of []string) Invalid {
	var wrong Invalid
	for n, id := range o.IDs {
		field := fmt.Sprintf("ids[%d]", n)
		wrong.Add(!slices.Contains(of, id), field, "schedule_id")
		wrong.Add(slices.Contains(o.IDs[:n], id), field, "twice")
	}
	lacking := slices.DeleteFunc(slices.Clone(of), func(id string) bool { return slices.Contains(o.IDs, id) })
	wrong.Add(len(lacking) > 0, "ids", "order_lacks", "Count", len(lacking))
	return wrong
}

const rankSchedules = `
update schedules s set ranked_at = r.at
from unnest($3::uuid[], $4::timestamptz[]) as r (id, at)
where s.company_id = $1 and s.team_id = $2 and s.id = r.id`

// rank deals the moments that some of the stored schedules have out among them, the
// latest to the first.
func (e *Edit) rank(ctx context.Context, stored []Schedule, ids []string) ([]Schedule, error) {
	var moments []time.Time
	for _, s := range slices.Backward(stored) { // the earliest first
		if !slices.Contains(ids, s.ID) {
			continue
		}
		at := s.RankedAt
		if last := len(moments) - 1; last >= 0 && !at.After(moments[last]) {
			at = moments[last].Add(time.Microsecond) // two were made at once
		}
		moments = append(moments, at)
	}
	slices.Reverse(moments)
	if _, err := e.tx.ExecContext(ctx, rankSchedules, e.Team.CompanyID, e.Team.ID, pq.StringArray(ids), pq.Array(moments)); err != nil {
		return nil, wrap(err, "order of schedules")
	}
	ordered, err := e.Schedules(ctx)
	if err == nil {
		_, err = e.record(ctx, "schedule_order", e.Team.ID, orderOf(stored), orderOf(ordered))
	}
	return ordered, err
}

// recordedOrder is an order as the history has it: with the titles of that time, since
// a schedule may be gone when somebody reads it.
type recordedOrder struct {
	IDs    []string `json:"ids"`
	Titles []string `json:"titles"`
}

func orderOf(schedules []Schedule) recordedOrder {
	o := recordedOrder{IDs: idsOf(schedules)}
	for _, s := range schedules {
		o.Titles = append(o.Titles, s.Title)
	}
	return o
}

func idsOf(schedules []Schedule) []string {
	ids := make([]string, len(schedules))
	for n, s := range schedules {
		ids[n] = s.ID
	}
	return ids
}

// restoreOrder puts the schedules that there were then, and still are, back in their
// order among each other; those that came since stay where they are.
func (e *Edit) restoreOrder(ctx context.Context, c Reversal) error {
	stored, err := e.Schedules(ctx)
	if err != nil {
		return err
	}
	now, was := idsOf(stored), recordedOrder{}
	if err := json.Unmarshal(*c.Before, &was); err != nil {
		return err
	}
	for _, side := range []**json.RawMessage{&c.Before, &c.After, &c.seen.After} {
		if *side, err = onlyThose(*side, now); err != nil {
			return err
		}
	}
	settled, err := c.Settled(recordedOrder{IDs: keep(now, was.IDs)}, "titles")
	if err != nil {
		return err
	}
	var is recordedOrder
	if err := json.Unmarshal(settled, &is); err != nil {
		return err
	}
	_, err = e.rank(ctx, stored, is.IDs)
	return err
}

// onlyThose is a recorded order without the schedules that are not among the ids.
func onlyThose(recorded *json.RawMessage, ids []string) (*json.RawMessage, error) {
	var o recordedOrder
	if err := json.Unmarshal(*recorded, &o); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(recordedOrder{IDs: keep(o.IDs, ids)})
	is := json.RawMessage(raw)
	return &is, err
}

// keep are the ids that are among those as well.
func keep(ids, those []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(those, id) })
}
