package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// undo is the form of the notice that offers it; nil: none does.
func (p page) undo(t *testing.T) url.Values {
	t.Helper()
	document, err := html.Parse(strings.NewReader(p.text))
	require.NoError(t, err)
	for node := range document.Descendants() {
		if node.Data == "form" && strings.HasSuffix(attribute(node, "action"), "/tickets/undo") {
			return sent(node)
		}
	}
	return nil
}

// follow is the page that an answer leads to.
func (b *browser) follow(p page) page {
	b.t.Helper()
	require.Equal(b.t, http.StatusSeeOther, p.status, p.text)
	where, _, _ := strings.Cut(p.header.Get("Location"), "#")
	return b.get(where)
}

// three are tickets of people who wait.
func (b *browser) three() []string {
	b.t.Helper()
	b.begin()
	b.api("POST", "/teams/"+b.team+"/senders", map[string]any{"kind": "sms", "address": "+15005550006"})
	return []string{
		b.opened("Ann", "+13125550142", "The boiler is cold"), b.opened("Ben", "+13125550143", "Thank you"), b.opened("Cid", "+13125550144", "Hello"),
	}
}

func TestSeveralAreSetBack(t *testing.T) {
	b := newBrowser(t)
	all := b.three()
	list, undo := "/teams/"+b.team+"/tickets", "/teams/"+b.team+"/tickets/undo"
	waiting := whose(b.get(list + "?view=waiting").text)
	for _, do := range []url.Values{{"do": {"assign"}, "assignee": {b.maria()}}, {"do": {"close_unsolved"}}} {
		do["tickets"] = all
		shown := b.follow(b.ask("POST", list+"?view=waiting", do))
		require.Contains(t, shown.text, "3 tickets changed.", do)
		require.Contains(t, shown.text, `<button>Undo</button>`)
		form := shown.undo(t)
		require.Len(t, form["undo"], 3)
		back := b.ask("POST", undo, form)
		require.Contains(t, back.header.Get("Location"), "view=waiting", "to where it was done")
		require.Contains(t, b.follow(back).text, "3 tickets were set back.")
		require.Equal(t, waiting, whose(b.get(list+"?view=waiting").text), "who waits longest first, as before")
		require.Contains(t, b.follow(b.ask("POST", undo, form)).text, "0 of 3 were set back, 3 have changed since.")
	}
	require.Equal(t, 3, strings.Count(b.get(list+"?view=unassigned").text, `name="tickets"`))

	form := b.follow(b.ask("POST", list, url.Values{"do": {"close_unsolved"}, "tickets": all})).undo(t)
	b.post(list+"/"+all[1], "status", "open")
	require.Contains(t, b.follow(b.ask("POST", undo, form)).text, "2 of 3 were set back, 1 has changed since.")

	solved := b.follow(b.ask("POST", list, url.Values{"do": {"close"}, "tickets": all[:1]}))
	require.Contains(t, solved.text, "1 ticket changed.")
	require.Nil(t, solved.undo(t), "the customer is asked how it was")
	partly := b.ask("POST", list, url.Values{"do": {"close_unsolved"}, "tickets": {all[1], uuid.NewString()}})
	require.Equal(t, http.StatusUnprocessableEntity, partly.status)
	require.Len(t, partly.undo(t)["undo"], 1)
	some := b.follow(b.ask("POST", list, url.Values{"do": {"close_unsolved"}, "tickets": all}))
	require.Contains(t, some.text, "<button>Undo 1 of 3</button>", "two were closed before")
}

