package rules

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/settings/schedule"
)

// situation is a test case as a person writes it: what is not said is a
// customer with a mobile number, no ticket and no past, and a team that is open
// Monday to Friday, 8 to 17, in Chicago, with both automations switched on.
type situation struct {
	Name string

	At       time.Time // the customer's moment, 2026-06-01 is a Monday
	Late     string    // how much later it is decided
	Form     channels.MessageKind
	Text     string
	From     string
	Number   string // of our sender
	Channel  channels.Kind
	OptOut   channels.OptOut
	Off      []string // automations switched off
	Language string   // the contact's

	Blocked, OptedOut, InDoubt, Unreachable, Ours, OwnKeywords, NoSender, Told bool
	OptedOutAt                                                                 time.Time

	PausedUntil, AdvisorAt time.Time
	Heard                  time.Time // they last wrote or called then
	Ticket                 *Ticket
	Recent                 []Said
	Last                   map[string]time.Time
	Decided                map[string]time.Time // left out: Last
	Hour, Day              int
	CompanyHour            int
	Spent                  Spent
	Countries              []string
	Message, Extra         string            // of after_hours_text
	Words                  map[string]string // by automation: how the team words it
	Advisor                string            // who answered the call
	NoOpening              bool              // its include_opening_time is off
	AlwaysClosed           bool
	Delay                  int                  // delay_seconds of the automations on calls
	Created                bool                 // they created a ticket on the web or in an app
	Call                   string               // a call that came to this, ended a minute after At
	Held                   string               // the automation whose reply was held back already
	OnTicket               map[string]time.Time // History.OnTicket
	Request                *Request             // the customer is asked for something
	Question, Photo        *Question            // what they were asked
	Answered               *Question            // and answered
	Reply                  string               // of a tapped button
	Files                  int                  // photos that came with the message
	Earliest, Latest       *int                 // the hours of the automations that ask
	Holiday                *schedule.Holiday

	Want want
}

type want struct {
	Automation string
	Outcome    Outcome
	Reason     Reason
	Ticket     TicketStep
	Consent    Consent
	Pause      bool
	Refusal    bool
	Answer     string // in a word
	Hold       string // how long the reply waits
	Text       string
}

func TestRules(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		var cases []situation
		decoder := json.NewDecoder(strings.NewReader(string(raw)))
		decoder.DisallowUnknownFields()
		require.NoError(t, decoder.Decode(&cases), file)
		for _, c := range cases {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".json")+"/"+c.Name, func(t *testing.T) {
				d := Decide(c.build(t))
				require.NotEmpty(t, d.Reason)
				got := want{Automation: d.Automation, Outcome: d.Outcome, Reason: d.Reason, Ticket: d.Ticket, Consent: d.Consent, Pause: d.Pause, Refusal: d.Refusal}
				if d.Answer != nil {
					got.Answer = d.Answer.word()
				}
				if d.Hold > 0 {
					got.Hold = d.Hold.String()
				}
				if d.Sends() {
					got.Text = d.Text(1001)
				}
				require.Equal(t, c.Want, got, "facts: %v", d.Facts)
			})
		}
	}
}

