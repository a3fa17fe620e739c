package settings_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/automations"
)

// TestEveryChangeMovesTheVersionOnce and leaves its lines of history; what changes
// nothing does neither.
func TestEveryChangeMovesTheVersionOnce(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	var sender settings.Sender
	var reply settings.Reply
	var schedule settings.Schedule
	ctx := settings.WithOrigin(t.Context(), "203.0.113.7")
	on := true
	for _, c := range []struct {
		name   string
		change func(*settings.Edit) error
		lines  []string // the newest first: what, and whether it was and is
	}{
		{"a sender", func(e *settings.Edit) (err error) {
			sender, err = e.AddSender(ctx, settings.Sender{Kind: channels.SMS, Address: "+15005550006"})
			return err
		}, []string{"sender new"}},
		{"the same sender", func(e *settings.Edit) error { _, err := e.SaveSender(ctx, sender); return err }, nil},
		{"a faster sender", func(e *settings.Edit) error {
			sender.Settings.MessagesPerSecond = 2
			_, err := e.SaveSender(ctx, sender)
			return err
		}, []string{"sender changed"}},
		{"a reply", func(e *settings.Edit) (err error) {
			reply, err = e.AddReply(ctx, settings.Reply{Title: "Hours", Text: "8 to 17"})
			return err
		}, []string{"reply new"}},
		{"the same reply", func(e *settings.Edit) error {
			_, err := e.ChangeReply(ctx, reply.ID, func(*settings.Reply) error { return nil })
			return err
		}, nil},
		{"another text", func(e *settings.Edit) error {
			_, err := e.ChangeReply(ctx, reply.ID, func(r *settings.Reply) error { r.Text = "9 to 17"; return nil })
			return err
		}, []string{"reply changed"}},
		{"a schedule", func(e *settings.Edit) (err error) {
			s := settings.NewSchedule()
			s.Title, s.TimeZone, s.StartsAt, s.EndsAt = "Saturday", "America/Chicago", "2026-01-10T08:00", "2026-01-10T12:00"
			schedule, err = e.AddSchedule(ctx, s)
			return err
		}, []string{"schedule new"}},
		{"the same schedule", func(e *settings.Edit) error { _, err := e.SaveSchedule(ctx, schedule); return err }, nil},
		{"its business hours", func(e *settings.Edit) error {
			schedule.BusinessHours = &on
			_, err := e.SaveSchedule(ctx, schedule)
			return err
		}, []string{"schedule changed"}},
		{"the same team", func(e *settings.Edit) error { return e.SaveTeam(ctx, e.Team) }, nil},
		{"the team's name", func(e *settings.Edit) error {
			changed := e.Team
			changed.Name = "Repairs"
			return e.SaveTeam(ctx, changed)
		}, []string{"team changed"}},
		{"three things at once", func(e *settings.Edit) error {
			return errors.Join(e.DeleteReply(ctx, reply.ID), e.DeleteSchedule(ctx, schedule.ID), e.DeleteSender(ctx, sender.ID))
		}, []string{"sender gone", "schedule gone", "reply gone"}},
	} {
		before := must(settings.ListHistory(ctx, db, team.CompanyID, team.ID, "", 99))(t)
		now := must(settings.FindTeam(ctx, db, team.CompanyID, team.ID))(t)
		after := must(settings.EditTeam(ctx, db, team.CompanyID, team.ID, "ann", c.change))(t)
		var lines []string
		all := must(settings.ListHistory(ctx, db, team.CompanyID, team.ID, "", 99))(t)
		for _, line := range all[:len(all)-len(before)] {
			state := "changed"
			switch {
			case line.Before == nil:
				state = "new"
			case line.After == nil:
				state = "gone"
			}
			require.Equal(t, "ann", line.Who)
			require.True(t, line.CanRestore)
			lines = append(lines, line.What+" "+state)
		}
		require.Equal(t, c.lines, lines, c.name)
		require.Equal(t, now.Version+int64(min(1, len(lines))), after.Version, c.name)
		require.Equal(t, now.AutomationsVersion, after.AutomationsVersion, c.name)
	}
	audited := must(settings.Audit(ctx, db, team.CompanyID, settings.AuditFilter{Who: "ANN"}, "", 99))(t)
	require.Len(t, audited, 10)
	require.Equal(t, []string{"203.0.113.7", team.ID}, []string{audited[0].From, *audited[0].Team})
	require.Empty(t, must(settings.Audit(ctx, db, team.CompanyID, settings.AuditFilter{Who: "an"}, "", 99))(t), "a name is the whole of it")
	later := audited[0].At.Add(time.Hour)
	require.Empty(t, must(settings.Audit(ctx, db, team.CompanyID, settings.AuditFilter{Since: &later}, "", 99))(t))
	require.Equal(t, audited[4:6], must(settings.Audit(ctx, db, team.CompanyID, settings.AuditFilter{Who: "ann"}, audited[3].ID, 2))(t), "page by page")
	require.Empty(t, must(settings.Audit(ctx, db, uuid.NewString(), settings.AuditFilter{}, "", 99))(t), "another company's is its own")
}

