package twilio_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
)

func TestSubscribe(t *testing.T) {
	s, base := start(t, twilio.Config{})
	d := openDoor(t)
	changes, cancel := s.Subscribe()
	create(t, base, customer, "hello", "StatusCallback", d.URL)
	_, err := s.Deliver(t.Context())
	require.NoError(t, err)
	cancel()
	cancel()
	var seen []string
	for c := range changes {
		switch {
		case c.Message != nil:
			seen = append(seen, "message "+c.Message.Status)
		case c.Callback != nil:
			seen = append(seen, "callback "+c.Callback.Status)
		}
	}
	require.Equal(t, []string{"message queued", "message sent", "callback sent", "message delivered", "callback delivered"}, seen)
}

func TestSlowSubscriberIsToldWhatItMissed(t *testing.T) {
	s, _ := start(t, twilio.Config{})
	d := openDoor(t)
	changes, _ := s.Subscribe()
	text := func() {
		_, err := s.Text(t.Context(), d.URL, customer, ours, "hello")
		require.NoError(t, err)
	}
	for range 300 {
		text()
	}
	for range 255 {
		require.False(t, (<-changes).Missed)
	}
	require.True(t, (<-changes).Missed)
	text()
	require.NotNil(t, (<-changes).Message, "and then it goes on")
	s.Close()
	_, open := <-changes
	require.False(t, open)
}

func TestOldMessagesAreForgotten(t *testing.T) {
	s, base := start(t, twilio.Config{Keep: 3})
	d := openDoor(t)
	for _, body := range []string{"1", "2", "3", "4", "5"} {
		create(t, base, customer, body, "StatusCallback", d.URL)
	}
	var bodies string
	for _, m := range s.Messages() {
		bodies += m.Body
	}
	require.Equal(t, "345", bodies)
	sent, err := s.Deliver(t.Context())
	require.NoError(t, err)
	require.Len(t, sent, 6, "what is forgotten is not told about")
	require.Len(t, s.State().Callbacks, 3)
}
