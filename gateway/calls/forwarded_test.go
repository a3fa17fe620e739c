package calls

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
)

// TestCallsThatComeBack are our own, sent on to us by the phone that we rang.
func TestCallsThatComeBack(t *testing.T) {
	team := &settings.Snapshot{
		Senders:  []settings.Sender{{Kind: channels.Voice, Address: "+13125550100"}, {Kind: channels.WebChat, Address: "shop"}},
		Advisors: map[string]settings.Advisor{"a": {ID: "a", Phone: "+13125550190"}, "b": {ID: "b"}},
	}
	for name, c := range map[string]struct {
		from, forwarded string
		want            bool
	}{
		"a customer": {"+13125550142", "", false},
		"a customer whom an advisor's phone sends": {"+13125550142", "+13125550190", false},
		"our own number":       {"+13125550100", "+13125550190", true},
		"an advisor's phone":   {"+13125550190", "+13125550190", true},
		"without the plus":     {"+13125550190", "13125550190", true},
		"an advisor who calls": {"+13125550190", "", false},
		"nobody":               {"", "", false},
	} {
		e := channels.Event{CustomerAddress: c.from, Call: &channels.Call{Facts: map[string]string{"ForwardedFrom": c.forwarded}}}
		require.Equal(t, c.want, ComesBack(team, "+13125550100", e), name)
	}
}
