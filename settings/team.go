package settings

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	zones "ringback/settings/zone"

	"ringback/settings/fault"
	"ringback/settings/text"
	"ringback/settings/transaction"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Team is a group of advisors that customers reach under one name.
type Team struct {
	CompanyID    string `db:"company_id" json:"-"`
	ID           string `db:"id" json:"id" readOnly:"true"`
	Name         string `db:"name" json:"name" minLength:"1" maxLength:"100" doc:"For the staff"`
	DisplayName  string `db:"display_name" json:"display_name" required:"false" maxLength:"100" doc:"As customers see it; left out, it is the name"`
	TimeZone     string `db:"time_zone" json:"time_zone" maxLength:"64" doc:"IANA time zone, such as America/Chicago"`
	Language     string `db:"language" json:"language" required:"false" maxLength:"16" doc:"Of texts to a customer whose own language is not known"`
	PlainLetters bool   `db:"plain_letters" json:"plain_letters" required:"false" doc:"Write SMS in letters that keep 160 of them in a segment"`
	SMSFallback  bool   `db:"sms_fallback" json:"sms_fallback" required:"false" doc:"Send by SMS what WhatsApp does not take any more"`

	RingLastAdvisor            bool `db:"ring_last_advisor" json:"ring_last_advisor" required:"false"`
	CreateTicketForMissedCalls bool `db:"create_ticket_for_missed_calls" json:"create_ticket_for_missed_calls" required:"false"`

	AutomaticPerHour int `db:"automatic_per_hour" json:"automatic_per_hour" required:"false" minimum:"0" maximum:"1000000" doc:"At most so many automatic messages of the team"`
	AutomaticPerDay  int `db:"automatic_per_day" json:"automatic_per_day" required:"false" minimum:"0" maximum:"10000000"`
	ContactPerHour   int `db:"contact_per_hour" json:"contact_per_hour" required:"false" minimum:"0" maximum:"1000" doc:"At most so many automatic messages to one person"`
	ContactPerDay    int `db:"contact_per_day" json:"contact_per_day" required:"false" minimum:"0" maximum:"10000"`

	EscalateAfterMinutes int `db:"escalate_after_minutes" json:"escalate_after_minutes" required:"false" minimum:"0" maximum:"10080" doc:"After so many minutes of open time the team's managers hear of a customer whom nobody has seen to; 0: never"`

	AssignInTurn          bool `db:"assign_in_turn" json:"assign_in_turn" required:"false" doc:"A new ticket, and one that is opened again with nobody assigned, goes to whoever of the team is on duty and got one in turn longest ago"`
	OpenTicketsPerAdvisor int  `db:"open_tickets_per_advisor" json:"open_tickets_per_advisor" required:"false" minimum:"0" maximum:"10000" doc:"With assign_in_turn: nobody gets another in turn who has so many open tickets of the team; 0: no limit"`

	Currency string `db:"currency" json:"currency" required:"false" maxLength:"3" doc:"What customers pay in where a payment request does not say (ISO 4217, such as USD); empty: each request says it"`

	AllowedCountries pq.StringArray `db:"allowed_countries" json:"allowed_countries" required:"false" nullable:"false" maxItems:"250" doc:"Countries that get automatic messages, as two letters (ISO 3166); none: all. Left out of a new team, it is the country of its time zone (UTC: all). A new sender adds the country of its number, unless it is all"`

	Voice Voice `db:"voice" json:"voice" required:"false" doc:"What callers hear and whom they reach"`

	Version            int64     `db:"version" json:"-"` // of everything in the team's snapshot
	AutomationsVersion int64     `db:"automations_version" json:"-"`
	CreatedAt          time.Time `db:"created_at" json:"created_at" readOnly:"true"`
	UpdatedAt          time.Time `db:"updated_at" json:"updated_at" readOnly:"true"`
}

const teamColumns = `company_id, id, name, display_name, time_zone, language, plain_letters, sms_fallback,
	ring_last_advisor, create_ticket_for_missed_calls, automatic_per_hour, automatic_per_day,
	contact_per_hour, contact_per_day, escalate_after_minutes, currency, assign_in_turn, open_tickets_per_advisor, allowed_countries, voice, version, automations_version, created_at, updated_at`

