package console

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/settings/text"
)

// teamFields are what can be chosen about a team but its call tree, by name in
// the API, with what their values are.
var teamFields = map[string]string{
	"name": "text", "display_name": "text", "time_zone": "text", "language": "text", "allowed_countries": "list",
	"plain_letters": "bool", "sms_fallback": "bool", "ring_last_advisor": "bool", "create_ticket_for_missed_calls": "bool",
	"automatic_per_hour": "int", "automatic_per_day": "int", "contact_per_hour": "int", "contact_per_day": "int", "escalate_after_minutes": "int",
	"voice.greeting": "prompt", "voice.menu": "prompt", "voice.voicemail_prompt": "prompt", "voice.after_hours_prompt": "prompt",
	"voice.ring_order": "text", "voice.ring_seconds": "int", "voice.whisper": "bool", "voice.voicemail": "bool",
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
	Teams              []Team // the others
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
	var stored map[string]any
	if err := v.Get(v.In(""), &stored); err != nil {
		return page, err
	}
	for name, kind := range teamFields {
		value := at(stored, name)
		switch kind {
		case "list":
			list, _ := value.([]any)
			page.Chosen[name] = strings.Trim(fmt.Sprint(list), "[]")
		case "prompt":
			for _, part := range []string{".text", ".recording"} {
				page.Chosen[name+part], _ = at(stored, name+part).(string)
			}
		default:
			page.Chosen[name] = fmt.Sprint(value)
		}
	}
	page.Branches = branches(at(stored, "voice.options"))
	page.Base = page.content()
	page.Spoken = map[string]string{}
	for _, name := range page.Prompts() {
		page.Spoken[name] = text.Spoken(v.Team.Language, name, v.Team.DisplayName)
	}
	return page, v.readAround(&page)
}

// readAround reads whom calls can be led to.
func (v *View) readAround(page *teamPage) error {
	teams, err := all[Team](v, "/teams")
	if err != nil {
		return err
	}
	page.Teams = slices.DeleteFunc(teams, func(t Team) bool { return t.ID == v.Team.ID })
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
			outsider := colleague{ID: id, Name: id}
			_ = v.Get("/staff/"+id, &outsider) // who may not know them sees that there is somebody
			page.Staff = append(page.Staff, outsider)
		}
	}
	return nil
}

// rings reports whether an option leads to that one of the staff.
func (p teamPage) rings(id string) bool {
	return slices.ContainsFunc(p.Branches, func(b branch) bool { return b.Rings(id) })
}

// at is the value at a path of a document.
func at(document map[string]any, path string) any {
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		return document[name]
	}
	inner, _ := document[name].(map[string]any)
	return at(inner, rest)
}

func branches(stored any) []branch {
	raw, _ := json.Marshal(stored) // it came from JSON
	var options []struct {
		Digit, Label, To, Team string
		Advisors               []string
	}
	_ = json.Unmarshal(raw, &options)
	all := []branch{}
	for _, o := range options {
		if o.To == "team" {
			o.To = "team:" + o.Team
		}
		all = append(all, branch{o.Digit, o.Label, o.To, o.Advisors})
	}
	return all
}

type teamContent struct {
	Chosen   chosen
	Branches []branch
}

func (p teamPage) content() string {
	raw, _ := json.Marshal(teamContent{p.Chosen, p.Branches}) // texts alone
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
	for name, kind := range teamFields {
		switch kind {
		case "bool":
			typed.Chosen[name] = fmt.Sprint(v.Form(name) != "")
		case "prompt":
			typed.Chosen[name+".text"] = v.Form(name + ".text")
			typed.Chosen[name+".recording"] = v.Form(name + ".recording")
		default:
			typed.Chosen[name] = v.Form(name)
		}
	}
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

// changes is what differs from what the form began with, as the API takes it.
// What somebody else changed meanwhile thus stays as they did.
func (t teamContent) changes(base teamContent) map[string]any {
	body, voice := map[string]any{}, map[string]any{}
	for name, kind := range teamFields {
		into, short := body, name
		if inner, found := strings.CutPrefix(name, "voice."); found {
			into, short = voice, inner
		}
		switch {
		case kind == "prompt":
			if t.Chosen[name+".text"] != base.Chosen[name+".text"] || t.Chosen[name+".recording"] != base.Chosen[name+".recording"] {
				into[short] = map[string]string{"text": t.Chosen[name+".text"], "recording": t.Chosen[name+".recording"]}
			}
		case t.Chosen[name] != base.Chosen[name]:
			into[short] = valueOf(kind, t.Chosen[name])
		}
	}
	if !reflect.DeepEqual(t.Branches, base.Branches) {
		voice["options"] = options(t.Branches)
	}
	if len(voice) > 0 {
		body["voice"] = voice
	}
	return body
}

func options(rows []branch) []map[string]any {
	all := []map[string]any{}
	for _, b := range rows {
		option := map[string]any{"digit": b.Digit, "label": b.Label, "to": b.To, "advisors": b.Advisors}
		if team, leads := strings.CutPrefix(b.To, "team:"); leads {
			option["to"], option["team"] = "team", team
		}
		all = append(all, option)
	}
	return all
}

func valueOf(kind, typed string) any {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	switch {
	case kind == "bool":
		return typed == "true"
	case kind == "list":
		return append([]string{}, strings.FieldsFunc(strings.ToUpper(typed), func(r rune) bool { return r == ',' || r == ' ' || r == ';' })...)
	case kind == "int" && err == nil:
		return n
	}
	return typed
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
	body := typed.changes(base)
	err := error(nil)
	if len(body) > 0 && len(refused) == 0 {
		err = v.Send(http.MethodPatch, v.In(""), body, nil)
	}
	if err == nil && len(refused) == 0 {
		return v.Go(fmt.Sprintf("/teams/%s/team?saved=%d", v.Team.ID, v.now.Unix()))
	}
	faults, wrong := v.Faults(err)
	if err != nil && !wrong {
		return err
	}
	page, err := v.readTeam()
	if err != nil {
		return err
	}
	page.Chosen, page.Branches, page.Base = typed.Chosen, typed.Branches, v.Form("base")
	maps.Copy(page.Faults, refused)
	for field, detail := range faults {
		page.Faults[teamField(field)] = v.teamFault(field, detail)
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

// teamFault says what is wrong in the reader's language.
func (v *View) teamFault(field, detail string) string {
	name := teamField(field)
	switch {
	case name == "time_zone":
		return v.T("fault.time_zone")
	case name == "name" || name == "display_name":
		return v.T("fault.name")
	case name == "allowed_countries":
		return v.T("team.fault_countries")
	case name == "voice.ring_seconds":
		return v.T("automations.fault_number", "Min", 5, "Max", 60)
	case teamFields[name] == "int":
		return v.T("team.fault_number")
	case name == "voice.options":
		return v.T("team.fault_options")
	case strings.HasSuffix(name, ".recording"):
		return v.T("team.fault_recording")
	case strings.HasSuffix(name, ".text"):
		return v.T("team.fault_prompt")
	}
	return detail
}

// renameCompany changes the name that stands before every message.
func (v *View) renameCompany() error {
	err := v.Send(http.MethodPatch, "/company", map[string]string{"name": v.Form("company")}, nil)
	if err == nil {
		return v.Go(fmt.Sprintf("/teams/%s/team?saved=%d", v.Team.ID, v.now.Unix()))
	}
	if _, wrong := v.Faults(err); !wrong {
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
