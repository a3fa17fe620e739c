package effects

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/events"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/settings/schedule"
)

var update = flag.Bool("update", false, "write the golden file anew")

const golden = "testdata/effects.txt"

var (
	monday = time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC) // 10:00 in Chicago: open
	night  = monday.Add(-10 * time.Hour)                  // 0:00: closed, and no hour to ask at
)

// TestEffects decides about each case and draws what follows, as lines that a
// person can read. Run with -update after a change that is meant.
func TestEffects(t *testing.T) {
	var drawn strings.Builder
	for _, c := range cases(t) {
		c.Decision = rules.Decide(c.Situation)
		if c.Opens() {
			c.Number = 1002
		}
		c.IDs = IDs{Decision: "DECISION", Ticket: "NEW-TICKET", Message: "MESSAGE", Delivery: "DELIVERY", Reply: "REPLY"}
		changes, err := Of(c.Case)
		require.NoError(t, err, c.name)
		again, err := Of(c.Case)
		require.NoError(t, err, c.name)
		require.Equal(t, changes, again, "%s: the same case has the same effects", c.name)
		fmt.Fprintf(&drawn, "# %s\n%s\n", c.name, strings.Join(draw(changes), "\n")+"\n")
	}
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(drawn.String()), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), drawn.String())
}

// TestASenderThatIsGone: a decision that names none of the team's senders is an
// error, and not a text from nowhere.
func TestASenderThatIsGone(t *testing.T) {
	c := written(t, night, "Anybody?").Case
	c.Decision = rules.Decide(c.Situation)
	require.True(t, c.Decision.Sends())
	c.Situation.Team.Senders = nil
	_, err := Of(c)
	require.ErrorContains(t, err, "is not the team's any more")
}

// example is a case with a name, and ways to make another of it.
type example struct {
	name string
	Case
}

func (x example) named(name string) example {
	x.name = name
	return x
}

func (x example) with(change func(*Case)) example {
	change(&x.Case)
	return x
}

