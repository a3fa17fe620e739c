package chat_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/messages"
	"ringback/settings"
)

// said is a message of somebody's in a visitor's chat.
func (w *world) said(t *testing.T, visitor, author, text string, change func(*messages.Message)) messages.Message {
	t.Helper()
	var at struct{ Team, Sender string }
	require.NoError(t, w.db.Get(&at, `select team_id::text as team, id::text as sender from senders where company_id = $1 and address = 'site'`, w.company))
	c, err := contacts.FindOrCreate(t.Context(), w.db, w.company, at.Team, at.Sender, channels.WebChat, visitor, "")
	require.NoError(t, err)
	all := []messages.Message{{CompanyID: w.company, TeamID: at.Team, ContactID: c.ID, SenderID: at.Sender, Author: author, Text: text, At: noon}}
	if change != nil {
		change(&all[0])
	}
	require.NoError(t, messages.Insert(t.Context(), w.db, all...))
	return all[0]
}

// texts is what an answer's items say.
func texts(answer map[string]any) (said []string) {
	items, _ := answer["items"].([]any)
	for _, one := range items {
		said = append(said, one.(map[string]any)["text"].(string))
	}
	return said
}

// TestWhatAVisitorReads: what was said in their own chat, from the place that they
// name on, whatever they write there.
func TestWhatAVisitorReads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, visitor := w.enters(t, "site", "", "")
	_, other, stranger := w.enters(t, "site", "", "")
	for n := range 3 {
		w.said(t, visitor, "customer", fmt.Sprintf("mine %d", n), nil)
		w.said(t, stranger, "advisor", fmt.Sprintf("theirs %d", n), nil)
	}
	read := func(token, after string) []string {
		status, answer, _ := w.ask(t, http.MethodGet, "site/messages?after="+after, token, site, nil)
		require.Equal(t, http.StatusOK, status, after)
		return texts(answer)
	}
	require.Equal(t, []string{"mine 0", "mine 1", "mine 2"}, read(token, ""))
	require.Equal(t, []string{"theirs 0", "theirs 1", "theirs 2"}, read(other, ""))
	_, answer, _ := w.ask(t, http.MethodGet, "site/messages", token, site, nil)
	second := fmt.Sprint(answer["items"].([]any)[1].(map[string]any)["seq"])
	require.Equal(t, []string{"mine 2"}, read(token, second))
	for _, beginning := range []string{"0", "-1", "x", "1e3", "99999999999999999999", "%00", "1%20or%201=1"} {
		require.Len(t, read(token, beginning), 3, beginning)
	}
	require.Empty(t, read(token, "9223372036854775807"))

	var elsewhere string
	require.NoError(t, w.db.Get(&elsewhere, `select id from senders where company_id = $1 and address = 'other'`, w.company))
	w.said(t, visitor, "advisor", "by another way", func(m *messages.Message) { m.SenderID = elsewhere })
	require.Equal(t, []string{"mine 0", "mine 1", "mine 2"}, read(token, ""), "what was said to the same person elsewhere is not this chat's")
}

// TestWhoAnsweredAVisitor: an advisor is named as they are called now, by who they are and
// not by a name that somebody else may have as well.
func TestWhoAnsweredAVisitor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, visitor := w.enters(t, "site", "", "")
	anna := uuid.NewString()
	w.db.MustExec(`insert into staff (company_id, id, name, email, role) values ($1, $2, 'Anna Meyer', 'anna@example.com', 'advisor')`, w.company, anna)
	w.said(t, visitor, "advisor", "from Anna", func(m *messages.Message) { m.Who, m.StaffID = "Anna Schmidt", anna })
	w.said(t, visitor, "advisor", "from a program", func(m *messages.Message) { m.Who = "Anna Meyer" })
	w.said(t, visitor, "gateway", "from us", nil)
	_, answer, _ := w.ask(t, http.MethodGet, "site/messages", token, site, nil)
	items := answer["items"].([]any)
	require.Equal(t, "Anna Meyer", items[0].(map[string]any)["name"], "who has married since")
	require.NotContains(t, items[1], "name", "a key that is called like her is not her")
	require.NotContains(t, items[2], "name")
}

