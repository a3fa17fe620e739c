package twilio

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

var (
	askedSince = time.Date(2026, 6, 1, 12, 0, 0, 900_000_000, time.UTC)
	lost       = channels.Outgoing{Kind: channels.SMS, From: "+15550001111", To: "+15550002222", Text: "We are closed."}
)

// listed is a message as the API lists it, created so many seconds after we
// sent ours.
func listed(sid string, seconds int, changes ...string) map[string]any {
	m := map[string]any{
		"sid": sid, "from": lost.From, "to": lost.To, "body": lost.Text, "status": "queued", "direction": "outbound-api", "num_segments": "1",
		"date_created": askedSince.Truncate(time.Second).Add(time.Duration(seconds) * time.Second).Format(time.RFC1123Z), "date_sent": nil,
	}
	for i := 0; i < len(changes); i += 2 {
		m[changes[i]] = changes[i+1]
	}
	return m
}

func find(t *testing.T, messages ...map[string]any) (channels.Receipt, bool, error) {
	t.Helper()
	page, err := json.Marshal(map[string]any{"messages": messages, "page": 0, "page_size": 100})
	require.NoError(t, err)
	base, last := fakeAPI(t, 200, string(page))
	receipt, found, err := New(Config{BaseURL: base}).Find(context.Background(), testAccount, lost, askedSince)
	require.Equal(t, "GET", last.method)
	require.Equal(t, "/2010-04-01/Accounts/"+testSid+"/Messages.json", last.path)
	require.Equal(t, url.Values{"From": {lost.From}, "To": {lost.To}, "PageSize": {"100"}}, last.query)
	return receipt, found, err
}

func TestFind(t *testing.T) {
	for name, c := range map[string]struct {
		messages []map[string]any
		want     string
	}{
		"nothing":                       {nil, ""},
		"just now":                      {[]map[string]any{listed("SM1", 0)}, "SM1"},
		"later":                         {[]map[string]any{listed("SM1", 60)}, "SM1"},
		"their clock is behind":         {[]map[string]any{listed("SM1", -5)}, "SM1"},
		"long before":                   {[]map[string]any{listed("SM1", -6)}, ""},
		"another text":                  {[]map[string]any{listed("SM1", 0, "body", "We are closed")}, ""},
		"from a trial account":          {[]map[string]any{listed("SM1", 0, "body", "Sent from your Twilio trial account - We are closed.")}, "SM1"},
		"with spaces at its end":        {[]map[string]any{listed("SM1", 0, "body", "We are closed. \n")}, "SM1"},
		"a part of it is no cut":        {[]map[string]any{listed("SM1", 0, "body", "We are")}, ""},
		"another customer":              {[]map[string]any{listed("SM1", 0, "to", "+15550003333")}, ""},
		"another sender":                {[]map[string]any{listed("SM1", 0, "from", "+15550003333")}, ""},
		"the customer wrote it":         {[]map[string]any{listed("SM1", 0, "direction", "inbound")}, ""},
		"the first since then":          {[]map[string]any{listed("SM3", 9), listed("SM2", 2), listed("SM1", -1)}, "SM2"},
		"else the last before":          {[]map[string]any{listed("SM1", -4), listed("SM2", -1), listed("SM3", -2)}, "SM2"},
		"the order of the page is free": {[]map[string]any{listed("SM1", -1), listed("SM2", 2), listed("SM3", 9)}, "SM2"},
	} {
		receipt, found, err := find(t, c.messages...)
		require.NoError(t, err, name)
		require.Equal(t, c.want != "", found, name)
		require.Equal(t, c.want, receipt.ProviderID, name)
	}
}

// TestATextThatTwilioCut is ours all the same: it lists 1,600 characters, of which a
// trial account's prefix takes some.
func TestATextThatTwilioCut(t *testing.T) {
	sent := strings.Repeat("Grüße ", 300) // 1,800 characters
	cut := func(n int) string { return string([]rune(sent)[:n]) }
	for body, want := range map[string]bool{
		cut(1600): true, trialPrefix + cut(1562): true, cut(1562): true, cut(1561): false,
		cut(1599) + "!": false, sent: true, sent + "!": false,
	} {
		require.Equal(t, want, lists(body, sent), "%d characters", utf8.RuneCountInString(body))
	}
}

func TestFindTellsTheState(t *testing.T) {
	for word, want := range map[string]channels.State{"queued": channels.Sending, "delivered": channels.Delivered, "failed": channels.Failed, "new": channels.Sending} {
		receipt, found, err := find(t, listed("SM1", 0, "status", word))
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, channels.Receipt{ProviderID: "SM1", State: want, Segments: 1}, receipt)
	}
}

func TestFindKnowsWhenNobodyKnows(t *testing.T) {
	_, _, err := find(t, listed("SM1", 0, "date_created", "yesterday"))
	require.ErrorContains(t, err, "message SM1: date_created")
	for status, body := range map[int]string{500: "", 429: "", 401: "{}", 200: "<html>"} {
		base, _ := fakeAPI(t, status, body)
		_, found, err := New(Config{BaseURL: base}).Find(context.Background(), testAccount, lost, askedSince)
		var sendError *channels.SendError
		require.ErrorAs(t, err, &sendError)
		require.False(t, found)
	}
	_, _, err = New(Config{}).Find(context.Background(), channels.Account{}, lost, askedSince)
	require.Error(t, err)
}

// TestAQuestionThatIsListedWithoutWords is ours where it may have gone out as a content.
func TestAQuestionThatIsListedWithoutWords(t *testing.T) {
	asked := posed("May we begin?")
	require.True(t, says("", asked))
	require.True(t, says("May we begin?", asked))
	require.False(t, says("Another?", asked))
	asked.Choices = nil
	require.False(t, says("", asked))
}