func cases(t *testing.T) []example {
	t.Helper()
	open := &rules.Ticket{ID: "TICKET", Number: 1001, Status: "open", OpenedAt: monday.Add(-48 * time.Hour)}
	all := []example{
		written(t, night, "Anybody?").named("after_hours_text, from somebody new"),
		written(t, monday, "Hello").named("customer_first_chat, from somebody new"),
		written(t, monday, "And one more thing").with(func(c *Case) { c.Situation.Ticket = open }).named("a message joins the open ticket"),
		written(t, monday, "Thanks!").with(func(c *Case) {
			c.Situation.Ticket = &rules.Ticket{ID: "TICKET", Number: 1001, Status: "done"}
		}).named("a message reopens a ticket that is done"),
		written(t, monday, "Hello").with(func(c *Case) { c.Turn = &rules.Turn{Staff: "ANN", Name: "Ann", Reason: rules.NextInTurn, OnDuty: 2} }).named("a new ticket whose turn is Ann's"),
		written(t, monday, "Hello").with(func(c *Case) { c.Turn = &rules.Turn{Reason: rules.AllAtLimit, OnDuty: 2, AtLimit: 2} }).named("a new ticket for which nobody has room"),
		written(t, monday, "Thanks!").with(func(c *Case) {
			c.Situation.Ticket = &rules.Ticket{ID: "TICKET", Number: 1001, Status: "done"}
			c.Turn = &rules.Turn{Staff: "ANN", Name: "Ann", Reason: rules.NextInTurn, OnDuty: 2}
		}).named("a message reopens a ticket that was nobody's"),
		written(t, monday, "STOP").with(func(c *Case) { c.Situation.Ticket = open }).named("STOP, which the provider confirms"),
		onChannel(written(t, monday, "STOP"), channels.WebChat, "webchat").named("STOP where the confirmation is ours"),
		written(t, monday, "Hello").with(func(c *Case) { c.block() }).named("a message from who is blocked"),
		written(t, monday, "We are out").with(func(c *Case) {
			c.Situation.Echo = "We are out"
		}).named("another machine"),
		written(t, monday, "5").with(func(c *Case) { c.asked(rules.AskRating) }).named("the answer to a question"),
		written(t, monday, "").with(func(c *Case) {
			c.Message.Media = []channels.Media{{URL: "https://example.com/1", ContentType: "image/jpeg"}}
			c.Situation.Event.Files = 1
			c.asked(rules.AskPhotoVideo)
		}).named("a photo that was asked for"),
		written(t, monday, "5").with(func(c *Case) {
			c.Situation.Questions = []rules.Question{{
				ID: "REQUEST", Kind: rules.AskRating, AskedAt: monday.Add(-time.Hour), Ticket: "TICKET", Number: 1001,
				Answer: &rules.Answer{Score: 5}, AnsweredAt: monday.Add(-time.Minute),
			}}
		}).named("an answer that is there already"),
		written(t, monday, "YES").with(func(c *Case) {
			c.asked(rules.AskApproval)
			c.Situation.Questions = append(c.Situation.Questions, rules.Question{
				ID: "OLDER", Kind: rules.AskResolved, AskedAt: monday.Add(-2 * time.Hour), Ticket: "OTHER", Number: 1000,
			})
		}).named("an answer to one of two questions"),
		written(t, monday, "Hello").with(func(c *Case) { c.Situation.Spent.Hour = 1_000_000 }).named("a message that finds the team's cap reached"),
		onChannel(written(t, night, "Anybody?"), channels.WhatsAppCloud, "whatsapp").named("after_hours_text on WhatsApp, within the window"),

		called(t, monday, calls.Missed).named("customer_call_missed, by somebody new"),
		called(t, monday, calls.Missed).with(func(c *Case) { c.Situation.Ticket = open }).named("customer_call_missed, on the open ticket"),
		called(t, monday, calls.Missed).with(func(c *Case) {
			c.Situation.Ticket = &rules.Ticket{ID: "TICKET", Number: 1001, Status: "done", OpenedAt: monday.Add(-48 * time.Hour)}
		}).named("customer_call_missed, on a ticket that is done"),
		called(t, monday, calls.HungUp).named("customer_hangs_up"),
		called(t, monday, calls.Voicemail).named("customer_leaves_voicemail"),
		called(t, monday, calls.Answered).named("after_successful_call"),
		called(t, night, calls.Missed).named("after_hours_call"),
		called(t, monday, calls.TooShort).named("a wrong number"),
		called(t, monday, calls.Missed).with(func(c *Case) { c.block() }).named("a call from who is blocked"),
		called(t, monday, calls.Missed).with(func(c *Case) { c.Call.Caller, c.Situation.Event.From = "+266696687", "+266696687" }).named("a call without a number"),
		called(t, monday, calls.HungUp).with(func(c *Case) { c.delay(automations.CustomerHangsUp) }).named("a reply that is held back"),
		called(t, monday, calls.HungUp).with(func(c *Case) {
			c.delay(automations.CustomerHangsUp)
			c.Situation.Call.Held, c.Situation.Ticket = automations.CustomerHangsUp, open
			c.Deferred = &decisions.Decision{CompanyID: "COMPANY", ID: "WAITING", TicketID: "TICKET", ProviderID: "CALL"}
		}).named("a reply that was held back goes out"),
		called(t, monday, calls.HungUp).with(func(c *Case) {
			c.Situation.Call.Held, c.Situation.Contact.AdvisorAt = automations.CustomerHangsUp, monday.Add(2*time.Minute)
			c.Deferred = &decisions.Decision{CompanyID: "COMPANY", ID: "WAITING", TicketID: "TICKET", ProviderID: "CALL"}
		}).named("a reply that was held back is dropped: an advisor was quicker"),

		created(t, monday).with(func(c *Case) { c.Turn = &rules.Turn{Staff: "ANN", Name: "Ann", Reason: rules.NextInTurn, OnDuty: 2} }).named("a ticket that was created becomes Ann's"),
		created(t, night).named("after_hours_ticket"),
		created(t, monday).named("customer_first_chat, on a ticket that was created"),
		created(t, monday).with(func(c *Case) { c.Situation.Ticket = open }).named("a ticket beside an open one"),

		asks(t, monday, rules.AskResolved).named("ask_issue_resolved"),
		asks(t, monday, rules.AskRating).with(func(c *Case) {
			c.Event.Kind, c.Situation.Event.Kind = rules.TicketClosed, rules.TicketClosed
		}).named("capture_advisor_rating"),
		asks(t, night, rules.AskResolved).named("a question that waits for the morning"),
		asks(t, night, rules.AskResolved).with(func(c *Case) {
			c.Situation.Now, c.Now, c.Deferred = monday, monday, &decisions.Decision{CompanyID: "COMPANY", ID: "WAITING", TicketID: "TICKET"}
			c.Situation.Hours = rules.HoursAt(c.Situation.Team, monday)
		}).named("a question that waited goes out"),
		asks(t, monday, rules.AskResolved).with(func(c *Case) { c.Situation.Contact.OptedOut = true }).named("a question to who opted out"),
		advised(t, monday, rules.AskPhotoVideo).named("request_photo_video"),
		advised(t, monday, rules.AskApproval).named("request_approval"),
		advised(t, monday, rules.AskPayment).named("request_payment"),
		advised(t, monday, rules.AskApproval).with(func(c *Case) { c.Situation.Contact.OptedOut = true }).named("an advisor's request to who opted out"),
		shared(t, monday).named("share_voicehub"),

		onChannel(advised(t, monday, rules.AskApproval), channels.WhatsAppCloud, "whatsapp").with(func(c *Case) { c.template(automations.RequestApproval) }).
			named("request_approval by a template, after WhatsApp's window"),
		onChannel(advised(t, monday, rules.AskApproval), channels.WhatsAppCloud, "whatsapp").named("request_approval by SMS, after WhatsApp's window"),
		onChannel(advised(t, monday, rules.AskApproval), channels.WhatsAppCloud, "whatsapp").with(func(c *Case) { c.Situation.Team.Team.SMSFallback = false }).
			named("request_approval by no way, after WhatsApp's window"),
		onChannel(advised(t, monday, rules.AskApproval), channels.WhatsAppCloud, "whatsapp").with(func(c *Case) { c.Situation.Reached.Heard = monday.Add(-time.Hour) }).
			named("request_approval with buttons, within WhatsApp's window"),
	}
	return all
}