func TestOneTicketIsSetBack(t *testing.T) {
	b := newBrowser(t)
	ticket := "/teams/" + b.team + "/tickets/" + b.three()[0]
	b.post("/teams/"+b.team+"/labels", "name", "Warranty")
	label := regexp.MustCompile(`tickets\?label=([0-9a-f-]{36})`).FindStringSubmatch(b.get("/teams/" + b.team + "/labels").text)[1]
	for _, c := range []struct {
		said, path string
		form       []string
	}{
		{"Snoozed.", "/snooze", []string{"until", "tomorrow"}},
		{"Assignment changed.", "", []string{"assignee", b.maria()}},
		{"Labels changed.", "/labels", []string{"label", label}},
		{"Marked as done.", "", []string{"status", "done", "ask", "no"}},
		{"Closed.", "", []string{"status", "closed", "ask", "no"}},
	} {
		done := b.post(ticket+c.path, c.form...)
		done.leadsTo(t, ticket)
		shown := b.follow(done)
		require.Contains(t, shown.text, "<p>"+c.said+"</p>")
		back := b.ask("POST", "/teams/"+b.team+"/tickets/undo", shown.undo(t))
		require.Contains(t, back.header.Get("Location"), ticket+"?back=1&of=1#undo", c.said)
		after := b.follow(back).text
		require.Contains(t, after, "1 ticket was set back.", c.said)
		require.Contains(t, after, `<span class="tag good">Open</span>`, c.said)
		require.Contains(t, after, `<option value="hour">`, "%s: it is not snoozed", c.said)
		require.NotContains(t, after, `name="off"`, "%s: it has no label", c.said)
	}
	require.Nil(t, b.follow(b.post(ticket, "status", "done")).undo(t), "the customer is asked whether it is resolved")
}

// TestALinkOffersNothingToUndo: the notice is shown where its action was done, not to
// whoever is led to its address.
func TestALinkOffersNothingToUndo(t *testing.T) {
	b := newBrowser(t)
	ticket := "/teams/" + b.team + "/tickets/" + b.three()[0]
	done := b.post(ticket+"/snooze", "until", "tomorrow")
	set := strings.Join(done.header.Values("Set-Cookie"), "\n")
	require.Contains(t, set, "ringback_undo=")
	require.Contains(t, set, "Path=/teams/"+b.team+"/tickets; Max-Age=60; HttpOnly; SameSite=Lax")
	require.NotNil(t, b.follow(done).undo(t))
	require.Nil(t, b.get(ticket).undo(t), "another page of the same ticket")
	require.Nil(t, b.get(ticket+"?undo="+uuid.NewString()).undo(t))
	other := &browser{Client: anew(t), t: t, base: b.base, db: b.db, team: b.team}
	other.post("/sign-in", "email", "maria@example.com", "password", password)
	require.Nil(t, other.follow(done).undo(t), "somebody else's browser")
	for _, wrong := range []string{"?back=4&of=3", "?back=-1&of=3", "?back=1&of=1000", "?back=x&of=1"} {
		require.NotContains(t, b.get(ticket+wrong).text, `id="undo"`, wrong)
	}
}

func TestAnUndoIsLookedAt(t *testing.T) {
	b := newBrowser(t)
	all := b.three()
	list := "/teams/" + b.team + "/tickets"
	form := b.follow(b.post(list+"/"+all[0], "status", "closed", "ask", "no")).undo(t)
	for said, undo := range map[string][]string{"Cannot be read: JSON": {"{"}, "Must have at least 1 items": nil, "Nothing was changed.": {`{"ticket": "x"}`}} {
		refused := b.ask("POST", list+"/undo", url.Values{"undo": undo})
		require.Equal(t, http.StatusUnprocessableEntity, refused.status, said)
		require.Contains(t, refused.text, said)
	}
	require.Equal(t, http.StatusUnprocessableEntity, b.ask("POST", list+"/undo", url.Values{"undo": make([]string, 101)}).status)
	made := b.post("/keys", "name", "reader", "scopes", "settings:read", "team", b.team)
	key := regexp.MustCompile(`data-copy="([^"]+)"`).FindStringSubmatch(made.text)[1]
	reader := &browser{Client: anew(t), t: t, base: b.base}
	require.Equal(t, http.StatusForbidden, reader.ask("POST", list+"/undo", form, "Authorization", "Bearer "+key).status)
	require.Contains(t, b.get(list+"/"+all[0]).text, `<span class="tag wait">Closed</span>`)
	for _, next := range []string{"https://elsewhere.example", "//elsewhere.example", "/account", list + "x"} {
		form.Set("next", next)
		require.Regexp(t, `^`+list+`\?`, b.ask("POST", list+"/undo", form).header.Get("Location"), next)
	}
}

