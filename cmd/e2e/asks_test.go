package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/meta"
	"ringback/channels/simulator/stripe"
	"ringback/cmd/app"
	"ringback/settings"
)

// asker is an advisor who asks one customer, wherever the customer writes.
type asker struct {
	*till
	writes func(text string)
	photo  func()          // nil: a photo comes by link alone
	got    func() []string // every text that reached the customer
	ticket string
}

// tick lets a quarter of a minute pass: WhatsApp takes one message in six
// seconds to one person.
func (a *asker) tick() {
	a.t.Helper()
	a.Clock.Stop(a.Clock.Now().Add(15 * time.Second))
	a.Gateway.Wake()
	a.settle()
}

// ask asks the customer, who gets the link on the channel, and returns it.
func (a *asker) ask(kind string, more ...any) (link, id string) {
	a.t.Helper()
	body := map[string]any{"kind": kind}
	for n := 0; n < len(more); n += 2 {
		body[more[n].(string)] = more[n+1]
	}
	status, answer := a.api("POST", a.ticket+"/requests", body)
	require.Equal(a.t, http.StatusCreated, status, answer)
	a.tick()
	link = answer["url"].(string)
	if !strings.Contains(strings.Join(a.got(), "\n"), link) {
		a.tick() // another text went first
	}
	require.Contains(a.t, strings.Join(a.got(), "\n"), link, kind)
	a.writtenNowhere(link[strings.LastIndex(link, "/")+1:])
	return link, answer["id"].(string)
}

// writtenNowhere: whoever reads the database, and so whoever reads the API,
// finds no link that would let them answer for the customer.
func (a *asker) writtenNowhere(token string) {
	a.t.Helper()
	require.Empty(a.t, a.whereWritten(token))
}

// writes are the columns that may hold words, of all tables there are.
const writes = `
select table_name as "table", column_name as "column", data_type = 'bytea' as raw
from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
where table_schema = current_schema() and table_type = 'BASE TABLE'
    and data_type in ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY')`

// whereWritten are the columns that hold a word.
func (w *world) whereWritten(word string) (found []string) {
	w.t.Helper()
	var columns []struct {
		Table, Column string
		Raw           bool
	}
	require.NoError(w.t, w.DB.Select(&columns, writes))
	require.Greater(w.t, len(columns), 200)
	var each []string
	for _, c := range columns {
		holds := fmt.Sprintf(`position($1 in %q::text) > 0`, c.Column)
		if c.Raw {
			holds = fmt.Sprintf(`position(convert_to($1, 'UTF8') in %q) > 0`, c.Column)
		}
		each = append(each, fmt.Sprintf(`(select '%s.%s' from %q where %s limit 1)`, c.Table, c.Column, c.Table, holds))
	}
	require.NoError(w.t, w.DB.Select(&found, strings.Join(each, " union all "), word))
	return found
}

// TestWhatIsWrittenIsFound: in words, JSON, lists and bytes, whichever table it is.
func TestWhatIsWrittenIsFound(t *testing.T) {
	t.Parallel()
	const word = "a-word-that-nobody-says"
	w := opened(t)
	require.Empty(t, w.whereWritten(word))
	w.thanked(sms("To", "+13125550999", "Body", word)) // no number of ours: a stray, as it came
	w.settle()
	require.Contains(t, w.whereWritten(word), "strays.raw")
	_, err := w.DB.Exec(`update companies set name = $1`, word)
	require.NoError(t, err)
	require.Contains(t, w.whereWritten(word), "companies.name")
}

// stands is how a request stands: its state, how it was answered, the answer.
func (a *asker) stands(id string) string {
	a.t.Helper()
	_, ticket := a.api("GET", a.ticket, nil)
	for _, item := range ticket["requests"].([]any) {
		if r := item.(map[string]any); r["id"] == id {
			answer, err := json.Marshal(r["answer"])
			require.NoError(a.t, err)
			return fmt.Sprintf("%s %s %s", r["state"], r["via"], answer)
		}
	}
	return ""
}

