package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"ringback/gateway/contacts"
	"ringback/gateway/tickets"
	"ringback/settings"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// opened is a ticket of somebody who wrote on the company's site.
func (b *browser) opened(name, number, text string) string {
	b.t.Helper()
	contact := b.api("POST", "/teams/"+b.team+"/contacts", map[string]any{"name": name, "addresses": []map[string]string{{"kind": "phone", "address": number}}})
	return b.api("POST", "/teams/"+b.team+"/tickets", map[string]any{"contact": contact, "text": text})
}

// whose are the names in a list, in its order.
func whose(text string) []string {
	names := []string{}
	for _, found := range regexp.MustCompile(`<strong>([^<]+)</strong>`).FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	return names
}

func TestTheInboxIsWorkedThrough(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.api("POST", "/teams/"+b.team+"/senders", map[string]any{"kind": "sms", "address": "+15005550006"})
	ann, ben := b.opened("Ann Kowalski", "+13125550142", "The boiler is cold"), b.opened("Ben Ortiz", "+13125550143", "Thank you")
	page := "/teams/" + b.team + "/tickets"
	require.Equal(t, []string{"Ben Ortiz", "Ann Kowalski"}, whose(b.get(page).text))
	require.Equal(t, []string{"Ann Kowalski", "Ben Ortiz"}, whose(b.get(page+"?view=waiting").text), "who waits longest first")
	require.Contains(t, b.get(page+"?view=waiting").text, "waiting 0 min")
	require.Empty(t, whose(b.get(page+"?view=mine").text))
	require.Equal(t, http.StatusUnprocessableEntity, b.get(page+"?view=yours").status)

	all := b.get(page).text
	require.Contains(t, all, "<title>(2) ")
	require.Equal(t, 2, strings.Count(all, `class="unread"`))
	read := b.get(page + "/" + ann).text
	require.Contains(t, read, "<title>(1) ")
	require.Equal(t, 1, strings.Count(b.get(page).text, `class="unread"`))

	require.Equal(t, http.StatusSeeOther, b.post("/teams/"+b.team+"/labels", "name", "Warranty").status)
	require.Contains(t, b.post("/teams/"+b.team+"/labels", "name", "warranty").text, "there is a label of that name already")
	label := regexp.MustCompile(`tickets\?label=([0-9a-f-]{36})`).FindStringSubmatch(b.get("/teams/" + b.team + "/labels").text)[1]
	require.Equal(t, http.StatusSeeOther, b.post(page+"/"+ann+"/labels", "label", label).status)
	require.Equal(t, []string{"Ann Kowalski"}, whose(b.get(page+"?label="+label).text))
	require.Equal(t, http.StatusUnprocessableEntity, b.post(page+"/"+ann+"/labels", "label", "x").status)
	require.Equal(t, http.StatusSeeOther, b.post(page+"/"+ann+"/labels", "off", label).status)
	require.Empty(t, whose(b.get(page+"?label="+label).text))
	drop := "/teams/" + b.team + "/labels/" + label + "/delete"
	asked := b.post(drop, "named", "<b>warranty</b>", "sure", "no")
	require.Equal(t, http.StatusOK, asked.status)
	require.Contains(t, asked.text, "Remove this label from the team and from all tickets?")
	require.Contains(t, asked.text, "&lt;b&gt;warranty&lt;/b&gt;")
	require.Contains(t, asked.text, `name="sure" value="yes"`)
	require.Contains(t, b.get("/teams/"+b.team+"/labels").text, label, "nothing is gone yet")
	require.Equal(t, http.StatusSeeOther, b.post(drop).status)

	for _, until := range []string{"hour", "evening", "tomorrow", "monday"} {
		require.Equal(t, http.StatusSeeOther, b.post(page+"/"+ben+"/snooze", "until", until).status, until)
		require.Equal(t, []string{"Ann Kowalski"}, whose(b.get(page+"?view=unassigned").text), until)
		require.Contains(t, b.get(page).text, "Snoozed until", until)
	}
	require.Equal(t, http.StatusSeeOther, b.post(page+"/"+ben+"/snooze").status, "brought back")
	require.Equal(t, []string{"Ben Ortiz", "Ann Kowalski"}, whose(b.get(page+"?view=unassigned").text))

	require.Equal(t, http.StatusUnprocessableEntity, b.post(page, "do", "close").status, "none is chosen")
	refused := b.post(page, "do", "assign", "assignee", uuid.NewString(), "tickets", ann)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.text, "Ann Kowalski: ")
	partly := b.ask("POST", page+"?view=waiting", url.Values{"do": {"close_unsolved"}, "tickets": {ann, uuid.NewString()}})
	require.Equal(t, http.StatusUnprocessableEntity, partly.status)
	require.Contains(t, partly.text, "1 ticket changed.")
	done := b.post(page+"?view=waiting", "do", "close_unsolved", "tickets", ben)
	require.Equal(t, http.StatusSeeOther, done.status)
	require.Empty(t, whose(b.get(page+"?view=waiting").text))
	require.Equal(t, []string{"Ben Ortiz", "Ann Kowalski"}, whose(b.get(page+"?status=closed").text))
}