// TestAnotherTeamsThingsAreNotFound, whatever is tried with them.
func TestAnotherTeamsThingsAreNotFound(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	second := settings.NewTeam()
	second.Name, second.TimeZone = "Sales", "America/Chicago"
	second, err := settings.CreateTeam(t.Context(), db, team.CompanyID, "test", second)
	require.NoError(t, err)
	var sender settings.Sender
	var reply settings.Reply
	ctx := t.Context()
	edit(t, db, second, func(e *settings.Edit) (err error) {
		if sender, err = e.AddSender(ctx, settings.Sender{Kind: channels.WebChat, Address: "site"}); err == nil {
			reply, err = e.AddReply(ctx, settings.Reply{Title: "Hours", Text: "8 to 17"})
		}
		return err
	})
	schedule := must(settings.ListSchedules(ctx, db, team.CompanyID, second.ID, "", 9))(t)[0]
	vault := &settings.Vault{}
	keep := func(*settings.Reply) error { return nil }
	for name, change := range map[string]func(e *settings.Edit) error{
		"find a sender":     func(e *settings.Edit) error { _, err := e.Sender(ctx, sender.ID); return err },
		"save a sender":     func(e *settings.Edit) error { _, err := e.SaveSender(ctx, sender); return err },
		"delete a sender":   func(e *settings.Edit) error { return e.DeleteSender(ctx, sender.ID) },
		"make a key of it":  func(e *settings.Edit) error { _, _, err := e.AddIdentityKey(ctx, vault, sender.ID); return err },
		"delete its key":    func(e *settings.Edit) error { return e.DeleteIdentityKey(ctx, sender.ID, uuid.NewString()) },
		"change a reply":    func(e *settings.Edit) error { _, err := e.ChangeReply(ctx, reply.ID, keep); return err },
		"delete a reply":    func(e *settings.Edit) error { return e.DeleteReply(ctx, reply.ID) },
		"no id at all":      func(e *settings.Edit) error { return e.DeleteReply(ctx, "x") },
		"save a schedule":   func(e *settings.Edit) error { _, err := e.SaveSchedule(ctx, schedule); return err },
		"delete a schedule": func(e *settings.Edit) error { return e.DeleteSchedule(ctx, schedule.ID) },
		"an automation":     func(e *settings.Edit) error { _, err := e.Automation(ctx, "no_such"); return err },
	} {
		after, err := settings.EditTeam(ctx, db, team.CompanyID, team.ID, "test", change)
		require.ErrorIs(t, err, settings.ErrNotFound, name)
		require.Equal(t, team.Version, after.Version, name)
	}
	_, err = settings.Restore(ctx, db, team.CompanyID, team.ID, "test", settings.Restoration{Change: must(settings.ListHistory(ctx, db, team.CompanyID, second.ID, "", 1))(t)[0].ID}, nil)
	require.ErrorIs(t, err, settings.ErrNotFound)
}

