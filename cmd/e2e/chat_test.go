package e2e

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/cmd/app"
	"ringback/settings"
	"ringback/settings/automations"
)

const (
	siteKey = "gve-site"
	site    = "https://www.greenvalley.example"
)

// chat is one browser on the company's website.
type chat struct {
	*world
	base, token, origin string
	key                 string // of the site; empty: siteKey
	from                string // the address that a proxy tells; empty: there is none
}

func newChat(t *testing.T, changes ...func(*app.Config)) *chat {
	t.Helper()
	sealed := func(c *app.Config) { c.SecretKey = base64.StdEncoding.EncodeToString(make([]byte, 32)) }
	w := newWorld(t, append(changes, sealed)...)
	w.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{
			Kind: channels.WebChat, Address: siteKey, Settings: settings.SenderSettings{Origins: []string{site}},
		})
		return err
	})
	c := &chat{world: w, base: w.URL(), origin: site}
	c.enter()
	return c
}

func (c *chat) enter() {
	c.t.Helper()
	status, answer := c.ask("POST", "/visitors", map[string]any{})
	require.Equal(c.t, http.StatusCreated, status, answer)
	c.token = answer["token"].(string)
}

func (c *chat) request(ctx context.Context, method, path string, body any) *http.Request {
	c.t.Helper()
	var sent io.Reader
	if body != nil {
		raw, ok := body.([]byte)
		if !ok {
			var err error
			raw, err = json.Marshal(body)
			require.NoError(c.t, err)
		}
		sent = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+"/chat/v1/"+cmp.Or(c.key, siteKey)+path, sent)
	require.NoError(c.t, err)
	r.Header.Set("Origin", c.origin)
	r.Header.Set("Authorization", "Bearer "+c.token)
	if c.from != "" {
		r.Header.Set("X-Forwarded-For", c.from)
	}
	return r
}

func (c *chat) ask(method, path string, body any) (int, map[string]any) {
	c.t.Helper()
	answer, err := http.DefaultClient.Do(c.request(c.t.Context(), method, path, body))
	require.NoError(c.t, err)
	defer func() { _ = answer.Body.Close() }()
	found := map[string]any{}
	_ = json.NewDecoder(answer.Body).Decode(&found)
	return answer.StatusCode, found
}

// write sends a message as a browser does that got no answer: twice.
func (c *chat) write(id, text string) {
	c.t.Helper()
	for range 2 {
		status, answer := c.ask("POST", "/messages", map[string]string{"id": id, "text": text})
		require.Equal(c.t, http.StatusAccepted, status, answer)
	}
}

// heard is one message of the stream.
type heard struct {
	Seq                     int64
	ID, Author, Text, State string
}

// listen opens the stream after a place; next reads the next message.
func (c *chat) listen(after int64) (next func() heard, end func()) {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.t.Context())
	answer, err := http.DefaultClient.Do(c.request(ctx, "GET", fmt.Sprintf("/stream?after=%d", after), nil))
	require.NoError(c.t, err)
	require.Equal(c.t, http.StatusOK, answer.StatusCode)
	lines := bufio.NewScanner(answer.Body)
	next = func() heard {
		c.t.Helper()
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var h heard
				require.NoError(c.t, json.Unmarshal([]byte(data), &h))
				return h
			}
		}
		require.NoError(c.t, lines.Err())
		require.Fail(c.t, "the stream ended")
		return heard{}
	}
	return next, func() {
		cancel()
		_ = answer.Body.Close()
	}
}

func TestChatGoesBothWays(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	next, end := c.listen(0)
	c.write("m-0000001", "Do you fix <b>mowers</b>?")
	c.settle()
	first := next()
	require.Equal(t, []string{"m-0000001", "customer", "Do you fix <b>mowers</b>?"}, []string{first.ID, first.Author, first.Text})
	greeting := next()
	require.Equal(t, "automation", greeting.Author)
	require.Contains(t, greeting.Text, "Thanks for your message")
	c.decision("sent", "sent", "customer_first_chat")

	var visitor string
	require.NoError(t, c.DB.Get(&visitor, `select id from visitors`))
	status, answer := c.api("POST", c.ticketOf(visitor)+"/messages", map[string]string{"text": "We do. Bring it in."})
	require.Equal(t, http.StatusCreated, status, answer)
	c.settle()
	said := next()
	require.Equal(t, []string{"advisor", "We do. Bring it in."}, []string{said.Author, said.Text})
	end()

	// What came while nobody listened comes once, in order, after the place.
	status, answer = c.api("POST", c.ticketOf(visitor)+"/messages", map[string]string{"text": "Until six."})
	require.Equal(t, http.StatusCreated, status, answer)
	c.settle()
	next, end = c.listen(said.Seq)
	defer end()
	require.Equal(t, "Until six.", next().Text)
	status, _ = c.ask("POST", "/read", map[string]int64{"seq": said.Seq})
	require.Equal(t, http.StatusNoContent, status)
	c.settle()
	var states []string
	require.NoError(t, c.DB.Select(&states, `select state from deliveries order by seq`))
	require.Equal(t, []string{"read", "read", "delivered"}, states)
	_, history := c.ask("GET", "/messages", nil)
	require.Len(t, history["items"], 4)
	require.EqualValues(t, said.Seq, history["read_seq"])
}

