package console

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/settings"
	"ringback/settings/text"
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
			"name": &t.Name, "display_name": &t.DisplayName, "time_zone": &t.TimeZone, "language": &t.Language, "voice.ring_order": &t.Voice.RingOrder,
		},
		flags: map[string]*bool{
			"plain_letters": &t.PlainLetters, "sms_fallback": &t.SMSFallback, "ring_last_advisor": &t.RingLastAdvisor,
			"create_ticket_for_missed_calls": &t.CreateTicketForMissedCalls, "voice.whisper": &t.Voice.Whisper, "voice.voicemail": &t.Voice.Voicemail,
		},
		numbers: map[string]*int{
			"automatic_per_hour": &t.AutomaticPerHour, "automatic_per_day": &t.AutomaticPerDay, "contact_per_hour": &t.ContactPerHour,
			"contact_per_day": &t.ContactPerDay, "escalate_after_minutes": &t.EscalateAfterMinutes, "voice.ring_seconds": &t.Voice.RingSeconds,
		},
		recorded: map[string]*settings.Prompt{
			"voice.greeting": &t.Voice.Greeting, "voice.menu": &t.Voice.Menu,
			"voice.voicemail_prompt": &t.Voice.Leave, "voice.after_hours_prompt": &t.Voice.Closed,
		},
	}
}

const countries = "allowed_countries"

// written is a team as its form has it.
func written(t settings.Team) teamContent {
	c, p := teamContent{chosen{}, []branch{}}, partsOf(&t)
	for name, text := range p.texts {
		c.Chosen[name] = *text
	}
	for name, on := range p.flags {
		c.Chosen[name] = strconv.FormatBool(*on)
	}
	for name, number := range p.numbers {
		c.Chosen[name] = strconv.Itoa(*number)
	}
	for name, prompt := range p.recorded {
		c.Chosen[name+".text"], c.Chosen[name+".recording"] = prompt.Text, prompt.Recording
	}
	c.Chosen[countries] = strings.Join(t.AllowedCountries, " ")
	for _, o := range t.Voice.Options {
		if o.To == settings.ToTeam {
			o.To = "team:" + o.Team
		}
		c.Branches = append(c.Branches, branch{o.Digit, o.Label, o.To, o.Advisors})
	}
	return c
}

// branch is one option of the call tree as its row has it.
type branch struct {
	Digit, Label string
	To           string // advisors, voicemail, or team: and the id of one
	Advisors     []string
}

// Rings reports whether it leads to that one of the staff.
func (b branch) Rings(id string) bool { return slices.Contains(b.Advisors, id) }

// Leads reports whether it leads to that team.
func (b branch) Leads(team string) bool { return b.To == "team:"+team }

const maxBranches = 9

// teamPage is everything that can be chosen about a team.
type teamPage struct {
	Chosen   chosen
	Branches []branch
	Base     string // what was loaded: a save sends what differs from it
	Faults   map[string]string

	Staff              []colleague
	Teams              []settings.Team // the others
	Zones              []string
	Spoken             map[string]string // default prompts
	MayChange          bool
	MayUpload          bool
	MayRename          bool
	SavedAt            string
	CompanyName, Fault string // of the company's form
}

// Digits are the keys of a phone that can be a choice: # ends an entry.
func (teamPage) Digits() []string { return strings.Split("1234567890*", "") }

// Prompts are what callers hear, in the order in which they do.
func (teamPage) Prompts() []string {
	return []string{"greeting", "menu", "after_hours_prompt", "voicemail_prompt"}
}

