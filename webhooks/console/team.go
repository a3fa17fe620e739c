package console

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"ringback/settings"
	"ringback/settings/fault"
	"ringback/settings/text"
	tables "ringback/settings/zone"
)

// parts are what can be chosen about a team but its call tree and its
// countries, by name in the API.
type parts struct {
	texts    map[string]*string
	flags    map[string]*bool
	numbers  map[string]*int
	recorded map[string]*settings.Prompt
}

func partsOf(t *settings.Team) parts {
	return parts{
		texts: map[string]*string{
			"name": &t.Name, "display_name": &t.DisplayName, "time_zone": &t.TimeZone, "language": &t.Language, "currency": &t.Currency, "voice.ring_order": &t.Voice.RingOrder,
		},
		flags: map[string]*bool{
			"plain_letters": &t.PlainLetters, "sms_fallback": &t.SMSFallback, "ring_last_advisor": &t.RingLastAdvisor,
			"create_ticket_for_missed_calls": &t.CreateTicketForMissedCalls, "assign_in_turn": &t.AssignInTurn, "voice.whisper": &t.Voice.Whisper, "voice.voicemail": &t.Voice.Voicemail,
		},
		numbers: map[string]*int{
			"automatic_per_hour": &t.AutomaticPerHour, "automatic_per_day": &t.AutomaticPerDay, "contact_per_hour": &t.ContactPerHour,
			"contact_per_day": &t.ContactPerDay, "escalate_after_minutes": &t.EscalateAfterMinutes, "open_tickets_per_advisor": &t.OpenTicketsPerAdvisor, "voice.ring_seconds": &t.Voice.RingSeconds,
		},
		recorded: map[string]*settings.Prompt{
			"voice.greeting": &t.Voice.Greeting, "voice.menu": &t.Voice.Menu,
			"voice.voicemail_prompt": &t.Voice.Leave, "voice.after_hours_prompt": &t.Voice.Closed,
		},
	}
}

// teamPage is everything that can be chosen about a team.
type teamPage struct {
	Chosen   chosen
	Branches []branch
	Base     string // what was loaded: a save sends what differs from it
	Faults   map[string]string

	Staff     []colleague
	Teams     []settings.Team // the others
	Zones     []string
	Spoken    map[string]string // default prompts
	MayChange bool
	MayUpload bool
	Company   *companyForm // nil: not theirs to change
	Steps     []firstStep  // none: done, or put away
}

// Digits are the keys of a phone that can be a choice: # ends an entry.
func (teamPage) Digits() []string { return strings.Split("1234567890*", "") }

// Prompts are what callers hear, in the order in which they do.
func (teamPage) Prompts() []string {
	return []string{"greeting", "menu", "after_hours_prompt", "voicemail_prompt"}
}

func (v *View) readTeam() (teamPage, error) {
	page := teamPage{
		Chosen: chosen{}, Faults: map[string]string{}, Zones: tables.Names(),
		MayChange: v.Who.MayCall("change-team"),
		MayUpload: v.Who.MayCall("upload-media"),
	}
	stored := written(v.Team.Team)
	page.Chosen, page.Branches, page.Base = stored.Chosen, stored.Branches, stored.document()
	page.Spoken = map[string]string{}
	for _, name := range page.Prompts() {
		page.Spoken[name] = text.Spoken(v.Team.Language, name, v.Team.DisplayName)
	}
	if v.Who.MayCall("change-company") {
		company, err := settings.FindCompany(v.ctx(), v.db(), v.Who.CompanyID)
		if err != nil {
			return page, err
		}
		page.Company = formOfCompany(company)
	}
	var err error
	if page.Steps, err = v.readFirstSteps(); err != nil {
		return page, err
	}
	return page, v.readAround(&page)
}

