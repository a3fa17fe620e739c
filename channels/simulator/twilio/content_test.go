package twilio_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
)

// A message fills a content for itself alone: one that leaves a variable out gets the
// content's sample, and not what the message before it said.
func TestAContentKeepsItsSamples(t *testing.T) {
	s, base := start(t, twilio.Config{Numbers: []string{ours}})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/Content", strings.NewReader(
		`{"friendly_name": "hello", "language": "en", "variables": {"1": "somebody"}, "types": {"twilio/text": {"body": "Hello {{1}}"}}}`))
	require.NoError(t, err)
	request.SetBasicAuth(account, token)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusCreated, answer.StatusCode)
	const to = "+13125550142"
	for _, variables := range []string{`{"1": "Ann"}`, `{}`} {
		status, _, body := create(t, base, to, "", "ContentSid", s.Contents()[0], "ContentVariables", variables)
		require.Equal(t, http.StatusCreated, status, body)
	}
	var said []string
	for _, m := range s.Inbox(to) {
		said = append(said, m.Body)
	}
	require.Equal(t, []string{"Hello Ann", "Hello somebody"}, said)
}
