package settings_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/automations"
)

func edit(t require.TestingT, db *sqlx.DB, team settings.Team, change func(*settings.Edit) error) {
	_, err := settings.EditTeam(context.Background(), db, team.CompanyID, team.ID, "test", change)
	require.NoError(t, err)
}

// everything that a team chose, but for what moves by itself.
func everything(t require.TestingT, db *sqlx.DB, team settings.Team) string {
	s, err := settings.Load(context.Background(), db, team.CompanyID, team.ID)
	require.NoError(t, err)
	s.Team.Version, s.Team.AutomationsVersion, s.Team.UpdatedAt = 0, 0, time.Time{}
	schedules, err := settings.ListSchedules(context.Background(), db, team.CompanyID, team.ID, "", 99)
	require.NoError(t, err)
	for n := range schedules {
		schedules[n].CreatedAt, schedules[n].RankedAt, schedules[n].UpdatedAt = time.Time{}, time.Time{}, time.Time{}
	}
	for n := range s.Senders {
		s.Senders[n].CreatedAt, s.Senders[n].UpdatedAt = time.Time{}, time.Time{}
	}
	raw, err := json.Marshal([]any{s.Team, s.Automations, s.Senders, schedules})
	require.NoError(t, err)
	return string(raw)
}

// TestWhatWasIsBroughtBack: after any changes of a team's settings, taking
// them back from the newest on leaves all as it was, and every save had its
// line of history.
func TestWhatWasIsBroughtBack(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	company, err := settings.EnsureCompany(t.Context(), db, "GVE")
	require.NoError(t, err)
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "America/Chicago"
	team, err = settings.CreateTeam(t.Context(), db, company.ID, "test", team)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		before := everything(t, db, team)
		newest, err := settings.ListHistory(context.Background(), db, company.ID, team.ID, "", 1)
		require.NoError(t, err)
		acts := map[string]func(*settings.Edit) error{
			"the team": func(e *settings.Edit) error {
				changed := e.Team
				changed.Name = rapid.SampledFrom([]string{"Service", "Repair", "Sales"}).Draw(t, "name")
				changed.AllowedCountries = rapid.SampledFrom([]pq.StringArray{{}, {"US"}, {"US", "CA"}}).Draw(t, "countries")
				changed.SMSFallback = rapid.Bool().Draw(t, "fallback")
				return e.SaveTeam(context.Background(), changed)
			},
			"an automation": func(e *settings.Edit) error {
				all, err := e.Automations(context.Background())
				require.NoError(t, err)
				n := rapid.IntRange(0, len(all)-1).Draw(t, "which")
				all[n].Enabled = rapid.Bool().Draw(t, "enabled")
				all[n].ExtraMessage = rapid.SampledFrom([]string{"", "Thank you"}).Draw(t, "extra")
				return e.SaveAutomations(context.Background(), all[n:n+1])
			},
			"a new schedule": func(e *settings.Edit) error {
				s := settings.NewSchedule()
				s.Title, s.TimeZone, s.StartsAt, s.EndsAt = "Saturday", "America/Chicago", "2026-01-10T08:00", "2026-01-10T12:00"
				_, err := e.AddSchedule(context.Background(), s)
				return err
			},
			"another order": func(e *settings.Edit) error {
				schedules, err := e.Schedules(context.Background())
				require.NoError(t, err)
				var ids []string
				for _, s := range schedules {
					ids = append(ids, s.ID)
				}
				if len(ids) > 0 {
					ids = rapid.Permutation(ids).Draw(t, "order")
				}
				_, err = e.OrderSchedules(context.Background(), settings.ScheduleOrder{IDs: ids})
				return err
			},
			"a schedule goes": func(e *settings.Edit) error {
				schedules, err := settings.ListSchedules(context.Background(), db, e.Team.CompanyID, e.Team.ID, "", 99)
				if err != nil || len(schedules) == 0 {
					return err
				}
				return e.DeleteSchedule(context.Background(), schedules[0].ID)
			},
		}
		names := []string{}
		for name := range acts {
			names = append(names, name)
		}
		slices.Sort(names)
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			edit(t, db, team, acts[rapid.SampledFrom(names).Draw(t, "what")])
		}
		history, err := settings.ListHistory(context.Background(), db, company.ID, team.ID, "", 99)
		require.NoError(t, err)
		for _, line := range history {
			if line.ID == newest[0].ID {
				break
			}
			require.Equal(t, "test", line.Who)
			_, err := settings.Restore(context.Background(), db, company.ID, team.ID, "test", settings.Restoration{Change: line.ID}, nil)
			require.NoError(t, err)
		}
		require.JSONEq(t, before, everything(t, db, team))
	})
}

