package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/mailbox"
	"ringback/channels/simulator/stripe"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/gateway/deliveries"
	"ringback/gateway/notifications"
	"ringback/settings"
)

// staffed is a till whose team has Ann, who is told by e-mail of all there is.
type staffed struct {
	*till
	box  *mailbox.Server
	ann  string
	seen int // letters that the story has read
}

func newStaffed(t *testing.T, changes ...func(*app.Config)) *staffed {
	t.Helper()
	w := &staffed{till: &till{}}
	w.box = mailbox.New(nil)
	smtp := plays(t, w.box)
	w.stripe = stripe.New(stripe.Config{Key: stripeKey, Secret: stripeSecret, Twice: true, Hook: func() string { return w.URL() }})
	base := plays(t, w.stripe)
	w.world = newWorld(t, append(changes, func(c *app.Config) {
		c.StripeKey, c.StripeWebhook, c.StripeBaseURL = stripeKey, stripeSecret, base
		c.SMTPURL, c.MailFrom = smtp, "Ringback <ringback@example.com>"
	})...)
	w.phones(nobody)
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Teams, m.Phone = "Ann", "ann@example.com", settings.RoleManager, []string{w.team.ID}, nobody
	made, err := settings.CreateMember(t.Context(), w.DB.DB, w.Company.ID, "test", m)
	require.NoError(t, err)
	w.ann = made.ID
	w.edit(func(e *settings.Edit) error {
		all, err := settings.ListSchedules(t.Context(), w.DB, w.Company.ID, w.team.ID, "", settings.MaxSchedules)
		if err != nil {
			return err
		}
		all[0].Advisors = settings.Advisors{made.ID}
		_, err = e.SaveSchedule(t.Context(), all[0])
		return err
	})
	all := notifications.Usual()
	for kind := range all.Kinds {
		all.Kinds[kind] = notifications.Picked{Email: true}
	}
	_, err = all.Save(t.Context(), w.DB.DB, w.Company.ID, w.ann)
	require.NoError(t, err)
	w.at(whileOpen)
	return w
}

func (w *staffed) at(moment string) {
	w.t.Helper()
	at, err := time.Parse(time.RFC3339, moment)
	require.NoError(w.t, err)
	w.Clock.Stop(at)
}

const untold = `
select (select count(*) from notices where due_at is not null)
	+ (select count(*) from notice_sends where due_at is not null and due_at <= coalesce($1::timestamptz, now()) + interval '2 minutes')`

// told are the subjects of the letters to Ann since the last time, once nobody
// is left to be told at this hour.
func (w *staffed) told() []string {
	w.t.Helper()
	w.settle()
	late := time.After(settled)
	for ticker := time.NewTicker(2 * time.Millisecond); ; {
		require.NoError(w.t, w.Notices.Work(w.t.Context()))
		var left int
		require.NoError(w.t, w.DB.Get(&left, untold, w.Clock.Queue()))
		if left == 0 {
			break
		}
		select {
		case <-ticker.C:
		case <-late:
			require.FailNow(w.t, "nobody is told")
		}
	}
	subjects := []string{}
	letters := w.box.Letters()
	for _, l := range letters[w.seen:] {
		if l.To == "ann@example.com" {
			subjects = append(subjects, strings.TrimSuffix(l.Subject, " · Service"))
		}
	}
	w.seen = len(letters)
	return subjects
}

func (w *staffed) ask(from, body string) string {
	w.t.Helper()
	status, answer := w.api("POST", w.ticketOf(from)+"/requests", json.RawMessage(body))
	require.Equal(w.t, http.StatusCreated, status, answer)
	w.settle()
	url, _ := answer["url"].(string)
	return url
}

