package settings_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
	"ringback/settings"
)

// ordered is a team whose schedules are to be put in order.
type ordered struct {
	*testing.T
	db   *sqlx.DB
	team settings.Team
}

// newOrdered has schedules of those titles beside Weekdays, the last counts; all are on
// at noon on weekdays.
func newOrdered(t *testing.T, titles ...string) ordered {
	t.Parallel()
	o := ordered{T: t, db: testdb.New(t)}
	o.team = newTeam(t, o.db)
	for _, title := range titles {
		o.add(title)
	}
	return o
}

func (o ordered) edit(change func(*settings.Edit) error) error {
	_, err := settings.EditTeam(context.Background(), o.db, o.team.CompanyID, o.team.ID, "ann", change)
	return err
}

func (o ordered) add(title string) {
	o.Helper()
	require.NoError(o, o.edit(func(e *settings.Edit) error {
		s, rule := settings.NewSchedule(), "FREQ=DAILY"
		s.RankedAt = time.Unix(0, 0) // nobody chooses that
		s.Title, s.TimeZone, s.StartsAt, s.EndsAt, s.RRule = title, "America/Chicago", "2026-01-05T12:00", "2026-01-05T13:00", &rule
		_, err := e.AddSchedule(context.Background(), s)
		return err
	}))
}

func (o ordered) list() []settings.Schedule {
	o.Helper()
	return must(settings.ListSchedules(context.Background(), o.db, o.team.CompanyID, o.team.ID, "", settings.MaxSchedules))(o.T)
}

// ids are those of the titles, and of all when none is given.
func (o ordered) ids(titles ...string) []string {
	o.Helper()
	var ids []string
	all := o.list()
	for _, s := range all {
		if len(titles) == 0 {
			ids = append(ids, s.ID)
		}
	}
	for _, title := range titles {
		ids = append(ids, all[slices.IndexFunc(all, func(s settings.Schedule) bool { return s.Title == title })].ID)
	}
	return ids
}

func (o ordered) titles() string {
	o.Helper()
	var titles []string
	for _, s := range o.list() {
		titles = append(titles, s.Title)
	}
	return strings.Join(titles, " ")
}

// noon is which schedule is in effect at noon, as a decision and as the week have it.
func (o ordered) noon() string {
	o.Helper()
	at := time.Date(2026, 6, 3, 17, 30, 0, 0, time.UTC)
	snapshot := must(settings.Load(context.Background(), o.db, o.team.CompanyID, o.team.ID))(o.T)
	decided := snapshot.Schedules.At(at).InEffect
	hours := must(settings.LoadHours(context.Background(), o.db, o.team))(o.T)
	require.Equal(o, decided.ID, *hours.At(at).Schedule)
	week := must(hours.Week("2026-11-02", at))(o.T)
	for _, b := range week.Days[0].Blocks {
		if b.From <= "12:30" && "12:30" < b.To {
			require.Equal(o, decided.Title, b.Title)
		}
	}
	return decided.Title
}

func (o ordered) order(seen []string, titles ...string) error {
	o.Helper()
	order := settings.ScheduleOrder{IDs: o.ids(titles...), Seen: seen}
	return o.edit(func(e *settings.Edit) error {
		_, err := e.OrderSchedules(context.Background(), order)
		return err
	})
}

// TestSchedulesArePutInOrder: the first counts, a new one counts before all, and each is
// otherwise as it was.
func TestSchedulesArePutInOrder(t *testing.T) {
	o := newOrdered(t, "Lunch", "Rush")
	require.Equal(t, []string{"Rush Lunch Weekdays", "Rush"}, []string{o.titles(), o.noon()})
	before, version := o.list(), must(settings.FindTeam(t.Context(), o.db, o.team.CompanyID, o.team.ID))(t).Version
	require.NoError(t, o.order(nil, "Weekdays", "Rush", "Lunch"))
	require.Equal(t, []string{"Weekdays Rush Lunch", "Weekdays"}, []string{o.titles(), o.noon()})
	require.Equal(t, version+1, must(settings.FindTeam(t.Context(), o.db, o.team.CompanyID, o.team.ID))(t).Version, "whoever decides by an older state hears of it")
	var dealt, had []time.Time
	for n, s := range o.list() {
		dealt, had = append(dealt, s.RankedAt), append(had, before[n].RankedAt)
		was := before[slices.IndexFunc(before, func(b settings.Schedule) bool { return b.ID == s.ID })]
		was.RankedAt = s.RankedAt
		require.Equal(t, was, s)
	}
	require.Equal(t, had, dealt, "the same moments")
	o.add("Newest")
	require.Equal(t, []string{"Newest Weekdays Rush Lunch", "Newest"}, []string{o.titles(), o.noon()})
	require.NoError(t, o.edit(func(e *settings.Edit) error {
		s := o.list()[1]
		s.Title, s.RankedAt = "Days", time.Time{}
		_, err := e.SaveSchedule(context.Background(), s)
		return err
	}))
	require.Equal(t, "Newest Days Rush Lunch", o.titles(), "a change leaves it where it is")
	lines := len(o.history())
	require.NoError(t, o.edit(func(e *settings.Edit) error {
		s := o.list()[1]
		s.RankedAt = time.Time{}
		_, err := e.SaveSchedule(context.Background(), s)
		return err
	}))
	require.Len(t, o.history(), lines, "nobody chooses its moment")
	page := must(settings.ListSchedules(t.Context(), o.db, o.team.CompanyID, o.team.ID, o.ids("Days")[0], 1))(t)
	require.Equal(t, o.ids("Rush")[0], page[0].ID, "page by page")
}

