package phone

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

func TestFactsInWords(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Warsaw")
	require.NoError(t, err)
	for stored, want := range map[string][]string{
		`{"open": false, "hours": "outside_schedules", "next_open": "2026-06-01T06:00:00Z", "local_time": "Sun 2026-05-31 22:00:00 CEST"}`: {
			"The team is closed (no schedule is in effect), and opens Monday 1 June at 08:00.", "The customer’s moment: Sun 2026-05-31 22:00:00 CEST.",
		},
		`{"open": true, "hours": "open", "schedule_title": "Weekdays", "considered": {"customer_first_chat": "ticket_open", "after_hours_text": "open"}}`: {
			"The team is open (“Weekdays” is in effect: in business hours).",
			"Asked “After-hours texts for customers (SMS and WhatsApp only)”: the team is open, and it is for closed hours.",
			"Asked “Customer sends first chat”: the conversation is already under way.",
		},
		`{}`: nil,
	} {
		var d decision
		require.NoError(t, json.Unmarshal([]byte(stored), &d.Facts))
		require.Equal(t, want, facts(d, zone))
	}
}

func TestWhoCalledBack(t *testing.T) {
	for want, told := range map[string]channels.Status{
		"The provider called back: delivered": {State: channels.Delivered, Word: "delivered"},
		"The visitor’s browser told: read":    {State: channels.Read},
	} {
		require.Equal(t, want, callback{Told: channels.Event{Status: &told}}.step(conversation{zone: time.UTC}).Sentence)
	}
}

func TestTroubleInWords(t *testing.T) {
	require.Equal(t, "The provider says we are too fast (20429).", trouble(channels.ReasonThrottled, "20429"))
	require.Equal(t, "The provider’s answer was lost.", trouble(channels.ReasonAmbiguous, ""))
	require.Equal(t, "New_reason.", trouble("new_reason", ""))
	require.Empty(t, trouble("", "30003"))
}

func TestHowMuchLater(t *testing.T) {
	require.Equal(t, "9 ms later", later(9*time.Millisecond))
	require.Equal(t, "9999 ms later", later(9999*time.Millisecond))
	require.Equal(t, "15 s later", later(15829*time.Millisecond))
}

func TestRawIsShownAsItCame(t *testing.T) {
	require.Equal(t, "Body=a b\nFrom=+1\nFrom=+2\n", form([]byte("From=%2B1&From=%2B2&Body=a+b")))
	require.Equal(t, "a;b=%zz", form([]byte("a;b=%zz")), "what is no form stands as it is")
	require.Equal(t, "{\n  \"a\": 1\n}", pretty(`{"a":1}`))
	require.Equal(t, "not JSON", pretty("not JSON"))
}