func (v *View) readTeam() (teamPage, error) {
	page := teamPage{
		Chosen: chosen{}, Faults: map[string]string{}, Zones: zones, CompanyName: v.Company,
		MayChange: v.Who.MayCall("change-team"), MayRename: v.Who.MayCall("change-company"),
		MayUpload: v.Who.MayCall("upload-media"),
	}
	stored := written(v.Team.Team)
	page.Chosen, page.Branches, page.Base = stored.Chosen, stored.Branches, stored.document()
	page.Spoken = map[string]string{}
	for _, name := range page.Prompts() {
		page.Spoken[name] = text.Spoken(v.Team.Language, name, v.Team.DisplayName)
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
			outsider := colleague{ID: id, Name: id} // who may not know them sees that there is somebody
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

type teamContent struct {
	Chosen   chosen
	Branches []branch
}

// document is how the form carries what it began with.
func (t teamContent) document() string {
	raw, _ := json.Marshal(t) // texts alone
	return string(raw)
}

// teamSettings is the page of the team's own settings.
func (v *View) teamSettings() error {
	page, err := v.readTeam()
	if err != nil {
		return err
	}
	if saved, err := strconv.ParseInt(v.Query("saved"), 10, 64); err == nil {
		page.SavedAt = v.Local(time.Unix(saved, 0)).Format("15:04")
	}
	return v.Show("team.html", page)
}

// typedTeam is what stands in the form.
func (v *View) typedTeam() teamContent {
	typed := teamContent{chosen{}, []branch{}}
	p := partsOf(&settings.Team{})
	for name := range p.texts {
		typed.Chosen[name] = v.Form(name)
	}
	for name := range p.numbers {
		typed.Chosen[name] = v.Form(name)
	}
	for name := range p.flags {
		typed.Chosen[name] = strconv.FormatBool(v.Form(name) != "")
	}
	for name := range p.recorded {
		typed.Chosen[name+".text"], typed.Chosen[name+".recording"] = v.Form(name+".text"), v.Form(name+".recording")
	}
	typed.Chosen[countries] = v.Form(countries)
	for n := range maxBranches {
		row := fmt.Sprintf("option.%d.", n)
		b := branch{v.Form(row + "digit"), v.Form(row + "label"), v.Form(row + "to"), v.g.PostFormArray(row + "advisors")}
		if b.Digit == "" && b.Label == "" && len(b.Advisors) == 0 { // the row to fill in
			continue
		}
		if b.To != "advisors" || b.Advisors == nil {
			b.Advisors = []string{}
		}
		typed.Branches = append(typed.Branches, b)
	}
	return typed
}

// onto puts what differs from what the form began with over what is stored.
// What somebody else changed meanwhile thus stays as they did.
func (t teamContent) onto(stored *settings.Team, base teamContent) error {
	var wrong settings.Invalid
	differs := func(name string) bool { return t.Chosen[name] != base.Chosen[name] }
	p := partsOf(stored)
	for name, text := range p.texts {
		if differs(name) {
			*text = t.Chosen[name]
		}
	}
	for name, on := range p.flags {
		if differs(name) {
			*on = t.Chosen[name] == "true"
		}
	}
	for name, number := range p.numbers {
		if differs(name) {
			n, err := strconv.Atoi(strings.TrimSpace(t.Chosen[name]))
			wrong.Add(err != nil, name, "not_whole")
			*number = n
		}
	}
	for name, prompt := range p.recorded {
		if differs(name+".text") || differs(name+".recording") {
			*prompt = settings.Prompt{Text: t.Chosen[name+".text"], Recording: t.Chosen[name+".recording"]}
		}
	}
	if differs(countries) {
		stored.AllowedCountries = strings.FieldsFunc(strings.ToUpper(t.Chosen[countries]), func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
	}
	if !reflect.DeepEqual(t.Branches, base.Branches) {
		stored.Voice.Options = options(t.Branches)
	}
	return wrong.Err()
}

func options(rows []branch) []settings.Option {
	all := []settings.Option{}
	for _, b := range rows {
		option := settings.Option{Digit: b.Digit, Label: b.Label, To: b.To, Advisors: b.Advisors}
		if team, leads := strings.CutPrefix(b.To, "team:"); leads {
			option.To, option.Team = settings.ToTeam, team
		}
		all = append(all, option)
	}
	return all
}

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
	err := error(nil)
	if len(refused) == 0 {
		_, err = v.editTeam(func(e *settings.Edit) error {
			team := e.Team
			if err := typed.onto(&team, base); err != nil {
				return err
			}
			return e.SaveTeam(v.ctx(), team)
		})
	}
	if err == nil && len(refused) == 0 {
		return v.Go(fmt.Sprintf("/teams/%s/team?saved=%d", v.Team.ID, v.now.Unix()))
	}
	faults, invalid := wrong(err)
	if err != nil && !invalid {
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

// renameCompany changes the name that stands before every message.
func (v *View) renameCompany() error {
	_, err := settings.RenameCompany(v.ctx(), v.db(), v.Who.CompanyID, v.Who.Who, v.Form("company"))
	if err == nil {
		return v.Go(fmt.Sprintf("/teams/%s/team?saved=%d", v.Team.ID, v.now.Unix()))
	}
	if _, invalid := wrong(err); !invalid {
		return err
	}
	page, err := v.readTeam()
	if err != nil {
		return err
	}
	page.CompanyName, page.Fault = v.Form("company"), v.T("fault.name")
	return v.ShowFault("team.html", page)
}

// Rows are the options of the call tree, and one more to fill in.
func (p teamPage) Rows() []branch {
	rows := slices.Clone(p.Branches)
	if len(rows) < maxBranches && p.MayChange {
		rows = append(rows, branch{To: "advisors"})
	}
	return rows
}