// TestSchedulesOfOneMoment can be put in every order all the same.
func TestSchedulesOfOneMoment(t *testing.T) {
	o := newOrdered(t, "A", "B", "C")
	_, err := o.db.Exec(`update schedules set created_at = '2026-01-01', ranked_at = null where team_id = $1`, o.team.ID)
	require.NoError(t, err)
	for _, titles := range []string{"A B C Weekdays", "C Weekdays A B", "Weekdays C B A", "B A Weekdays C"} {
		require.NoError(t, o.order(nil, strings.Fields(titles)...))
		require.Equal(t, titles, o.titles())
	}
}

// TestAnOrderOfOtherSchedules than the team's is refused with what is wrong about it.
func TestAnOrderOfOtherSchedules(t *testing.T) {
	o := newOrdered(t, "Lunch")
	other := newTeam(t, o.db)
	foreign := must(settings.ListSchedules(t.Context(), o.db, other.CompanyID, other.ID, "", 1))(t)[0].ID
	mine, lunch := o.ids("Weekdays")[0], o.ids("Lunch")[0]
	for name, c := range map[string]struct {
		ids  []string
		want []string
	}{
		"another team's":   {[]string{mine, lunch, foreign}, []string{"ids[2] schedule_id"}},
		"nobody's":         {[]string{uuid.NewString(), mine, lunch}, []string{"ids[0] schedule_id"}},
		"no id":            {[]string{mine, lunch, "x"}, []string{"ids[2] schedule_id"}},
		"twice":            {[]string{mine, lunch, mine}, []string{"ids[2] twice"}},
		"one lacks":        {[]string{mine}, []string{"ids order_lacks"}},
		"none":             {nil, []string{"ids order_lacks"}},
		"all of it":        {[]string{mine, mine, foreign}, []string{"ids[1] twice", "ids[2] schedule_id", "ids order_lacks"}},
		"in other letters": {[]string{strings.ToUpper(mine), lunch}, []string{"ids[0] schedule_id", "ids order_lacks"}},
	} {
		var wrong settings.Invalid
		require.ErrorAs(t, o.edit(func(e *settings.Edit) error {
			_, err := e.OrderSchedules(context.Background(), settings.ScheduleOrder{IDs: c.ids})
			return err
		}), &wrong, name)
		var said []string
		for _, f := range wrong {
			said = append(said, f.Field+" "+f.Code)
		}
		require.Equal(t, c.want, said, name)
	}
	require.Equal(t, "Lunch Weekdays", o.titles())
}

// TestTwoWhoOrderAtOnce: who began from an order that is no more is told so, and so is
// who did not see a schedule that came or went; what is so already is no conflict.
func TestTwoWhoOrderAtOnce(t *testing.T) {
	o := newOrdered(t, "Lunch", "Rush")
	seen := o.ids()
	orders := [][]string{o.ids("Lunch", "Rush", "Weekdays"), o.ids("Weekdays", "Lunch", "Rush")}
	done := make([]error, len(orders))
	var all sync.WaitGroup
	for n, ids := range orders {
		all.Go(func() {
			done[n] = o.edit(func(e *settings.Edit) error {
				_, err := e.OrderSchedules(context.Background(), settings.ScheduleOrder{IDs: ids, Seen: seen})
				return err
			})
		})
	}
	all.Wait()
	first := slices.Index(done, nil)
	require.GreaterOrEqual(t, first, 0)
	var refused *settings.Conflict
	require.ErrorAs(t, done[1-first], &refused)
	require.Equal(t, []string{"seen", "order_since"}, []string{refused.Field, refused.Code})
	require.Equal(t, orders[first], o.ids())
	lines := len(o.history())
	require.NoError(t, o.edit(func(e *settings.Edit) error {
		_, err := e.OrderSchedules(context.Background(), settings.ScheduleOrder{IDs: orders[first], Seen: seen})
		return err
	}), "an answer was lost, and it is asked once more")
	require.Len(t, o.history(), lines)

	seen = o.ids()
	o.add("New")
	turned := slices.Clone(seen)
	slices.Reverse(turned)
	err := o.edit(func(e *settings.Edit) error {
		_, err := e.OrderSchedules(context.Background(), settings.ScheduleOrder{IDs: turned, Seen: seen})
		return err
	})
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "order_since", refused.Code)
}