// base is a case about one customer of a team that is open Monday to Friday, 8
// to 17, in Chicago, with all automations switched on.
func base(t *testing.T, at time.Time, kind channels.EventKind) example {
	t.Helper()
	team := team(t)
	return example{Case: Case{
		Now:     at.Add(time.Second),
		Event:   events.Event{CompanyID: "COMPANY", ID: "EVENT", TeamID: "TEAM", SenderID: "sms", Kind: kind, ProviderID: "NAME", OccurredAt: at},
		Contact: contacts.Contact{ID: "CONTACT"},
		Situation: rules.Situation{
			Now: at.Add(time.Second), Team: team, Hours: rules.HoursAt(team, at), History: rules.History{Last: map[string]time.Time{}},
			Event: rules.Event{Kind: kind, At: at, Channel: channels.SMS, Sender: "sms", From: "+13125550142"},
		},
	}}
}

func written(t *testing.T, at time.Time, text string) example {
	t.Helper()
	x := base(t, at, channels.MessageReceived)
	x.Situation.Event.Text = text
	x.Message = &Message{Message: channels.Message{Text: text}, Channel: channels.SMS, Account: "AC1", From: x.Situation.Event.From}
	return x
}

func called(t *testing.T, at time.Time, outcome calls.Outcome) example {
	t.Helper()
	x := base(t, at, rules.CallSettled)
	x.Event.ProviderID = "CALL"
	x.Now = at.Add(time.Minute)
	x.Situation.Now = x.Now
	x.Call = &Call{
		Call:   journal.Call{CompanyID: "COMPANY", ID: "CALL-ID", SID: "CALL", TeamID: "TEAM", SenderID: "sms", Caller: "+13125550142", StartedAt: at},
		Result: calls.Result{Outcome: outcome, Step: channels.StepMenu, Waited: 30 * time.Second},
		End:    at.Add(30 * time.Second),
	}
	switch outcome {
	case calls.Voicemail:
		x.Call.Result.Step, x.Call.Result.Recording = channels.StepRecording, &channels.Recording{ID: "RE1", Seconds: 9}
	case calls.Answered:
		x.Call.Result.Step, x.Call.Result.Advisor = channels.StepAnswered, "ADVISOR"
	}
	x.Situation.Call = rules.Call{Outcome: string(outcome), Step: x.Call.Result.Step, Ended: x.Call.End}
	return x
}

func created(t *testing.T, at time.Time) example {
	t.Helper()
	x := base(t, at, rules.TicketCreated)
	x.Created = &tickets.Ticket{ID: "TICKET", Number: 1001, Status: tickets.StatusOpen, OpenedAt: at}
	return x
}

