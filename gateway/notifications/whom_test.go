package notifications_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/gateway/notifications"
	"ringback/settings"
)

// staffed is a world with an admin, a manager of another team, and somebody of that team
// whose phone rings here as well.
func staffed(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	other := settings.NewTeam()
	other.Name, other.TimeZone = "Sales", "America/Chicago"
	made, err := settings.CreateTeam(t.Context(), w.db, w.company, "test", other)
	require.NoError(t, err)
	for name, role := range map[string]string{"root": settings.RoleAdmin, "mia": settings.RoleManager, "zoe": settings.RoleAdvisor} {
		m := settings.NewMember()
		m.Name, m.Email, m.Role = name, name+"@example.com", role
		if role != settings.RoleAdmin {
			m.Teams = []string{made.ID}
		}
		m, err := settings.CreateMember(t.Context(), w.db, w.company, "test", m)
		require.NoError(t, err)
		if name == "zoe" {
			w.exec(`update schedules set advisors = advisors || to_jsonb(array[$1::text]) where team_id = $2 and starts_at::text like '%08:00%'`, m.ID, w.team)
		}
	}
	w.exec(`update teams set version = version + 1`)
	return w
}

// names are those whom the letters went to, in order.
func names(letters []string) []string {
	all := []string{}
	for _, l := range letters {
		for at, r := range l {
			if r == ':' {
				all = append(all, l[:at])
				break
			}
		}
	}
	slices.Sort(all)
	return all
}

// TestWhomEachKindConcerns, as docs/notices.md has it, on a morning on which Ann works and
// Zoe of the other team rings with her.
func TestWhomEachKindConcerns(t *testing.T) {
	w := staffed(t)
	for _, kind := range notifications.Kinds {
		for _, who := range []string{w.ann, w.bob, w.max} {
			w.choose(who, func(c *notifications.Choices) { c.Kinds[kind] = notifications.Picked{Email: true} })
		}
		w.exec(`insert into notice_choices (company_id, staff_id, choices)
			select company_id, id, jsonb_build_object('kinds', jsonb_build_object($1::text, '{"email": true}'::jsonb)) from staff where name in ('root', 'mia', 'zoe')
			on conflict (company_id, staff_id) do update set choices = excluded.choices`, kind)
		n := w.notice(kind, w.ticket(1000, ""), "x")
		want := []string{"ann", "zoe"}
		switch kind {
		case notifications.SenderPaused, notifications.SenderSilent, notifications.TemplateHeld, notifications.HookFailing, notifications.TeamBudget:
			want = []string{"root"}
		case notifications.Escalation:
			want = []string{"max"}
		case notifications.Mention:
			n.StaffID, want = w.bob, []string{"bob"}
		}
		w.happens(n)
		require.Equal(t, want, names(w.work()), kind)
		w.exec(`delete from tickets`)
	}
}

// TestWhoseTicketItIs hears of it alone, whenever they work; one whose owner has left is
// the team's, and an escalation without a manager is the admins'.
func TestWhoseTicketItIs(t *testing.T) {
	w := staffed(t)
	told := func(kind, assignee string) []string {
		w.exec(`delete from tickets`)
		w.happens(w.notice(kind, w.ticket(1000, assignee), "x"))
		return names(w.work())
	}
	require.Equal(t, []string{"ann"}, told(notifications.NewTicket, w.ann), "and not Zoe, whose phone rings now as well")
	require.Empty(t, told(notifications.NewTicket, w.bob), "his shift begins at noon")
	w.pass(2 * time.Hour)
	require.Equal(t, []string{"bob"}, names(w.work()))
	w.pass(-2 * time.Hour)
	w.exec(`update staff set active = false where id = any(array[$1, $2]::uuid[])`, w.bob, w.max)
	require.Equal(t, []string{"ann", "zoe"}, told(notifications.NewTicket, w.bob))
	require.Equal(t, []string{"root"}, told(notifications.Escalation, w.ann), "a manager of another team is none of this one's")
	w.exec(`update notice_choices set choices = '{}'`)
	w.choose(w.ann, func(c *notifications.Choices) { c.Kinds[notifications.NewTicket] = notifications.Picked{} })
	require.Empty(t, told(notifications.NewTicket, w.ann), "who wants no word of it gets none, and nobody in their place")
}