// TestThePagesOfALongChat: two hundred at a time, and together all of it, once.
func TestThePagesOfALongChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, visitor := w.enters(t, "site", "", "")
	first := w.said(t, visitor, "customer", "0", nil)
	var more []messages.Message
	for n := 1; n <= 200; n++ {
		one := first
		one.ID, one.Text = uuid.Must(uuid.NewV7()).String(), fmt.Sprint(n)
		more = append(more, one)
	}
	require.NoError(t, messages.Insert(t.Context(), w.db, more...))
	var sizes []int
	var all []string
	for after := "0"; ; {
		_, answer, _ := w.ask(t, http.MethodGet, "site/messages?after="+after, token, site, nil)
		page := texts(answer)
		sizes, all = append(sizes, len(page)), append(all, page...)
		if len(page) == 0 {
			break
		}
		after = fmt.Sprint(int64(answer["items"].([]any)[len(page)-1].(map[string]any)["seq"].(float64)))
	}
	require.Equal(t, []int{200, 1, 0}, sizes)
	require.Len(t, all, 201)
	require.Equal(t, "200", all[200])
}

// TestReadingMovesWhatIsRead: what came to the browser is delivered, and what was
// seen is read, not beyond what there is, and never back.
func TestReadingMovesWhatIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, visitor := w.enters(t, "site", "", "")
	w.said(t, visitor, "automation", "We are closed", func(m *messages.Message) { m.DeliveryID = w.delivery(t, visitor, "sent") })
	w.said(t, visitor, "advisor", "Hello", func(m *messages.Message) { m.DeliveryID = w.delivery(t, visitor, "read") })
	_, answer, _ := w.ask(t, http.MethodGet, "site/messages", token, site, nil)
	require.Equal(t, float64(0), answer["read_seq"])
	require.Equal(t, []channels.State{channels.Delivered}, w.moved(), "of what is read nothing more is told")
	last := answer["items"].([]any)[1].(map[string]any)["seq"].(float64)
	readSeq := func() float64 {
		_, answer, _ := w.ask(t, http.MethodGet, "site/messages", token, site, nil)
		return answer["read_seq"].(float64)
	}
	for _, c := range []struct {
		body   any
		status int
		want   float64
	}{
		{map[string]any{"seq": -1}, http.StatusUnprocessableEntity, 0},
		{map[string]any{"seq": "1"}, http.StatusBadRequest, 0},
		{map[string]any{"sequence": 1}, http.StatusBadRequest, 0},
		{map[string]any{"seq": 0}, http.StatusNoContent, 0},
		{map[string]any{"seq": last - 1}, http.StatusNoContent, last - 1},
		{map[string]any{"seq": 9e15}, http.StatusNoContent, last},
		{map[string]any{"seq": last - 1}, http.StatusNoContent, last},
	} {
		status, _, _ := w.ask(t, http.MethodPost, "site/read", token, site, c.body)
		require.Equal(t, c.status, status, "%v", c.body)
		require.InDelta(t, c.want, readSeq(), 0, "%v", c.body)
	}
	require.Contains(t, w.moved(), channels.Read)
}

// moved are the states that were told of, in their order.
func (w *world) moved() (states []channels.State) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.told {
		if e.Kind == channels.DeliveryMoved {
			states = append(states, e.Status.State)
		}
	}
	return states
}

// delivery is one to a visitor that has come so far.
func (w *world) delivery(t *testing.T, visitor, state string) string {
	t.Helper()
	id := uuid.NewString()
	_, err := w.db.Exec(`insert into deliveries (company_id, id, team_id, sender_id, contact_id, kind, account, from_address, to_address, text, state)
		select s.company_id, $2, s.team_id, s.id, gen_random_uuid(), s.kind, s.account, s.address, $3, 'x', $4 from senders s where s.company_id = $1 and s.address = 'site'`,
		w.company, id, visitor, state)
	require.NoError(t, err)
	return id
}