// TestASenderIsRestored: as it was, under its id and as old, and not when its
// address is somebody else's by now.
func TestASenderIsRestored(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	ctx := t.Context()
	var first, second settings.Sender
	for n, into := range []*settings.Sender{&first, &second} {
		edit(t, db, team, func(e *settings.Edit) (err error) {
			*into, err = e.AddSender(ctx, settings.Sender{Kind: channels.SMS, Address: []string{"+15005550006", "+15005550007"}[n]})
			return err
		})
	}
	oldest := func() string { return must(settings.Load(ctx, db, team.CompanyID, team.ID))(t).Senders[0].Address }
	require.Equal(t, first.Address, oldest())
	edit(t, db, team, func(e *settings.Edit) error { return e.DeleteSender(ctx, first.ID) })
	gone := must(settings.ListHistory(ctx, db, team.CompanyID, team.ID, "", 1))(t)[0]
	require.Equal(t, second.Address, oldest())
	line, err := settings.Restore(ctx, db, team.CompanyID, team.ID, "ann", settings.Restoration{Change: gone.ID}, nil)
	require.NoError(t, err)
	require.Equal(t, []any{"ann", "sender", first.ID, true}, []any{line.Who, line.What, line.Subject, line.Before == nil})
	require.Equal(t, first.Address, oldest(), "the team's first number is its first again")
	_, err = settings.Restore(ctx, db, team.CompanyID, team.ID, "ann", settings.Restoration{Change: line.ID}, nil)
	require.NoError(t, err)
	require.Equal(t, second.Address, oldest(), "and that can be taken back")
	edit(t, db, team, func(e *settings.Edit) error {
		_, err := e.AddSender(ctx, settings.Sender{Kind: channels.SMS, Address: first.Address})
		return err
	})
	_, err = settings.Restore(ctx, db, team.CompanyID, team.ID, "ann", settings.Restoration{Change: gone.ID}, nil)
	require.Equal(t, []string{"address sender_taken"}, faults(t, err))

	edit(t, db, team, func(e *settings.Edit) error {
		second.Settings.OwnKeywords = true
		_, err := e.SaveSender(ctx, second)
		return err
	})
	_, err = settings.PauseSender(ctx, db, team.CompanyID, second.ID, "20003", midsummer)
	require.NoError(t, err)
	changed := must(settings.ListHistory(ctx, db, team.CompanyID, team.ID, "", 1))(t)[0]
	_, err = settings.Restore(ctx, db, team.CompanyID, team.ID, "ann", settings.Restoration{Change: changed.ID}, nil)
	require.NoError(t, err)
	edit(t, db, team, func(e *settings.Edit) error {
		now, err := e.Sender(ctx, second.ID)
		require.False(t, now.Settings.OwnKeywords)
		require.Equal(t, "20003", *now.PausedFor, "that it is paused is no choice of theirs")
		return err
	})
	for what, restore := range map[string]string{"team": "team_stays", "automation": ""} {
		for _, c := range must(settings.ListHistory(ctx, db, team.CompanyID, team.ID, "", 99))(t) {
			if c.What == what && c.Before == nil {
				require.False(t, c.CanRestore)
				_, err := settings.Restore(ctx, db, team.CompanyID, team.ID, "ann", settings.Restoration{Change: c.ID}, nil)
				require.Equal(t, []string{"id " + restore}, faults(t, err))
			}
		}
	}
	_, err = settings.Restore(ctx, db, team.CompanyID, team.ID, "ann", settings.Restoration{Change: uuid.NewString()}, nil)
	require.ErrorIs(t, err, settings.ErrNotFound)
}

