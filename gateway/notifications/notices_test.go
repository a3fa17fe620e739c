package notifications_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/mailbox"
	"ringback/gateway/deliveries"
	"ringback/gateway/notifications"
	"ringback/migrations/testdb"
	"ringback/settings"
)

func TestWhoeverIsOnDutyIsTold(t *testing.T) {
	w := newWorld(t)
	n := w.notice(notifications.MissedCall, w.ticket(1001, ""), "")
	w.happens(n)
	w.happens(n) // the provider says it twice
	require.Equal(t, []string{"ann: Missed call · #1001 · Service"}, w.work())
	w.happens(n)
	require.Empty(t, w.work(), "once is enough")
	w.pass(3 * time.Hour)
	w.happens(w.notice(notifications.Voicemail, w.ticket(1002, ""), ""))
	require.Equal(t, []string{"bob: New voicemail · #1002 · Service"}, w.work())
	w.happens(w.notice(notifications.NewTicket, w.ticket(1003, w.bob), ""))
	require.Equal(t, []string{"bob: New ticket · #1003 · Service"}, w.work(), "it is his")
	w.happens(w.notice(notifications.Message, w.ticket(1004, ""), ""))
	require.Empty(t, w.work(), "nobody chose it")
	require.Equal(t, "sent", w.log(w.bob)[0].State)
}

func TestALetterSaysWhatHappenedAndNothingElse(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket(1001, "")
	w.happens(w.notice(notifications.NewTicket, ticket, "<script>alert(1)</script>\r\nBcc: x@example.com\n"+strings.Repeat("ż", 1000)))
	w.work()
	l := w.box.Letters()[0]
	require.NotContains(t, l.Subject, "555", "no number in a subject")
	require.Contains(t, l.Text, "Carla <b> Jensen · #1001 · Service · 2026-06-01 10:00")
	require.Contains(t, l.Text, "https://ringback.example.com/teams/"+w.team+"/tickets/"+ticket)
	require.Contains(t, l.HTML, "&lt;script&gt;alert(1)")
	require.Contains(t, l.HTML, "Carla &lt;b&gt; Jensen")
	require.NotContains(t, l.HTML, "<script")
	require.Less(t, strings.Count(l.Text, "ż"), 500)
	require.Empty(t, l.Header.Get("Bcc"))
	require.Equal(t, "ann@example.com", l.To)
	require.True(t, strings.HasSuffix(l.ID, "@example.com"))
}

func TestThePersonsLanguageIsSpoken(t *testing.T) {
	w := newWorld(t)
	w.exec(`update staff set language = 'pl' where id = $1`, w.ann)
	w.happens(w.notice(notifications.MissedCall, w.ticket(1001, ""), ""))
	require.Equal(t, []string{"ann: Nieodebrane połączenie · #1001 · Service"}, w.work())
	require.Contains(t, w.box.Letters()[0].Text, "Wybierz, o czym chcesz wiedzieć")
}

// TestOffDutyIsHeld: at night nobody works; what happens waits for each one's
// next shift, and is one letter then.
func TestOffDutyIsHeld(t *testing.T) {
	w := newWorld(t)
	w.Clock.Stop(monday.Add(12 * time.Hour)) // 22:00
	first, second := w.ticket(1001, ""), w.ticket(1002, "")
	w.happens(w.notice(notifications.MissedCall, first, ""))
	w.happens(w.notice(notifications.Voicemail, second, ""))
	w.happens(w.notice(notifications.NewTicket, w.ticket(1003, ""), "Anybody?"))
	require.Empty(t, w.work())
	require.True(t, w.log(w.ann)[0].Held)
	require.Empty(t, w.log(w.max), "others have shifts, and he has none")
	w.Clock.Stop(monday.Add(22 * time.Hour)) // 8:00
	require.Equal(t, []string{"ann: Notifications for you: 3"}, w.work())
	text := w.box.Letters()[0].Text
	require.Less(t, strings.Index(text, "Missed call"), strings.Index(text, "Anybody?"))
	// Ann sees to two of them before Bob comes.
	w.exec(`update tickets set status = 'closed', closed_at = $2 where id = $1`, first, w.Clock.Now())
	w.exec(`insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, at)
		values ($1, $2, $3, $4, $5, $3, 'advisor', 'Hello', $6)`, w.company, uuid.NewString(), w.team, w.contact, second, w.Clock.Now())
	w.Clock.Stop(monday.Add(26 * time.Hour)) // 12:00
	require.Contains(t, w.work(), "bob: New ticket · #1003 · Service")
	states := map[string]int{}
	for _, l := range w.log(w.bob) {
		states[l.State]++
	}
	require.Equal(t, map[string]int{"sent": 1, "dropped": 2}, states)
}

