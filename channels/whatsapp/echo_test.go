package whatsapp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// inApp is a body that tells of what the staff did in the app, under a field.
func inApp(field, echo string) string {
	return fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"1029","changes":[{"field":%q,"value":{"messaging_product":"whatsapp",
		"metadata":{"display_phone_number":"15550783881","phone_number_id":%q},"message_echoes":[%s]}}]}]}`, field, testNumber, echo)
}

// TestWhatTheStaffWritesInTheApp is the staff's, to the customer, under each field
// that it may be told under.
func TestWhatTheStaffWritesInTheApp(t *testing.T) {
	const head = `{"from":"15550783881","to":"16505551234","id":"wamid.e","timestamp":"1739321024",`
	for _, field := range []string{"smb_message_echoes", "message_echoes", "messages"} {
		for thing, want := range map[string]*channels.Message{
			`"type":"text","text":{"body":"Here it is"}}`: {Text: "Here it is"},
			`"type":"image","image":{"id":"7","mime_type":"image/png","caption":"The plan"}}`: {
				Text: "The plan", Media: []channels.Media{{ID: "7", ContentType: "image/png"}},
			},
			`"type":"edit","edit":{"original_message_id":"wamid.0","message":{"type":"image","image":{"caption":"The other plan"}}}}`: {
				Kind: channels.EditMessage, Text: "The other plan", About: "wamid.0",
			},
			`"type":"revoke","revoke":{"original_message_id":"wamid.0"}}`: {Kind: channels.RevokeMessage, About: "wamid.0"},
			`"type":"hologram","hologram":{"caption":"look"}}`:            {Kind: channels.UnknownMessage, Text: "⚠ hologram\nlook"},
		} {
			events := told(t, inApp(field, head+thing))
			require.Len(t, events, 1, thing)
			e := events[0]
			require.Equal(t, channels.StaffWrote, e.Kind, thing)
			require.Equal(t, []string{"wamid.e", "+16505551234", testNumber}, []string{e.ProviderID, e.CustomerAddress, e.Account}, thing)
			require.Equal(t, time.Unix(1739321024, 0).UTC(), e.At)
			e.Message.Facts = nil
			require.Equal(t, want, e.Message, thing)
		}
	}
	byID := told(t, inApp("smb_message_echoes", `{"id":"wamid.e","to_user_id":"US.1","to_parent_user_id":"US.ENT.1","type":"text","text":{"body":"hi"}}`))[0]
	require.Equal(t, []string{"US.1", "US.ENT.1"}, append([]string{byID.CustomerAddress}, byID.Also...))
	both := told(t, inApp("smb_message_echoes", `{"id":"wamid.e","to":"16505551234","to_user_id":"US.1","type":"text","text":{"body":"hi"}}`))[0]
	require.Equal(t, []string{"+16505551234", "US.1"}, append([]string{both.CustomerAddress}, both.Also...))
}

// TestEchoesThatAreNone are kept all the same.
func TestEchoesThatAreNone(t *testing.T) {
	for _, echo := range []string{`7`, `{}`, `{"id":"wamid.e"}`, `{"to":"16505551234"}`, `{"id":"wamid.e","to":"16505551234","group_id":"G1"}`} {
		events := told(t, inApp("smb_message_echoes", echo))
		require.Len(t, events, 1, echo)
		require.Equal(t, channels.Noted, events[0].Kind, echo)
	}
	many := strings.Repeat(`7,`, maxItems) + `7`
	_, err := parse(post(inApp("smb_message_echoes", many)))
	require.ErrorContains(t, err, "5,000")
}

// TestHistoryIsOnlyNoted, whatever stands in it: nobody wrote just now.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/history
func TestHistoryIsOnlyNoted(t *testing.T) {
	old := text("wamid.1", "16505551234", "STOP")
	for name, value := range map[string]string{
		"threads":  `"history":[{"metadata":{"phase":0,"chunk_order":1,"progress":100},"threads":[{"id":"16505551234","messages":[` + old + `]}]}]`,
		"a file":   `"messages":[` + old + `]`,
		"an echo":  `"message_echoes":[{"id":"wamid.e","to":"16505551234","type":"text","text":{"body":"hi"}}]`,
		"declined": `"history":[{"errors":[{"code":2593109,"title":"History sharing is turned off"}]}]`,
	} {
		for _, field := range []string{"history", "smb_app_state_sync"} {
			events := told(t, strings.Replace(inApp(field, ""), `"message_echoes":[]`, value, 1))
			require.Len(t, events, 1, name)
			require.Equal(t, channels.Noted, events[0].Kind, name)
		}
	}
}
