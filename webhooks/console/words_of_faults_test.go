package console_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// said are the words beside fields and in refusals of a page.
func (p page) said(t *testing.T) []string {
	t.Helper()
	document, err := html.Parse(strings.NewReader(p.text))
	require.NoError(t, err)
	var all []string
	for node := range document.Descendants() {
		class := " " + attribute(node, "class") + " "
		if !strings.Contains(class, " fault ") && !strings.Contains(class, " bad ") {
			continue
		}
		text := ""
		for inner := range node.Descendants() {
			if inner.Type == html.TextNode {
				text += inner.Data
			}
		}
		if text = strings.TrimSpace(text); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// english are words that no sentence of another of our languages holds.
var english = regexp.MustCompile(`(?i)\b(must|the|and|which|cannot|should|nothing|already|with|characters|missing)\b`)

// Every form of the console with what cannot be, read in another language: what
// is wrong is said, and not in English.
func TestWhatIsWrongIsSaidInTheReadersLanguage(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	b.post(team+"/senders", "kind", "sms", "address", "+15005550006").leadsTo(t, team+"/senders")
	b.post(team+"/contacts", "name", "Ann", "address", "+13125550142")
	b.post(team+"/contacts", "name", "Bob", "address", "+13125550143")
	ann := b.newest(team + "/contacts?q=Ann")
	b.post("/language", "language", "pl", "back", "/")

	long := strings.Repeat("x", 5000)
	for _, one := range faultyForms(team, ann, long) {
		form := url.Values{}
		if one.begin != "" {
			form = b.get(one.begin).form(t, one.form)
		}
		for name, value := range one.values {
			form.Set(name, value)
			if value == "\x00" {
				form.Del(name)
			}
		}
		answer := b.ask("POST", one.path, form)
		if answer.status < 400 || answer.status >= 500 {
			t.Errorf("%s %v: %d", one.path, short(one.values), answer.status)
			continue
		}
		words := answer.said(t)
		if len(words) == 0 {
			t.Errorf("%s %v: nothing is said", one.path, short(one.values))
		}
		for _, said := range words {
			if found := english.FindString(said); found != "" {
				t.Errorf("%s %v: %q is English: %s", one.path, short(one.values), found, said)
			}
		}
	}
}

func short(values map[string]string) map[string]string {
	said := map[string]string{}
	for name, value := range values {
		said[name] = value[:min(len(value), 30)]
	}
	return said
}

type faultyForm struct {
	path   string
	begin  string // the page whose form it is; empty: it is sent as it stands here
	form   string
	values map[string]string
}

func faultyForms(team, contact, long string) []faultyForm {
	var all []faultyForm
	each := func(path, begin, form string, rest map[string]string, field string, values ...string) {
		for _, value := range values {
			filled := map[string]string{field: value}
			for name, other := range rest {
				filled[name] = other
			}
			all = append(all, faultyForm{path, begin, form, filled})
		}
	}
	each(team+"/team", team+"/team", "team", nil, "name", " ", long, "a\tb")
	each(team+"/team", team+"/team", "team", nil, "time_zone", "", "Mars/Olympus", "Local")
	each(team+"/team", team+"/team", "team", nil, "language", "tlh")
	each(team+"/team", team+"/team", "team", nil, "allowed_countries", "USA", "1")
	for _, number := range []string{"contact_per_hour", "contact_per_day", "automatic_per_hour", "automatic_per_day", "voice.ring_seconds"} {
		each(team+"/team", team+"/team", "team", nil, number, "", "-1", "many", "99999999", "1.5")
	}
	each(team+"/team", team+"/team", "team", nil, "voice.ring_order", "", "at_random")
	each(team+"/team", team+"/team", "team", nil, "voice.greeting.text", long, "a\nb")
	each(team+"/team", team+"/team", "team", nil, "voice.menu.recording", "http://example.com/a.mp3", "media:nothing", "https://user:word@example.com", long)
	for _, option := range []map[string]string{
		{"option.0.digit": "#"},
		{"option.0.digit": "1"},
		{"option.0.digit": "12", "option.0.to": "voicemail"},
		{"option.0.digit": "1", "option.0.to": "nowhere"},
		{"option.0.digit": "1", "option.0.to": "team:" + contact},
		{"option.0.digit": "1", "option.0.advisors": contact},
		{"option.0.digit": "1", "option.0.to": "voicemail", "option.0.label": long},
	} {
		all = append(all, faultyForm{team + "/team", team + "/team", "team", option})
	}
	each(team+"/company", "", "", nil, "company", "", long, "a\nb")
	each("/teams", "", "", map[string]string{"time_zone": "UTC", "language": "pl"}, "name", "", long)
	each("/teams", "", "", map[string]string{"name": "Sales", "language": "pl"}, "time_zone", "", "Nowhere")

	schedule := map[string]string{"title": "Weekdays", "kind": "custom", "date": "2026-06-01", "from": "08:00", "end_date": "2026-06-01", "to": "17:00"}
	each(team+"/schedules", team+"/schedules/new", "schedule", schedule, "rrule", "FREQ=SOMETIMES", "WEEKLY", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;INTERVAL=0", "FREQ=SECONDLY",
		"FREQ=MONTHLY;BYMONTHDAY=99", "FREQ=DAILY;UNTIL=never", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=5;UNTIL=20270101", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;COLOUR=RED",
		"FREQ=HOURLY", "FREQ=WEEKLY;BYDAY=2TU", "FREQ=WEEKLY;BYMONTHDAY=3", "FREQ=DAILY;BYYEARDAY=3", "FREQ=MONTHLY;BYDAY=9TU", "FREQ=YEARLY;BYEASTER=1", long, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYSETPOS=1", "FREQ=DAILY;WKST=XX", "FREQ=DAILY;UNTIL=20250101")
	each(team+"/schedules", team+"/schedules/new", "schedule", map[string]string{"kind": "daily"}, "title", "", long, "a\tb")
	each(team+"/schedules", team+"/schedules/new", "schedule", map[string]string{"title": "A", "kind": "daily"}, "date", "", "31.12.2026", "2026-02-30")
	each(team+"/schedules", team+"/schedules/new", "schedule", map[string]string{"title": "A", "kind": "daily"}, "from", "", "25:00")
	each(team+"/schedules", team+"/schedules/new", "schedule", map[string]string{"title": "A", "kind": "once", "date": "2026-06-01"}, "end_date", "2001-01-01", "2029-01-01")
	each(team+"/schedules", team+"/schedules/new", "schedule", map[string]string{"title": "A", "kind": "daily"}, "advisors", contact, "nobody")
	each(team+"/schedules", team+"/schedules/new", "schedule", map[string]string{"title": "A", "kind": "daily"}, "time_zone", "", "Nowhere")
	each(team+"/schedules", team+"/schedules/new", "schedule", map[string]string{"title": "A", "kind": "weekly"}, "days", "\x00")
	each(team+"/holidays/close", "", "", nil, "date", "", "soon")

	for _, kind := range []string{"sms", "voice", "whatsapp_twilio"} {
		each(team+"/senders", "", "", map[string]string{"kind": kind}, "address", "", "55", long, "+1 500 555")
	}
	each(team+"/senders", "", "", nil, "kind", "", "fax")
	each(team+"/senders", "", "", map[string]string{"kind": "sms"}, "address", "+15005550006")
	each(team+"/senders", "", "", map[string]string{"kind": "sms", "address": "+15005550007", "auth_token": "x"}, "account_sid", "AC1", "")
	each(team+"/senders", "", "", map[string]string{"kind": "whatsapp_cloud", "address": "+15005550007"}, "phone_number_id", "", "abc")
	each(team+"/senders", "", "", map[string]string{"kind": "webchat"}, "address", "", "a b", long)

	each(team+"/contacts", "", "", map[string]string{"name": "Cid"}, "address", "", "555", long, "+13125550142")
	each(team+"/contacts", "", "", map[string]string{"address": "+13125550199"}, "name", long, "a\nb")
	at := team + "/contacts/" + contact
	each(at, "", "", map[string]string{"name": "Ann"}, "addresses", "555", "+13125550143", "+13125550142\n+13125550142")
	each(at, "", "", map[string]string{"addresses": "+13125550142"}, "name", long)
	each(at, "", "", map[string]string{"name": "Ann", "addresses": "+13125550142"}, "language", "tlh")
	each(at, "", "", map[string]string{"name": "Ann", "addresses": "+13125550142", "opted_out": "1"}, "words", long)
	each(at+"/merge", "", "", nil, "from", "", contact, "nobody", b404)
	each(at+"/merge", "", "", nil, "merge", "", "nobody")

	person := map[string]string{"name": "Eve", "email": "eve@example.com", "role": "advisor", "teams": strings.TrimPrefix(team, "/teams/")}
	with := func(name, value string) map[string]string {
		other := map[string]string{}
		for k, v := range person {
			other[k] = v
		}
		if name != "" {
			other[name] = value
		}
		return other
	}
	for _, wrong := range []map[string]string{
		with("name", ""), with("name", long), with("name", "a\nb"), with("email", ""), with("email", "eve"), with("email", "maria@example.com"), with("email", long),
		with("role", ""), with("role", "king"), with("phone", "+1"), with("phone", "+15005550006"), with("phone", long), with("teams", "none"), with("teams", ""), with("teams", b404),
	} {
		all = append(all, faultyForm{path: "/staff", values: wrong})
	}
	each("/keys", "", "", map[string]string{"name": "A"}, "scopes", "\x00", "everything")
	each("/keys", "", "", map[string]string{"scopes": "tickets:read"}, "name", long)
	each("/keys", "", "", map[string]string{"scopes": "tickets:read"}, "team", "none", b404)
	each("/account/password", "", "", map[string]string{"old_password": password}, "password", "", "short", "password123", "maria@example.com", long)
	each("/account/password", "", "", map[string]string{"password": "another good one"}, "old_password", "", "wrong")
	return all
}

const b404 = "01940000-0000-7000-8000-000000000000" // an id that nothing has
