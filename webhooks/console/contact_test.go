package console_test

import (
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheContactsPageIsOneTimeline: what was said, what became of tickets and of
// consent stand in one list, with the way to each ticket.
func TestTheContactsPageIsOneTimeline(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.api("POST", "/teams/"+b.team+"/senders", map[string]any{"kind": "sms", "address": "+15005550006"})
	ann := b.api("POST", "/teams/"+b.team+"/contacts", map[string]any{"name": "Ann Kowalski", "addresses": []map[string]string{{"address": "+13125550142"}}})
	page := "/teams/" + b.team + "/contacts/" + ann
	require.Contains(t, b.get(page).text, "Nothing has happened with them yet.")
	ticket := b.api("POST", "/teams/"+b.team+"/tickets", map[string]any{"contact": ann, "text": "The boiler is cold"})
	b.api("POST", "/teams/"+b.team+"/tickets/"+ticket+"/notes", map[string]any{"text": "An old one"})
	b.api("PATCH", "/teams/"+b.team+"/contacts/"+ann, map[string]any{"opted_out": true, "words": "No more, please"})
	b.clock.Stop(time.Date(2027, 5, 4, 12, 0, 0, 0, time.UTC)) // what is played counts, not the database's
	b.api("PATCH", "/teams/"+b.team+"/contacts/"+ann, map[string]any{"blocked": true})
	text := b.get(page).text
	require.Regexp(t, `Open tickets: <a href="/teams/`+b.team+`/tickets/`+ticket+`">#1001</a>`, text)
	_, story, _ := strings.Cut(text, `<ol class="bubbles`)
	story, _, _ = strings.Cut(story, "</ol>")
	for _, said := range []string{"The boiler is cold", "An old one", "Ticket opened", "Opted out: <q>No more, please</q> · Recorded by staff", "<span>Blocked"} {
		require.Contains(t, story, said)
	}
	require.Regexp(t, `<span>Blocked[^<]*<time datetime="2027-05-04T12:00:00Z"`, story)
	require.Equal(t, 3, strings.Count(story, `<a href="/teams/`+b.team+`/tickets/`+ticket+`">#1001</a>`), "of the message, the note and the change")
	for _, reached := range []string{`name="blocked" value="no"`, `name="name"`, `action="#merging"`, page + "/export", page + "/erase", "/tickets?status=all&amp;contact=" + ann, "/decisions?contact=" + ann} {
		require.Contains(t, text, reached)
	}
}

var older = regexp.MustCompile(`href="(\?cursor=[^"]+)">Show older`)

func TestTheContactsTimelineGoesOnBehindThePage(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.api("POST", "/teams/"+b.team+"/senders", map[string]any{"kind": "sms", "address": "+15005550006"})
	ticket := b.opened("Ann Kowalski", "+13125550142", "The boiler is cold")
	_, err := b.db.Exec(`insert into notes (company_id, id, team_id, contact_id, ticket_id, who, text, at)
		select company_id, gen_random_uuid(), team_id, contact_id, id, 'Maria', 'Note ' || n, opened_at + n * interval '1 minute' from tickets, generate_series(1, 120) n where id = $1`, ticket)
	require.NoError(t, err)
	var contact string
	require.NoError(t, b.db.Get(&contact, `select contact_id from tickets where id = $1`, ticket))
	page := "/teams/" + b.team + "/contacts/" + contact
	next, notes := "", 0
	for range 3 {
		text := b.get(page + next).text
		for _, note := range regexp.MustCompile(`<p>Note (\d+)</p>`).FindAllStringSubmatch(text, -1) {
			require.Equal(t, strconv.Itoa(120-notes), note[1])
			notes++
		}
		if found := older.FindStringSubmatch(text); found != nil {
			next = html.UnescapeString(found[1])
		} else {
			next = ""
		}
	}
	require.Equal(t, 120, notes)
	require.Empty(t, next)
	require.Equal(t, http.StatusUnprocessableEntity, b.get(page+"?cursor=x").status)
}

// TestAListThatIsRefused says in the reader's words where it is wrong; what is wrong
// stands at the form alone.
func TestAListThatIsRefused(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	for language, says := range map[string][]string{
		"en": {"Line 3, phone: ", "<p>Nothing was changed.</p>"},
		"pl": {"Wiersz 3, phone: ", "<p>Nic nie zostało zmienione.</p>"},
	} {
		b.post("/language", "language", language, "next", "/")
		p := b.sendFiles("/teams/"+b.team+"/contacts/import", nil, map[string]string{"list": "phone,name\n+13125550171,Ida\n12,Jo\n"})
		require.Equal(t, http.StatusUnprocessableEntity, p.status)
		for _, one := range says {
			require.Contains(t, p.text, one)
		}
		p = b.sendFiles("/teams/"+b.team+"/contacts/import", nil, map[string]string{"list": "phone,name\n+13125550171\n"})
		require.Contains(t, p.text, says[0][:len(says[0])-len(" 3, phone: ")]+" 2: ")
	}
}
