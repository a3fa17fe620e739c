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
		schedules[n].CreatedAt, schedules[n].UpdatedAt = time.Time{}, time.Time{}
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
	rapid.Check(t, func(t *rapid.T) {
		team := settings.NewTeam()
		team.Name, team.TimeZone = "Service", "America/Chicago"
		team, err := settings.CreateTeam(context.Background(), db, company.ID, "test", team)
		require.NoError(t, err)
		before := everything(t, db, team)
		first, err := settings.ListHistory(context.Background(), db, company.ID, team.ID, "", 99)
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
		for _, line := range history[:len(history)-len(first)] {
			require.Equal(t, "test", line.Who)
			_, err := settings.Restore(context.Background(), db, company.ID, team.ID, "test", line.ID, nil)
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
	_, err = settings.Restore(t.Context(), db, team.CompanyID, team.ID, "test", history[n].ID, nil)
	require.ErrorAs(t, err, &refused)
	other := newTeam(t, db)
	_, err = settings.Restore(t.Context(), db, team.CompanyID, other.ID, "test", history[n].ID, nil)
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

func TestWhatCannotBeATeam(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	for name, c := range map[string]struct {
		change func(*settings.Team)
		want   []string
	}{
		"no name":             {func(t *settings.Team) { t.Name, t.DisplayName = " ", "x" }, []string{"name"}},
		"a name of two lines": {func(t *settings.Team) { t.DisplayName = "A\nB" }, []string{"display_name"}},
		"no zone":             {func(t *settings.Team) { t.TimeZone = "" }, []string{"time_zone"}},
		"the server's zone":   {func(t *settings.Team) { t.TimeZone = "Local" }, []string{"time_zone"}},
		"a zone of nowhere":   {func(t *settings.Team) { t.TimeZone = "Mars/Olympus" }, []string{"time_zone"}},
		"no language":         {func(t *settings.Team) { t.Language = "xx-yy-zz" }, []string{"language"}},
		"no country":          {func(t *settings.Team) { t.AllowedCountries = pq.StringArray{"US", "usa", "us"} }, []string{"allowed_countries[1]", "allowed_countries[2]"}},
		"all of it at once":   {func(t *settings.Team) { t.Name, t.DisplayName, t.TimeZone = "", "", "x" }, []string{"name", "display_name", "time_zone"}},
	} {
		changed := team
		c.change(&changed)
		_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error { return e.SaveTeam(t.Context(), changed) })
		require.Equal(t, c.want, fields(t, err), name)
	}
}

// TestWhatCannotBeASender, and what can: each kind has addresses of its own.
func TestWhatCannotBeASender(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	m := hires(t, db, team.CompanyID, "ann", "advisor", team.ID)
	_, err := settings.ChangeMember(t.Context(), db, team.CompanyID, "test", m.ID, func(m *settings.Member) error { m.Phone = "+13125550142"; return nil })
	require.NoError(t, err)
	add := func(kind channels.Kind, address string) error {
		_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
			_, err := e.AddSender(t.Context(), settings.Sender{Kind: kind, Address: address})
			return err
		})
		return err
	}
	for _, c := range []struct {
		kind    channels.Kind
		address string
	}{
		{channels.SMS, ""},
		{channels.SMS, "15005550006"},
		{channels.SMS, "+1 500 555 0006"},
		{channels.Voice, "SUPPORT"},
		{channels.WhatsAppTwilio, "whatsapp:+15005550006"},
		{channels.SMS, "+13125550142"},
		{channels.SMS, "12"},
		{channels.Voice, "72345"},
		{channels.WhatsAppCloud, "my number"},
		{channels.WebChat, "a site"},
		{channels.WebChat, ""},
	} {
		require.NotEmpty(t, fields(t, add(c.kind, c.address)), "%s %s", c.kind, c.address)
	}
	require.NoError(t, add(channels.SMS, "+15005550006"))
	require.NoError(t, add(channels.Voice, "+15005550006"), "one number may be called and texted")
	var taken *settings.Conflict
	require.ErrorAs(t, add(channels.SMS, "+15005550006"), &taken)
	require.Equal(t, "address", taken.Field)
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

// TestWhatASenderMayBeTold: a rate that makes sense, and the websites that a
// chat stands on, of a chat alone.
func TestWhatASenderMayBeTold(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	for name, c := range map[string]struct {
		kind     channels.Kind
		settings settings.SenderSettings
		want     []string
	}{
		"slower than nothing":        {channels.SMS, settings.SenderSettings{MessagesPerSecond: -1}, []string{"messages_per_second"}},
		"faster than any":            {channels.SMS, settings.SenderSettings{MessagesPerSecond: 1001}, []string{"messages_per_second"}},
		"websites of a number":       {channels.SMS, settings.SenderSettings{Origins: []string{"https://www.example.com"}}, []string{"origins"}},
		"a page of a website":        {channels.WebChat, settings.SenderSettings{Origins: []string{"https://www.example.com", "https://www.example.com/", "https://www.example.com/shop"}}, []string{"origins[1]", "origins[2]"}},
		"no website":                 {channels.WebChat, settings.SenderSettings{Origins: []string{"*", "javascript:alert(1)", "null", "ftp://example.com"}}, []string{"origins[0]", "origins[1]", "origins[2]", "origins[3]"}},
		"no color":                   {channels.WebChat, settings.SenderSettings{Color: "red; background: url(x)"}, []string{"color"}},
		"Meta's account of a Twilio": {channels.SMS, settings.SenderSettings{Business: "102290129340398"}, []string{"business_account_id"}},
	} {
		address := map[channels.Kind]string{channels.SMS: "+15005550006", channels.WebChat: "site"}[c.kind]
		_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
			_, err := e.AddSender(t.Context(), settings.Sender{Kind: c.kind, Address: address, Settings: c.settings})
			return err
		})
		require.Equal(t, c.want, fields(t, err), name)
	}
}