// TestASavedReplyIsRestored, likewise, and what happened and is no setting is not.
func TestASavedReplyIsRestored(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	ctx := t.Context()
	var reply settings.Reply
	edit(t, db, team, func(e *settings.Edit) (err error) {
		reply, err = e.AddReply(ctx, settings.Reply{Title: "Hours", Text: "8 to 17"})
		return err
	})
	edit(t, db, team, func(e *settings.Edit) error {
		_, err := e.ChangeReply(ctx, reply.ID, func(r *settings.Reply) error { r.Text = "9 to 17"; return nil })
		return err
	})
	edit(t, db, team, func(e *settings.Edit) error { return e.DeleteReply(ctx, reply.ID) })
	texts := func() (all []string) {
		for _, r := range must(settings.ListReplies(ctx, db, team.CompanyID, team.ID))(t) {
			all = append(all, r.Title+": "+r.Text)
		}
		return all
	}
	lines := must(settings.ListHistory(ctx, db, team.CompanyID, team.ID, "", 3))(t)
	for n, want := range [][]string{{"Hours: 9 to 17"}, {"Hours: 8 to 17"}, nil} {
		_, err := settings.Restore(ctx, db, team.CompanyID, team.ID, "ann", settings.Restoration{Change: lines[n].ID}, nil)
		require.NoError(t, err)
		require.Equal(t, want, texts())
	}
	tx, err := db.Beginx()
	require.NoError(t, err)
	require.NoError(t, settings.Note(ctx, tx, team.CompanyID, team.ID, "ann", "contact", "c", nil, map[string]string{"merged": "d"}))
	require.NoError(t, settings.NoteOfCompany(ctx, tx, team.CompanyID, "ann", "sign_in", "ann", nil, nil))
	require.NoError(t, tx.Commit())
	noted := must(settings.ListHistory(ctx, db, team.CompanyID, team.ID, "", 1))(t)[0]
	_, err = settings.Restore(ctx, db, team.CompanyID, team.ID, "ann", settings.Restoration{Change: noted.ID}, nil)
	require.Equal(t, []string{"id no_restore"}, faults(t, err))
	of := must(settings.ListHistory(ctx, db, team.CompanyID, "", "", 1))(t)[0]
	_, err = settings.RestoreCompany(ctx, db, team.CompanyID, "ann", settings.Restoration{Change: of.ID}, nil, nil)
	require.Equal(t, []string{"id no_restore"}, faults(t, err))
	tx, err = db.Beginx()
	require.NoError(t, err)
	require.NoError(t, settings.NoteOfCompany(ctx, tx, team.CompanyID, "ann", "hook", team.ID, map[string]bool{"enabled": true}, map[string]bool{"enabled": false}))
	require.NoError(t, tx.Commit())
	elsewhere := must(settings.ListHistory(ctx, db, team.CompanyID, "", "", 1))(t)[0]
	require.True(t, elsewhere.CanRestore)
	_, err = settings.RestoreCompany(ctx, db, team.CompanyID, "ann", settings.Restoration{Change: elsewhere.ID}, nil, nil)
	require.Equal(t, []string{"id no_restore"}, faults(t, err), "by who keeps it")
	hires(t, db, team.CompanyID, "ann", "advisor")
	arrived := must(settings.ListHistory(ctx, db, team.CompanyID, "", "", 1))(t)[0]
	_, err = settings.RestoreCompany(ctx, db, team.CompanyID, "ann", settings.Restoration{Change: arrived.ID}, nil, nil)
	require.Equal(t, []string{"id member_stays"}, faults(t, err), "nobody is deleted")
}

// TestACompanysNameIsRestored, and not whether everybody needs a second factor.
func TestACompanysNameIsRestored(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	ctx := t.Context()
	change := func(name, factor string) settings.Change {
		_, err := settings.ChangeCompany(ctx, db, team.CompanyID, "test", func(c *settings.Company) error {
			c.Name, c.SecondFactor = name, factor
			return nil
		})
		require.NoError(t, err)
		return must(settings.ListHistory(ctx, db, team.CompanyID, "", "", 1))(t)[0]
	}
	renamed := change("Green Valley", "optional")
	change("Green Valley", "required")
	_, err := settings.RestoreCompany(ctx, db, team.CompanyID, "ann", settings.Restoration{Change: renamed.ID}, nil, func(operation string) error {
		require.Equal(t, "change-company", operation)
		return settings.ErrNotFound
	})
	require.ErrorIs(t, err, settings.ErrNotFound)
	_, err = settings.RestoreCompany(ctx, db, team.CompanyID, "ann", settings.Restoration{Change: renamed.ID}, nil, func(string) error { return nil })
	require.NoError(t, err)
	now := must(settings.FindCompany(ctx, db, team.CompanyID))(t)
	require.Equal(t, []string{"GVE", "required"}, []string{now.Name, now.SecondFactor})
	require.Equal(t, "GVE", must(settings.Load(ctx, db, team.CompanyID, team.ID))(t).Company)
}