// NewTeam is a team with everything as it is to begin with, but for its name
// and its zone, which nobody can guess, and the countries that it texts, which
// CreateTeam tells from the zone unless they are chosen.
func NewTeam() Team {
	return Team{
		Language: "en", PlainLetters: true, CreateTicketForMissedCalls: true, AutomaticPerHour: 1000, AutomaticPerDay: 5000,
		ContactPerHour: 5, ContactPerDay: 15, EscalateAfterMinutes: 60,
		Voice: NewVoice(),
	}
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

func (t *Team) check() error {
	if t.DisplayName == "" {
		t.DisplayName = t.Name
	}
	if t.AllowedCountries == nil {
		t.AllowedCountries = pq.StringArray{}
	}
	var wrong Invalid
	wrong.Add(t.Name != "" && strings.TrimSpace(t.Name) == "", "name", "empty")
	wrong.Add(t.DisplayName != t.Name && strings.TrimSpace(t.DisplayName) == "", "display_name", "empty")
	wrong.Add(!oneLine(t.Name), "name", "not_one_line")
	wrong.Add(!oneLine(t.DisplayName), "display_name", "not_one_line")
	wrong.Add(!zoneExists(t.TimeZone), "time_zone", "zone")
	wrong.Add(!languageExists(t.Language), "language", "not_one_of", "List", text.Languages())
	for n, c := range t.AllowedCountries {
		wrong.Add(!country.MatchString(c), fmt.Sprintf("allowed_countries[%d]", n), "country")
	}
	if t.Currency != "" {
		code, err := Currency(t.Currency)
		if _ = wrong.Take(err); err == nil { // it is a fault or nil
			t.Currency = code
		}
	}
	wrong = append(wrong, t.Voice.check()...)
	bounds := *t
	bounds.Voice = NewVoice() // which says itself what is wrong with it
	wrong.Bounds("", bounds)
	return wrong.Err()
}

// zoneExists refuses what Go reads in its own way: "" as UTC, "Local" as the
// server's zone.
func zoneExists(name string) bool {
	_, err := zones.Load(name)
	return err == nil && name != "" && name != "Local"
}

// CheckName is Invalid for what cannot be the name of a company or a team.
func CheckName(field, name string) error {
	var wrong Invalid
	wrong.Add(utf8.RuneCountInString(name) > 100, field, "too_long", "Count", 100)
	wrong.Add(strings.TrimSpace(name) == "", field, "empty")
	wrong.Add(!fault.Storable(name), field, "unstorable")
	wrong.Add(!oneLine(name), field, "not_one_line")
	return wrong.Err()
}

// Fit is a name that somebody else gave, in the form that a name has here; empty:
// nothing of it is left.
func Fit(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 100 {
		name = string(runes[:100])
	}
	return strings.TrimSpace(name)
}

// oneLine reports whether text holds no line break or other control character:
// names stand inside texts to customers.
func oneLine(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}

const findTeam = `select ` + teamColumns + ` from teams where company_id = $1 and id = $2`

// FindTeam returns one team of the company.
func FindTeam(ctx context.Context, q sqlx.QueryerContext, companyID, id string) (Team, error) {
	var t Team
	err := get(ctx, q, &t, findTeam, companyID, id)
	return t, wrap(err, "team "+id)
}

const listTeams = `
select ` + teamColumns + ` from teams
where company_id = $1 and ($2::uuid[] is null or id = any($2::uuid[])) and ($3 = '' or id < nullif($3, '')::uuid)
	and ($5 = '' or position(lower($5) in lower(name)) > 0 or position(lower($5) in lower(display_name)) > 0)
order by id desc limit $4`

// ListTeams returns the company's teams, the newest first, from the one before
// that id on. Only narrows the list to those teams unless it is nil, search to
// those with such a name unless it is empty.
func ListTeams(ctx context.Context, q sqlx.QueryerContext, companyID string, only []string, search, before string, limit int) ([]Team, error) {
	teams := []Team{}
	err := sqlx.SelectContext(ctx, q, &teams, listTeams, companyID, pq.StringArray(only), before, limit, strings.TrimSpace(search))
	return teams, wrap(err, "teams")
}

const insertTeam = `
insert into teams (company_id, id, name, display_name, time_zone, language, plain_letters, sms_fallback,
	ring_last_advisor, create_ticket_for_missed_calls, automatic_per_hour, automatic_per_day,
	contact_per_hour, contact_per_day, allowed_countries, voice, escalate_after_minutes, currency,
	assign_in_turn, open_tickets_per_advisor)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::jsonb, $17, $18, $19, $20)
returning ` + teamColumns

// CreateTeam makes a team with its 14 automations and the schedule Monday to
// Friday 08:00–17:00 in its zone, because a team without one is always closed. It
// texts the country of its zone, unless it says which; an empty list is all.
func CreateTeam(ctx context.Context, db *sqlx.DB, companyID, who string, t Team) (Team, error) {
	return CreateTeamWith(ctx, db, companyID, who, t, func(*Edit) error { return nil })
}

// CreateTeamWith is CreateTeam with a change of the new team's settings in the
// same transaction, as in EditTeam.
func CreateTeamWith(ctx context.Context, db *sqlx.DB, companyID, who string, t Team, change func(*Edit) error) (Team, error) {
	if t.AllowedCountries == nil {
		t.AllowedCountries = ownCountries(t.TimeZone)
	}
	if err := t.check(); err != nil {
		return t, err
	}
	team, err := proving(ctx, who, func(e *Edit) (Team, error) {
		err := transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
			e.tx = tx
			if err := e.begin(ctx, companyID, t); err != nil {
				return err
			}
			return change(e)
		})
		return e.Team, err
	})
	return team, wrap(err, "new team")
}