// readAround reads whom calls can be led to.
func (v *View) readAround(page *teamPage) error {
	teams, err := v.allTeams()
	if err != nil {
		return err
	}
	page.Teams = slices.DeleteFunc(teams, func(t settings.Team) bool { return t.ID == v.Team.ID })
	for _, b := range page.Branches { // a team out of one's reach keeps its place, and its name to itself
		id, leads := strings.CutPrefix(b.To, "team:")
		if leads && !slices.ContainsFunc(page.Teams, func(t settings.Team) bool { return t.ID == id }) {
			page.Teams = append(page.Teams, settings.Team{ID: id, Name: v.T("team.another")})
		}
	}
	colleagues, err := v.colleagues()
	if err != nil {
		return err
	}
	page.Staff = slices.DeleteFunc(colleagues, func(c colleague) bool { return !c.Active && !page.rings(c.ID) })
	for _, b := range page.Branches { // somebody of another team, whom the API was told to ring
		for _, id := range b.Advisors {
			if slices.ContainsFunc(page.Staff, func(c colleague) bool { return c.ID == id }) {
				continue
			}
			outsider := colleague{ID: id, Name: v.T("team.outsider")} // who may not know them sees that there is somebody
			if v.Who.MayCall("get-member") {
				if m, err := settings.FindMember(v.ctx(), v.db(), v.Who.CompanyID, v.Who.Teams, id); err == nil {
					outsider = colleague{m.ID, m.Name, m.Active}
				}
			}
			page.Staff = append(page.Staff, outsider)
		}
	}
	return nil
}

// rings reports whether an option leads to that one of the staff.
func (p teamPage) rings(id string) bool {
	return slices.ContainsFunc(p.Branches, func(b branch) bool { return b.Rings(id) })
}

// teamSettings is the page of the team's own settings.
func (v *View) teamSettings() error {
	page, err := v.readTeam()
	if err != nil {
		return err
	}
	return v.Show("team.html", page)
}

// errRefused undoes a save beside which a file was refused.
var errRefused = errors.New("a file was refused")

// saveTeam saves what was changed in the form.
func (v *View) saveTeam() error {
	v.receiveForm()
	if v.Form("discard") != "" {
		return v.Go(v.Path)
	}
	typed, refused := v.typedTeam(), map[string]string{}
	if err := v.takeRecordings(typed, refused); err != nil {
		return err
	}
	var base teamContent
	_ = json.Unmarshal([]byte(v.Form("base")), &base) // unread, all counts as changed
	for n := range base.Branches {
		if base.Branches[n].Advisors == nil {
			base.Branches[n].Advisors = []string{}
		}
	}
	_, err := v.editTeam(func(e *settings.Edit) error {
		team := e.Team
		looked := typed.onto(&team, base)
		err := fault.Together(looked, e.SaveTeam(v.ctx(), team))
		if err == nil && len(refused) > 0 {
			return errRefused
		}
		return err
	})
	if err == nil {
		return v.goSaved("/teams/"+v.Team.ID+"/team", typed.section(base))
	}
	faults, invalid := wrong(err)
	if !invalid && !errors.Is(err, errRefused) {
		return err
	}
	page, err := v.readTeam()
	if err != nil {
		return err
	}
	page.Chosen, page.Branches, page.Base = typed.Chosen, typed.Branches, v.Form("base")
	maps.Copy(page.Faults, refused)
	for _, f := range faults {
		page.Faults[teamField(f.Field)] = v.teamFault(f)
	}
	return v.ShowFault("team.html", page)
}

// teamField is the field of the form that a fault stands beside.
func teamField(field string) string {
	if strings.HasPrefix(field, "allowed_countries") {
		return "allowed_countries"
	}
	if strings.HasPrefix(field, "voice.options") {
		return "voice.options"
	}
	return field
}

// teamFault says what is wrong, in the page's own words where it has better ones.
func (v *View) teamFault(f settings.Fault) string {
	name := teamField(f.Field)
	switch {
	case name == "time_zone":
		return v.T("fault.time_zone")
	case name == "name" || name == "display_name":
		return v.T("fault.name")
	case name == "allowed_countries":
		return v.T("team.fault_countries")
	case name == "voice.ring_seconds":
		return v.T("automations.fault_number", "Min", 5, "Max", 60)
	case partsOf(&settings.Team{}).numbers[name] != nil:
		return v.T("team.fault_number")
	case name == "voice.options":
		return v.T("team.fault_options")
	case strings.HasSuffix(name, ".recording"):
		return v.T("team.fault_recording")
	case strings.HasSuffix(name, ".text"):
		return v.T("team.fault_prompt")
	}
	return v.fault(f)
}

// Rows are the options of the call tree, and one more to fill in.
func (p teamPage) Rows() []branch {
	rows := slices.Clone(p.Branches)
	if len(rows) < maxBranches && p.MayChange {
		rows = append(rows, branch{To: "advisors"})
	}
	return rows
}