// TestTheFourteenAreSavedTogether: all or none, with the place of what is wrong.
func TestTheFourteenAreSavedTogether(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	ctx := t.Context()
	save := func(choose func([]automations.Setting) []automations.Setting) error {
		return settings.SaveAutomations(ctx, db, team.CompanyID, team.ID, "ann", func(of settings.Team, stored []automations.Setting) ([]automations.Setting, error) {
			require.Equal(t, team.ID, of.ID)
			return choose(stored), nil
		})
	}
	at := func(all []automations.Setting, key string) *automations.Setting {
		for n := range all {
			if all[n].Key == key {
				return &all[n]
			}
		}
		return nil
	}
	for name, c := range map[string]struct {
		key    string
		change func(*automations.Setting)
		want   []string
	}{
		"a text":                     {automations.AfterHoursText, func(s *automations.Setting) { s.Message = "Closed. {{opens_at}}" }, nil},
		"an unknown placeholder":     {automations.AfterHoursText, func(s *automations.Setting) { s.Message = "{{nickname}}" }, []string{"message no_placeholder"}},
		"a placeholder of elsewhere": {automations.CustomerFirstChat, func(s *automations.Setting) { s.Message = "{{amount}}" }, []string{"message placeholder_never"}},
		"a brace that is open":       {automations.CustomerFirstChat, func(s *automations.Setting) { s.Message = "{{customer_name" }, []string{"message braces_open"}},
		"a zero byte":                {automations.CustomerFirstChat, func(s *automations.Setting) { s.ExtraMessage = "a\x00" }, []string{"extra_message control_character"}},
		"a delay of five minutes":    {automations.CustomerHangsUp, func(s *automations.Setting) { s.Options[automations.DelaySeconds] = 300 }, nil},
		"of one second more":         {automations.CustomerHangsUp, func(s *automations.Setting) { s.Options[automations.DelaySeconds] = 301 }, []string{"options.delay_seconds range"}},
		"of half a second":           {automations.CustomerHangsUp, func(s *automations.Setting) { s.Options[automations.DelaySeconds] = 0.5 }, []string{"options.delay_seconds range"}},
		"of some words":              {automations.CustomerHangsUp, func(s *automations.Setting) { s.Options[automations.DelaySeconds] = "5" }, []string{"options.delay_seconds range"}},
		"an option of another":       {automations.CustomerFirstChat, func(s *automations.Setting) { s.Options[automations.DelaySeconds] = 5 }, []string{"options.delay_seconds no_option"}},
		"neither yes nor no":         {automations.AfterHoursText, func(s *automations.Setting) { s.Options[automations.IncludeOpeningTime] = "yes" }, []string{"options.include_opening_time not_boolean"}},
		"a template":                 {automations.AskIssueResolved, func(s *automations.Setting) { s.Options[automations.WhatsAppTemplate] = "done | link" }, nil},
		"a template that cannot be":  {automations.AskIssueResolved, func(s *automations.Setting) { s.Options[automations.WhatsAppTemplate] = "Done!" }, []string{"options.whatsapp_template template_name"}},
		"hours that leave nothing": {automations.CaptureAdvisorRating, func(s *automations.Setting) {
			s.Options[automations.EarliestHour] = 23
			s.Options[automations.LatestHour] = 1
		}, nil},
		"an hour that there is not":      {automations.CaptureAdvisorRating, func(s *automations.Setting) { s.Options[automations.EarliestHour] = 24 }, []string{"options.earliest_hour range"}},
		"midnight, at which it ends":     {automations.CaptureAdvisorRating, func(s *automations.Setting) { s.Options[automations.LatestHour] = 24 }, nil},
		"an automation that there isn't": {automations.CaptureAdvisorRating, func(s *automations.Setting) { s.Key = "no_such" }, []string{"key no_automation"}},
	} {
		require.NoError(t, save(func(all []automations.Setting) []automations.Setting {
			for n, d := range automations.All {
				all[n] = d.Initial()
			}
			return all
		}))
		before := must(settings.FindTeam(ctx, db, team.CompanyID, team.ID))(t)
		err := save(func(all []automations.Setting) []automations.Setting {
			changed := *at(all, c.key)
			c.change(&changed)
			first := *at(all, automations.AfterHoursCall)
			first.Enabled = !first.Enabled
			return []automations.Setting{first, changed}
		})
		after := must(settings.FindTeam(ctx, db, team.CompanyID, team.ID))(t)
		if c.want == nil {
			require.NoError(t, err, name)
			require.Equal(t, []int64{1, 1}, []int64{after.Version - before.Version, after.AutomationsVersion - before.AutomationsVersion}, name)
			continue
		}
		require.Equal(t, []string{"automations[1]." + c.want[0]}, faults(t, err), name)
		require.Equal(t, before, after, "%s: nothing of it was saved", name)
	}
	no := errors.New("no")
	require.ErrorIs(t, settings.SaveAutomations(ctx, db, team.CompanyID, team.ID, "ann", func(settings.Team, []automations.Setting) ([]automations.Setting, error) { return nil, no }), no)
	require.ErrorIs(t, settings.SaveAutomations(ctx, db, uuid.NewString(), team.ID, "ann", nil), settings.ErrNotFound)
}