// TestTheStaffAreTold: each thing that happens is one e-mail, though providers
// say everything twice.
func TestTheStaffAreTold(t *testing.T) {
	t.Parallel()
	const writer, caller = "+13125550142", "+13125550143"
	w := newStaffed(t)
	w.ring(caller, twilio.HangUp(channels.StepRinging))
	w.later(40 * time.Second)
	require.Equal(t, []string{"Missed call · #1001"}, w.told())
	w.ring(caller, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp))
	w.later(40 * time.Second)
	require.Equal(t, []string{"New voicemail · #1002"}, w.told())
	w.text(writer, "my pump leaks")
	require.Equal(t, []string{"New ticket · #1003"}, w.told())
	w.text(writer, "since yesterday")
	require.Equal(t, []string{"New message · #1003"}, w.told())
	w.ask(writer, `{"kind": "approval", "message": "A new pump for $90?"}`)
	w.text(writer, "no")
	require.Equal(t, []string{"Declined by the customer · #1003"}, w.told())
	w.ask(writer, `{"kind": "photo_video"}`)
	photo := sms("From", writer, "To", ours, "Body", "here", "NumMedia", "1", "MessageSid", "MM7",
		"MediaUrl0", "https://api.twilio.com/2010-04-01/Accounts/"+accountSID+"/Messages/MM7/Media/ME1", "MediaContentType0", "image/jpeg")
	for range 2 {
		status, words := w.post(webhook{body: photo})
		require.Equal(t, http.StatusOK, status, words)
	}
	require.Equal(t, []string{"The customer sent photos or a video · #1003"}, w.told())
	id := w.checkout(w.ask(writer, `{"kind": "payment", "amount": "120.00", "currency": "usd", "description": "New pump"}`))
	w.happens(w.stripe.Pay(t.Context(), id))
	require.Equal(t, []string{"Paid: 120.00 USD · #1003"}, w.told())
	w.later(11 * time.Minute) // before that another "no" could be the same one again
	status, answer := w.api("PATCH", w.ticketOf(writer), map[string]any{"status": "done"})
	require.Equal(t, http.StatusOK, status, answer)
	w.settle() // the customer is asked whether it is resolved
	w.text(writer, "no")
	require.Equal(t, []string{"Not resolved: the customer said no · #1003"}, w.told())
	w.ask(writer, `{"kind": "rating"}`)
	w.text(writer, "2")
	require.Equal(t, []string{"Rating: 2 of 5 · #1003"}, w.told())
}

// TestTheStaffAreToldOfWhatDoesNotArrive, and admins of a sender whose
// credentials the provider does not take any more.
func TestTheStaffAreToldOfWhatDoesNotArrive(t *testing.T) {
	t.Parallel()
	const landline = "+15005553006"
	w := newStaffed(t)
	w.at(atNight)
	w.text(landline, "Anybody?") // the reply comes back as unreachable
	require.Empty(t, w.told(), "nobody works")
	w.at("2026-06-02T08:00:00-05:00")
	require.Equal(t, []string{"Notifications for you: 2"}, w.told())
	text := w.box.Letters()[len(w.box.Letters())-1].Text
	require.Contains(t, text, "A message to the customer did not arrive")
	require.Contains(t, text, "Anybody?")
}

// TestNobodySeesToACustomer: the manager hears of it, once.
func TestNobodySeesToACustomer(t *testing.T) {
	t.Parallel()
	const writer, helped = "+13125550142", "+13125550143"
	w := newStaffed(t)
	w.text(writer, "Anybody?")
	w.text(helped, "Anybody?")
	require.NotEmpty(t, w.told())
	status, answer := w.api("POST", w.ticketOf(helped)+"/messages", map[string]any{"text": "Yes!"})
	require.Equal(t, http.StatusCreated, status, answer)
	w.later(59 * time.Minute)
	require.Empty(t, w.told())
	w.later(2 * time.Minute)
	require.Equal(t, []string{"A customer has waited too long · #1001"}, w.told())
	w.later(3 * time.Hour)
	require.Empty(t, w.told())
}

// TestAMailServerThatIsDownForAWhile: all is told once it is back, by whichever
// replica.
func TestAMailServerThatIsDownForAWhile(t *testing.T) {
	t.Parallel()
	w := newStaffed(t)
	w.box.Refuse(func(string) error { return mailbox.Refusal(421) })
	w.replica()
	for _, from := range []string{"+13125550142", "+13125550143", "+13125550144"} {
		w.text(from, "Anybody?")
		w.settle()
		require.NoError(t, w.Notices.Work(t.Context()))
	}
	w.box.Refuse(nil)
	w.later(20 * time.Minute)
	w.told()
	var all strings.Builder
	for _, l := range w.box.Letters() {
		all.WriteString(l.Text)
	}
	for _, number := range []string{"#1001", "#1002", "#1003"} {
		require.Equal(t, 1, strings.Count(all.String(), number), number)
	}
}

