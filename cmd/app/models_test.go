package app

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestModelsAreCheckedAtTheStart, each by its own variables.
func TestModelsAreCheckedAtTheStart(t *testing.T) {
	c := Config{Listen: ":0", LogLevel: "info", LogFormat: "text"}
	require.NoError(t, c.Check())
	c.SpeechURL, c.DraftsURL, c.DraftsKey = "http://speech.example.com/v1", "drafts.example.com", "sk-hidden"
	err := c.Check()
	require.ErrorContains(t, err, "SPEECH_URL: must begin with https")
	require.ErrorContains(t, err, "DRAFT_URL: \"drafts.example.com\" is not an address")
	c.SpeechURL, c.DraftsURL, c.DraftsModel = "", "", "small"
	err = c.Check()
	require.ErrorContains(t, err, "DRAFT_URL: must be set with the key")
	require.NotContains(t, err.Error(), "SPEECH")
	require.NotContains(t, err.Error(), "sk-hidden")
	c.DraftsURL, c.DraftsModel = "http://127.0.0.1:8000/v1", ""
	require.NoError(t, c.Check())
	require.Equal(t, "gpt-4.1-mini", c.drafts().Model, "the address is enough")
}