// TestASaveThatChangesNothing leaves no line of history and wakes no cache.
func TestASaveThatChangesNothing(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	lines := func() int {
		history, err := settings.ListHistory(t.Context(), db, team.CompanyID, team.ID, "", 99)
		require.NoError(t, err)
		return len(history)
	}
	before := lines()
	saved, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
		all, err := e.Automations(t.Context())
		require.NoError(t, err)
		require.NoError(t, e.SaveAutomations(t.Context(), all))
		return e.SaveTeam(t.Context(), e.Team)
	})
	require.NoError(t, err)
	require.Equal(t, []int64{team.Version, team.AutomationsVersion}, []int64{saved.Version, saved.AutomationsVersion})
	require.Equal(t, before, lines())
}

// TestWhichVersionMoves: any save is in force for whoever holds an older
// snapshot; only one of the 14 is another ETag of theirs.
func TestWhichVersionMoves(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	saved, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
		changed := e.Team
		changed.Name = "Repair"
		return e.SaveTeam(t.Context(), changed)
	})
	require.NoError(t, err)
	require.Equal(t, []int64{team.Version + 1, team.AutomationsVersion}, []int64{saved.Version, saved.AutomationsVersion})
	saved, err = settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
		s, err := e.Automation(t.Context(), automations.AfterHoursText)
		require.NoError(t, err)
		s.Enabled = !s.Enabled
		return e.SaveAutomations(t.Context(), []automations.Setting{s})
	})
	require.NoError(t, err)
	require.Equal(t, []int64{team.Version + 2, team.AutomationsVersion + 1}, []int64{saved.Version, saved.AutomationsVersion})
}

// TestWhatCannotBeTakenBack: that a team was made; and a change of another
// team's is none.
func TestWhatCannotBeTakenBack(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	history, err := settings.ListHistory(t.Context(), db, team.CompanyID, team.ID, "", 99)
	require.NoError(t, err)
	n := slices.IndexFunc(history, func(c settings.Change) bool { return c.What == "team" })
	var refused *settings.Conflict
	_, err = settings.Restore(t.Context(), db, team.CompanyID, team.ID, "test", settings.Restoration{Change: history[n].ID}, nil)
	require.ErrorAs(t, err, &refused)
	other := newTeam(t, db)
	_, err = settings.Restore(t.Context(), db, team.CompanyID, other.ID, "test", settings.Restoration{Change: history[n].ID}, nil)
	require.ErrorIs(t, err, settings.ErrNotFound)
}

// TestANewTeam begins with weekdays from eight to five where it is.
func TestANewTeam(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	s, err := settings.Load(t.Context(), db, team.CompanyID, team.ID)
	require.NoError(t, err)
	chicago, err := time.LoadLocation("America/Chicago")
	require.NoError(t, err)
	for _, c := range []struct {
		at   time.Time
		open bool
	}{
		{time.Date(2026, 6, 1, 7, 59, 59, 0, chicago), false}, // a Monday
		{time.Date(2026, 6, 1, 8, 0, 0, 0, chicago), true},
		{time.Date(2026, 6, 5, 16, 59, 59, 0, chicago), true},
		{time.Date(2026, 6, 5, 17, 0, 0, 0, chicago), false},
		{time.Date(2026, 6, 6, 12, 0, 0, 0, chicago), false},
		{time.Date(2026, 12, 1, 8, 0, 0, 0, chicago), true}, // in winter as well
	} {
		require.Equal(t, c.open, s.Schedules.At(c.at).Open, c.at)
	}
	require.Equal(t, []int{1000, 5000, 5, 15}, []int{team.AutomaticPerHour, team.AutomaticPerDay, team.ContactPerHour, team.ContactPerDay})
}

// TestHowFastASenderIs: what carriers and Meta allow for such a number, unless
// its owner has arranged for something else.
func TestHowFastASenderIs(t *testing.T) {
	for _, c := range []struct {
		kind    channels.Kind
		address string
		chosen  float64
		want    float64
	}{
		{channels.SMS, "+13125550142", 0, 1},
		{channels.SMS, "+18005550142", 0, 3},
		{channels.SMS, "+18885550142", 0, 3},
		{channels.SMS, "72345", 0, 100},
		{channels.WhatsAppTwilio, "+13125550142", 0, 80},
		{channels.WhatsAppCloud, "106540352242922", 0, 80},
		{channels.SMS, "+13125550142", 0.5, 0.5},
		{channels.SMS, "+18005550142", 25, 25},
	} {
		s := settings.Sender{Kind: c.kind, Address: c.address, Settings: settings.SenderSettings{MessagesPerSecond: c.chosen}}
		require.InDelta(t, c.want, s.Rate(), 0, "%s %s", c.kind, c.address)
	}
}
