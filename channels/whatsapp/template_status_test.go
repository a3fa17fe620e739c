package whatsapp

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestHowATemplateStands: what Meta tells of a template concerns its business as a
// whole, at the time that the entry names; what says nothing of sending is a note.
func TestHowATemplateStands(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]*channels.Approval{
		`"event":"PAUSED","message_template_id":1,"message_template_name":"done","message_template_language":"en-US","reason":"NONE","other_info":{"title":"FIRST_PAUSE","description":"for 3 hours"}`: {Name: "done", Language: "en_US", Status: "PAUSED", Reason: "for 3 hours"},
		`"event":"REJECTED","message_template_name":"done","message_template_language":"en","reason":"INVALID_FORMAT","rejection_info":{"reason":"a variable at the end"}`:                             {Name: "done", Language: "en", Status: "REJECTED", Reason: "a variable at the end"},
		`"event":"APPROVED","message_template_name":"done","message_template_language":"pl","reason":null`:                                                                                             {Name: "done", Language: "pl", Status: "APPROVED"},
		`"event":"UNLOCKED","message_template_name":"done","message_template_language":"pl","other_info":{"title":"UNPAUSE"}`:                                                                          {Name: "done", Language: "pl", Status: "APPROVED"},
		`"event":"LOCKED","message_template_name":"done","message_template_language":"pl"`:                                                                                                             nil,
		`"event":"PAUSED"`:                     nil,
		`"event":7,"message_template_name":{}`: nil,
	} {
		body := fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","time":1780315200,"changes":[{"field":"message_template_status_update","value":{%s}}]}]}`, value)
		events, err := parse(channels.Request{Body: []byte(body), Received: time.Unix(1780315209, 0)})
		require.NoError(t, err)
		require.Len(t, events, 1)
		e := events[0]
		require.Equal(t, want, e.Template, value)
		require.Equal(t, []any{channels.Noted, "", "102290129340398", time.Unix(1780315200, 0).UTC()}, []any{e.Kind, e.Account, e.Business, e.At})
		all, err := businesses(channels.Request{Body: []byte(body)})
		require.NoError(t, err)
		require.Equal(t, []string{"102290129340398"}, all)
	}
}

// TestWhyATemplateStandsSo: the most exact reason that Meta gives; and what a lock means
// for sending follows from its title.
func TestWhyATemplateStandsSo(t *testing.T) {
	t.Parallel()
	for value, want := range map[string][]string{
		`"event":"rejected","reason":"INVALID_FORMAT","other_info":{"description":"d"},"rejection_info":{"reason":"r"}`: {"REJECTED", "r"},
		`"event":"REJECTED","reason":"INVALID_FORMAT","other_info":{"description":"d"},"rejection_info":{"reason":""}`:  {"REJECTED", "d"},
		`"event":"REJECTED","reason":"INVALID_FORMAT","rejection_info":{"reason":"NONE"}`:                               {"REJECTED", "INVALID_FORMAT"},
		`"event":"LOCKED","other_info":{"title":"SECOND_PAUSE"}`:                                                        {"PAUSED", ""},
		`"event":"LOCKED","other_info":{"title":"RATE_LIMITING_PAUSE"}`:                                                 {"PAUSED", ""},
		`"event":"LOCKED","other_info":{"title":"FIRST_PAUSE"}`:                                                         {"PAUSED", ""},
		`"event":"LOCKED","other_info":{"title":"DISABLED"}`:                                                            {"DISABLED", ""},
	} {
		body := `{"object":"whatsapp_business_account","entry":[{"id":"900","changes":[{"field":"message_template_status_update","value":{"message_template_name":"done","message_template_language":"en",` + value + `}}]}]}`
		events := told(t, body)
		require.Len(t, events, 1)
		require.NotNil(t, events[0].Template, value)
		require.Equal(t, want, []string{events[0].Template.Status, events[0].Template.Reason}, value)
	}
	elsewhere := told(t, `{"object":"whatsapp_business_account","entry":[{"id":"900","changes":[{"field":"message_template_quality_update","value":{"event":"PAUSED","message_template_name":"done"}}]}]}`)
	require.Nil(t, elsewhere[0].Template, "only one field says how it stands")
}
