package settings

import (
	"slices"

	"ringback/settings/automations"
	"ringback/settings/text"
)

// Parts returns what the automation's text is made of in that language, as the
// team has chosen. The caller adds the values of the moment: Link, Values, and
// OpensAt where SaysOpening allows it.
func Parts(company string, team Team, s automations.Setting, language string) text.Parts {
	d, _ := automations.Find(s.Key)
	p := text.Parts{
		Message: s.Message, Extra: s.ExtraMessage, AppendLink: d.Page,
		AppendOpening: s.Bool(includeOpening), Lacks: lacks(d),
	}
	if text.Blank(p.Message) {
		p.Message = text.Default(language, s.Key)
	}
	if s.IncludeCompanyName {
		p.Company = company
	}
	if s.IncludeTeamName {
		p.Team = team.DisplayName
	}
	return p
}

const includeOpening = "include_opening_time"

// SaysOpening reports whether the automation's text may say when the team opens
// again: the team can switch that off where there is an option for it.
func SaysOpening(s automations.Setting) bool {
	d, _ := automations.Find(s.Key)
	for _, o := range d.Options {
		if o.Name == includeOpening {
			return s.Bool(includeOpening)
		}
	}
	return true
}

// Placeholders returns the names of those that can have a value in the
// automation's text.
func Placeholders(d automations.Definition) []string {
	never := lacks(d)
	return slices.DeleteFunc(text.Placeholders(), func(name string) bool { return slices.Contains(never, name) })
}

// lacks are the placeholders without a value in the automation's text: an amount
// outside of a request for a payment, a link where there is no page to lead to.
func lacks(d automations.Definition) []string {
	var never []string
	if d.Key != automations.RequestPayment {
		never = append(never, "amount")
	}
	if !d.Page {
		never = append(never, "link")
	}
	return never
}

// checkText returns what is wrong with the automation's texts.
func checkText(company string, team Team, s automations.Setting) []Fault {
	return text.Check(Parts(company, team, s, team.Language))
}

// Sample returns the automation's text with a value for every placeholder, as
// the team's admins see it before they save.
func Sample(company string, team Team, s automations.Setting) string {
	p := Parts(company, team, s, team.Language)
	p.Values = text.SampleValues(team.Language)
	for _, name := range p.Lacks {
		delete(p.Values, name)
	}
	p.Link = p.Values["link"]
	if SaysOpening(s) {
		p.OpensAt = p.Values["opens_at"]
	} else {
		delete(p.Values, "opens_at")
	}
	return text.Compose(p)
}