// TestTwentyInOneMessage, and the rest in the next: of one person, one way and one
// company; each message is the oldest's.
func TestTwentyInOneMessage(t *testing.T) {
	w := newWorld(t)
	for n := range 41 {
		w.happens(w.notice(notifications.MissedCall, w.ticket(1000+n, w.ann), ""))
	}
	w.happens(w.notice(notifications.MissedCall, w.ticket(2000, w.max), ""))
	w.exec(`update schedules set advisors = '[]'`) // everybody works
	w.exec(`update teams set version = version + 1`)
	got := w.work()
	slices.Sort(got)
	require.Equal(t, []string{"ann: Missed call · #1040 · Service", "ann: Notifications for you: 20", "ann: Notifications for you: 20", "max: Missed call · #2000 · Service"}, got)
}

// TestTheLogPageByPage, the newest first, of one's own alone.
func TestTheLogPageByPage(t *testing.T) {
	w := newWorld(t)
	for n := range 5 {
		w.happens(w.notice(notifications.MissedCall, w.ticket(1000+n, w.ann), ""))
		w.work()
	}
	w.happens(w.notice(notifications.MissedCall, w.ticket(2000, w.max), ""))
	w.work()
	all := w.log(w.ann)
	require.Len(t, all, 5)
	for n := range 4 {
		require.Greater(t, all[n].ID, all[n+1].ID)
	}
	page, err := notifications.Log(t.Context(), w.db, w.company, w.ann, all[1].ID, 2)
	require.NoError(t, err)
	require.Equal(t, all[2:4], page)
	none, err := notifications.Log(t.Context(), w.db, uuid.NewString(), w.ann, "", 9)
	require.NoError(t, err)
	require.Empty(t, none, "in another company there is nothing of theirs")
}

// TestWhatCannotBeTold any more comes to an end with its reason, or waits for the way to
// be there again.
func TestWhatCannotBeTold(t *testing.T) {
	w := newWorld(t)
	late := func(change func()) notifications.LogEntry {
		server := w.config.Mail
		w.Clock.Stop(monday)
		w.happens(w.notice(notifications.MissedCall, w.ticket(1000, w.ann), ""))
		w.box.Refuse(func(string) error { return fmt.Errorf("not now") })
		w.work() // it is put off
		w.box.Refuse(nil)
		change()
		w.pass(time.Hour)
		require.Empty(t, w.work())
		w.config.Mail = server
		w.exec(`delete from tickets`)
		return w.log(w.ann)[0]
	}
	off := late(func() {
		w.config.Mail = nil
		w.Notifier = notifications.New(w.config)
	})
	require.Equal(t, "queued", off.State)
	require.Contains(t, off.Error, "switched off on the server")
	require.NotNil(t, off.DueAt)
	w.Notifier = notifications.New(w.config)
	w.pass(time.Hour)
	require.Equal(t, []string{"ann"}, names(w.work()), "it comes once the way is there")
	left := late(func() { w.exec(`update staff set active = false where id = $1`, w.ann) })
	require.Equal(t, []any{"failed", (*time.Time)(nil)}, []any{left.State, left.DueAt})
	require.Contains(t, left.Error, "they have left")
}

// TestATestOfOnesOwn goes at once, in the one way, whatever one chose.
func TestATestOfOnesOwn(t *testing.T) {
	w := newWorld(t)
	w.Clock.Stop(monday.Add(12 * time.Hour)) // nobody works
	w.choose(w.bob, func(c *notifications.Choices) { c.Kinds = map[string]notifications.Picked{} })
	require.NoError(t, w.Try(t.Context(), w.company, w.team, w.bob, notifications.Email))
	lines := w.log(w.bob)
	require.Len(t, lines, 1, "it stands in the log at once")
	require.Equal(t, []any{"email", "queued", false}, []any{lines[0].Way, lines[0].State, lines[0].Held})
	require.Equal(t, []string{"bob"}, names(w.work()))
	require.NoError(t, w.Try(t.Context(), w.company, w.team, w.bob, notifications.Email))
	require.Equal(t, []string{"bob"}, names(w.work()), "and again")
	require.NoError(t, w.Try(t.Context(), w.company, w.team, w.bob, notifications.Text))
	require.Len(t, w.log(w.bob), 2, "a way that there is not is none")
}