func (c situation) build(t *testing.T) Situation {
	t.Helper()
	if c.From == "" {
		c.From = "+13125550142"
	}
	if c.Channel == "" {
		c.Channel = channels.SMS
	}
	late, err := time.ParseDuration("0s" + c.Late)
	require.NoError(t, err)
	team := c.team(t)
	kind := channels.MessageReceived
	if c.Call != "" {
		kind = CallSettled
		late += time.Minute
	}
	if c.Request != nil {
		kind = Requested
	}
	if c.Created {
		kind = TicketCreated
	}
	decided, echo := c.Decided, ""
	if decided == nil {
		decided = c.Last
	}
	for _, said := range slices.Backward(c.Recent) {
		if said.Author == "automation" {
			echo = said.Text
		}
	}
	return Situation{
		Request: c.Request, Questions: questions(c.Question, c.Photo, c.Answered),
		Call:    Call{Outcome: c.Call, Ended: c.At.Add(time.Minute), Held: c.Held, Advisor: c.Advisor},
		Now:     c.At.Add(late),
		Event:   Event{Kind: kind, At: c.At, Channel: c.Channel, Sender: "sender", From: c.From, Form: c.Form, Text: c.Text, Reply: c.Reply, Files: c.Files, OptOut: c.OptOut},
		Team:    team,
		Hours:   HoursAt(team, c.At),
		Contact: Contact{Language: c.Language, Blocked: c.Blocked, OptedOut: c.OptedOut, OptedOutAt: c.OptedOutAt, InDoubt: c.InDoubt, Unreachable: c.Unreachable, Ours: c.Ours, PausedUntil: c.PausedUntil, AdvisorAt: c.AdvisorAt},
		Ticket:  c.Ticket,
		Recent:  c.Recent,
		History: History{Last: c.Last, Decided: decided, OnTicket: c.OnTicket, Hour: c.Hour, Day: c.Day, CompanyHour: c.CompanyHour},
		Echo:    echo,
		Heard:   c.Heard,
		Spent:   c.Spent,
		Told:    c.Told,
	}
}

func questions(asked ...*Question) []Question {
	var all []Question
	for _, q := range asked {
		if q != nil {
			all = append(all, *q)
		}
	}
	return all
}

func (c situation) team(t *testing.T) *settings.Snapshot {
	t.Helper()
	team := &settings.Snapshot{
		Company: "Green Valley", ContactPerHour: 10, ContactPerDay: 30,
		Team: settings.Team{
			DisplayName: "Service", TimeZone: "America/Chicago", Language: "en", PlainLetters: true, Version: 7,
			AutomaticPerHour: 1000, AutomaticPerDay: 5000, ContactPerHour: 5, ContactPerDay: 15, AllowedCountries: c.Countries,
		},
		Automations: map[string]automations.Setting{},
		Schedules:   schedule.NewSet(nil),
	}
	for _, d := range automations.All {
		s := d.Initial()
		s.Enabled = true
		if d.Key == automations.AfterHoursText {
			s.Message, s.ExtraMessage, s.Options[automations.IncludeOpeningTime] = c.Message, c.Extra, !c.NoOpening
		}
		if own, worded := c.Words[d.Key]; worded {
			s.Message = own
		}
		if d.Has(automations.DelaySeconds) {
			s.Options[automations.DelaySeconds] = c.Delay
		}
		for name, hour := range map[string]*int{automations.EarliestHour: c.Earliest, automations.LatestHour: c.Latest} {
			if d.Has(name) && hour != nil {
				s.Options[name] = *hour
			}
		}
		for _, off := range c.Off {
			s.Enabled = s.Enabled && off != d.Key
		}
		team.Automations[d.Key] = s
	}
	if !c.AlwaysClosed {
		weekdays, err := schedule.New(schedule.Spec{
			ID: "weekdays", Title: "Weekdays", TimeZone: "America/Chicago",
			StartsAt: "2026-01-05T08:00", EndsAt: "2026-01-05T17:00", RRule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", Enabled: true,
		})
		require.NoError(t, err)
		team.Schedules = schedule.NewSet([]schedule.Schedule{weekdays}, c.holidays(t, weekdays.Zone)...)
	}
	if !c.NoSender {
		team.Senders = []settings.Sender{{ID: "sender", Kind: c.Channel, Address: cmp.Or(c.Number, "+13125550100"), Settings: settings.SenderSettings{OwnKeywords: c.OwnKeywords}}}
	}
	return team
}

func (c situation) holidays(t *testing.T, zone *time.Location) []schedule.Holiday {
	t.Helper()
	if c.Holiday == nil {
		return nil
	}
	h, err := schedule.NewHoliday("holiday", c.Holiday.Days, c.Holiday.Messages, zone)
	require.NoError(t, err)
	return []schedule.Holiday{h}
}

// Every rule belongs to a definition, and each is asked on an event.
func TestRulesAreDefined(t *testing.T) {
	for _, r := range All {
		require.NotEmpty(t, r.Doc(), r.Key)
		require.NotEmpty(t, r.On, r.Key)
	}
}