func TestWhoWantsToHearAtAnyTimeDoes(t *testing.T) {
	w := newWorld(t)
	w.choose(w.bob, func(c *notifications.Choices) { c.OnSchedule.Email = false })
	w.happens(w.notice(notifications.MissedCall, w.ticket(1001, ""), ""))
	require.ElementsMatch(t, []string{"ann: Missed call · #1001 · Service", "bob: Missed call · #1001 · Service"}, w.work())
	w.Clock.Stop(monday.Add(12 * time.Hour))
	w.happens(w.notice(notifications.MissedCall, w.ticket(1002, w.bob), ""))
	require.Equal(t, []string{"bob: Missed call · #1002 · Service"}, w.work())
	w.choose(w.bob, func(c *notifications.Choices) { c.Kinds[notifications.MissedCall] = notifications.Picked{} })
	w.happens(w.notice(notifications.MissedCall, w.ticket(1003, w.bob), ""))
	require.Empty(t, w.work())
}

func TestWhereNobodyHasShiftsAllAreTold(t *testing.T) {
	w := newWorld(t)
	w.exec(`update schedules set enabled = false`)
	w.exec(`update teams set version = version + 1`)
	w.happens(w.notice(notifications.MissedCall, w.ticket(1001, ""), ""))
	require.Len(t, w.work(), 3)
	w.exec(`update schedules set enabled = true, advisors = '[]'`)
	w.exec(`update teams set version = version + 1`)
	w.happens(w.notice(notifications.MissedCall, w.ticket(1002, ""), ""))
	require.Len(t, w.work(), 3, "a schedule that names nobody is everybody's")
	w.Clock.Stop(monday.Add(12 * time.Hour))
	w.happens(w.notice(notifications.MissedCall, w.ticket(1003, ""), ""))
	require.Empty(t, w.work())
	w.Clock.Stop(monday.Add(22 * time.Hour))
	require.Len(t, w.work(), 3)
}

func TestSomebodyIsTold(t *testing.T) {
	w := newWorld(t)
	admin := settings.NewMember()
	admin.Name, admin.Email, admin.Role = "root", "root@example.com", settings.RoleAdmin
	made, err := settings.CreateMember(t.Context(), w.db, w.company, "test", admin)
	require.NoError(t, err)
	paused := w.notice(notifications.SenderPaused, "", "")
	paused.About.Word = "20003"
	w.happens(paused)
	require.Equal(t, []string{"root: A sender is refused by its provider · Service"}, w.work(), "admins, whatever the hour")
	w.exec(`update staff set active = false where id <> $1`, made.ID)
	w.exec(`update teams set version = version + 1`)
	w.happens(w.notice(notifications.MissedCall, w.ticket(1001, w.ann), ""))
	require.Equal(t, []string{"root: Missed call · #1001 · Service"}, w.work(), "nobody is on the team any more")
}

// TestAMailServerThatIsDown: nothing is lost, and nothing comes twice.
func TestAMailServerThatIsDown(t *testing.T) {
	w := newWorld(t)
	w.box.Refuse(func(string) error { return mailbox.Refusal(451) })
	for n := range 3 {
		w.happens(w.notice(notifications.MissedCall, w.ticket(1001+n, ""), ""))
		require.Empty(t, w.work())
	}
	require.Equal(t, "queued", w.log(w.ann)[0].State)
	require.Equal(t, "the mail server put it off with 451", w.log(w.ann)[0].Error)
	w.box.Refuse(nil)
	require.Empty(t, w.work(), "it rests")
	w.pass(30 * time.Minute)
	require.ElementsMatch(t, []string{
		"ann: Missed call · #1001 · Service", "ann: Missed call · #1002 · Service", "ann: Missed call · #1003 · Service",
	}, w.work(), "what was tried alone keeps its name and content")
	w.pass(30 * time.Minute)
	require.Empty(t, w.work())
	w.box.Refuse(func(string) error { return mailbox.Refusal(550) })
	w.happens(w.notice(notifications.MissedCall, w.ticket(1005, ""), ""))
	require.Empty(t, w.work())
	require.Equal(t, "failed", w.log(w.ann)[0].State)
	require.Contains(t, w.log(w.ann)[0].Error, "550")
}

