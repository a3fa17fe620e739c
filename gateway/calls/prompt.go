package calls

import (
	"ringback/channels"
	"ringback/settings"
	"ringback/settings/text"
)

func (q Question) language() string { return text.Match(q.Team.Team.Language) }

// say is a prompt of the team's, or else the default one of that name.
func (q Question) say(name string, p settings.Prompt) channels.Verb {
	if at := q.recording(p); at != "" {
		return channels.Play{URL: at}
	}
	words := p.Text
	if words == "" {
		words = text.Spoken(q.language(), name, q.Team.Team.DisplayName)
	}
	return channels.Say{Text: words, Language: q.language()}
}

// recording is where the provider finds what is to be played; empty: nothing is.
func (q Question) recording(p settings.Prompt) string {
	id, uploaded := p.Uploaded()
	if !uploaded {
		return p.Recording
	}
	if q.Play == nil {
		return ""
	}
	return q.Play(id)
}