// sends a form to a page, and returns the status.
func (a *asker) sends(page, contentType string, body []byte) int {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, page, bytes.NewReader(body))
	require.NoError(a.t, err)
	request.Header.Set("Content-Type", contentType)
	answer, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
	require.NoError(a.t, err)
	require.NoError(a.t, answer.Body.Close())
	return answer.StatusCode
}

func (a *asker) clicks(page string, fields ...string) int {
	a.t.Helper()
	form := url.Values{}
	for n := 0; n < len(fields); n += 2 {
		form.Set(fields[n], fields[n+1])
	}
	return a.sends(page, "application/x-www-form-urlencoded", []byte(form.Encode()))
}

// newAsker is a gateway with every channel and a customer on one of them, who
// has written.
func newAsker(t *testing.T, channel channels.Kind, changes ...func(*app.Config)) *asker {
	t.Helper()
	a := &asker{till: &till{}}
	a.stripe = stripe.New(stripe.Config{Key: stripeKey, Secret: stripeSecret, Twice: true, Hook: func() string { return a.URL() }})
	base := plays(t, a.stripe)
	a.world = newWorld(t, append(changes, func(c *app.Config) {
		c.StripeKey, c.StripeWebhook, c.StripeBaseURL = stripeKey, stripeSecret, base
		c.SecretKey = base64.StdEncoding.EncodeToString(make([]byte, 32))
	})...)
	a.Clock.Stop(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC))
	address := "+13125550142"
	switch channel {
	case channels.SMS:
		a.writes = func(text string) { a.text(address, text) }
		a.photo = func() {
			at := "https://api.twilio.com/2010-04-01/Accounts/" + accountSID + "/Messages/MM1/Media/ME1"
			status, words := a.post(webhook{body: sms("Body", "", "NumMedia", "1", "MediaUrl0", at, "MediaContentType0", "image/jpeg")})
			require.Equal(t, http.StatusOK, status, words)
		}
		a.got = func() (all []string) {
			for _, m := range a.sim.Inbox(address) {
				all = append(all, m.Body)
			}
			return all
		}
	case channels.WhatsAppCloud:
		a.byWhatsApp("")
		say := func(item meta.Object) {
			_, status, err := a.graph.Say(t.Context(), a.graphDoor(), address, item)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, status)
		}
		a.writes = func(text string) { say(meta.Object{"type": "text", "text": meta.Object{"body": text}}) }
		a.photo = func() {
			say(meta.Object{"type": "image", "image": meta.Object{"id": a.graph.File("image/png", tinyPNG), "mime_type": "image/png"}})
		}
		a.got = func() (all []string) {
			for _, m := range a.graph.Inbox(address) {
				all = append(all, m.Text)
			}
			return all
		}
	default:
		address = a.visits()
	}
	a.writes("my pump leaks")
	a.tick()
	if address == "" {
		require.NoError(t, a.DB.Get(&address, `select address from addresses where address like 'v\_%'`))
	}
	a.ticket = a.ticketOf(address)
	return a
}

// visits lets the customer write from the company's website.
func (a *asker) visits() string {
	t := a.t
	a.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.WebChat, Address: siteKey, Settings: settings.SenderSettings{Origins: []string{site}}})
		return err
	})
	c := &chat{world: a.world, base: a.URL(), origin: site}
	c.enter()
	written := 0
	a.writes = func(text string) { // once each: a visitor may write ten times in a row
		written++
		status, answer := c.ask("POST", "/messages", map[string]string{"id": fmt.Sprintf("message-%d", written), "text": text})
		require.Equal(t, http.StatusAccepted, status, answer)
	}
	a.got = func() []string { // what the visitor's stream brings from its beginning to the newest of it
		var newest int
		require.NoError(t, a.DB.Get(&newest, `select count(*) from messages m join senders s on s.id = m.sender_id`))
		next, end := c.listen(0)
		defer end()
		var all []string
		for range newest {
			all = append(all, next().Text)
		}
		return all
	}
	return ""
}