// TestBadBodies: each is told what is wrong and with which field, and nothing of it
// is written down.
func TestBadBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, _ := w.enters(t, "site", "", "")
	id := "0192e4a0-0000-7000-8000-000000000001"
	message := func(pairs ...any) map[string]any {
		m := map[string]any{"id": id, "text": "Hello"}
		for n := 0; n < len(pairs); n += 2 {
			m[pairs[n].(string)] = pairs[n+1]
		}
		return m
	}
	for _, c := range []struct {
		name, path string
		body       any
		status     int
		field      string
	}{
		{"an id that is short", "messages", message("id", "1234567"), 422, "id"},
		{"an id that is long", "messages", message("id", strings.Repeat("a", 65)), 422, "id"},
		{"an id of other signs", "messages", message("id", "0192e4a0/../../x"), 422, "id"},
		{"no id", "messages", map[string]any{"text": "Hello"}, 422, "id"},
		{"only spaces", "messages", message("text", " \n\t "), 422, "text"},
		{"a sign too many", "messages", message("text", strings.Repeat("ż", 4001)), 422, "text"},
		{"a zero byte", "messages", message("text", "a\x00b"), 422, "text"},
		{"a field that there is not", "messages", message("author", "advisor"), 400, ""},
		{"another's type", "messages", message("files", "x"), 400, ""},
		{"a file that is none", "messages", message("files", []string{"x"}), 422, "files"},
		{"a file of nobody's", "messages", message("files", []string{uuid.NewString()}), 422, "files"},
		{"a file by another name of its id", "messages", message("files", []string{"urn:uuid:" + uuid.NewString()}), 422, "files"},
		{"eleven files", "messages", message("files", slices.Repeat([]string{uuid.NewString()}, 11)), 422, "files"},
		{"more than a body may be", "messages", message("text", strings.Repeat("x", 65<<10)), 413, ""},
		{"null", "messages", nil, 422, "id"},
		{"a ticket of nothing", "tickets", message("text", ""), 422, "text"},
		{"a ticket with a name of two lines", "tickets", message("name", "Joe\nSmith"), 422, "name"},
		{"a ticket with a name too long", "tickets", message("name", strings.Repeat("ż", 201)), 422, "name"},
		{"a ticket with no number", "tickets", message("phone", "555-0142"), 422, "phone"},
		{"somebody who is no text", "visitors", map[string]any{"identity": 5}, 422, "identity"},
		{"somebody who is nothing", "visitors", map[string]any{"identity": ""}, 422, "identity"},
		{"somebody by another name", "visitors", map[string]any{"user": "joe"}, 400, ""},
	} {
		status, answer, _ := w.ask(t, http.MethodPost, "site/"+c.path, token, site, c.body)
		require.Equal(t, c.status, status, "%s: %v", c.name, answer)
		require.NotEmpty(t, answer["detail"], c.name)
		require.EqualValues(t, c.status, answer["status"], c.name)
		field := ""
		if faults, some := answer["errors"].([]any); some {
			field = faults[0].(map[string]any)["field"].(string)
			require.Regexp(t, `^[a-z_]+$`, faults[0].(map[string]any)["code"], "%s: a word for programs", c.name)
		}
		require.Equal(t, c.field, field, c.name)
	}
	require.Empty(t, w.told)
	status, _, _ := w.ask(t, http.MethodPost, "site/messages", token, site, message("text", strings.Repeat("ż", 4000)))
	require.Equal(t, http.StatusAccepted, status, "four thousand signs are as many as may be")
}

// TestWhatIsNoJSON is refused in words, whatever it is.
func TestWhatIsNoJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, _ := w.enters(t, "site", "", "")
	for _, body := range []string{
		``, `{`, `[]`, `"x"`, `{"id":"0192e4a0-0000","text":"a"}{}`, `{"id":"0192e4a0-0000","text":"a"} x`, "\xff\xfe", strings.Repeat("[", 20000),
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/chat/v1/site/messages", strings.NewReader(body))
		r.Header.Set("Authorization", "bearer "+token) // in whatever case
		answer := httptest.NewRecorder()
		w.router.ServeHTTP(answer, r)
		require.Equal(t, http.StatusBadRequest, answer.Code, "%.40q", body)
		require.Contains(t, answer.Header().Get("Content-Type"), "application/problem+json")
	}
	require.Empty(t, w.told)
}

// TestWhoeverIsBlockedTalksToTheWall: they are thanked as others are, and their
// ticket is none.
func TestWhoeverIsBlockedTalksToTheWall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, visitor := w.enters(t, "site", "", "")
	leave := func(id string) int {
		status, _, _ := w.ask(t, http.MethodPost, "site/tickets", token, site, map[string]any{"id": id, "name": "Joe", "phone": "+13125550142", "text": "It leaks"})
		return status
	}
	require.Equal(t, http.StatusAccepted, leave("ticket-0001"))
	require.Equal(t, http.StatusAccepted, leave("ticket-0001"), "a double tap")
	tickets := func() (texts []string) {
		require.NoError(t, w.db.Select(&texts, `select text from messages where company_id = $1 order by seq`, w.company))
		return texts
	}
	require.Equal(t, []string{"It leaks\n\n+13125550142"}, tickets(), "the number stands in the text, and is nobody's")
	var phones int
	require.NoError(t, w.db.Get(&phones, `select count(*) from addresses where kind = 'phone'`))
	require.Zero(t, phones)
	_, err := w.db.Exec(`update contacts c set blocked_at = now() from addresses a where a.contact_id = c.id and a.address = $1`, visitor)
	require.NoError(t, err)
	require.Equal(t, http.StatusAccepted, leave("ticket-0002"))
	require.Len(t, tickets(), 1)
}