func TestAfterADayItHasFailed(t *testing.T) {
	w := newWorld(t)
	w.box.Refuse(func(string) error { return mailbox.Refusal(451) })
	w.happens(w.notice(notifications.MissedCall, w.ticket(1001, ""), ""))
	for range 100 {
		w.work()
		w.pass(33 * time.Minute) // half an hour, give or take a tenth
	}
	l := w.log(w.ann)[0]
	require.Equal(t, "failed", l.State)
	require.Nil(t, l.DueAt)
	require.InDelta(t, 50, l.Attempts, 10)
}

// TestAKilledSendKeepsItsName: the worker died after the server took the letter
// and before it was noted. The second one bears the same name.
func TestAKilledSendKeepsItsName(t *testing.T) {
	w := newWorld(t)
	w.Clock.Stop(monday.Add(12 * time.Hour))
	w.happens(w.notice(notifications.MissedCall, w.ticket(1001, w.ann), ""))
	w.happens(w.notice(notifications.MissedCall, w.ticket(1002, w.ann), ""))
	w.work()
	w.Clock.Stop(monday.Add(23 * time.Hour))
	require.Len(t, w.work(), 1)
	w.exec(`update notice_sends set state = 'queued', due_at = $1`, w.Clock.Now())
	w.happens(w.notice(notifications.MissedCall, w.ticket(1003, w.ann), ""))
	require.Equal(t, []string{"ann: Notifications for you: 2", "ann: Missed call · #1003 · Service"}, w.work())
	letters := w.box.Letters()
	require.Equal(t, letters[0].ID, letters[1].ID)
	require.Equal(t, letters[0].Text, letters[1].Text)
	require.NotEqual(t, letters[0].ID, letters[2].ID)
}