func TestChatReachesEveryReplica(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	other := *c
	other.base = c.replica().URL()
	next, end := other.listen(0)
	defer end()
	c.write("m-0000002", "Hello?")
	require.Equal(t, "Hello?", next().Text)
	require.Equal(t, "automation", next().Author)
}

func TestChatRefuses(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	known := c.token
	message := func(id, text string) map[string]string { return map[string]string{"id": id, "text": text} }
	for name, try := range map[string]struct {
		origin, token, method, path string
		body                        any
		status                      int
	}{
		"another site":         {"https://evil.example", known, "POST", "/messages", message("m-0000001", "hi"), http.StatusForbidden},
		"another site's ear":   {"https://evil.example", known, "GET", "/stream", nil, http.StatusForbidden},
		"no token":             {site, "", "POST", "/messages", message("m-0000001", "hi"), http.StatusUnauthorized},
		"a made-up token":      {site, "abc", "GET", "/messages", nil, http.StatusUnauthorized},
		"a made-up ear":        {site, "abc", "GET", "/stream", nil, http.StatusUnauthorized},
		"a forged identity":    {site, known, "POST", "/visitors", map[string]any{"identity": message("7", "")}, http.StatusUnprocessableEntity},
		"a megabyte":           {site, known, "POST", "/messages", message("m-0000001", strings.Repeat("a", 1<<20)), http.StatusRequestEntityTooLarge},
		"too many letters":     {site, known, "POST", "/messages", message("m-0000001", strings.Repeat("ą", 4001)), http.StatusUnprocessableEntity},
		"nothing":              {site, known, "POST", "/messages", message("m-0000001", " \n "), http.StatusUnprocessableEntity},
		"a NUL":                {site, known, "POST", "/messages", message("m-0000001", "a\x00b"), http.StatusUnprocessableEntity},
		"an id that is a path": {site, known, "POST", "/messages", message("../../etc", "hi"), http.StatusUnprocessableEntity},
		"no JSON":              {site, known, "POST", "/messages", []byte("id=1"), http.StatusBadRequest},
		"two bodies":           {site, known, "POST", "/messages", []byte(`{"id":"m-0000001","text":"a"}{"id":"m-0000002","text":"b"}`), http.StatusBadRequest},
		"another field":        {site, known, "POST", "/messages", []byte(`{"id":"m-0000001","text":"a","author":"advisor"}`), http.StatusBadRequest},
		"no phone":             {site, known, "POST", "/tickets", map[string]string{"id": "t-0000001", "text": "hi", "phone": "12"}, http.StatusUnprocessableEntity},
		"a name of two lines":  {site, known, "POST", "/tickets", map[string]string{"id": "t-0000001", "text": "hi", "name": "a\nb"}, http.StatusUnprocessableEntity},
		"a mark below nothing": {site, known, "POST", "/read", map[string]int{"seq": -1}, http.StatusUnprocessableEntity},
	} {
		t.Run(name, func(t *testing.T) {
			one := chat{world: c.world, base: c.base, token: try.token, origin: try.origin}
			status, answer := one.ask(try.method, try.path, try.body)
			require.Equal(t, try.status, status, answer)
			require.NotEmpty(t, answer["detail"])
		})
	}
	events, _ := c.kept()
	require.Zero(t, events)
}

