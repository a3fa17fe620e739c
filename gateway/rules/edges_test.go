package rules

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings/automations"
)

// TestEdges: each limit of time and number, a step before it and at it. What is
// listed is the reason on either side.
func TestEdges(t *testing.T) {
	t.Parallel()
	ago := func(d time.Duration) time.Time { return noon.Add(-d) }
	one := func(key string, at time.Time) map[string]time.Time { return map[string]time.Time{key: at} }
	night := time.Date(2026, 6, 2, 3, 0, 0, 0, time.UTC) // Monday, ten in the evening
	call := func(outcome, key string, decided time.Duration) func(*situation) {
		return func(s *situation) { s.Call, s.Decided = outcome, one(key, noon.Add(time.Minute-decided)) }
	}
	for _, c := range []struct {
		name   string
		inside func(*situation)
		reason Reason
		beyond func(*situation)
		other  Reason
	}{
		{
			"an advisor wrote less than five minutes ago",
			func(s *situation) { s.AdvisorAt = ago(5*time.Minute - time.Second) }, ReasonAdvisorActive,
			func(s *situation) { s.AdvisorAt = ago(5 * time.Minute) }, ReasonSent,
		},
		{
			"nor in closed hours",
			func(s *situation) { s.At, s.AdvisorAt = night, night.Add(time.Second-5*time.Minute) }, ReasonAdvisorActive,
			func(s *situation) { s.At, s.AdvisorAt = night, night.Add(-5*time.Minute) }, ReasonSent,
		},
		{
			"closed a day ago at most is still the same conversation",
			func(s *situation) {
				s.Ticket = &Ticket{ID: "t", Status: "closed", ClosedAt: ago(24*time.Hour - time.Second)}
			}, ReasonTicketReopened,
			func(s *situation) { s.Ticket = &Ticket{ID: "t", Status: "closed", ClosedAt: ago(24 * time.Hour)} }, ReasonSent,
		},
		{
			"the texts after calls share a memory of a quarter of an hour",
			call(CallHungUp, automations.AfterHoursCall, 15*time.Minute-time.Second), ReasonAlreadySent,
			call(CallHungUp, automations.AfterHoursCall, 15*time.Minute), ReasonSent,
		},
		{
			"in the other direction of time as well",
			call(CallMissed, automations.CustomerHangsUp, time.Second-15*time.Minute), ReasonAlreadySent,
			call(CallMissed, automations.CustomerHangsUp, -15*time.Minute), ReasonSent,
		},
		{
			"a voicemail remembers voicemails",
			call(CallVoicemail, automations.CustomerLeavesVoicemail, 15*time.Minute-time.Second), ReasonAlreadySent,
			call(CallVoicemail, automations.CustomerLeavesVoicemail, 15*time.Minute), ReasonSent,
		},
		{
			"and a missed call no voicemail",
			call(CallMissed, automations.CustomerCallMissed, 0), ReasonAlreadySent,
			call(CallMissed, automations.CustomerLeavesVoicemail, 0), ReasonSent,
		},
		{
			"a call answered is thanked for once a day where the team is",
			func(s *situation) {
				s.Call, s.At, s.OnTicket = CallAnswered, night, one(automations.AfterSuccessfulCall, noon)
			}, ReasonAlreadySent,
			func(s *situation) { // five in the afternoon of the day before is the same day in London alone
				s.Call, s.At, s.OnTicket = CallAnswered, noon, one(automations.AfterSuccessfulCall, time.Date(2026, 6, 1, 4, 59, 59, 0, time.UTC))
			}, ReasonSent,
		},
		{
			"an advisor was quicker than the text after a call",
			func(s *situation) { s.Call, s.AdvisorAt = CallMissed, noon.Add(time.Minute+time.Second) }, ReasonCustomerReached,
			func(s *situation) { s.Call, s.AdvisorAt = CallMissed, noon.Add(time.Minute) }, ReasonSent,
		},
		{
			"who left a voicemail is thanked although an advisor was quicker",
			func(s *situation) { s.Call, s.AdvisorAt = CallHungUp, noon.Add(time.Hour) }, ReasonCustomerReached,
			func(s *situation) { s.Call, s.AdvisorAt = CallVoicemail, noon.Add(time.Hour) }, ReasonSent,
		},
		{
			"a pause ends when it ends",
			func(s *situation) { s.PausedUntil = noon.Add(time.Nanosecond) }, ReasonLoopGuard,
			func(s *situation) { s.PausedUntil = noon }, ReasonSent,
		},
		{
			"what an advisor asks for goes out to who is paused",
			func(s *situation) {
				s.PausedUntil, s.Request, s.Ticket = noon.Add(time.Hour), &Request{Kind: AskRating}, &Ticket{Status: "closed"}
			}, ReasonLoopGuard,
			func(s *situation) {
				s.PausedUntil, s.Request = noon.Add(time.Hour), &Request{Kind: AskRating, Advisor: true}
			}, ReasonSent,
		},
		{
			"a reply makes sense for a quarter of an hour",
			func(s *situation) { s.Late = "15m1ns" }, ReasonExpired,
			func(s *situation) { s.Late = "15m" }, ReasonSent,
		},
		{
			"a person's hour", func(s *situation) { s.Hour = 5 }, ReasonContactBudget, func(s *situation) { s.Hour = 4 }, ReasonSent,
		},
		{
			"a person's day", func(s *situation) { s.Day = 15 }, ReasonContactBudget, func(s *situation) { s.Day = 14 }, ReasonSent,
		},
		{
			"a person's hour over all teams",
			func(s *situation) { s.CompanyHour = 10 }, ReasonContactBudget, func(s *situation) { s.CompanyHour = 9 }, ReasonSent,
		},
		{
			"a team's hour", func(s *situation) { s.Spent.Hour = 1000 }, ReasonTeamBudget, func(s *situation) { s.Spent.Hour = 999 }, ReasonSent,
		},
		{
			"a team's day", func(s *situation) { s.Spent.Day = 5000 }, ReasonTeamBudget, func(s *situation) { s.Spent.Day = 4999 }, ReasonSent,
		},
		{
			"told that it is closed since it closed, to the second",
			func(s *situation) {
				s.At, s.Last = night, one(automations.AfterHoursTicket, time.Date(2026, 6, 1, 22, 0, 0, 0, time.UTC))
			}, ReasonAlreadySent,
			func(s *situation) {
				s.At, s.Last = night, one(automations.AfterHoursTicket, time.Date(2026, 6, 1, 21, 59, 59, 0, time.UTC))
			}, ReasonSent,
		},
		{
			"told by what has a later time, until it opens",
			func(s *situation) {
				s.At, s.Last = night, one(automations.AfterHoursText, time.Date(2026, 6, 2, 12, 59, 59, 0, time.UTC))
			}, ReasonAlreadySent,
			func(s *situation) {
				s.At, s.Last = night, one(automations.AfterHoursText, time.Date(2026, 6, 2, 13, 0, 0, 0, time.UTC))
			}, ReasonSent,
		},
		{
			"a ticket from the web while it is closed, and a minute after it opened",
			func(s *situation) {
				s.Created, s.At, s.Late = true, time.Date(2026, 6, 2, 12, 59, 0, 0, time.UTC), "60s"
			}, ReasonOpenNow,
			func(s *situation) {
				s.Created, s.At, s.Late = true, time.Date(2026, 6, 2, 12, 59, 0, 0, time.UTC), "59s"
			}, ReasonSent,
		},
		{
			"a question is held for three days while nobody says what they meant",
			func(s *situation) {
				s.InDoubt, s.Request, s.Ticket = true, &Request{Kind: AskRating, Since: ago(72*time.Hour - time.Second)}, &Ticket{Status: "closed"}
			}, ReasonUnclearOptOut,
			func(s *situation) {
				s.InDoubt, s.Request, s.Ticket = false, &Request{Kind: AskRating, Since: ago(72 * time.Hour)}, &Ticket{Status: "closed"}
			}, ReasonSent,
		},
		{
			"a link that expires",
			func(s *situation) { s.Request = &Request{Kind: AskPayment, Advisor: true, Until: ago(time.Nanosecond)} }, ReasonExpired,
			func(s *situation) { s.Request = &Request{Kind: AskPayment, Advisor: true, Until: noon} }, ReasonSent,
		},
		{
			"a customer's own words make a late hour a fine one",
			func(s *situation) {
				s.At, s.Heard, s.Request, s.Ticket = night, night.Add(-30*time.Minute-time.Nanosecond), &Request{Kind: AskRating}, &Ticket{Status: "closed"}
			}, ReasonQuietHours,
			func(s *situation) {
				s.At, s.Heard, s.Request, s.Ticket = night, night.Add(-30*time.Minute), &Request{Kind: AskRating}, &Ticket{Status: "closed"}
			}, ReasonSent,
		},
		{
			"what they asked is answered once",
			func(s *situation) { s.Request = &Request{Kind: AskPhotoVideo, Advisor: true, Done: true} }, ReasonAlreadySent,
			func(s *situation) { s.Request = &Request{Kind: AskPhotoVideo, Advisor: true} }, ReasonSent,
		},
		{
			"whether it is resolved is asked of a ticket that is done",
			func(s *situation) { s.Request, s.Ticket = &Request{Kind: AskResolved}, &Ticket{Status: "closed"} }, ReasonTicketClosed,
			func(s *situation) { s.Request, s.Ticket = &Request{Kind: AskResolved}, &Ticket{Status: "done"} }, ReasonSent,
		},
		{
			"and of no ticket at all never",
			func(s *situation) { s.Request = &Request{Kind: AskResolved} }, ReasonTicketReopened,
			func(s *situation) { s.Request = &Request{Kind: AskResolved, Advisor: true} }, ReasonSent,
		},
	} {
		for side, of := range map[string]struct {
			change func(*situation)
			want   Reason
		}{"inside": {c.inside, c.reason}, "beyond": {c.beyond, c.other}} {
			t.Run(c.name+"/"+side, func(t *testing.T) {
				s := situation{At: noon, Text: "hello"}
				of.change(&s)
				d := Decide(s.build(t))
				require.Equal(t, of.want, d.Reason, "%v", d.Facts)
				require.Equal(t, of.want == ReasonSent, d.Sends())
			})
		}
	}
}

