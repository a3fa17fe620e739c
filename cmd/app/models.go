package app

import "ringback/channels/model"

// speech is the server that hears voicemails.
func (c Config) speech() model.Config {
	return model.Config{URL: c.SpeechURL, Key: c.SpeechKey, Model: c.SpeechModel}
}

// drafts is the server that suggests answers.
func (c Config) drafts() model.Config {
	return model.Config{URL: c.DraftsURL, Key: c.DraftsKey, Model: c.DraftsModel}
}

// checkModels names what is wrong with the servers that are asked for words.
func (c Config) checkModels(fault func(string, string, ...any)) {
	for name, server := range map[string]model.Config{"SPEECH_": c.speech(), "DRAFTS_": c.drafts()} {
		if part, err := server.Check(); err != nil {
			fault(name+part, "%v", err)
		}
	}
}
