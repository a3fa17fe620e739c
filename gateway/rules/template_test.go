package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings/automations"
	"ringback/settings/text"
)

// TestWhatATemplateTakes: values of one line, and no more than Meta's length of
// all together.
func TestWhatATemplateTakes(t *testing.T) {
	t.Parallel()
	whole := automations.Template{Name: "note", Values: []string{"message"}}
	said := func(words string) Decision {
		return Decision{message: text.Parts{Message: words, Values: map[string]string{}}, template: &whole}
	}
	require.Equal(t, []string{"We are closed. See you on Monday."}, said("We are closed.\n\n\tSee you     on Monday.").Template(0).Values)
	require.True(t, fitsTemplate(said(strings.Repeat("é", 1024)), whole))
	require.False(t, fitsTemplate(said(strings.Repeat("é", 1025)), whole))
}

// TestAnAdvisorHearsAtOnceThatThereIsNoRoad: at night as well, when the question would wait
// for a decent hour and come to nothing then. What closes by itself may wait: the customer
// may write meanwhile.
func TestAnAdvisorHearsAtOnceThatThereIsNoRoad(t *testing.T) {
	t.Parallel()
	night := noon.Add(11 * time.Hour)
	decide := func(advisor bool, channel channels.Kind, r WhatsAppSession) Decision {
		c := situation{At: night, Channel: channel, Request: &Request{Kind: AskRating, Advisor: advisor}, Ticket: &Ticket{Status: "closed"}}
		s := c.build(t)
		s.Reached = r
		setting := s.Team.Automations[automations.CaptureAdvisorRating]
		setting.Options[automations.WhatsAppTemplate] = "rate_us"
		return Decide(s)
	}
	held := WhatsAppSession{Held: []HeldTemplate{{Name: "rate_us", State: "disabled"}}}
	refused := decide(true, channels.WhatsAppCloud, held)
	require.Equal(t, []any{Skipped, ReasonTemplateHeld, time.Duration(0)}, []any{refused.Outcome, refused.Reason, refused.Hold})
	require.Equal(t, "disabled", refused.Facts["template_state"])
	for name, d := range map[string]Decision{
		"a ticket that was closed":    decide(false, channels.WhatsAppCloud, held),
		"a template that is approved": decide(true, channels.WhatsAppCloud, WhatsAppSession{}),
		"they have written in time":   decide(true, channels.WhatsAppCloud, WhatsAppSession{Heard: night.Add(-time.Hour), Held: held.Held}),
		"a text needs none":           decide(true, channels.SMS, held),
	} {
		require.Equal(t, []any{Deferred, ReasonQuietHours}, []any{d.Outcome, d.Reason}, name)
	}
}