// TestTyping is seen by the team, for the visitor alone, and needs no body.
func TestTyping(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, visitor := w.enters(t, "site", "", "")
	w.enters(t, "site", "", "")
	status, _, _ := w.ask(t, http.MethodPost, "site/typing", token, site, nil)
	require.Equal(t, http.StatusNoContent, status)
	var typing []string
	require.NoError(t, w.db.Select(&typing, `select id from visitors where typing_at = $1`, noon))
	require.Equal(t, []string{visitor}, typing)
}

// TestWhoDoesTooMuch is told to wait, by name: one visitor's haste holds up no other.
func TestWhoDoesTooMuch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token, _ := w.enters(t, "site", "", "")
	_, other, _ := w.enters(t, "site", "", "")
	for path, body := range map[string]func(n int) any{
		"messages": func(n int) any { return map[string]any{"id": fmt.Sprintf("message-%04d", n), "text": "Hello"} },
		"tickets":  func(n int) any { return map[string]any{"id": fmt.Sprintf("ticket-%04d", n), "text": "Hello"} },
		"typing":   func(int) any { return nil },
		"read":     func(int) any { return map[string]any{"seq": 1} },
	} {
		hasty := false
		for n := 0; n < 60 && !hasty; n++ {
			status, answer, header := w.ask(t, http.MethodPost, "site/"+path, token, site, body(n))
			if hasty = status == http.StatusTooManyRequests; hasty {
				require.Regexp(t, `^[1-9][0-9]*$`, header.Get("Retry-After"))
				require.Contains(t, answer["detail"], "Try again in "+header.Get("Retry-After")+" seconds")
				require.Equal(t, site, header.Get("Access-Control-Allow-Origin"), "the widget may read it")
			}
		}
		require.True(t, hasty, path)
		status, _, _ := w.ask(t, http.MethodPost, "site/"+path, other, site, body(0))
		require.Less(t, status, 300, path)
	}
}

// TestWhatABrowserAsksFirst: a preflight is answered for the chat's own sites, and
// says what may be sent.
func TestWhatABrowserAsksFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"site", "site/messages", "site/anything"} {
		status, _, header := w.ask(t, http.MethodOptions, path, "", site, nil)
		require.Equal(t, http.StatusNoContent, status, path)
		require.Equal(t, site, header.Get("Access-Control-Allow-Origin"))
		require.Contains(t, header.Get("Access-Control-Allow-Headers"), "Authorization")
		require.Empty(t, header.Get("Access-Control-Allow-Credentials"), "there are no cookies")
	}
	status, _, header := w.ask(t, http.MethodOptions, "site/messages", "", "https://evil.example", nil)
	require.Equal(t, http.StatusForbidden, status)
	require.Empty(t, header.Get("Access-Control-Allow-Origin"))
}

// TestWhetherSomebodyIsThere, in the language of the page, the browser or the team.
func TestWhetherSomebodyIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := func(at time.Time, query string) map[string]any {
		w.clock.Stop(at)
		status, answer, _ := w.ask(t, http.MethodGet, "site"+query, "", site, nil)
		require.Equal(t, http.StatusOK, status)
		return answer
	}
	opens, closes := time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC), time.Date(2026, 6, 1, 22, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		at   time.Time
		open bool
		next string
	}{
		{opens.Add(-time.Second), false, "2026-06-01T13:00:00Z"},
		{opens, true, "2026-06-01T22:00:00Z"},
		{closes.Add(-time.Second), true, "2026-06-01T22:00:00Z"},
		{closes, false, "2026-06-02T13:00:00Z"},
	} {
		got := config(c.at, "")
		require.Equal(t, []any{c.open, "Service", "GVE", "America/Chicago"}, []any{got["open"], got["name"], got["company"], got["time_zone"]})
		if c.open {
			require.Equal(t, []any{c.next, nil}, []any{got["closes_at"], got["opens_at"]}, c.at)
		} else {
			require.Equal(t, []any{nil, c.next}, []any{got["closes_at"], got["opens_at"]}, c.at)
		}
	}
	for query, want := range map[string]string{"": "en", "?lang=pl": "pl", "?lang=pt": "pt-BR", "?lang=xx": "en", "?lang=%3Cscript%3E": "en"} {
		require.Equal(t, want, config(noon, query)["language"], query)
	}
}

// streamed opens a visitor's stream, and reads events of it as they come.
func streamed(t *testing.T, base, token, after string, headers ...string) (status int, next func() string, end func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/chat/v1/site/stream", nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	if after != "" {
		request.Header.Set("Last-Event-ID", after)
	}
	for n := 0; n < len(headers); n += 2 {
		request.Header.Set(headers[n], headers[n+1])
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	lines := bufio.NewScanner(answer.Body)
	next = func() string {
		for lines.Scan() {
			if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
				return data
			}
		}
		return ""
	}
	return answer.StatusCode, next, func() { stop(); _ = answer.Body.Close() }
}

