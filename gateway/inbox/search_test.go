package inbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/settings/staff"
)

// seen are what was found, in a word each.
func (w world) seen(who staff.Principal, text string) []string {
	w.Helper()
	found, err := w.desk.Search(w.Context(), who, text, 10)
	require.NoError(w, err, text)
	said := []string{}
	for _, one := range found {
		switch one.Kind {
		case "contact":
			said = append(said, "contact "+one.Name+" "+one.Address)
		case "ticket":
			said = append(said, "ticket of "+one.Name)
		default:
			said = append(said, "message: "+one.Text)
		}
	}
	return said
}

func TestSearch(t *testing.T) {
	w := newWorld(t)
	ann := w.opened("+12025550101", "Anna Kowalski", "message", 0, "The boiler's cold; it says E-119, call +1 (312) 555-0199")
	w.opened("+493012345678", "Jürgen Müller", "message", 1, "Gaszähler 4711 tropft")
	w.wrote(ann, "automation", "We saw that your boiler is cold", 2)
	w.wrote(ann, "advisor", "A plumber comes tomorrow", 3)
	const anna, juergen, cold = "contact Anna Kowalski +12025550101", "contact Jürgen Müller +493012345678", "message: The boiler's cold; it says E-119, call +1 (312) 555-0199"
	for text, want := range map[string][]string{
		"anna":              {anna},
		"kowal":             {anna},
		"Kowalsky":          {anna},
		"kowlaski":          {anna},
		"Ana Kowaski":       {anna},
		"müler":             {juergen},
		"+1202":             {anna},
		"202 555-0101":      {anna},
		"(202) 555 0101":    {anna},
		"030 12345678":      {juergen},
		"0049 30 12345678":  {juergen},
		"boiler":            {cold},
		"BOIL cold":         {cold},
		"boiler tropft":     {},
		"e-119":             {cold},
		"4711":              {"message: Gaszähler 4711 tropft"},
		"plumber":           {"message: A plumber comes tomorrow"},
		"your":              {},
		"1001":              {"ticket of Anna Kowalski"},
		"#1002":             {"ticket of Jürgen Müller"},
		"#99":               {},
		"boiler ' | ! & \\": {cold},
		"boiler' | 'tropft": {},
		"50%":               {},
	} {
		require.Equal(t, want, w.seen(w.who, text), text)
	}
	found, err := w.desk.Search(t.Context(), w.who, "plumber", 10)
	require.NoError(t, err)
	require.Equal(t, ann, *found[0].Ticket)
	require.Equal(t, []string{w.team.ID, "Service", "Anna Kowalski"}, []string{found[0].Team, found[0].TeamName, found[0].Name})
	require.EqualValues(t, 1001, *found[0].Number)

	for text, wrong := range map[string]string{"": "q: empty", " ": "q: empty", "?!": "q: empty", long(101): "q: too_long", "a\x00": "q: unstorable", "\xff": "q: unstorable"} {
		_, err := w.desk.Search(t.Context(), w.who, text, 10)
		require.Equal(t, []string{wrong}, codes(t, err), text)
	}
}

// What a voicemail says in writing finds it and its ticket, with the words around what
// was looked for.
func TestSearchOfVoicemails(t *testing.T) {
	w := newWorld(t)
	id := w.opened("+12025550101", "Anna Kowalski", "voicemail", 0, "")
	_, err := w.db.Exec(`insert into media (company_id, id, team_id, contact_id, ticket_id, call_id, state, content_type, transcript, created_at)
		select company_id, gen_random_uuid(), team_id, contact_id, id, gen_random_uuid(), 'stored', 'audio/wav', $2, $3 from tickets where id = $1`,
		id, strings.Repeat("Well, hello. ", 30)+"The chimney smokes again. "+strings.Repeat("Bye. ", 40), noon)
	require.NoError(t, err)
	for _, words := range []string{"chimney", "CHIM smoke"} {
		found, err := w.desk.Search(t.Context(), w.who, words, 10)
		require.NoError(t, err)
		require.Len(t, found, 1, words)
		require.Equal(t, []string{"voicemail", id, "Anna Kowalski", "Service"}, []string{found[0].Kind, *found[0].Ticket, found[0].Name, found[0].TeamName})
		require.Contains(t, found[0].Text, "The chimney smokes again.")
		require.Less(t, len(found[0].Text), 200)
		tickets, err := w.desk.Tickets(t.Context(), w.who, w.team.ID, inbox.TicketFilter{View: "all", Text: words}, inbox.Place{}, 10)
		require.NoError(t, err)
		require.Len(t, tickets, 1)
	}
	for name, who := range map[string]staff.Principal{"no team": {CompanyID: w.team.CompanyID, Teams: []string{}}, "another company": {CompanyID: id}} {
		require.Empty(t, w.seen(who, "chimney"), name)
	}
	require.Empty(t, w.seen(w.who, "chimney boiler"))
}

