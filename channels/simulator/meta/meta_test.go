package meta_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator/meta"
	"ringback/channels/whatsapp"
)

const (
	number   = "106540352242922"
	customer = "+16505551234"
	nameless = "US.13491208655302741918" // who shows no number
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// world is a fake Meta, and a gateway's door that keeps what it is told.
type world struct {
	*testing.T
	*meta.Simulator
	base    string
	door    string
	clock   *clock.Clock
	channel *whatsapp.Channel
	account channels.Account

	mu     sync.Mutex
	bodies [][]byte
	told   []channels.Event
	status int // that the door answers with; 0: 200
}

func newWorld(t *testing.T, change func(*meta.Config)) *world {
	t.Helper()
	t.Parallel()
	w := &world{T: t, clock: clocktest.StoppedAt(noon), account: channels.Account{ID: number, Secrets: []string{"token", "app secret"}}}
	config := meta.Config{AppSecret: "app secret", AccessToken: "token", Number: number, Templates: []string{"done"}, Clock: w.clock, Names: map[string]string{customer: "Ann"}}
	if change != nil {
		change(&config)
	}
	w.Simulator = meta.New(config)
	var err error
	w.base, err = w.Listen("127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(w.Close)
	base, err := url.Parse(w.base)
	require.NoError(t, err)
	w.channel = whatsapp.New(whatsapp.Config{BaseURL: base, VerifyToken: "a to+ken & more"})
	door := httptest.NewServer(http.HandlerFunc(w.hear))
	t.Cleanup(door.Close)
	w.door = door.URL + whatsapp.Path
	return w
}

// hear is the gateway's door: it verifies and reads as the gateway does.
func (w *world) hear(answer http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	said := channels.Request{Method: r.Method, URL: w.door + "?" + r.URL.RawQuery, Header: r.Header, Body: raw}
	if r.Method == http.MethodGet {
		greeting, err := w.channel.Greetings()[0].Greet(said)
		if err != nil {
			answer.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(answer, greeting.Body)
		return
	}
	hook := w.channel.Hooks()[0]
	err := hook.Verify(said, w.account.Secrets[1:])
	var events []channels.Event
	if err == nil {
		events, err = hook.Parse(said)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		answer.WriteHeader(http.StatusForbidden)
		return
	}
	w.bodies, w.told = append(w.bodies, raw), append(w.told, events...)
	if w.status != 0 {
		answer.WriteHeader(w.status)
	}
}

// send is a message of ours, by the real channel.
func (w *world) send(to string, change func(*channels.Outgoing)) (channels.Receipt, error) {
	m := channels.Outgoing{Delivery: "delivery-1", Kind: channels.WhatsAppCloud, From: number, To: to, Text: "Hello"}
	if change != nil {
		change(&m)
	}
	return w.channel.Send(w.Context(), w.account, m)
}

// states are those that the gateway was told of, in order.
func (w *world) states() (states []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.told {
		if e.Kind == channels.DeliveryMoved {
			states = append(states, strings.TrimSpace(string(e.Status.State)+" "+e.Status.Code))
		}
	}
	return states
}

// writes lets the customer write, which opens their 24 hours.
func (w *world) writes(from, words string) string {
	w.Helper()
	id, status, err := w.Text(w.Context(), w.door, from, words)
	require.NoError(w, err)
	require.Equal(w, http.StatusOK, status)
	return id
}

// TestACustomerWrites: what the gateway reads is who they are, what they said and
// when; somebody without a number as well.
func TestACustomerWrites(t *testing.T) {
	w := newWorld(t, nil)
	first, second := w.writes(customer, "Hello <b>"), w.writes(nameless, "Hi")
	require.Len(t, w.told, 2)
	for n, want := range []struct{ id, from, name, text string }{{first, customer, "Ann", "Hello <b>"}, {second, nameless, "Customer", "Hi"}} {
		e := w.told[n]
		require.Equal(t, []any{channels.MessageReceived, want.from, number, want.name, want.text}, []any{e.Kind, e.CustomerAddress, e.SenderAddress, e.Message.Name, e.Message.Text})
		require.Contains(t, e.ProviderID, want.id)
		require.True(t, e.At.Equal(noon))
		shown := w.Messages()[n]
		require.Equal(t, []any{want.id, want.from, true, "text", want.text, "delivered"}, []any{shown.ID, shown.To, shown.Inbound, shown.Type, shown.Text, shown.Status})
	}
	w.status = http.StatusServiceUnavailable
	_, status, err := w.Text(t.Context(), w.door, customer, "Anybody?")
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "failed", w.Messages()[2].Status, "the gateway did not take it")
	_, _, err = w.Text(t.Context(), "http://127.0.0.1:1", customer, "Anybody?")
	require.Error(t, err)
}

// TestWhatElseACustomerSays is shown on their phone as they see it.
func TestWhatElseACustomerSays(t *testing.T) {
	w := newWorld(t, nil)
	w.writes(customer, "Hello")
	_, err := w.send(customer, nil)
	require.NoError(t, err)
	ours := w.Inbox(customer)[0].ID
	for _, c := range []struct {
		item       meta.Object
		text, link string
		want       channels.MessageKind
	}{
		{meta.Object{"type": "image", "image": meta.Object{"id": "77", "caption": "The valve", "mime_type": "image/jpeg"}}, "The valve", "77", channels.PlainMessage},
		{meta.Object{"type": "location", "location": meta.Object{"name": "Here", "latitude": 41.5, "longitude": -87.5}}, "Here", "", channels.LocationMessage},
		{meta.Object{"type": "interactive", "interactive": meta.Object{"type": "button_reply", "button_reply": meta.Object{"id": "yes", "title": "Yes"}}}, "Yes", "", channels.ReplyMessage},
		{meta.Object{"type": "interactive", "interactive": meta.Object{"type": "list_reply", "list_reply": meta.Object{"id": "5", "title": "Five"}}}, "Five", "", channels.ReplyMessage},
		{meta.Object{"type": "reaction", "reaction": meta.Object{"message_id": ours, "emoji": "👍"}}, "", "", channels.ReactionMessage},
	} {
		_, status, err := w.Say(t.Context(), w.door, customer, c.item)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		all := w.Messages()
		require.Equal(t, []string{c.text, c.link}, []string{all[len(all)-1].Text, all[len(all)-1].Link}, c.item["type"])
		require.Equal(t, c.want, w.told[len(w.told)-1].Message.Kind, c.item["type"])
	}
	require.Equal(t, "👍", w.Inbox(customer)[0].Reaction, "a reaction stands beside what it is to")
}

// TestOurMessagesFare as they would: sent, delivered and read, told of in order and
// to whom they belong.
func TestOurMessagesFare(t *testing.T) {
	w := newWorld(t, nil)
	w.writes(customer, "Hello")
	receipt, err := w.send(customer, nil)
	require.NoError(t, err)
	require.Equal(t, "accepted", w.Inbox(customer)[0].Status)
	made, err := w.Deliver(t.Context(), w.door)
	require.NoError(t, err)
	require.Equal(t, 3, made)
	require.Equal(t, []string{"sent", "delivered", "read"}, w.states())
	for _, e := range w.told[1:] {
		require.Equal(t, []string{"delivery-1", receipt.ProviderID, customer}, []string{e.Status.Delivery, e.Status.ProviderID, e.CustomerAddress})
	}
	require.Equal(t, "read", w.Inbox(customer)[0].Status)
	made, err = w.Deliver(t.Context(), w.door)
	require.NoError(t, err)
	require.Zero(t, made, "what was told is not told again")
	_, err = w.send(customer, nil)
	require.NoError(t, err)
	w.status = http.StatusInternalServerError
	_, err = w.Deliver(t.Context(), w.door)
	require.ErrorContains(t, err, "500", "a status that nobody thanks for is seen")
}

// TestTheTwentyFourHours: free text fails afterwards, a template does not, and
// another customer's words open nobody's but their own.
func TestTheTwentyFourHours(t *testing.T) {
	w := newWorld(t, nil)
	fares := func(to string, change func(*channels.Outgoing)) string {
		_, err := w.send(to, change)
		require.NoError(t, err)
		_, err = w.Deliver(t.Context(), w.door)
		require.NoError(t, err)
		states := w.states()
		return states[len(states)-1]
	}
	template := func(m *channels.Outgoing) { m.Template = &channels.Template{Name: "done", Language: "en"} }
	require.Equal(t, "failed 131047", fares(customer, nil), "who never wrote")
	require.Equal(t, "read", fares(customer, template))
	w.writes(nameless, "Hello")
	require.Equal(t, "failed 131047", fares(customer, nil))
	require.Equal(t, "read", fares(nameless, nil))
	w.writes(customer, "Hello")
	w.clock.Stop(noon.Add(24*time.Hour - time.Second))
	require.Equal(t, "read", fares(customer, nil))
	w.clock.Stop(noon.Add(24 * time.Hour))
	require.Equal(t, "failed 131047", fares(customer, nil))
}

// TestMagicNumbers: what goes wrong at once, and what goes wrong later.
func TestMagicNumbers(t *testing.T) {
	w := newWorld(t, nil)
	for to, want := range map[string]channels.SendError{
		"+15005556056": {Reason: channels.ReasonPairThrottled, Code: "131056", Retry: channels.Later},
		"+15005559429": {Reason: channels.ReasonThrottled, Code: "130429", Retry: channels.Later},
		"+15005559500": {Reason: channels.ReasonUnavailable, Code: "131000", Retry: channels.Later},
		"+15005559502": {Reason: channels.ReasonAmbiguous, Code: "502", Retry: channels.Look},
		"+15005559601": {Reason: channels.ReasonAmbiguous, Retry: channels.Look},
		"+15005559602": {Reason: channels.ReasonAmbiguous, Retry: channels.Look},
	} {
		_, err := w.send(to, nil)
		var failed *channels.SendError
		require.ErrorAs(t, err, &failed, to)
		require.Equal(t, []any{want.Reason, want.Code, want.Retry}, []any{failed.Reason, failed.Code, failed.Retry}, to)
		taken := 0
		if to == "+15005559602" {
			taken = 1
		}
		require.Len(t, w.Inbox(to), taken, to)
	}
	for to, want := range map[string][]string{
		"+15005556047": {"failed 131047"},
		"+15005556026": {"failed 131026"},
		"+15005556049": {"failed 131049"},
		"+15005559001": {"sent", "sent", "delivered", "delivered", "read", "read"},
		"+15005559002": {"read", "delivered", "sent"},
		"+15005559003": {},
		"+15005559004": {"sent", "read"},
	} {
		_, err := w.Deliver(t.Context(), w.door)
		require.NoError(t, err)
		before := len(w.states())
		_, err = w.send(to, nil)
		require.NoError(t, err, to)
		_, err = w.Deliver(t.Context(), w.door)
		require.NoError(t, err, to)
		require.Equal(t, want, w.states()[before:], to)
	}
}

// TestFaults go wrong in their order, once each, whatever the number.
func TestFaults(t *testing.T) {
	w := newWorld(t, nil)
	w.Fault(meta.Fault{Status: http.StatusServiceUnavailable})
	w.Fault(meta.Fault{Taken: true})
	for n, want := range []struct {
		fails bool
		taken int
	}{{true, 0}, {true, 1}, {false, 2}} {
		_, err := w.send(customer, nil)
		require.Equal(t, want.fails, err != nil, n)
		require.Len(t, w.Inbox(customer), want.taken, n)
	}
}

// TestATokenIsNeeded in every call, and one that was taken back is worthless.
func TestATokenIsNeeded(t *testing.T) {
	w := newWorld(t, nil)
	works := func() bool {
		_, err := w.send(customer, nil)
		var failed *channels.SendError
		if err != nil {
			require.ErrorAs(t, err, &failed)
			require.Equal(t, []any{channels.ReasonCredentials, "190"}, []any{failed.Reason, failed.Code})
		}
		return err == nil
	}
	require.True(t, works())
	w.Revoke("another")
	require.False(t, works())
	w.account.Secrets[0] = "another"
	require.True(t, works())
	w.Restore()
	require.False(t, works())
}

// TestWhatMetaWouldNotTake is refused with a word about it, and nothing of it goes out.
func TestWhatMetaWouldNotTake(t *testing.T) {
	w := newWorld(t, nil)
	text := map[string]any{"body": "Hello"}
	message := func(pairs ...any) map[string]any {
		m := map[string]any{"messaging_product": "whatsapp", "recipient_type": "individual", "to": customer, "type": "text", "text": text}
		for n := 0; n < len(pairs); n += 2 {
			m[pairs[n].(string)] = pairs[n+1]
			if pairs[n+1] == nil {
				delete(m, pairs[n].(string))
			}
		}
		return m
	}
	template := func(value string) map[string]any {
		return message("type", "template", "text", nil, "template", map[string]any{
			"name": "done", "language": map[string]any{"code": "en"},
			"components": []any{map[string]any{"type": "body", "parameters": []any{map[string]any{"type": "text", "text": value}}}},
		})
	}
	buttons := func(titles ...string) map[string]any {
		var all []any
		for n, title := range titles {
			all = append(all, map[string]any{"type": "reply", "reply": map[string]any{"id": fmt.Sprint(n), "title": title}})
		}
		return message("type", "interactive", "text", nil, "interactive", map[string]any{
			"type": "button", "body": map[string]any{"text": "Resolved?"}, "action": map[string]any{"buttons": all},
		})
	}
	for name, c := range map[string]struct {
		body any
		want int
	}{
		"a text":                           {message(), 200},
		"to a user id":                     {message("to", nil, "recipient", nameless), 200},
		"of 4,096 signs":                   {message("text", map[string]any{"body": strings.Repeat("ż", 4096)}), 200},
		"of one more":                      {message("text", map[string]any{"body": strings.Repeat("ż", 4097)}), 400},
		"of nothing":                       {message("text", map[string]any{"body": ""}), 400},
		"another product":                  {message("messaging_product", "sms"), 400},
		"a group":                          {message("recipient_type", "group"), 400},
		"to nobody":                        {message("to", nil), 400},
		"to a name":                        {message("to", "Ann"), 400},
		"to no user id":                    {message("to", nil, "recipient", "13491208655302741918"), 400},
		"a name that is too long":          {message("biz_opaque_callback_data", strings.Repeat("x", 513)), 400},
		"a field that there is not":        {message("delivery", "1"), 400},
		"a type without its content":       {message("type", "image"), 400},
		"a file that lies nowhere":         {message("type", "image", "image", map[string]any{"link": "file:///etc/passwd"}), 400},
		"a sound with words beside it":     {message("type", "audio", "text", nil, "audio", map[string]any{"link": "https://x.example/1", "caption": "Hear"}), 400},
		"a picture with a file's name":     {message("type", "image", "text", nil, "image", map[string]any{"link": "https://x.example/1", "filename": "a.jpg"}), 400},
		"a file":                           {message("type", "document", "text", nil, "document", map[string]any{"link": "https://x.example/1"}), 200},
		"a template":                       {template("#7"), 200},
		"a template with an empty value":   {template(""), 400},
		"a template with a line break":     {template("a\nb"), 400},
		"a template with a tab":            {template("a\tb"), 400},
		"a template with a gap":            {template("a    b"), 400},
		"a template that there is not":     {message("type", "template", "template", map[string]any{"name": "gone", "language": map[string]any{"code": "en"}}), 400},
		"a template of no language":        {message("type", "template", "template", map[string]any{"name": "done"}), 400},
		"three buttons":                    {buttons("Yes", "No", "Perhaps"), 200},
		"four buttons":                     {buttons("1", "2", "3", "4"), 400},
		"no buttons":                       {buttons(), 400},
		"a button of twenty signs":         {buttons(strings.Repeat("ż", 20)), 200},
		"a button of one more":             {buttons(strings.Repeat("ż", 21)), 400},
		"a button of nothing":              {buttons(""), 400},
		"something else than a message":    {"Hello", 400},
		"what was read, of what is not":    {map[string]any{"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.gone"}, 400},
		"a mark that there is not":         {map[string]any{"messaging_product": "whatsapp", "status": "seen", "message_id": "wamid.gone"}, 400},
		"a status beside something else":   {map[string]any{"messaging_product": "whatsapp", "status": "read", "id": "1"}, 400},
		"a message that asks for a status": {message("status", "read"), 400},
	} {
		before := len(w.Messages())
		status, answer := w.call(http.MethodPost, "/v26.0/"+number+"/messages", c.body)
		require.Equal(t, c.want, status, "%s: %s", name, answer)
		taken := 0
		if c.want == 200 {
			taken = 1
		} else {
			require.Contains(t, answer, `"error"`, name)
		}
		require.Len(t, w.Messages(), before+taken, name)
	}
	status, _ := w.call(http.MethodPost, "/v26.0/99/messages", message())
	require.Equal(t, http.StatusBadRequest, status, "another's number")
}

// call is a request with the token.
func (w *world) call(method, path string, body any) (int, string) {
	w.Helper()
	raw, err := json.Marshal(body)
	require.NoError(w, err)
	request, err := http.NewRequestWithContext(w.Context(), method, w.base+path, bytes.NewReader(raw))
	require.NoError(w, err)
	request.Header.Set("Authorization", "Bearer token")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(w, err)
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	require.NoError(w, err)
	return answer.StatusCode, string(said)
}

// TestWhatTheRealChannelSends is taken as it is, and can be read on the customer's phone.
func TestWhatTheRealChannelSends(t *testing.T) {
	w := newWorld(t, nil)
	choices := func(n int) (all []channels.Choice) {
		for i := range n {
			all = append(all, channels.Choice{ID: fmt.Sprintf("%d/6ba7b810", i), Title: fmt.Sprint("Choice ", i)})
		}
		return all
	}
	for _, c := range []struct {
		name   string
		change func(*channels.Outgoing)
		check  func(meta.Message) any
		want   any
	}{
		{"a text", nil, func(m meta.Message) any { return m.Text }, "Hello"},
		{"a template", func(m *channels.Outgoing) {
			m.Template = &channels.Template{Name: "done", Language: "en", Values: []string{"#7", "https://x.example"}}
		}, func(m meta.Message) any { return append(m.Values, m.Template) }, []string{"#7", "https://x.example", "done"}},
		{"two buttons", func(m *channels.Outgoing) { m.Choices = choices(2) }, func(m meta.Message) any { return append(m.Choices, m.Titles...) }, []string{"0/6ba7b810", "1/6ba7b810", "Choice 0", "Choice 1"}},
		{"a list of ten", func(m *channels.Outgoing) { m.Choices = choices(10) }, func(m meta.Message) any { return []any{len(m.Choices), m.Opens != ""} }, []any{10, true}},
		{"more than a list takes", func(m *channels.Outgoing) { m.Choices = choices(11) }, func(m meta.Message) any { return []any{m.Type, len(m.Choices)} }, []any{"text", 0}},
		{"a file", func(m *channels.Outgoing) {
			m.Media = []channels.Attachment{{URL: "https://x.example/media/1", ContentType: "application/pdf", Name: "Offer.pdf"}}
		}, func(m meta.Message) any { return []any{m.Type, m.Link} }, []any{"document", "https://x.example/media/1"}},
	} {
		_, err := w.send(customer, c.change)
		require.NoError(t, err, c.name)
		all := w.Inbox(customer)
		require.Equal(t, c.want, c.check(all[len(all)-1]), c.name)
		require.Equal(t, "delivery-1", all[len(all)-1].Delivery)
	}
}

// TestWhatIsMarkedAsRead: a customer's message and those before it, no other's.
func TestWhatIsMarkedAsRead(t *testing.T) {
	w := newWorld(t, nil)
	first, second := w.writes(customer, "one"), w.writes(customer, "two")
	w.writes(nameless, "other")
	w.writes(customer, "three")
	require.NoError(t, w.channel.MarkRead(t.Context(), w.account, second))
	states := map[string]string{}
	for _, m := range w.Messages() {
		states[m.Text] = m.Status
	}
	require.Equal(t, map[string]string{"one": "read", "two": "read", "other": "delivered", "three": "delivered"}, states)
	w.Fault(meta.Fault{})
	require.Error(t, w.channel.MarkRead(t.Context(), w.account, first))
	require.Error(t, w.channel.MarkRead(t.Context(), w.account, "wamid.gone"))
	require.Equal(t, 1, w.Marked())
}

// TestAFileOfACustomers is fetched in two steps, with the token.
func TestAFileOfACustomers(t *testing.T) {
	w := newWorld(t, nil)
	id := w.File("image/jpeg", []byte("a picture"))
	file, err := w.channel.Fetch(t.Context(), w.account, channels.Media{ID: id})
	require.NoError(t, err)
	content, err := io.ReadAll(file)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	require.Equal(t, "a picture", string(content))
	require.NotEqual(t, id, w.File("image/jpeg", nil), "each has an id of its own")
	for _, path := range []string{"/v26.0/1", "/attachments/1"} {
		status, _ := w.call(http.MethodGet, path, nil)
		require.Equal(t, http.StatusNotFound, status, path)
	}
}

// TestWhatAnAdminTries before they save: the account, its templates and the door.
func TestWhatAnAdminTries(t *testing.T) {
	w := newWorld(t, nil)
	require.NoError(t, w.channel.CheckAccount(t.Context(), w.account))
	other := channels.Account{ID: number, Secrets: []string{"token", "another app's secret"}}
	require.Error(t, w.channel.CheckAccount(t.Context(), other))
	all, err := w.channel.Templates(t.Context(), w.account, "1029")
	require.NoError(t, err)
	require.Equal(t, []channels.Approval{{Name: "done", Language: "en", Status: "APPROVED"}}, all)
	for token, want := range map[string]bool{"a to+ken & more": true, "another": false, "": false} {
		ours, err := w.Handshake(t.Context(), w.door, token)
		require.NoError(t, err)
		require.Equal(t, want, ours, "%q", token)
	}
}

// TestTwice: each webhook comes again as it was, byte by byte.
func TestTwice(t *testing.T) {
	w := newWorld(t, func(c *meta.Config) { c.Twice = true })
	w.writes(customer, "Hello")
	require.Len(t, w.bodies, 2)
	require.Equal(t, w.bodies[0], w.bodies[1])
	require.Equal(t, w.told[0].ProviderID, w.told[1].ProviderID)
}

// TestItTellsByItself a moment later, where nobody else will, and holds nobody to
// the 24 hours.
func TestItTellsByItself(t *testing.T) {
	var door string
	w := newWorld(t, func(c *meta.Config) { c.Hook = func() string { return door } })
	door = w.door
	_, err := w.send(customer, nil)
	require.NoError(t, err)
	for w.Inbox(customer)[0].Status != "read" {
		changed := w.Changed()
		if w.Inbox(customer)[0].Status == "read" {
			break
		}
		<-changed
	}
	require.Subset(t, []string{"sent", "delivered", "read"}, w.states())
}

// TestASecretOfAnotherApp: the gateway believes nothing that it signs.
func TestASecretOfAnotherApp(t *testing.T) {
	w := newWorld(t, func(c *meta.Config) { c.AppSecret = "another" })
	_, status, err := w.Text(t.Context(), w.door, customer, "Hello")
	require.NoError(t, err)
	require.Equal(t, http.StatusForbidden, status)
	require.Empty(t, w.told)
}

// TestBodiesAreShapedLikeRecordedOnes, where those are at hand: no field that Meta
// does not send, and none left out that it always does.
func TestBodiesAreShapedLikeRecordedOnes(t *testing.T) {
	folder := os.Getenv("RINGBACK_PAYLOADS")
	if folder == "" {
		t.Skip("RINGBACK_PAYLOADS names no folder")
	}
	w := newWorld(t, nil)
	w.writes(customer, "Hello")
	_, err := w.send(customer, nil)
	require.NoError(t, err)
	_, sent := w.call(http.MethodPost, "/v26.0/"+number+"/messages", map[string]any{
		"messaging_product": "whatsapp", "recipient_type": "individual", "to": customer, "type": "text", "text": map[string]any{"body": "Hello"},
	})
	_, throttled := w.call(http.MethodPost, "/v26.0/"+number+"/messages", map[string]any{
		"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+15005556056", "type": "text", "text": map[string]any{"body": "Hello"},
	})
	for file, body := range map[string]string{
		"openapi/text_message.json": string(w.bodies[0]), "responses/send_ok.json": sent, "responses/error_131056_http429.json": throttled,
	} {
		recorded, err := os.ReadFile(filepath.Join(folder, "meta", file))
		require.NoError(t, err)
		require.Equal(t, shape(t, string(recorded)), shape(t, body), file)
	}
}

// shape is the paths of a body's fields.
func shape(t *testing.T, body string) []string {
	t.Helper()
	var any any
	require.NoError(t, json.Unmarshal([]byte(body), &any))
	paths := map[string]bool{}
	var walk func(string, interface{})
	walk = func(path string, v interface{}) {
		switch v := v.(type) {
		case map[string]interface{}:
			for name, inner := range v {
				walk(path+"."+name, inner)
			}
		case []interface{}:
			for _, inner := range v {
				walk(path+"[]", inner)
			}
		default:
			paths[path] = true
		}
	}
	walk("", any)
	return slices.Sorted(maps.Keys(paths))
}