// TestAStreamTellsEachOnce: what was missed since the place that the browser names,
// and then what comes, in its order.
func TestAStreamTellsEachOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := httptest.NewServer(w.router)
	defer server.Close()
	_, token, visitor := w.enters(t, "site", "", "")
	w.said(t, visitor, "advisor", "one", nil)
	w.said(t, visitor, "advisor", "two", nil)
	status, next, end := streamed(t, server.URL, token, "")
	defer end()
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, next(), `"text":"one"`)
	require.Contains(t, next(), `"text":"two"`)
	w.said(t, visitor, "advisor", "three", nil)
	w.hub.Wake(visitor)
	require.Contains(t, next(), `"text":"three"`)
	_, answer, _ := w.ask(t, http.MethodGet, "site/messages", token, site, nil)
	place := fmt.Sprint(answer["items"].([]any)[1].(map[string]any)["seq"])
	_, later, close := streamed(t, server.URL, token, place)
	defer close()
	require.Contains(t, later(), `"text":"three"`, "from where the browser left off")
	_, err := w.db.Exec(`update visitors set advisor_at = $1`, noon.Add(-5*time.Second))
	require.NoError(t, err)
	w.hub.Wake(visitor)
	require.Equal(t, "{}", later(), "somebody is writing")
	status, _, nobody := streamed(t, server.URL, token+"x", "")
	defer nobody()
	require.Equal(t, http.StatusUnauthorized, status)
}

// TestAStreamEndsWithWhatAllowedIt: what is said after its site was taken off the list,
// its chat away, or its browser's token ended, goes to nobody by it.
func TestAStreamEndsWithWhatAllowedIt(t *testing.T) {
	t.Parallel()
	ended := map[string]func(w *world) error{
		"nothing": func(*world) error { return nil },
		"its token": func(w *world) error {
			_, err := w.db.Exec(`update visitors set ends_at = now()`)
			return err
		},
	}
	for name, change := range map[string]func(e *settings.Edit, chat settings.Sender) error{
		"its site": func(e *settings.Edit, chat settings.Sender) error {
			chat.Settings.Origins = []string{"https://new.example.com"}
			_, err := e.SaveSender(t.Context(), chat)
			return err
		},
		"its chat": func(e *settings.Edit, chat settings.Sender) error { return e.DeleteSender(t.Context(), chat.ID) },
	} {
		ended[name] = func(w *world) error {
			var at struct{ Team, Chat string }
			if err := w.db.Get(&at, `select team_id as team, id as chat from senders where address = 'site'`); err != nil {
				return err
			}
			_, err := settings.EditTeam(t.Context(), w.db, w.company, at.Team, "test", func(e *settings.Edit) error {
				chat, err := e.Sender(t.Context(), at.Chat)
				if err != nil {
					return err
				}
				return change(e, chat)
			})
			return err
		}
	}
	for name, end := range ended {
		w := newWorld(t)
		server := httptest.NewServer(w.router)
		_, token, visitor := w.enters(t, "site", "", "")
		w.said(t, visitor, "advisor", "one", nil)
		_, next, leave := streamed(t, server.URL, token, "", "Origin", site)
		require.Contains(t, next(), `"text":"one"`, name)
		w.said(t, visitor, "advisor", "two", nil)
		require.NoError(t, end(w), name)
		w.hub.Wake(visitor)
		require.Equal(t, name == "nothing", strings.Contains(next(), `"text":"two"`), name)
		leave()
		server.Close()
	}
}

// TestAChatIsOpenInTenPlacesAtMost, and in one more when one of them is closed.
func TestAChatIsOpenInTenPlacesAtMost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := httptest.NewServer(w.router)
	defer server.Close()
	_, token, visitor := w.enters(t, "site", "", "")
	w.said(t, visitor, "advisor", "one", nil)
	var close []func()
	defer func() {
		for _, end := range close {
			end()
		}
	}()
	for range 10 {
		status, next, end := streamed(t, server.URL, token, "")
		close = append(close, end)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, next(), "one")
	}
	status, _, end := streamed(t, server.URL, token, "")
	end()
	require.Equal(t, http.StatusTooManyRequests, status)
	close[0]()
	require.Eventually(t, func() bool {
		status, _, end := streamed(t, server.URL, token, "")
		end()
		return status == http.StatusOK
	}, 10*time.Second, 10*time.Millisecond)
}