// asks is a question of our own about a ticket that is done.
func asks(t *testing.T, at time.Time, kind string) example {
	t.Helper()
	x := base(t, at, rules.TicketDone)
	status := tickets.StatusDone
	if kind == rules.AskRating {
		status = tickets.StatusClosed
	}
	x.Situation.Ticket = &rules.Ticket{ID: "TICKET", Number: 1001, Status: status, OpenedAt: at.Add(-time.Hour)}
	x.Situation.Request = &rules.Request{ID: "REQUEST", Kind: kind, Link: "https://example.com/r/TOKEN", Amount: "149.90 USD"}
	x.Ask = &Ask{
		Payload: events.TicketChanged{Ask: events.Ask{Contact: "CONTACT", Ticket: "TICKET", For: kind}},
		For:     kind, Ticket: tickets.Ticket{ID: "TICKET", Number: 1001}, Request: requests.Request{ID: "REQUEST", Kind: kind, Channel: "sms"},
	}
	return x
}

// advised is an advisor's request.
func advised(t *testing.T, at time.Time, kind string) example {
	t.Helper()
	x := asks(t, at, kind)
	x.Event.Kind, x.Situation.Event.Kind = rules.Requested, rules.Requested
	x.Situation.Ticket.Status = tickets.StatusOpen
	x.Situation.Request.Advisor, x.Situation.Request.Until = true, at.Add(requests.Life)
	x.Ask.Payload, x.Ask.Written = events.Request{Ask: events.Ask{Contact: "CONTACT", Ticket: "TICKET", For: kind}, Request: "REQUEST"}, true
	return x
}

func shared(t *testing.T, at time.Time) example {
	t.Helper()
	x := advised(t, at, rules.AskVoiceHub)
	x.Event.Kind, x.Situation.Event.Kind = rules.Shared, rules.Shared
	x.Situation.Request.ID, x.Ask.Request, x.Ask.Written = "", requests.Request{}, false
	return x
}

func onChannel(x example, kind channels.Kind, sender string) example {
	x.Event.SenderID, x.Situation.Event.Sender, x.Situation.Event.Channel = sender, sender, kind
	if x.Message != nil {
		x.Message.Channel = kind
	}
	return x
}

func (c *Case) block() {
	c.Contact.BlockedAt, c.Situation.Contact.Blocked = &monday, true
}

func (c *Case) asked(kind string) {
	c.Situation.Questions = []rules.Question{{ID: "REQUEST", Kind: kind, AskedAt: monday.Add(-time.Hour), Ticket: "TICKET", Number: 1001}}
}

func (c *Case) delay(key string) {
	c.Situation.Team.Automations[key].Options[automations.DelaySeconds] = 120
}

func (c *Case) template(key string) {
	c.Situation.Team.Automations[key].Options[automations.WhatsAppTemplate] = "en: approve_it | ticket_number"
}

func team(t *testing.T) *settings.Snapshot {
	t.Helper()
	weekdays, err := schedule.New(schedule.Spec{
		ID: "weekdays", Title: "Weekdays", TimeZone: "America/Chicago",
		StartsAt: "2026-01-05T08:00", EndsAt: "2026-01-05T17:00", RRule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", Enabled: true,
	})
	require.NoError(t, err)
	team := &settings.Snapshot{
		Company: "Green Valley", ContactPerHour: 10, ContactPerDay: 30,
		Team: settings.Team{
			DisplayName: "Service", TimeZone: "America/Chicago", Language: "en", PlainLetters: true, Version: 7, SMSFallback: true,
			AutomaticPerHour: 1000, AutomaticPerDay: 5000, ContactPerHour: 5, ContactPerDay: 15, CreateTicketForMissedCalls: true,
		},
		Automations: map[string]automations.Setting{},
		Schedules:   schedule.NewSet([]schedule.Schedule{weekdays}),
		Senders: []settings.Sender{
			{ID: "sms", Kind: channels.SMS, Address: "+13125550100"},
			{ID: "whatsapp", Kind: channels.WhatsAppCloud, Address: "1055", Account: "1055"},
			{ID: "webchat", Kind: channels.WebChat, Address: "key"},
		},
	}
	for _, d := range automations.All {
		s := d.Initial()
		s.Enabled = true
		if d.Has(automations.DelaySeconds) {
			s.Options[automations.DelaySeconds] = 0
		}
		team.Automations[d.Key] = s
	}
	return team
}