// TestATextToTheStaff goes out as every other message does, counts in no
// customer's budget, and makes no ticket.
func TestATextToTheStaff(t *testing.T) {
	t.Parallel()
	const writer, own = "+13125550142", "+13125550199"
	w := newStaffed(t)
	_, err := settings.ChangeMember(t.Context(), w.DB.DB, w.Company.ID, "test", w.ann, func(m *settings.Member) error {
		m.Phone = own
		return nil
	})
	require.NoError(t, err)
	_, err = notifications.Choices{Kinds: map[string]notifications.Picked{notifications.NewTicket: {Text: true}}}.Save(t.Context(), w.DB.DB, w.Company.ID, w.ann)
	require.NoError(t, err)
	w.text(writer, "my pump leaks")
	require.Empty(t, w.told(), "nothing by e-mail")
	w.settle()
	inbox := w.sim.Inbox(own)
	require.Len(t, inbox, 1)
	require.Equal(t, ours, inbox[0].From)
	require.Equal(t, "New ticket, #1001, "+writer+": my pump leaks", inbox[0].Body, "in plain letters, as the team's texts are")
	var state, spent string
	require.NoError(t, w.DB.QueryRow(`select state from deliveries where to_address = $1`, own).Scan(&state))
	require.Equal(t, "delivered", state)
	var staff, contact string
	require.NoError(t, w.DB.QueryRow(`select staff_id, contact_id from deliveries where to_address = $1`, own).Scan(&staff, &contact))
	require.Equal(t, []string{w.ann, deliveries.NoContact}, []string{staff, contact}, "one of the staff is no contact")
	require.NoError(t, w.DB.QueryRow(`select count(*) from tickets`).Scan(&spent))
	require.Equal(t, "1", spent)
	require.NoError(t, w.DB.QueryRow(`select (select coalesce(max(sent), 0) from spend where span = 'day')
		- (select count(*) from decisions where outcome = 'sent')`).Scan(&spent))
	require.Equal(t, "0", spent, "only what the customer got")
}

// TestATextAboutWhatIsTheCompanys goes out by the first team that can send one.
func TestATextAboutWhatIsTheCompanys(t *testing.T) {
	t.Parallel()
	const own = "+13125550199"
	w := newStaffed(t)
	_, err := settings.ChangeMember(t.Context(), w.DB.DB, w.Company.ID, "test", w.ann, func(m *settings.Member) error {
		m.Phone, m.Role = own, settings.RoleAdmin
		return nil
	})
	require.NoError(t, err)
	_, err = notifications.Choices{Kinds: map[string]notifications.Picked{notifications.HookFailing: {Text: true}}}.Save(t.Context(), w.DB.DB, w.Company.ID, w.ann)
	require.NoError(t, err)
	require.NoError(t, notifications.Tell(t.Context(), w.DB, notifications.Notice{
		CompanyID: w.Company.ID, Kind: notifications.HookFailing, DedupeKey: "x/gone", At: w.Clock.Now(), About: notifications.About{Text: "crm.example.com", Word: notifications.HookGone},
	}))
	require.Empty(t, w.told(), "nothing by e-mail")
	w.settle()
	inbox := w.sim.Inbox(own)
	require.Len(t, inbox, 1)
	require.True(t, strings.HasPrefix(inbox[0].Body, "A webhook was switched off: crm.example.com Its address answered"), inbox[0].Body)
	require.Equal(t, ours, inbox[0].From)
}

// TestAdminsAreToldOfARevokedToken once, however often it is tried, and
// anew when it happens again.
func TestAdminsAreToldOfARevokedToken(t *testing.T) {
	t.Parallel()
	const writer = "+13125550142"
	w := newStaffed(t)
	_, err := settings.ChangeMember(t.Context(), w.DB.DB, w.Company.ID, "test", w.ann, func(m *settings.Member) error {
		m.Role = settings.RoleAdmin
		return nil
	})
	require.NoError(t, err)
	w.text(writer, "my pump leaks")
	w.told()
	say := func() {
		t.Helper()
		status, answer := w.api("POST", w.ticketOf(writer)+"/messages", map[string]any{"text": "We are looking."})
		require.Equal(t, http.StatusCreated, status, answer)
	}
	for range 2 {
		w.sim.Fault(twilio.Fault{Times: 3, Status: http.StatusUnauthorized})
		say()
		require.Equal(t, []string{"A sender is refused by its provider"}, w.told())
		for range 3 { // it is tried each minute
			w.later(61 * time.Second)
			require.Empty(t, w.told())
		}
		w.later(61 * time.Second)
	}
	require.Contains(t, w.box.Letters()[len(w.box.Letters())-1].Text, "/teams/"+w.team.ID+"/senders")
}