func TestTwoReplicasMakeOneNoticeOfOne(t *testing.T) {
	w := newWorld(t)
	const many = 60
	other := notifications.New(w.config)
	for n := range many {
		w.happens(w.notice(notifications.MissedCall, w.ticket(1001+n, ""), ""))
	}
	var working sync.WaitGroup
	for _, b := range []*notifications.Notifier{w.Notifier, other, w.Notifier, other} {
		working.Go(func() {
			if err := b.Work(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	working.Wait()
	w.work()
	times := map[string]int{}
	for _, l := range w.box.Letters() {
		for _, line := range strings.Split(l.Text, "\n") {
			if _, after, found := strings.Cut(line, "#"); found && strings.Contains(line, "Carla") {
				times[after[:4]]++
			}
		}
	}
	require.Len(t, times, many)
	for number, n := range times {
		require.Equal(t, 1, n, number)
	}
}

func TestWhatNobodyTouchesGoesToTheManagersOnce(t *testing.T) {
	w := newWorld(t)
	w.exec(`update teams set escalate_after_minutes = 30, version = version + 1`)
	w.Clock.Stop(monday.Add(6*time.Hour + 50*time.Minute)) // 16:50, ten minutes before closing
	left, taken, named := w.ticket(1001, ""), w.ticket(1002, ""), w.ticket(1003, "")
	for _, ticket := range []string{left, taken, named} {
		w.happens(w.notice(notifications.MissedCall, ticket, ""))
	}
	w.work()
	const assigned = `insert into ticket_changes (company_id, id, ticket_id, at, change, who, author) values ($1, $2, $3, $4, 'assigned', $5, $6)`
	w.exec(assigned, w.company, uuid.NewString(), taken, w.Clock.Now().Add(time.Minute), "ann", nil)            // as the previous version writes it
	w.exec(assigned, w.company, uuid.NewString(), named, w.Clock.Now().Add(time.Minute), "customer", "advisor") // anybody may be called so
	w.Clock.Stop(monday.Add(22*time.Hour + 19*time.Minute))                                                     // 8:19: 29 minutes of open time
	require.NotContains(t, strings.Join(w.work(), "\n"), "Nobody")
	w.pass(time.Minute)
	require.Equal(t, []string{"max: A customer has waited too long · #1001 · Service"}, w.work())
	require.Contains(t, w.box.Letters()[len(w.box.Letters())-1].Text, "Waiting since 2026-06-01 16:50")
	w.happens(w.notice(notifications.Message, left, "Still waiting"))
	w.happens(w.notice(notifications.Message, taken, "Still waiting"))
	w.work()
	w.pass(time.Hour)
	require.Equal(t, []string{"max: A customer has waited too long · #1002 · Service"}, w.work(), "of the first one he knows")
}

func TestNoEscalationWhereTheTeamWantsNone(t *testing.T) {
	w := newWorld(t)
	w.exec(`update teams set escalate_after_minutes = 30`)
	w.happens(w.notice(notifications.MissedCall, w.ticket(1001, ""), ""))
	w.work()
	w.exec(`update teams set escalate_after_minutes = 0, version = version + 1`)
	w.pass(2 * time.Hour)
	require.Empty(t, w.work())
	w.happens(w.notice(notifications.MissedCall, w.ticket(1002, ""), ""))
	w.work()
	w.pass(24 * time.Hour)
	require.Empty(t, w.work())
}

func TestATextToTheStaffThatFailsIsNotToldOf(t *testing.T) {
	w := newWorld(t)
	w.choose(w.ann, func(c *notifications.Choices) {
		c.Kinds[notifications.DeliveryFailed] = notifications.Picked{Email: true}
	})
	for _, to := range []struct {
		contact string
		staff   *string
		told    int
	}{
		{deliveries.NoContact, &w.ann, 0},
		{w.ann, nil, 0}, // as the previous version writes it
		{w.contact, nil, 1},
	} {
		id := uuid.NewString()
		w.exec(`insert into deliveries (company_id, id, team_id, contact_id, staff_id, sender_id, kind, account, from_address, to_address, text)
			values ($1, $2, $3, $4, $5, $3, 'sms', '', '', '', '')`, w.company, id, w.team, to.contact, to.staff)
		failed := w.notice(notifications.DeliveryFailed, "", "")
		failed.DedupeKey = id
		w.happens(failed)
		require.Len(t, w.work(), to.told)
	}
}

func TestOldNoticesAreSwept(t *testing.T) {
	w := newWorld(t)
	w.happens(w.notice(notifications.MissedCall, w.ticket(1001, ""), "private"))
	w.work()
	require.NoError(t, w.Sweep(t.Context(), testdb.Now(t, w.db)))
	require.Len(t, w.log(w.ann), 1)
	require.NoError(t, w.Sweep(t.Context(), testdb.Now(t, w.db).Add(31*24*time.Hour)))
	var left int
	require.NoError(t, w.db.Get(&left, `select (select count(*) from notices) + (select count(*) from notice_sends)`))
	require.Zero(t, left)
}

func TestWhatNobodyMayChoose(t *testing.T) {
	w := newWorld(t)
	_, err := notifications.Choices{Kinds: map[string]notifications.Picked{"nonsense": {}}}.Save(t.Context(), w.db, w.company, w.ann)
	require.ErrorContains(t, err, "kinds.nonsense")
}

func TestATextGoesToTheirOwnPhone(t *testing.T) {
	w := newWorld(t)
	var texts []notifications.TextTo
	w.config.Text = func(_ context.Context, _ *sqlx.Tx, to notifications.TextTo) error {
		if to.To == "+13125550190" {
			return notifications.ErrNoSender
		}
		texts = append(texts, to)
		return nil
	}
	w.Notifier = notifications.New(w.config)
	w.choose(w.ann, func(c *notifications.Choices) { c.Kinds[notifications.NewTicket] = notifications.Picked{Text: true} })
	w.happens(w.notice(notifications.NewTicket, w.ticket(1001, ""), "x"))
	w.work()
	require.Empty(t, texts, "she has no phone")
	w.exec(`update staff set phone = '+13125550199' where id = $1`, w.ann)
	w.happens(w.notice(notifications.NewTicket, w.ticket(1002, ""), "my pump\nleaks"+strings.Repeat("!", 500)))
	w.work()
	require.Len(t, texts, 1)
	require.Equal(t, "+13125550199", texts[0].To)
	require.Equal(t, []string{w.company, w.team, w.ann}, []string{texts[0].CompanyID, texts[0].TeamID, texts[0].StaffID})
	require.True(t, strings.HasPrefix(texts[0].Text, "New ticket · #1002 · Carla <b> Jensen: my pump leaks!!!"), texts[0].Text)
	require.Less(t, len([]rune(texts[0].Text)), 220)
	w.exec(`update staff set phone = '+13125550190' where id = $1`, w.ann)
	w.happens(w.notice(notifications.NewTicket, w.ticket(1003, ""), "x"))
	w.work()
	require.Equal(t, "failed", w.log(w.ann)[0].State)
	require.Contains(t, w.log(w.ann)[0].Error, "no number that sends texts")
}

// TestEveryKindHasWords in every language, for each word that it comes with.
func TestEveryKindHasWords(t *testing.T) {
	w := newWorld(t)
	words := map[string][]string{notifications.Approval: {"approved", "declined"}, notifications.Payment: {"paid", "failed", "refunded", "disputed", "dispute_won", "dispute_lost", "other"}, notifications.Rating: {"2"}, notifications.HookFailing: {notifications.HookGone, ""}}
	n := 1000
	subjects := map[string]bool{}
	for _, language := range []string{"en", "pl", "de", "fr", "es", "it", "pt-BR"} {
		w.exec(`update staff set language = $2, role = 'admin' where id = $1`, w.ann, language)
		for _, kind := range notifications.Kinds {
			w.choose(w.ann, func(c *notifications.Choices) { c.Kinds[kind] = notifications.Picked{Email: true} })
			for _, word := range append([]string{}, append(words[kind], "")[:max(1, len(words[kind]))]...) {
				n++
				one := w.notice(kind, w.ticket(n, w.ann), "")
				one.About.Word, one.About.Amount, one.About.Since = word, "12.00 EUR", monday.Format(time.RFC3339)
				w.happens(one)
				before := len(w.box.Letters())
				w.work()
				for _, l := range w.box.Letters()[before:] {
					require.NotContains(t, l.Text+l.Subject, "{", "%s in %s", kind, language)
					title, _, _ := strings.Cut(l.Subject, " · ")
					require.NotEmpty(t, title)
					subjects[language+title] = true
				}
			}
		}
	}
	require.Len(t, subjects, 7*(len(notifications.Kinds)+8), "each is worded, and no two are alike")
}

// TestAMessageThatDidNotArriveSaysWhy in the words of the console, which has them by the
// same key, with the provider's code behind.
func TestAMessageThatDidNotArriveSaysWhy(t *testing.T) {
	w := newWorld(t)
	w.exec(`update staff set language = 'pl' where id = $1`, w.ann)
	w.choose(w.ann, func(c *notifications.Choices) {
		c.Kinds[notifications.DeliveryFailed] = notifications.Picked{Email: true}
	})
	lost := w.notice(notifications.DeliveryFailed, w.ticket(1001, w.ann), "On our way")
	lost.About.Reason, lost.About.Word = "carrier", "30006"
	w.happens(lost)
	w.work()
	letters := w.box.Letters()
	require.Contains(t, letters[len(letters)-1].Text, "Operator nie zdołał dostarczyć wiadomości. Kod: 30006")
}

// TestRefusalsHaveTheWordsOfTheConsole: a reason is called the same wherever it is read.
func TestRefusalsHaveTheWordsOfTheConsole(t *testing.T) {
	read := func(path string) (said map[string]json.RawMessage) {
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(raw, &said))
		maps.DeleteFunc(said, func(key string, _ json.RawMessage) bool { return !strings.HasPrefix(key, "refusal.") })
		return said
	}
	console := read("../../webhooks/web/i18n/codes/states.json")
	require.NotEmpty(t, console)
	require.Equal(t, console, read("phrases.json"))
}
