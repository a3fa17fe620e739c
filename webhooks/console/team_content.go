package console

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"ringback/settings"
	tables "ringback/settings/zone"
)

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

type teamContent struct {
	Chosen   chosen
	Branches []branch
}

// document is how the form carries what it began with.
func (t teamContent) document() string {
	raw, _ := json.Marshal(t) // texts alone
	return string(raw)
}

// typedTeam is what stands in the form.
func (v *View) typedTeam() teamContent {
	typed := teamContent{chosen{}, []branch{}}
	p := partsOf(&settings.Team{})
	for name := range p.texts {
		typed.Chosen[name] = v.Form(name)
	}
	typed.Chosen["time_zone"] = tables.Named(v.Form("time_zone"))
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
			if wrong.Add(err != nil, name, "not_whole"); err == nil {
				*number = n
			}
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

// section is the part of the page that holds what was changed, the last if there are
// several; empty: nothing was.
func (t teamContent) section(base teamContent) (section string) {
	for _, part := range teamParts {
		changed := func(field string) bool { return t.Chosen[field] != base.Chosen[field] }
		if slices.ContainsFunc(part.fields, changed) {
			section = part.section
		}
	}
	voice := func(field string) bool {
		return strings.HasPrefix(field, "voice.") && t.Chosen[field] != base.Chosen[field]
	}
	if slices.ContainsFunc(slices.Collect(maps.Keys(t.Chosen)), voice) || !reflect.DeepEqual(t.Branches, base.Branches) {
		return "s-calls"
	}
	return section
}

// teamParts are the sections of the page before the one about calls, with their fields.
var teamParts = []struct {
	section string
	fields  []string
}{
	{"s-names", []string{"name", "display_name", "time_zone", "language"}},
	{"s-tickets", []string{"ring_last_advisor", "create_ticket_for_missed_calls", "assign_in_turn", "open_tickets_per_advisor", "escalate_after_minutes", "currency"}},
	{"s-messages", []string{"plain_letters", "sms_fallback"}},
	{"s-limits", []string{"contact_per_hour", "contact_per_day", "automatic_per_hour", "automatic_per_day", countries}},
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
