package calls

import (
	"ringback/channels"
	"ringback/settings"
	"ringback/settings/text"
)

func (q Question) language() string { return text.Match(q.Team.Team.Language) }

// say is a prompt of the team's, or else the default one of that name.
func (q Question) say(name string, p settings.Prompt) channels.Verb {
	if p.Recording != "" {
		return channels.Play{URL: p.Recording}
	}
	words := p.Text
	if words == "" {
		words = text.Spoken(q.language(), name, q.Team.Team.DisplayName)
	}
	return channels.Say{Text: words, Language: q.language()}
}
