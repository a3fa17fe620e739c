package whatsapp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestNamesAreTakenLiterally: encoding/json alone would let a name in another
// case override the real one.
func TestNamesAreTakenLiterally(t *testing.T) {
	for _, other := range []string{`"TYPE":"image"`, `"Type":"image"`, `"\u0054ype":"image"`, `"FROM":"19995550000"`, `"Text":{"body":"forged"}`, `"text":{"body":"hi","BODY":"forged"}`, `"te\u0078t":{"body":"hi"},"TEXT":7`} {
		thing := `{"id":"1","from":"16505551234","type":"text","text":{"body":"hi"},` + other + `}`
		events := told(t, at("messages", thing))
		require.Len(t, events, 1)
		require.Equal(t, []string{"+16505551234", "hi"}, []string{events[0].CustomerAddress, events[0].Message.Text}, other)
	}
	body := at("messages", text("1", "16505551234", "hi"))
	require.Equal(t, channels.Noted, told(t, strings.Replace(body, `"object"`, `"OBJECT"`, 1))[0].Kind)
	free := `{"camelCase":{"Name":1},"a":"\"TYPE\": x"}`
	require.JSONEq(t, `{"camelCase":{"____":1},"a":"\"TYPE\": x"}`, string(exact([]byte(free))), "texts, and names of nobody's, stay")
}

// TestWhatStandsBesideMessagesIsKept, each part by itself.
func TestWhatStandsBesideMessagesIsKept(t *testing.T) {
	body := strings.Replace(at("messages", text("1", "16505551234", "hi")), `"contacts"`, `"calls":[{"id":"c"}],"surveys":[{"id":"e"}],"contacts"`, 1)
	events := told(t, body)
	require.Len(t, events, 3)
	require.Equal(t, channels.MessageReceived, events[0].Kind)
	require.JSONEq(t, `{"id":"c"}`, string(events[1].Raw))
	require.JSONEq(t, `{"surveys":[{"id":"e"}]}`, string(events[2].Raw))
	require.Equal(t, testNumber, events[1].Account)
}

// TestWhatStandsWhereAListBelongs is one thing, kept as it came.
func TestWhatStandsWhereAListBelongs(t *testing.T) {
	for _, thing := range []string{`"x"`, `{"id":"wamid.1"}`, `7`} {
		events := told(t, strings.Replace(at("messages", "THING"), "[THING]", thing, 1))
		require.Len(t, events, 1, thing)
		require.Equal(t, thing, string(events[0].Raw))
	}
}

// TestTheSameNoticeAgain: what has no id is one event when it is told twice, and
// another when it happens again.
func TestTheSameNoticeAgain(t *testing.T) {
	notice := func(moment string, received time.Time) string {
		r := post(`{"object":"whatsapp_business_account","entry":[{"id":"1029",` + moment + `"changes":[{"field":"account_update","value":{"event":"VERIFIED_ACCOUNT"}}]}]}`)
		r.Received = received
		events, err := parse(r)
		require.NoError(t, err)
		return events[0].ProviderID
	}
	monday := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	first := notice(`"time":1758880300,`, monday)
	require.Equal(t, first, notice(`"time":1758880300,`, monday.Add(30*24*time.Hour)), "a repeat, however late")
	require.NotEqual(t, first, notice(`"time":1758880301,`, monday))
	require.Equal(t, notice("", monday), notice("", monday.Add(time.Hour)))
	require.NotEqual(t, notice("", monday), notice("", monday.Add(8*24*time.Hour)))
}

func TestManyChangesOfOneMessage(t *testing.T) {
	var changes []string
	for n := range 4000 {
		changes = append(changes, fmt.Sprintf(`{"field":"messages","value":{"metadata":{"phone_number_id":%q},"messages":[%s]}}`, testNumber, text(fmt.Sprint(n), "16505551234", "hi")))
	}
	events, err := parse(post(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[` + strings.Join(changes, ",") + `]}]}`))
	require.NoError(t, err)
	require.Len(t, events, 4000)
}

// TestInWords: what was said is shown in words, whatever its kind.
func TestInWords(t *testing.T) {
	const head = `{"id":"wamid.1","from":"16505551234",`
	for thing, want := range map[string]string{
		`"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{\"flow_token\":\"x\",\"day\":\"Tuesday\",\"slots\":[\"9\",\"10\"],\"people\":2}"}}}`: "Sent\nday: Tuesday\npeople: 2\nslots: 9, 10",
		`"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Yes","response_json":"{\"flow_token\":\"x\"}"}}}`:                                                            "Yes",
		`"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","response_json":"not JSON"}}}`:                                                                                       "⚠ nfm_reply\nflow",
		`"type":"poll","poll":{"question":"When?","options":[{"name":"Monday"},{"name":"Tuesday"}]}}`:                                                                                                           "⚠ poll\nWhen?\nMonday\nTuesday",
		`"type":"hologram","hologram":{"id":"7","caption":"look"}}`:                                                                                                                                             "⚠ hologram\nlook",
		`"type":"hologram"}`: "⚠ hologram",
		`"type":"interactive","interactive":{"type":"call_permission_reply","call_permission_reply":{"response":"accept"}}}`: "✓",
	} {
		_, m := said(t, head+thing)
		require.Equal(t, want, m.Text, thing)
	}
}
