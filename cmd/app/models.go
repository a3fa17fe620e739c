package app

import (
	"cmp"

	"ringback/channels/model"
)

// The models that are asked where none is named; servers that run one do not look at it.
const (
	hearing    = "whisper-1"
	suggesting = "gpt-4.1-mini"
)

// speech is the server that hears voicemails.
func (c Config) speech() model.Config {
	return server(c.SpeechURL, c.SpeechKey, c.SpeechModel, hearing)
}

// drafts is the server that suggests answers.
func (c Config) drafts() model.Config {
	return server(c.DraftsURL, c.DraftsKey, c.DraftsModel, suggesting)
}

func server(url, key, name, usual string) model.Config {
	if url != "" {
		name = cmp.Or(name, usual)
	}
	return model.Config{URL: url, Key: key, Model: name}
}

// checkModels names what is wrong with the servers that are asked for words.
func (c Config) checkModels(fault func(string, string, ...any)) {
	for name, server := range map[string]model.Config{"SPEECH_": c.speech(), "DRAFT_": c.drafts()} {
		if part, err := server.Check(); err != nil {
			fault(name+part, "%v", err)
		}
	}
}
