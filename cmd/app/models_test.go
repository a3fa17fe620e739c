package app

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestModelsAreCheckedAtTheStart, each by its own variables.
func TestModelsAreCheckedAtTheStart(t *testing.T) {
	c := Config{Listen: ":0", LogLevel: "info", LogFormat: "text"}
	require.NoError(t, c.Check())
	c.SpeechURL, c.DraftsURL, c.DraftsKey = "http://speech.example.com/v1", "https://drafts.example.com/v1", "sk-hidden"
	err := c.Check()
	require.ErrorContains(t, err, "SPEECH_URL: must begin with https")
	require.ErrorContains(t, err, "DRAFTS_MODEL: must be set with the address")
	c.SpeechURL, c.DraftsURL, c.DraftsModel = "", "", "small"
	err = c.Check()
	require.ErrorContains(t, err, "DRAFTS_URL: must be set with the key")
	require.NotContains(t, err.Error(), "SPEECH")
	require.NotContains(t, err.Error(), "sk-hidden")
	c.DraftsURL = "http://127.0.0.1:8000/v1"
	require.NoError(t, c.Check())
}
