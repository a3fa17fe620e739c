package whatsapp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// of is a body that tells those things of calls.
func of(contacts, things string) string {
	return fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"1029","changes":[{"field":"calls","value":{"messaging_product":"whatsapp",
		"metadata":{"display_phone_number":"+1 555-078-3881","phone_number_id":"%s"},"contacts":[%s],%s}}]}]}`, testNumber, contacts, things)
}

// TestWhatIsToldOfCalls: the beginning and the end of a customer's, and nothing of
// those that the business makes.
func TestWhatIsToldOfCalls(t *testing.T) {
	const who = `{"profile":{"name":"Ann"},"wa_id":"16505551234","user_id":"US.13491208655302741918"}`
	at := time.Unix(1749196895, 0).UTC()
	connect := told(t, of(who, `"calls":[{"id":"wacid.1","to":"15550783881","from":"16505551234","event":"connect","timestamp":"1749196895","direction":"USER_INITIATED","session":{"sdp_type":"offer","sdp":"v=0"}}]`))
	require.Len(t, connect, 1)
	e := connect[0]
	require.Equal(t, channels.CallStepped, e.Kind)
	require.Equal(t, []string{"wacid.1/connect", "+16505551234", testNumber, "US.13491208655302741918"}, []string{e.ProviderID, e.CustomerAddress, e.SenderAddress, e.Also[0]})
	require.Equal(t, at, e.At)
	require.Equal(t, &channels.Call{ID: "wacid.1", Step: channels.StepRinging, Elsewhere: true, Name: "Ann"}, e.Call)

	for name, c := range map[string]struct {
		said    string
		status  string
		seconds int // -1: not said
		bridged bool
	}{
		"nobody took it":       {`"status":"FAILED"`, "no-answer", -1, false},
		"nor this one":         {`"status":"COMPLETED","duration":0`, "no-answer", -1, false},
		"spoken on":            {`"status":"COMPLETED","start_time":"1749196840","end_time":"1749196895","duration":55`, "completed", 55, true},
		"without its length":   {`"status":"COMPLETED","start_time":1749196840,"end_time":1749196895`, "completed", 55, true},
		"broken off":           {`"status":"FAILED","start_time":"1749196840","duration":"55","errors":[{"code":131000}]`, "completed", 55, true},
		"a length of nobody's": {`"status":"COMPLETED","start_time":"1749196840","duration":-7,"end_time":"1"`, "completed", 0, true},
	} {
		e := told(t, of(who, `"calls":[{"id":"wacid.1","from":"16505551234","event":"terminate","timestamp":"1749196895",`+c.said+`}]`))[0]
		require.Equal(t, channels.CallEnded, e.Kind, name)
		require.Equal(t, "wacid.1/terminate", e.ProviderID, name)
		require.Equal(t, c.status, e.Call.Status, name)
		require.Equal(t, c.bridged, e.Call.Dial.Bridged, name)
		require.Equal(t, c.seconds >= 0, e.Call.Seconds != nil, name)
		if e.Call.Seconds != nil {
			require.Equal(t, c.seconds, *e.Call.Seconds, name)
		}
	}

	hidden := told(t, of(`{"profile":{"name":"Ann"},"user_id":"US.13491208655302741918"}`, `"calls":[{"id":"wacid.1","event":"connect","timestamp":"1749196895"}]`))[0]
	require.Equal(t, "US.13491208655302741918", hidden.CustomerAddress, "the one whom the change tells of")

	for name, things := range map[string]string{
		"the business calls":         `"calls":[{"id":"wacid.1","from":"15550783881","to":"16505551234","event":"connect","direction":"BUSINESS_INITIATED"}]`,
		"so it seems":                `"calls":[{"id":"wacid.1","from":"15550783881","to":"16505551234","event":"terminate"}]`,
		"by its answer":              `"calls":[{"id":"wacid.1","from":"16505551234","event":"connect","session":{"sdp_type":"answer"}}]`,
		"how such a call fares":      `"statuses":[{"id":"wacid.1","type":"call","status":"RINGING","recipient_id":"16505551234"}]`,
		"an event that is new to us": `"calls":[{"id":"wacid.1","from":"16505551234","event":"media_update"}]`,
		"no id":                      `"calls":[{"from":"16505551234","event":"connect"}]`,
		"no object":                  `"calls":["x"]`,
		"an error":                   `"errors":[{"code":131000}]`,
	} {
		events := told(t, of("", things))
		require.Len(t, events, 1, name)
		require.Equal(t, channels.Noted, events[0].Kind, name)
		require.True(t, strings.HasPrefix(events[0].ProviderID, "note/"), name)
	}
}

// TestWhenACallWas and how long, as far as what is told can be believed.
func TestWhenACallWas(t *testing.T) {
	t.Parallel()
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
	for said, want := range map[string]struct {
		at      time.Time
		seconds int
		code    string
	}{
		`"timestamp":"1749196895","start_time":"1749196800","end_time":"1749196890"`: {at(1749196895), 90, ""},
		`"start_time":"1749196800","end_time":"1749196890"`:                          {at(1749196890), 90, ""},
		`"start_time":"1749196890","end_time":"1749196800"`:                          {at(1749196800), 0, ""},
		`"duration":1`: {time.Time{}, 1, ""},
		`"start_time":"1749196800","duration":86401`: {time.Time{}, maxCall, ""},
		`"start_time":"1749196800","duration":86400,"errors":[{"code":138000},{"code":"138021","title":"in the pocket"}]`: {time.Time{}, maxCall, "138021"},
	} {
		e := told(t, of("", `"calls":[{"id":"wacid.1","from":"16505551234","event":"terminate","status":"COMPLETED",`+said+`}]`))[0]
		require.Equal(t, want.at, e.At, said)
		require.Equal(t, want.seconds, *e.Call.Seconds, said)
		require.Equal(t, want.seconds, e.Call.Dial.Seconds, said)
		require.Equal(t, "COMPLETED", e.Call.Facts["status"])
		require.Equal(t, want.code, e.Call.Facts["errors.code"], said)
	}
}
