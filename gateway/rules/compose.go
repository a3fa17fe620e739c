package rules

import (
	"ringback/settings/automations"
	"ringback/settings/text"
)

// language is the contact's if known, else the team's.
func (s Situation) language() string {
	if s.Contact.Language != "" {
		return text.Match(s.Contact.Language)
	}
	return text.Match(s.Team.Team.Language)
}

// compose gathers what the automation's text is made of.
func compose(s Situation, key string) text.Parts {
	setting := s.Team.Automations[key]
	language := s.language()
	parts := text.Parts{
		Message: setting.Message,
		Extra:   setting.ExtraMessage,
		Values:  map[string]string{"customer_name": s.Contact.Name, "advisor_name": s.Team.Team.DisplayName},
	}
	if parts.Message == "" {
		parts.Message = text.Default(language, key)
	}
	if setting.IncludeCompanyName {
		parts.Company = s.Team.Company
	}
	if setting.IncludeTeamName {
		parts.Team = s.Team.Team.DisplayName
	}
	parts.OpensAt, parts.AppendOpening = opening(s, key)
	return parts
}

// opening is the sentence on when the team opens again, and whether it is
// added to a text that does not place it itself. An automation without the
// option may still place it.
func opening(s Situation, key string) (sentence string, add bool) {
	definition, _ := automations.Find(key)
	chooses := definition.Has(automations.IncludeOpeningTime)
	if s.Hours.Open || s.Hours.Next.IsZero() || chooses && !s.Team.Automations[key].Bool(automations.IncludeOpeningTime) {
		return "", false
	}
	now, opens := s.Event.At.In(s.zone()), s.Hours.Next.In(s.zone())
	return text.OpensAt(s.language(), now, opens), chooses
}

// composeConfirmation is the answer to an opt-out word: who speaks, and what
// was understood.
func composeConfirmation(s Situation, which string) text.Parts {
	return text.Parts{
		Company: s.Team.Company,
		Team:    s.Team.Team.DisplayName,
		Message: text.Default(s.language(), which),
	}
}