// TestACompanysDayIsAPersonsToo: the budget over all teams has two limits.
func TestACompanysDayIsAPersonsToo(t *testing.T) {
	t.Parallel()
	s := situation{At: noon, Text: "hello"}.build(t)
	for spent, want := range map[int]Reason{29: ReasonSent, 30: ReasonContactBudget} {
		s.History.CompanyDay = spent
		require.Equal(t, want, Decide(s).Reason, spent)
	}
}

// TestARemarkBeginsNothing: a reaction, an edit and their like stand with the
// conversation that is under way, and are answered by nothing.
func TestARemarkBeginsNothing(t *testing.T) {
	t.Parallel()
	for _, form := range []channels.MessageKind{channels.ReactionMessage, channels.EditMessage, channels.RevokeMessage, channels.SystemMessage} {
		for status, want := range map[string]TicketStep{"": NoTicket, "closed": NoTicket, "done": JoinTicket, "open": JoinTicket} {
			s := situation{At: noon, Text: "👍", Channel: channels.WhatsAppCloud}.build(t)
			s.Event.Form = form
			if status != "" {
				s.Ticket = &Ticket{ID: "t", Status: status, ClosedAt: noon}
			}
			d := Decide(s)
			require.Equal(t, []any{Skipped, ReasonAside, want}, []any{d.Outcome, d.Reason, d.Ticket}, "%s on %q", form, status)
			require.Equal(t, string(form), d.Facts["message"])
		}
	}
}