// Whatever customers are asked for, wherever they write, they answer it by
// the link and by a plain reply, once.
func TestEveryRequestOnEveryChannel(t *testing.T) {
	t.Parallel()
	for name, channel := range map[string]channels.Kind{"SMS": channels.SMS, "WhatsApp": channels.WhatsAppCloud, "web chat": channels.WebChat} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAsker(t, channel)
			page, id := a.ask("approval", "message", "A new pump?")
			require.Equal(t, http.StatusSeeOther, a.clicks(page, "answer", "decline", "comment", "too dear"))
			require.Equal(t, `answered page {"approved":false,"comment":"too dear"}`, a.stands(id))
			require.Equal(t, http.StatusConflict, a.clicks(page, "answer", "approve"))
			_, id = a.ask("approval", "message", "An old pump?")
			a.writes("Yes!")
			a.tick()
			require.Equal(t, `answered text {"approved":true}`, a.stands(id))

			a.takeBack()

			page, id = a.ask("photo_video")
			var form bytes.Buffer
			w := multipart.NewWriter(&form)
			part, err := w.CreateFormFile("files", "pump.png")
			require.NoError(t, err)
			_, err = part.Write(tinyPNG)
			require.NoError(t, err)
			require.NoError(t, w.Close())
			require.Equal(t, http.StatusSeeOther, a.sends(page+"/files", w.FormDataContentType(), form.Bytes()))
			require.Contains(t, a.stands(id), "answered page ")
			if a.photo != nil {
				_, id = a.ask("photo_video")
				a.photo()
				a.tick()
				require.Contains(t, a.stands(id), "answered text ")
			}

			page, id = a.ask("payment", "amount", 500, "currency", "JPY")
			a.happens(a.stripe.Pay(t.Context(), a.checkout(page)))
			require.Equal(t, `answered page {"payment":"paid"}`, a.stands(id))

			page, id = a.ask("rating")
			require.Equal(t, http.StatusSeeOther, a.clicks(page, "score", "5"))
			require.Equal(t, `answered page {"score":5}`, a.stands(id))
			_, id = a.ask("rating")
			a.writes("★★★★")
			a.tick()
			require.Equal(t, `answered text {"score":4}`, a.stands(id))

			a.share()

			a.Clock.Stop(a.Clock.Now().Add(time.Hour)) // a yes or no could still be about what was taken back
			_, id = a.ask("resolved")
			a.writes("nope, no")
			a.tick()
			require.Equal(t, "open  null", a.stands(id), "that is no clear answer")
			a.writes("no")
			a.tick()
			require.Equal(t, `answered text {"resolved":false}`, a.stands(id))
			page, id = a.ask("resolved")
			require.Equal(t, http.StatusSeeOther, a.clicks(page, "answer", "yes"))
			require.Equal(t, `answered page {"resolved":true}`, a.stands(id))
		})
	}
}

// takeBack has a request cancelled: its page says so kindly, and neither it nor
// a plain reply answers any more.
func (a *asker) takeBack() {
	t := a.t
	page, id := a.ask("approval", "message", "A pump of gold?")
	status, text, _ := a.browse("GET", page)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "A pump of gold?")
	for range 2 {
		status, answer := a.api("POST", "/teams/"+a.team.ID+"/requests/"+id+"/cancel", nil)
		require.Equal(t, http.StatusOK, status, answer)
	}
	status, text, _ = a.browse("GET", page)
	require.Equal(t, http.StatusGone, status)
	require.Contains(t, text, "This is no longer needed")
	require.Equal(t, http.StatusGone, a.clicks(page, "answer", "approve"))
	a.writes("yes")
	a.tick()
	require.Equal(t, "cancelled  null", a.stands(id))
	_, ticket := a.api("GET", a.ticket, nil)
	var lines []string
	for _, item := range ticket["timeline"].([]any) {
		if e := item.(map[string]any); e["type"] == "request" && e["request"] == id {
			lines = append(lines, e["change"].(string))
		}
	}
	require.Equal(t, []string{"asked", "seen", "cancelled"}, lines)
}

// share sends the contact page.
func (a *asker) share() {
	_, ticket := a.api("GET", a.ticket, nil)
	status, answer := a.api("POST", fmt.Sprintf("/teams/%s/contacts/%s/share-voicehub", a.team.ID, ticket["contact"]), nil)
	require.Equal(a.t, http.StatusCreated, status, answer)
	a.tick()
	require.Contains(a.t, strings.Join(a.got(), "\n"), answer["url"])
}