// TestManyAreSetBack: as many as are changed at once, although no cookie holds them.
func TestManyAreSetBack(t *testing.T) {
	b := newBrowser(t)
	all := b.three()
	contact := b.api("POST", "/teams/"+b.team+"/contacts", map[string]any{"name": "Dee", "addresses": []map[string]string{{"kind": "phone", "address": "+13125550145"}}})
	for n := len(all); n < 100; n++ {
		all = append(all, b.api("POST", "/teams/"+b.team+"/tickets", map[string]any{"contact": contact, "text": fmt.Sprint("No. ", n)}))
	}
	list := "/teams/" + b.team + "/tickets"
	shown := b.ask("POST", list, url.Values{"do": {"close_unsolved"}, "tickets": all})
	require.Equal(t, http.StatusOK, shown.status)
	form := shown.undo(t)
	require.Len(t, form["undo"], 100)
	require.Contains(t, b.follow(b.ask("POST", list+"/undo", form)).text, "100 tickets were set back.")
}

// TestTheQuestionBeforeTwoBecomeOne says which two, and which of them is left.
func TestTheQuestionBeforeTwoBecomeOne(t *testing.T) {
	b := newBrowser(t)
	b.three()
	id := func(name string) string {
		var id string
		require.NoError(t, b.db.Get(&id, `select id from contacts where name = $1`, name))
		return id
	}
	ann, ben := "/teams/"+b.team+"/contacts/"+id("Ann"), id("Ben")
	found := b.get(ann + "?merge=Ben").text
	require.Contains(t, found, `name="from" value="`+ben+`"`)
	named := regexp.MustCompile(`name="named" value="([^"]+)"><input type="hidden" name="into_named" value="([^"]+)"`).FindStringSubmatch(found)
	asked := b.post(ann+"/merge", "sure", "no", "from", ben, "named", html.UnescapeString(named[1]), "into_named", html.UnescapeString(named[2]))
	require.Equal(t, http.StatusOK, asked.status)
	for _, said := range []string{
		"Make one customer of these two?", "Nothing brings the two apart again.", "Yes, merge them", `name="from" value="` + ben + `"`,
	} {
		require.Contains(t, asked.text, said)
	}
	require.Regexp(t, `Ben [^<]*555[^<]*0143 becomes part of Ann [^<]*555[^<]*0142: tickets, messages, notes`, asked.text)
	require.Contains(t, b.get("/teams/"+b.team+"/contacts/"+ben).text, "Ben", "nothing is done yet")
	b.post(ann+"/merge", "from", ben).leadsTo(t, ann)
}

// TestWhatEndsOrIsWithdrawnAsksFirst, in words of its own.
func TestWhatEndsOrIsWithdrawnAsksFirst(t *testing.T) {
	b := newBrowser(t)
	ticket := "/teams/" + b.team + "/tickets/" + b.three()[0]
	for path, said := range map[string][]string{
		ticket + "/planned":                      {"Not send this message?", "Do not send it"},
		ticket + "/cancel":                       {"Withdraw this request?", "Yes, withdraw it"},
		"/account/sessions":                      {"Sign out there?", "Yes, sign out"},
		"/staff/" + b.maria() + "/second-factor": {"Reset the second factor of this person?", "Yes, reset it"},
		"/staff/" + b.maria() + "/disconnect":    {"Disconnect this person?", "Yes, disconnect"},
		ticket + "/join":                         {"Make one customer of these two?", "Yes, merge them"},
	} {
		asked := b.post(path, "sure", "no", "named", "<b>it</b>")
		require.Equal(t, http.StatusOK, asked.status, path)
		for _, words := range append(said, "&lt;b&gt;it&lt;/b&gt;", `name="sure" value="yes"`, `action="`+path+`"`) {
			require.Contains(t, asked.text, words, path)
		}
	}
}