// Somebody of another team finds nothing of this one's, whatever they look for,
// and nobody anything of another company's.
func TestSearchWithinReach(t *testing.T) {
	w := newWorld(t)
	w.opened("+12025550101", "Anna Kowalski", "message", 0, "The boiler is cold "+w.team.ID)
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Sales", "America/Chicago"
	other, err := settings.CreateTeam(t.Context(), w.db, w.team.CompanyID, "test", team)
	require.NoError(t, err)
	many := []string{other.ID} // of more teams than are named to an index
	for range 30 {
		many = append(many, uuid.NewString())
	}
	for _, text := range []string{"anna", "kowalsky", "+12025550101", "5550101", "boiler", "1001", "#1001", w.team.ID} {
		for name, who := range map[string]staff.Principal{
			"another team":    {CompanyID: w.team.CompanyID, Teams: []string{other.ID}},
			"many other ones": {CompanyID: w.team.CompanyID, Teams: many},
			"no team":         {CompanyID: w.team.CompanyID, Teams: []string{}},
			"another company": {CompanyID: other.ID},
			"of our team":     {CompanyID: other.ID, Teams: []string{w.team.ID}},
		} {
			require.Empty(t, w.seen(who, text), "%s: %s", name, text)
		}
		if text == w.team.ID { // of which Postgres makes several words
			continue
		}
		require.NotEmpty(t, w.seen(staff.Principal{CompanyID: w.team.CompanyID, Teams: []string{other.ID, w.team.ID}}, text), text)
		require.NotEmpty(t, w.seen(staff.Principal{CompanyID: w.team.CompanyID}, text), text)
	}
	_, err = w.desk.Tickets(t.Context(), w.who, other.ID, inbox.TicketFilter{Text: "boiler"}, inbox.Place{}, 10)
	require.NoError(t, err)
	found, err := w.desk.Tickets(t.Context(), w.who, other.ID, inbox.TicketFilter{Text: "boiler"}, inbox.Place{}, 10)
	require.NoError(t, err)
	require.Empty(t, found)
}

// Words that many write are found among the newest, and rare ones wherever they are.
func TestSearchOfMany(t *testing.T) {
	w := newWorld(t)
	id := w.opened("+12025550101", "Anna Kowalski", "message", 0, "the one about the chimney")
	_, err := w.db.Exec(`
		insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, at)
		select $1, ('ffffffff-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, $2, $2, $3, $2, 'customer', 'hello ' || case when n % 100 = 0 then 'boiler' else 'there' end, $4::timestamptz + n * interval '1 minute'
		from generate_series(1, 1000) n`, w.team.CompanyID, w.team.ID, id, noon)
	require.NoError(t, err)
	require.Len(t, w.seen(w.who, "hello"), 10)
	require.Len(t, w.seen(w.who, "boiler"), 10, "of two weeks")
	require.Equal(t, []string{"message: the one about the chimney"}, w.seen(w.who, "chimney"))
	w.clock.Stop(noon.AddDate(1, 0, 0))
	require.Equal(t, []string{"message: the one about the chimney"}, w.seen(w.who, "chimney"), "a year later")
	require.Len(t, w.seen(w.who, "boiler"), 10)
}

// What many wrote a year ago is found with the newest first, over as many weeks as it
// was written in, and so is what they wrote before that.
func TestSearchOfLastWinter(t *testing.T) {
	w := newWorld(t)
	id := w.opened("+12025550101", "Anna Kowalski", "message", 0, "hello")
	_, err := w.db.Exec(`
		insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, at)
		select $1, ('00000000-0000-7000-8000-' || lpad((10000 - n)::text, 12, '0'))::uuid, $2, $2, $3, $2, 'customer', case when n > 0 then 'chimney ' || n || case when n % 300 = 0 then ' sooty' else '' end else 'mower' end,
			$4::timestamptz - case when n > 0 then interval '300 days' else interval '1 day' end - n * interval '2 hours'
		from generate_series(-600, 3000) n`, w.team.CompanyID, w.team.ID, id, noon)
	require.NoError(t, err)
	for words, want := range map[string][]int{
		"chimney": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "chimney sooty": {300, 600, 900, 1200, 1500, 1800, 2100, 2400, 2700, 3000},
	} {
		found, err := w.desk.Search(t.Context(), w.who, words, 10)
		require.NoError(t, err)
		require.Len(t, found, 10, words)
		for n, one := range found {
			require.Contains(t, one.Text, fmt.Sprintf("chimney %d", want[n]), words)
		}
	}
	found, err := w.desk.Search(t.Context(), w.who, "chimney", 50)
	require.NoError(t, err)
	require.Len(t, found, 50)
	require.True(t, slices.IsSortedFunc(found, func(a, b inbox.Found) int { return b.At.Compare(a.At) }))
}
