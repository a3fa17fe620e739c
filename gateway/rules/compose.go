package rules

import (
	"cmp"

	"ringback/settings"
	"ringback/settings/text"
)

// Language is the contact's if known, else the team's.
func (s Situation) Language() string {
	if s.Contact.Language != "" {
		return text.Match(s.Contact.Language)
	}
	return text.Match(s.Team.Team.Language)
}

// compose gathers what the automation's text is made of.
func compose(s Situation, key string) text.Parts {
	setting := s.Team.Automations[key]
	parts := settings.Parts(s.Team.Company, s.Team.Team, setting, s.Language())
	if own := s.ownWords(key); own != "" {
		parts.Message, parts.Extra = own, ""
	}
	parts.Values = map[string]string{
		"customer_name": s.Contact.Name, "advisor_name": cmp.Or(s.Call.Advisor, s.Team.Team.DisplayName), "voicehub_number": voiceHub(s.Team),
	}
	if r := s.Request; r != nil {
		parts.Link, parts.Values["amount"] = r.Link, r.Amount
		if r.Name != "" {
			parts.Values["advisor_name"] = r.Name
		}
		if r.Message != "" {
			parts.Message = r.Message
		}
	}
	if !s.Hours.Open && !s.Hours.Next.IsZero() && settings.SaysOpening(setting) {
		parts.OpensAt = text.OpensAt(s.Language(), s.Event.At.In(s.zone()), s.Hours.Next.In(s.zone()))
	}
	return parts
}

// ownWords are those of the holiday in which the customer turned to us, which
// stand in place of all that the automation says on other days.
func (s Situation) ownWords(key string) string {
	if s.Hours.Holiday == nil {
		return ""
	}
	return s.Hours.Holiday.Messages[key]
}

// composeConfirmation is the answer to an opt-out word: who speaks, and what
// was understood.
func composeConfirmation(s Situation, which string) text.Parts {
	return text.Parts{
		Company: s.Team.Company,
		Team:    s.Team.Team.DisplayName,
		Message: text.Default(s.Language(), which),
	}
}
