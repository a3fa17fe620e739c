// Package demo is the company that `ringback demo` plays: Green Valley
// Equipment, its two teams, and a few customers.
//
// The hard decision: it is set up through the same functions as the API, so
// that the demo cannot show anything that an admin could not have made.
package demo

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
	"ringback/settings/automations"
)

// Name is the company's name, and who stands in the history for its set-up.
const (
	Name = "Green Valley Equipment"
	who  = "demo"
)

// zone is where the company is.
const zone = "America/Chicago"

// Customer is somebody to play.
type Customer struct {
	Name   string
	Number string
	User   string // the WhatsApp user id of one who shows no number
}

// Customers are those who can be played; who has a number knows the company already.
var Customers = []Customer{
	{Name: "Ann Kowalski", Number: "+13125550142"},
	{Name: "Ben Ortiz", Number: "+13125550143"},
	{Name: "Carla Jensen", Number: "+13125550144"},
	{Name: "Somebody with a landline", Number: "+15005553006"},
	{Name: "Dana (no number)", User: "US.13491208655302741918"},
}

type team struct {
	name, display, number string
	advisor, phone        string              // who rings
	role, email           string              // of the advisor
	schedules             []settings.Schedule // beside the weekdays that every new team has
}

// Numbers are the teams' own, as the simulated provider lends them.
var Numbers = []string{"+13125550100", "+13125550101"}

// What lies ready at the simulated provider for who wants to see RCS: a Messaging
// Service with the first number and an RCS sender, and whose phone does RCS.
const (
	Service = "MG00000000000000000000000000000001"
	Agent   = "green_valley"
	OnRCS   = "+13125550143" // Ben
)

var no = false

var teams = []team{
	{"Service", "Service", Numbers[0], "Maria Lopez", "+13125550190", settings.RoleAdmin, admin, []settings.Schedule{
		{Title: "Night on call", StartsAt: "2026-01-05T17:00", EndsAt: "2026-01-06T08:00", RRule: text("FREQ=DAILY"), BusinessHours: &no},
	}},
	{"Sales", "Sales", Numbers[1], "Tom Becker", "+13125550191", settings.RoleManager, "tom@greenvalley.example", []settings.Schedule{
		{Title: "Saturdays", StartsAt: "2026-01-10T09:00", EndsAt: "2026-01-10T13:00", RRule: text("FREQ=WEEKLY;BYDAY=SA")},
	}},
}

func text(s string) *string { return &s }

// Setup makes the company's teams, schedules, senders and contacts, unless
// they are there from an earlier start, and tells whether it made them.
func Setup(ctx context.Context, db *sqlx.DB, company settings.Company) (bool, error) {
	there, err := settings.ListTeams(ctx, db, company.ID, nil, "", "", 1)
	if err != nil || len(there) > 0 {
		return false, err
	}
	if _, err := settings.RenameCompany(ctx, db, company.ID, who, Name); err != nil {
		return false, err
	}
	var made []string
	for _, t := range teams {
		id, err := t.setup(ctx, db, company.ID)
		if err != nil {
			return false, fmt.Errorf("demo: team %s: %w", t.name, err)
		}
		made = append(made, id)
	}
	return true, tree(ctx, db, company.ID, made[0], made[1])
}

// tree is what callers of the service team choose from.
func tree(ctx context.Context, db *sqlx.DB, company, service, sales string) error {
	_, err := settings.EditTeam(ctx, db, company, service, who, func(e *settings.Edit) error {
		t := e.Team
		advisors, err := settings.ListStaff(ctx, db, company, []string{service}, "", "", 10)
		if err != nil {
			return err
		}
		first := settings.Option{Digit: "1", Label: "a service advisor", To: settings.ToAdvisors}
		for _, one := range advisors {
			first.Advisors = append(first.Advisors, one.ID)
		}
		t.Voice.Options = []settings.Option{
			first, {Digit: "2", Label: "sales", To: settings.ToTeam, Team: sales}, {Digit: "3", Label: "leave a message", To: settings.ToVoicemail},
		}
		return e.SaveTeam(ctx, t)
	})
	if err != nil {
		return fmt.Errorf("demo: call tree: %w", err)
	}
	return nil
}

// setup makes the team and returns its id.
func (t team) setup(ctx context.Context, db *sqlx.DB, company string) (string, error) {
	fresh := settings.NewTeam()
	fresh.Name, fresh.DisplayName, fresh.TimeZone = t.name, t.display, zone
	made, err := settings.CreateTeam(ctx, db, company, who, fresh)
	if err != nil {
		return "", err
	}
	advisor, err := t.hire(ctx, db, company, made.ID)
	if err != nil {
		return "", err
	}
	var sender settings.Sender
	if _, err := settings.EditTeam(ctx, db, company, made.ID, who, func(e *settings.Edit) error {
		weekdays, err := settings.ListSchedules(ctx, db, company, made.ID, "", 1)
		if err != nil {
			return err
		}
		for _, s := range weekdays {
			s.Advisors = settings.Advisors{advisor}
			if _, err := e.SaveSchedule(ctx, s); err != nil {
				return err
			}
		}
		for _, s := range t.schedules {
			s.TimeZone, s.Enabled, s.Advisors = zone, true, settings.Advisors{advisor}
			if _, err := e.AddSchedule(ctx, s); err != nil {
				return err
			}
		}
		if _, err := e.AddSender(ctx, settings.Sender{Kind: channels.Voice, Address: t.number}); err != nil {
			return err
		}
		if sender, err = e.AddSender(ctx, settings.Sender{Kind: channels.SMS, Address: t.number}); err != nil {
			return err
		}
		if t.number == Numbers[0] {
			if _, err := e.AddSender(ctx, settings.Sender{
				Kind: channels.WhatsAppCloud, Account: WhatsAppNumber, Address: t.number, Settings: settings.SenderSettings{Business: "102290129340398"},
			}); err != nil {
				return err
			}
		}
		return switchOn(ctx, e, automations.AfterHoursText, automations.AfterHoursTicket, automations.AfterHoursCall,
			automations.CustomerHangsUp, automations.CustomerLeavesVoicemail, automations.CustomerCallMissed, automations.AfterSuccessfulCall)
	}); err != nil {
		return "", err
	}
	return made.ID, meet(ctx, db, company, made.ID, sender.ID)
}

// hire gives the team an advisor.
func (t team) hire(ctx context.Context, db *sqlx.DB, company, team string) (string, error) {
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Phone, m.Teams = t.advisor, t.email, t.role, t.phone, []string{team}
	made, err := settings.CreateMember(ctx, db, company, who, m)
	return made.ID, err
}

func switchOn(ctx context.Context, e *settings.Edit, keys ...string) error {
	all, err := e.Automations(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		for _, key := range keys {
			all[i].Enabled = all[i].Enabled || all[i].Key == key
		}
	}
	return e.SaveAutomations(ctx, all)
}

func meet(ctx context.Context, db *sqlx.DB, company, team, sender string) error {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, c := range append(slices.Clone(Customers), cast...) {
		if c.Number == "" {
			continue // who writes on WhatsApp is met there
		}
		if _, err := contacts.FindOrCreate(ctx, tx, company, team, sender, channels.SMS, c.Number, c.Name); err != nil {
			return err
		}
	}
	return tx.Commit()
}