func TestSearchingEverything(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.api("POST", "/teams/"+b.team+"/senders", map[string]any{"kind": "sms", "address": "+15005550006"})
	ann := b.opened("Ann Kowalski", "+13125550142", "The boiler is cold")
	require.Contains(t, b.get("/teams/"+b.team+"/tickets").text, `action="/search"`)
	require.Equal(t, http.StatusOK, b.get("/search").status)
	for text, leads := range map[string]string{
		"kowalsky": "/contacts/", "312+555+0142": "/contacts/", "boil": "/tickets/" + ann, "%231001": "/tickets/" + ann,
	} {
		found := b.get("/search?q=" + text).text
		require.Equal(t, []string{"Ann Kowalski"}, whose(found), text)
		require.Contains(t, found, "/teams/"+b.team+leads, text)
	}
	require.Contains(t, b.get("/search?q=zebra").text, "Nothing found.")
	require.Equal(t, http.StatusUnprocessableEntity, b.get("/search?q=%3F").status)
	require.Equal(t, http.StatusUnprocessableEntity, b.get("/search?q="+strings.Repeat("x", 101)).status)
}

// forged is a ticket of somebody who typed a customer's number into the form of the
// contact page.
func (b *browser) forged(name, number, text string) {
	b.t.Helper()
	tx, err := b.db.BeginTxx(b.t.Context(), nil)
	require.NoError(b.t, err)
	defer func() { require.NoError(b.t, tx.Commit()) }()
	var company, owner string
	require.NoError(b.t, tx.QueryRowx(`select company_id, contact_id from addresses where address = $1`, number).Scan(&company, &owner))
	team, err := settings.Load(b.t.Context(), tx, company, b.team)
	require.NoError(b.t, err)
	who, err := contacts.Unproven(b.t.Context(), tx, company, b.team, name)
	require.NoError(b.t, err)
	_, err = tickets.Created{
		CompanyID: company, TeamID: b.team, ContactID: who.ID, Text: text, At: b.clock.Now(), ClaimedID: owner, ClaimedAddress: number,
	}.Create(b.t.Context(), tx, team)
	require.NoError(b.t, err)
}

// TestAFormIsJoinedToACustomer: what the contact page brought stands apart with a
// word, and is the customer's with one press.
func TestAFormIsJoinedToACustomer(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.api("POST", "/teams/"+b.team+"/senders", map[string]any{"kind": "sms", "address": "+15005550006"})
	b.opened("Ann Kowalski", "+13125550142", "The boiler is cold")
	b.forged("Mallory", "+13125550142", "Cancel it")
	page := "/teams/" + b.team + "/tickets"
	list := b.get(page).text
	require.Equal(t, []string{"Mallory", "Ann Kowalski"}, whose(list))
	require.Equal(t, 1, strings.Count(list, "Not verified"))
	require.Equal(t, []string{"Mallory", "Ann Kowalski"}, whose(b.get(page+"?q=3125550142").text), "it is found by the number")
	forged := regexp.MustCompile(`tickets/([0-9a-f-]{36})">\s*<span class="inbox-who">(?:<span[^>]*></span><span[^>]*>[^<]*</span>)?<strong>Mallory`).FindStringSubmatch(list)[1]
	ticket := b.get(page + "/" + forged).text
	require.Contains(t, ticket, "Not verified that this is Ann Kowalski")
	require.NotContains(t, ticket, `name="blocked"`)
	ann := regexp.MustCompile(`/contacts/([0-9a-f-]{36})">Open the contact`).FindStringSubmatch(ticket)[1]
	require.Contains(t, b.get("/teams/"+b.team+"/contacts/"+ann).text, "May not be from them")
	require.Equal(t, http.StatusSeeOther, b.post(page+"/"+forged+"/join").status)
	require.Equal(t, []string{"Ann Kowalski", "Ann Kowalski"}, whose(b.get(page).text))
	require.NotContains(t, b.get(page+"/"+forged).text, "Not verified")
	require.Equal(t, http.StatusSeeOther, b.post(page+"/"+forged+"/join").status, "twice changes nothing")
}