// begin writes a new team with what it comes with.
func (e *Edit) begin(ctx context.Context, companyID string, t Team) error {
	if err := t.Voice.checkNamed(ctx, e.tx, companyID, ""); err != nil {
		return err
	}
	err := get(ctx, e.tx, &e.Team, insertTeam, append([]any{companyID, newID()}, t.values()...)...)
	if err != nil {
		return err
	}
	if _, err := e.record(ctx, "team", e.Team.ID, nil, e.Team); err != nil {
		return err
	}
	if err := e.addAutomations(ctx); err != nil {
		return err
	}
	_, err = e.AddSchedule(ctx, weekdays(e.Team.TimeZone))
	return err
}

const updateTeam = `
update teams set name = $3, display_name = $4, time_zone = $5, language = $6, plain_letters = $7, sms_fallback = $8,
	ring_last_advisor = $9, create_ticket_for_missed_calls = $10, automatic_per_hour = $11, automatic_per_day = $12,
	contact_per_hour = $13, contact_per_day = $14, allowed_countries = $15, voice = $16::jsonb, escalate_after_minutes = $17, currency = $18,
	assign_in_turn = $19, open_tickets_per_advisor = $20
where company_id = $1 and id = $2`

// SaveTeam stores the team's own settings; its ids and versions are kept.
func (e *Edit) SaveTeam(ctx context.Context, t Team) error {
	if err := t.check(); err != nil {
		return err
	}
	t.ID = e.Team.ID
	if err := t.Voice.checkNamed(ctx, e.tx, e.Team.CompanyID, t.ID); err != nil {
		return err
	}
	if t.DisplayName != e.Team.DisplayName || t.Language != e.Team.Language {
		company, err := FindCompany(ctx, e.tx, e.Team.CompanyID)
		if err != nil {
			return err
		}
		if err := fit(ctx, e.tx, e.Team.CompanyID, "display_name", map[string]renaming{t.ID: {company.Name, company.Name, e.Team, t}}); err != nil {
			return err
		}
	}
	if changed, err := e.record(ctx, "team", t.ID, e.Team, t); err != nil || !changed {
		return err
	}
	if _, err := e.tx.ExecContext(ctx, updateTeam, append([]any{e.Team.CompanyID, t.ID}, t.values()...)...); err != nil {
		return wrap(err, "team "+t.ID)
	}
	t.CompanyID, t.Version, t.AutomationsVersion, t.CreatedAt, t.UpdatedAt = e.Team.CompanyID, e.Team.Version, e.Team.AutomationsVersion, e.Team.CreatedAt, e.Team.UpdatedAt
	e.Team = t // for what the edit changes next
	return nil
}

// values are the columns that can be chosen, in the order of the statements above.
func (t Team) values() []any {
	return []any{
		t.Name, t.DisplayName, t.TimeZone, t.Language, t.PlainLetters, t.SMSFallback,
		t.RingLastAdvisor, t.CreateTicketForMissedCalls, t.AutomaticPerHour, t.AutomaticPerDay,
		t.ContactPerHour, t.ContactPerDay, t.AllowedCountries, t.Voice, t.EscalateAfterMinutes, t.Currency,
		t.AssignInTurn, t.OpenTicketsPerAdvisor,
	}
}
