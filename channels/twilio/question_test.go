package twilio

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

const (
	pool        = "MG00000000000000000000000000000001"
	theQuestion = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
)

// library is Twilio with its contents.
type library struct {
	made     []map[string]any // by POST /v1/Content
	listed   int
	sent     []url.Values
	refuses  int // the contents' API answers so; 0: it does what it should
	unknown  bool
	tokenFor string
}

func (l *library) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	_, l.tokenFor, _ = r.BasicAuth()
	switch {
	case strings.HasSuffix(r.URL.Path, "/Content") && l.refuses != 0:
		w.WriteHeader(l.refuses)
	case r.Method == http.MethodGet && r.URL.Path == "/v2/Content":
		l.listed++
		found := []map[string]any{{"sid": "HXother", "friendly_name": "of the company's own"}}
		for _, one := range l.made {
			if one["friendly_name"] == r.URL.Query().Get("ContentName") {
				found = append(found, map[string]any{"sid": one["sid"], "friendly_name": one["friendly_name"]})
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"contents": found})
	case r.Method == http.MethodPost && r.URL.Path == "/v1/Content":
		made := map[string]any{}
		_ = json.Unmarshal(raw, &made)
		made["sid"] = "HX" + strings.Repeat("0", 31) + string(rune('1'+len(l.made)))
		l.made = append(l.made, made)
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(made)
	default:
		form, _ := url.ParseQuery(string(raw))
		l.sent = append(l.sent, form)
		if form.Has("ContentSid") && l.unknown {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"code": 21655, "message": "The ContentSid is invalid", "status": 400}`)
			return
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, created)
	}
}

func posed(text string, choices ...channels.Choice) channels.Outgoing {
	if choices == nil {
		choices = []channels.Choice{{ID: "YES/" + theQuestion, Title: "YES"}, {ID: "NO/" + theQuestion, Title: "NO"}}
	}
	return channels.Outgoing{Kind: channels.SMS, From: "+15550001111", To: "+15550002222", Text: text, Service: pool, Choices: choices}
}

// twilioWith is a channel whose Twilio is the library.
func twilioWith(t *testing.T, l *library) *Channel {
	t.Helper()
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	require.NoError(t, err)
	return New(Config{BaseURL: base})
}

// TestQuestionsByRCSHaveButtons: the content is made once for all questions with the
// same buttons, found again by whoever starts anew, and filled with the text and with
// what the buttons answer.
func TestQuestionsByRCSHaveButtons(t *testing.T) {
	l := &library{}
	for range 2 { // the process starts anew
		c := twilioWith(t, l)
		for _, text := range []string{"May we begin? Reply YES or NO.", "Is it solved?"} {
			_, err := c.Send(t.Context(), testAccount, posed(text))
			require.NoError(t, err)
			form := l.sent[len(l.sent)-1]
			require.Equal(t, l.made[0]["sid"], form.Get("ContentSid"))
			require.JSONEq(t, `{"1": "`+text+`", "2": "`+theQuestion+`"}`, form.Get("ContentVariables"))
			require.Equal(t, []string{pool, ""}, []string{form.Get("MessagingServiceSid"), form.Get("Body")})
		}
	}
	require.Equal(t, []int{1, 2}, []int{len(l.made), l.listed})
	types, err := json.Marshal(l.made[0]["types"])
	require.NoError(t, err)
	require.JSONEq(t, `{
		"twilio/card": {"body": "{{1}}", "actions": [
			{"type": "QUICK_REPLY", "title": "YES", "id": "YES/{{2}}"}, {"type": "QUICK_REPLY", "title": "NO", "id": "NO/{{2}}"}]},
		"twilio/text": {"body": "{{1}}"}}`, string(types))

	c := twilioWith(t, l)
	for range 2 {
		_, err = c.Send(t.Context(), testAccount, posed("Gelöst?", channels.Choice{ID: "JA", Title: "JA"}, channels.Choice{ID: "NEIN", Title: "NEIN"}))
		require.NoError(t, err)
	}
	require.Len(t, l.made, 2, "one for each language")
	require.JSONEq(t, `{"1": "Gelöst?"}`, l.sent[len(l.sent)-1].Get("ContentVariables"), "of buttons that name no question")
}

// TestQuestionsThatStayWords are those that cannot stand in a content, and those for
// which there is none: nothing is lost with the buttons.
func TestQuestionsThatStayWords(t *testing.T) {
	own := posed("Plain?")
	own.Service = ""
	file := posed("Plain?")
	file.Media = []channels.Attachment{{URL: "https://gw.example/m/1"}}
	for name, m := range map[string]channels.Outgoing{
		"no service": own, "a file": file,
		"lines": posed("One\ntwo?"), "a tab": posed("One\ttwo?"), "many spaces": posed("One     two?"), "long": posed(strings.Repeat("x", 1601)),
		"braces": posed("{{2}}?"), "a long button": posed("Plain?", channels.Choice{ID: "a", Title: strings.Repeat("x", 21)}),
	} {
		l := &library{}
		_, err := twilioWith(t, l).Send(t.Context(), testAccount, m)
		require.NoError(t, err, name)
		require.Equal(t, []int{0, 0, 1}, []int{l.listed, len(l.made), len(l.sent)}, name)
		require.Equal(t, m.Text, l.sent[0].Get("Body"), name)
	}

	l := &library{refuses: http.StatusInternalServerError}
	c := twilioWith(t, l)
	_, err := c.Send(t.Context(), testAccount, posed("Plain?"))
	require.NoError(t, err)
	require.Equal(t, "Plain?", l.sent[0].Get("Body"))

	// Somebody has deleted it: the words go at once, and it is made anew for the next.
	l = &library{}
	c = twilioWith(t, l)
	_, err = c.Send(t.Context(), testAccount, posed("First?"))
	require.NoError(t, err)
	l.unknown, l.made = true, nil
	_, err = c.Send(t.Context(), testAccount, posed("Second?"))
	require.NoError(t, err)
	require.Equal(t, []string{"", "Second?"}, []string{l.sent[len(l.sent)-1].Get("ContentSid"), l.sent[len(l.sent)-1].Get("Body")})
	l.unknown = false
	_, err = c.Send(t.Context(), testAccount, posed("Third?"))
	require.NoError(t, err)
	require.True(t, l.sent[len(l.sent)-1].Has("ContentSid"))
	require.Len(t, l.made, 1)
}

// TestAContentIsNotAskedForWithEachQuestion while Twilio has none to give.
func TestAContentIsNotAskedForWithEachQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var one content
		asks := 0
		ask := func() (string, error) {
			asks++
			if asks == 1 {
				return "", errNoSid
			}
			return "HX1", nil
		}
		require.Empty(t, one.find(time.Now(), ask))
		require.Empty(t, one.find(time.Now(), ask))
		time.Sleep(contentRests)
		require.Equal(t, "HX1", one.find(time.Now(), ask))
		require.Equal(t, "HX1", one.find(time.Now(), ask))
		require.Equal(t, 2, asks)
		one.forget("HX0")
		require.Equal(t, "HX1", one.find(time.Now(), ask), "somebody else has made another since")
	})
}

// TestATappedChip says which question it answers. Where Twilio left the place of that
// unfilled, it is the word alone.
func TestATappedChip(t *testing.T) {
	for payload, want := range map[string]string{"YES/" + theQuestion: "YES/" + theQuestion, "YES/{{2}}": "YES", "": ""} {
		form := url.Values{"From": {"rcs:+15550002222"}, "To": {"rcs:agent"}, "Body": {"YES"}, "ButtonPayload": {payload}, "ButtonText": {"YES"}}
		require.Equal(t, want, readMessage(form, channels.SMS).Reply)
	}
}
