package whatsapp

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestWhatANoteSays: of our account what it says, of others' words nothing.
func TestWhatANoteSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field, value string
		want         channels.Note
	}{
		{"phone_number_quality_update", `{"event":"DOWNGRADE","current_limit":"TIER_10K","display_phone_number":"1"}`, channels.Note{Kind: "phone_number_quality_update", Own: true, Facts: map[string]string{"event": "DOWNGRADE", "current_limit": "TIER_10K"}}},
		{"account_update", `{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"SCHEDULE_FOR_DISABLE"}}`, channels.Note{Kind: "account_update", Own: true, Facts: map[string]string{"event": "DISABLED_UPDATE", "waba_ban_state": "SCHEDULE_FOR_DISABLE"}}},
		{"account_update", `{"event":[1],"ban_info":"x"}`, channels.Note{Kind: "account_update", Own: true}},
		{"account_update", `7`, channels.Note{Kind: "account_update", Own: true}},
		{"history", `{"event":"a customer's words"}`, channels.Note{Kind: "history"}},
		{"holograms", `{"event":"x"}`, channels.Note{Kind: "holograms", New: true}},
	} {
		body := fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"77","time":1780315200,"changes":[{"field":%q,"value":%s}]}]}`, c.field, c.value)
		events, err := parse(channels.Request{Body: []byte(body), Received: time.Unix(1780315209, 0)})
		require.NoError(t, err)
		require.Len(t, events, 1)
		require.Equal(t, channels.Noted, events[0].Kind)
		require.Equal(t, &c.want, events[0].Note, body)
	}
}