// TestWhoCorrectsATextIntoStopMeansIt, and who reacts with the word says nothing.
func TestWhoCorrectsATextIntoStopMeansIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		form    channels.MessageKind
		said    string
		consent Consent
		near    bool
	}{
		{channels.EditMessage, "STOP", OptOut, false},
		{channels.EditMessage, "stop texting me at night", NoChange, true},
		{channels.ReactionMessage, "STOP", NoChange, false},
		{channels.RevokeMessage, "stop texting me at night", NoChange, false},
		{channels.PlainMessage, "stop texting me at night", NoChange, true},
	} {
		s := situation{At: noon, Text: c.said}.build(t)
		s.Event.Form = c.form
		d := Decide(s)
		require.Equal(t, []any{c.consent, c.near}, []any{d.Consent, d.Refusal}, "%s: %s", c.form, c.said)
		require.Equal(t, c.consent == OptOut, SaysStop(channels.Message{Kind: c.form, Text: c.said}), "the door reads it as deciding does")
	}
	for word, stops := range map[channels.OptOut]bool{channels.OptOutStop: true, channels.OptOutStart: false, channels.OptOutHelp: false} {
		require.Equal(t, stops, SaysStop(channels.Message{Text: "anything", OptOut: word}), word)
	}
}

// TestTheStaffsOwnPhone: no customer has it. What it writes goes on the ticket of
// the notice that it answers, or gets one line that says where to answer.
func TestTheStaffsOwnPhone(t *testing.T) {
	t.Parallel()
	notice := &Notice{Ticket: "t", Number: 7}
	for _, c := range []struct {
		name   string
		change func(*Situation)
		want   Outcome
		ticket TicketStep
	}{
		{"of nothing", func(*Situation) {}, Sent, NoTicket},
		{"of a notice", func(s *Situation) { s.Notice = notice }, Skipped, NoteTicket},
		{"a reaction to a notice", func(s *Situation) { s.Notice, s.Event.Form = notice, channels.ReactionMessage }, Skipped, NoTicket},
		{"who was told enough", func(s *Situation) { s.Told = true }, Skipped, NoTicket},
		{"who wants no texts", func(s *Situation) { s.Contact.OptedOut = true }, Skipped, NoTicket},
		{"a machine", func(s *Situation) { s.Echo = s.Event.Text }, Skipped, NoTicket},
		{"whose phone takes no texts", func(s *Situation) { s.Contact.Unreachable = true }, Skipped, NoTicket},
		{"too late", func(s *Situation) { s.Now = s.Now.Add(time.Hour) }, Skipped, NoTicket},
	} {
		s := situation{At: noon, Text: "On my way"}.build(t)
		s.Contact.Staff, s.Console = "ann", "https://texts.example.com"
		c.change(&s)
		d := Decide(s)
		require.Equal(t, []any{ReasonStaff, c.want, c.ticket}, []any{d.Reason, d.Outcome, d.Ticket}, c.name)
		require.Equal(t, "ann", d.Facts["staff"])
		require.Equal(t, c.want == Sent, d.Confirms(), "%s: it counts to the confirmations", c.name)
		if d.Sends() {
			require.Contains(t, d.Text(0), s.Console)
		}
	}
	chat := situation{At: noon, Text: "Hello", Channel: channels.WebChat, From: "visitor"}.build(t)
	chat.Contact.Staff = "ann"
	require.Equal(t, automations.CustomerFirstChat, Decide(chat).Automation, "in a chat they try the site as anybody does")
	called := situation{At: noon, Call: CallMissed}.build(t)
	called.Contact.Staff = "ann"
	require.Equal(t, ReasonStaff, Decide(called).Reason, "whoever of the staff calls gets no text about it")
}

// TestATeamOfNoZone is decided about by the world's clock.
func TestATeamOfNoZone(t *testing.T) {
	t.Parallel()
	s := situation{At: noon, Text: "hello"}.build(t)
	s.Team = clone(s.Team)
	s.Team.Team.TimeZone = "Nowhere/Never"
	require.Equal(t, "Mon 2026-06-01 15:00:00 UTC", Decide(s).Facts["local_time"])
}