func TestChatTicketAfterHours(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	night, err := time.Parse(time.RFC3339, "2026-06-01T22:00:00-05:00")
	require.NoError(t, err)
	c.Clock.Stop(night)
	c.change(automations.AfterHoursTicket, func(s *automations.Setting) { s.Enabled = true })
	for range 2 {
		status, answer := c.ask("POST", "/tickets", map[string]string{"id": "t-0000001", "name": "Dana", "phone": "+13125550188", "text": "It leaks"})
		require.Equal(t, http.StatusAccepted, status, answer)
	}
	c.settle()
	c.decision("sent", "sent", automations.AfterHoursTicket)
	next, end := c.listen(0)
	defer end()
	require.Equal(t, "It leaks\n\n+13125550188", next().Text)
	require.Contains(t, next().Text, "We got your ticket #1001. We are closed right now")
	var made int
	require.NoError(t, c.DB.Get(&made, `select count(*) from tickets`))
	require.Equal(t, 1, made)
	_, greeting := c.ask("GET", "?lang=pl", nil)
	require.Equal(t, []any{false, "pl", "Service"}, []any{greeting["open"], greeting["language"], greeting["name"]})
	require.NotNil(t, greeting["opens_at"])
}

// A team with two sites answers a ticket in the chat in which it was left.
func TestAChatsTicketIsAnsweredThere(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	c.key = "gve-rentals"
	c.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.WebChat, Address: c.key, Settings: settings.SenderSettings{Origins: []string{site}}})
		return err
	})
	c.enter()
	status, answer := c.ask("POST", "/tickets", map[string]string{"id": "t-0000001", "name": "Dana", "phone": "", "text": "It leaks"})
	require.Equal(t, http.StatusAccepted, status, answer)
	c.settle()
	var ticket string
	require.NoError(t, c.DB.Get(&ticket, `select id from tickets`))
	status, answer = c.api("POST", "/teams/"+c.team.ID+"/tickets/"+ticket+"/messages", map[string]string{"text": "Which pump is it?"})
	require.Equal(t, http.StatusCreated, status, answer)
	_, history := c.ask("GET", "/messages", nil)
	var said []string
	for _, one := range history["items"].([]any) {
		said = append(said, one.(map[string]any)["text"].(string))
	}
	require.Len(t, said, 3)
	require.Equal(t, "It leaks", said[0])
	require.Contains(t, said[1], "Thanks for your message")
	require.Equal(t, "Which pump is it?", said[2])
}

func TestChatIsWrittenAtAHumanPace(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	refused := 0
	for n := range 40 {
		status, answer := c.ask("POST", "/messages", map[string]string{"id": fmt.Sprintf("m-%07d", n), "text": "spam"})
		if status == http.StatusTooManyRequests {
			require.Contains(t, answer["detail"], "Try again in")
			refused++
		}
	}
	require.Positive(t, refused)
}

// TestChatShowsWhoIsWriting: each side sees that the other is at it, for six
// seconds; and the visitor reads the advisor's name, but not a machine's.
func TestChatShowsWhoIsWriting(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	next, end := c.listen(0)
	defer end()
	c.write("m-0000001", "Hello?")
	c.settle()
	for range 2 {
		next()
	}
	var visitor string
	require.NoError(t, c.DB.Get(&visitor, `select id from visitors`))
	ticket := c.ticketOf(visitor)
	typing := func() any {
		status, answer := c.api("GET", ticket, nil)
		require.Equal(t, http.StatusOK, status, answer)
		return answer["typing"]
	}
	require.Equal(t, false, typing())
	status, _ := c.ask("POST", "/typing", nil)
	require.Equal(t, http.StatusNoContent, status)
	require.Equal(t, true, typing())
	c.Clock.Stop(c.Clock.Now().Add(7 * time.Second))
	require.Equal(t, false, typing())

	for range 2 {
		status, answer := c.api("POST", ticket+"/typing", nil)
		require.Equal(t, http.StatusNoContent, status, answer)
	}
	require.Zero(t, next().Seq, "that somebody writes has no place in the conversation")
	for who, shown := range map[string]string{"Maria Lopez": "Maria Lopez", "a key of some machine": ""} {
		member := settings.NewMember()
		member.Name, member.Email, member.Role, member.Teams = "Maria Lopez", strings.ReplaceAll(who, " ", ".")+"@example.com", settings.RoleAdvisor, []string{c.team.ID}
		member, err := settings.CreateMember(t.Context(), c.DB.DB, c.Company.ID, "test", member)
		require.NoError(t, err)
		status, answer := c.api("POST", ticket+"/messages", map[string]string{"text": "From " + who})
		require.Equal(t, http.StatusCreated, status, answer)
		_, err = c.DB.Exec(`update messages set who = $1, staff_id = case when $1 = $3 then $4::uuid end where text = $2`, who, "From "+who, member.Name, member.ID)
		require.NoError(t, err)
		_, history := c.ask("GET", "/messages", nil)
		items := history["items"].([]any)
		name, _ := items[len(items)-1].(map[string]any)["name"].(string)
		require.Equal(t, shown, name)
	}
}
