package rules

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
)

// TestAFormTextsNobodyAbroad: a number in a form is anybody's to type, and some
// earn money with each text. What a customer writes or calls themselves is
// answered wherever they are.
func TestAFormTextsNobodyAbroad(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind    channels.EventKind
		allowed []string
		to      string
		want    bool
	}{
		{TicketCreated, nil, "+13125550142", true},
		{TicketCreated, nil, "+48123456789", true},
		{TicketCreated, nil, "+2348031234567", false},
		{TicketCreated, []string{"NG"}, "+2348031234567", true},
		{TicketCreated, []string{"NG"}, "+13125550142", false},
		{channels.MessageReceived, nil, "+2348031234567", true},
	} {
		s := Situation{Event: Event{Kind: c.kind, From: c.to, Channel: channels.SMS}, Team: &settings.Snapshot{Senders: []settings.Sender{
			{Kind: channels.SMS, Address: "+13125550100"}, {Kind: channels.Voice, Address: "+48221234567"}, {Kind: channels.WebChat, Address: "site"},
		}}}
		s.Team.Team.AllowedCountries = c.allowed
		require.Equal(t, c.want, countryAllowed(c.to, channels.SMS, s.countries()), "%v", c)
	}
}