func (o ordered) history() []settings.Change {
	o.Helper()
	return must(settings.ListHistory(context.Background(), o.db, o.team.CompanyID, o.team.ID, "", 99))(o.T)
}

func (o ordered) restore(id, seen string) error {
	o.Helper()
	_, err := settings.Restore(context.Background(), o.db, o.team.CompanyID, o.team.ID, "bob", settings.Restoration{Change: id, Seen: seen}, nil)
	return err
}

// TestAnOrderIsTakenBack, whatever came and went since; not over an order that somebody
// made meanwhile and that whoever takes it back has not seen.
func TestAnOrderIsTakenBack(t *testing.T) {
	o := newOrdered(t, "Lunch", "Rush")
	require.NoError(t, o.order(nil, "Weekdays", "Lunch", "Rush"))
	line := o.history()[0]
	require.Equal(t, []any{"schedule_order", o.team.ID, "ann", true}, []any{line.What, line.Subject, line.Who, line.CanRestore})
	require.Contains(t, string(*line.Before), `"titles": ["Rush", "Lunch", "Weekdays"]`)
	require.Contains(t, string(*line.After), `"titles": ["Weekdays", "Lunch", "Rush"]`)
	require.NoError(t, o.restore(line.ID, ""))
	require.Equal(t, "Rush Lunch Weekdays", o.titles())
	require.NoError(t, o.restore(o.history()[0].ID, ""), "and that as well")
	require.Equal(t, "Weekdays Lunch Rush", o.titles())

	o.add("New")
	require.NoError(t, o.edit(func(e *settings.Edit) error { return e.DeleteSchedule(context.Background(), o.ids("Lunch")[0]) }))
	require.NoError(t, o.restore(line.ID, ""))
	require.Equal(t, "New Rush Weekdays", o.titles(), "what came since stays where it is, and what went is not missed")

	require.NoError(t, o.order(nil, "Weekdays", "Rush", "New"))
	again := o.history()[0]
	require.NoError(t, o.order(nil, "Rush", "New", "Weekdays"))
	var refused *settings.Conflict
	require.ErrorAs(t, o.restore(again.ID, ""), &refused)
	require.Equal(t, "changed_since", refused.Code)
	require.NoError(t, o.restore(again.ID, o.history()[0].ID), "who has seen it may")
	require.Equal(t, "New Rush Weekdays", o.titles())
}

// TestAScheduleThatIsBackIsWhereItWas in the order, and one that was put elsewhere since
// it was made can still be taken back.
func TestAScheduleThatIsBackIsWhereItWas(t *testing.T) {
	o := newOrdered(t, "Lunch", "Rush")
	made := o.history()[0]
	require.NoError(t, o.order(nil, "Lunch", "Weekdays", "Rush"))
	require.NoError(t, o.edit(func(e *settings.Edit) error { return e.DeleteSchedule(context.Background(), o.ids("Weekdays")[0]) }))
	require.Equal(t, "Lunch Rush", o.titles())
	require.NoError(t, o.restore(o.history()[0].ID, ""))
	require.Equal(t, "Lunch Weekdays Rush", o.titles())
	require.NoError(t, o.restore(made.ID, ""))
	require.Equal(t, "Lunch Weekdays", o.titles())

	var rush map[string]any
	require.NoError(t, json.Unmarshal(*o.history()[0].Before, &rush))
	delete(rush, "ranked_at")
	require.NoError(t, settings.Note(t.Context(), o.db, o.team.CompanyID, o.team.ID, "ann", "schedule", rush["id"].(string), rush, nil))
	require.NoError(t, o.restore(o.history()[0].ID, ""), "a line of a version that knew no order")
	require.Equal(t, "Rush Lunch Weekdays", o.titles(), "it is as old as it was")
}