// TestWhatATextWouldCost: as it is and in plain letters; nothing of it is saved.
func TestWhatATextWouldCost(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	ctx := t.Context()
	preview := func(key, message string) (settings.Preview, error) {
		p, of, err := settings.PreviewAutomation(ctx, db, team.CompanyID, team.ID, key, func(s automations.Setting) (automations.Setting, error) {
			s.Message, s.IncludeCompanyName, s.IncludeTeamName = message, false, false
			return s, nil
		})
		require.Equal(t, team.ID, of.ID)
		return p, err
	}
	for message, want := range map[string]struct {
		text                  string
		encoding              string
		characters, segments  int
		plain, plainCharacter int
	}{
		"Hello":                       {"Hello", "GSM-7", 5, 1, 1, 5},
		"Zażółć":                      {"Zażółć", "UCS-2", 6, 1, 1, 6},
		strings.Repeat("a", 161):      {strings.Repeat("a", 161), "GSM-7", 161, 2, 2, 161},
		"“" + strings.Repeat("a", 70): {"“" + strings.Repeat("a", 70), "UCS-2", 71, 2, 1, 71},
	} {
		p, err := preview(automations.CustomerFirstChat, message)
		require.NoError(t, err)
		require.Equal(t, settings.Cost{Text: want.text, Encoding: want.encoding, Characters: want.characters, Segments: want.segments}, p.Cost)
		require.Equal(t, []any{"GSM-7", want.plainCharacter, want.plain}, []any{p.Plain.Encoding, p.Plain.Characters, p.Plain.Segments}, message)
	}
	p, err := preview(automations.RequestPayment, "{{amount}} of {{customer_name}}")
	require.NoError(t, err)
	require.NotContains(t, p.Text, "{{")
	require.Contains(t, p.Text, "https://", "its page's link is appended")
	_, err = preview(automations.CustomerFirstChat, "{{nickname}}")
	require.Equal(t, []string{"message no_placeholder"}, faults(t, err))
	_, err = preview("no_such", "Hello")
	require.ErrorIs(t, err, settings.ErrNotFound)
	require.Empty(t, must(settings.Load(ctx, db, team.CompanyID, team.ID))(t).Automations[automations.CustomerFirstChat].Message)
}

// TestTeamsAreListed: the newest first, page by page, of those that one may see.
func TestTeamsAreListed(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	ids := map[string]string{"Service": team.ID}
	for _, name := range []string{"Sales", "100%", "Repairs"} {
		one := settings.NewTeam()
		one.Name, one.DisplayName, one.TimeZone = name, "The "+name, "America/Chicago"
		ids[name] = must(settings.CreateTeam(t.Context(), db, team.CompanyID, "test", one))(t).ID
	}
	list := func(only []string, search string) (names []string) {
		for before := ""; ; {
			page := must(settings.ListTeams(t.Context(), db, team.CompanyID, only, search, before, 2))(t)
			if len(page) == 0 {
				return names
			}
			for _, one := range page {
				names, before = append(names, one.Name), one.ID
			}
		}
	}
	require.Equal(t, []string{"Repairs", "100%", "Sales", "Service"}, list(nil, ""))
	require.Equal(t, []string{"Repairs", "Service"}, list(pq.StringArray{ids["Service"], ids["Repairs"], uuid.NewString()}, ""))
	require.Empty(t, list([]string{}, ""), "who is on no team sees none")
	require.Equal(t, []string{"100%"}, list(nil, "%"), "a sign is a sign")
	require.Equal(t, []string{"Repairs", "100%", "Sales"}, list(nil, " THE "), "by what customers see, too")
}
