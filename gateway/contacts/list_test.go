package contacts_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
)

// TestAListOfContacts: a file in; its rows, or what is wrong with it, out.
func TestAListOfContacts(t *testing.T) {
	joe := contacts.Row{Line: 2, Name: "Joe", Phone: "+13125550142"}
	for name, c := range map[string]struct {
		file string
		want []contacts.Row
	}{
		"only phones":           {"phone\n+13125550142\n", []contacts.Row{{Line: 2, Phone: "+13125550142"}}},
		"columns in any order":  {"opted_out,phone,language,name\nyes,+13125550142,pl,Joe\n", []contacts.Row{{2, "Joe", "+13125550142", "pl", true}}},
		"capitals and spaces":   {" Name , PHONE\n Joe , +13125550142 \n", []contacts.Row{joe}},
		"semicolons":            {"name;phone\nJoe;+13125550142\n", []contacts.Row{joe}},
		"a spreadsheet's mark":  {"\ufeffname,phone\nJoe,+13125550142\n", []contacts.Row{joe}},
		"a spreadsheet's lines": {"name,phone\r\nJoe,+13125550142\r\n", []contacts.Row{joe}},
		"our own export":        {"name,phone\n'Joe,'+13125550142\n", []contacts.Row{joe}},
		"a comma in a name":     {"name,phone\n\"Joe, jr.\",+13125550142\n", []contacts.Row{{Line: 2, Name: "Joe, jr.", Phone: "+13125550142"}}},
		"no rows":               {"name,phone\n", []contacts.Row{}},
		"words of yes and no": {"phone,opted_out\n+13125550141,YES\n+13125550142,true\n+13125550143,1\n+13125550144,No\n+13125550145,0\n+13125550146,\n", []contacts.Row{
			{2, "", "+13125550141", "", true},
			{3, "", "+13125550142", "", true},
			{4, "", "+13125550143", "", true},
			{5, "", "+13125550144", "", false},
			{6, "", "+13125550145", "", false},
			{7, "", "+13125550146", "", false},
		}},
	} {
		rows, err := contacts.ReadList([]byte(c.file))
		require.NoError(t, err, name)
		require.Equal(t, c.want, rows, name)
	}
}

func TestWhatIsWrongWithAList(t *testing.T) {
	for file, want := range map[string][]string{
		"":                                      {"line 1"},
		"name,phone,nick\n":                     {"line 1"},
		"name,name,phone\n":                     {"line 1"},
		"name\nJoe\n":                           {"line 1"},
		"phone\x00\n":                           {""},
		"phone\n\xff\n":                         {""},
		"phone\n12345\n":                        {"line 2, phone"},
		"phone\n\n+13125550142\n+13125550142\n": {"line 4, phone"},
		"phone,opted_out\n+13125550142,maybe\n+13125550143,x\n":       {"line 2, opted_out", "line 3, opted_out"},
		"phone,language\n+13125550142,tlhklingon\n":                   {"line 2, language"},
		"phone,name\n+13125550142\n":                                  {"line 2"},
		"phone,name\n+13125550142,\"Joe\n":                            {"line 2"},
		"phone,name\n+13125550142," + strings.Repeat("ó", 201) + "\n": {"line 2, name"},
	} {
		_, err := contacts.ReadList([]byte(file))
		var faults settings.Invalid
		require.ErrorAs(t, err, &faults, "%q", file)
		var fields []string
		for _, f := range faults {
			fields = append(fields, f.Field)
			require.NotEmpty(t, f.Code)
		}
		require.Equal(t, want, fields, "%q", file)
	}
}

// TestAListThatIsWrongEverywhereIsNotReadToItsEnd
func TestAListThatIsWrongEverywhereIsNotReadToItsEnd(t *testing.T) {
	_, err := contacts.ReadList([]byte("phone\n" + strings.Repeat("nobody\n", 5000)))
	var faults settings.Invalid
	require.True(t, errors.As(err, &faults))
	require.Len(t, faults, 100)
}

func TestAListOfColumnsThatAreWrongEverywhereIsNotReadToItsEnd(t *testing.T) {
	for _, head := range []string{strings.Repeat("who,", 5000), strings.Repeat("phone,", 5000)} {
		_, err := contacts.ReadList([]byte(head + "\n"))
		var wrong settings.Invalid
		require.ErrorAs(t, err, &wrong)
		require.Len(t, wrong, 100)
	}
}

// TestAListComesBackAsItWasWritten, whatever stands in its names.
func TestAListComesBackAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringMatching(`([A-Za-zÀ-ž"',;.-][A-Za-zÀ-ž"',;. -]{0,20}[A-Za-zÀ-ž"])?`), 1, 9).Draw(t, "names")
		var file bytes.Buffer
		out := csv.NewWriter(&file)
		_ = out.Write([]string{"name", "phone", "opted_out"})
		want := []contacts.Row{}
		for n, name := range names {
			phone, stopped := fmt.Sprintf("+1312555%04d", n), n%2 == 0
			_ = out.Write([]string{name, phone, map[bool]string{true: "yes"}[stopped]})
			want = append(want, contacts.Row{Line: n + 2, Name: strings.TrimSpace(strings.TrimPrefix(name, "'")), Phone: phone, OptedOut: stopped})
		}
		out.Flush()
		rows, err := contacts.ReadList(file.Bytes())
		require.NoError(t, err)
		require.Equal(t, want, rows)
	})
}

func FuzzAListIsReadOrRefused(f *testing.F) {
	f.Add([]byte("name,phone,language,opted_out\nJoe,+13125550142,en,no\n"))
	f.Add([]byte("phone;name\n\"+1312\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, err := contacts.ReadList(file)
		var faults settings.Invalid
		if err != nil && !errors.As(err, &faults) {
			t.Fatalf("%q: %v", file, err)
		}
		for _, r := range rows {
			if settings.PhoneFault(r.Phone) != "" {
				t.Fatalf("%q: %q was taken for a phone", file, r.Phone)
			}
		}
	})
}

// TestAnImportAddsAndTakesNothing: what a list leaves out stays, an opt-out is
// taken over, and the lack of one opts nobody in.
func TestAnImportAddsAndTakesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	known := w.meet(t, w.service, w.first, channels.SMS, "+13125550141", "Joe").ID
	stopped := w.meet(t, w.service, w.first, channels.SMS, "+13125550142", "Ann").ID
	w.consents(t, w.service, stopped, "", true, noon)
	theirs := w.meet(t, w.sales, w.others, channels.SMS, "+13125550143", "Sue").ID
	done, err := contacts.Import(t.Context(), w.db, w.actor(w.service), []contacts.Row{
		{Line: 2, Phone: "+13125550141", Language: "pl", OptedOut: true},
		{Line: 3, Phone: "+13125550142", Name: "Anna"},
		{Line: 4, Phone: "+13125550143"},
		{Line: 5, Phone: "+13125550144", Name: "New", OptedOut: true},
	})
	require.NoError(t, err)
	require.Equal(t, contacts.Imported{Lines: 4, Created: 1, Updated: 3, OptedOut: 2}, done)
	type card struct {
		name, language string
		out            bool
	}
	look := func(team, id string) card {
		c, err := contacts.Find(t.Context(), w.db, w.company, team, id)
		require.NoError(t, err)
		return card{c.Name, c.Language, c.OptedOut}
	}
	require.Equal(t, card{"Joe", "pl", true}, look(w.service, known))
	require.Equal(t, card{"Anna", "", true}, look(w.service, stopped))
	require.Equal(t, card{"Sue", "", false}, look(w.service, theirs), "met by this team as well now")
	require.Equal(t, card{"Sue", "", false}, look(w.sales, theirs))
	again, err := contacts.Import(t.Context(), w.db, w.actor(w.service), []contacts.Row{{Line: 2, Phone: "+13125550141", OptedOut: true}})
	require.NoError(t, err)
	require.Equal(t, contacts.Imported{Lines: 1, Updated: 1}, again, "who is opted out already needs no new evidence")
}

// TestSearch: the beginning of a name, of a last name or of a number as people
// write it; of the team's own customers.
func TestSearch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for number, name := range map[string]string{
		"+13125550141": "Joe Smith", "+13125550142": "Joan Öztürk", "+13125550143": "50% off_sale", "+48601234567": "Łukasz Żak", "+13125550145": "",
	} {
		w.meet(t, w.service, w.first, channels.SMS, number, name)
	}
	w.meet(t, w.sales, w.others, channels.SMS, "+13125550149", "Joe Sales")
	w.meet(t, w.service, w.first, channels.WebChat, "13125550000", "Web Visitor")
	for text, want := range map[string][]string{
		"jo":              {"Joan Öztürk", "Joe Smith"},
		"JOE":             {"Joe Smith"},
		"smi":             {"Joe Smith"},
		"mith":            {"Joe Smith"}, // one letter off
		"ith":             {},
		"smyth":           {"Joe Smith"},
		"jo smyth":        {"Joe Smith"},
		"ztürk joan":      {"Joan Öztürk"},
		"312 555 0141":    {"Joe Smith"},
		"0312 555 0141":   {"Joe Smith"},
		"özt":             {"Joan Öztürk"},
		"żak":             {"Łukasz Żak"},
		"50%":             {"50% off_sale"},
		"%":               {},
		"_":               {},
		`\`:               {},
		"off":             {"50% off_sale"},
		"+48 601 234":     {"Łukasz Żak"},
		"48601":           {"Łukasz Żak"},
		"(312) 555":       {},
		"1 (312) 555-01":  {"", "50% off_sale", "Joan Öztürk", "Joe Smith"},
		"+1.312.555.0141": {"Joe Smith"},
		"nobody":          {},
		" joe ":           {"Joe Smith"},
	} {
		found, err := contacts.Search(t.Context(), w.db, w.company, w.service, text, 9)
		require.NoError(t, err, text)
		names := []string{}
		for _, c := range found {
			names = append(names, c.Name)
		}
		require.Equal(t, want, names, "%q", text)
	}
	few, err := contacts.Search(t.Context(), w.db, w.company, w.service, "1312", 2)
	require.NoError(t, err)
	require.Len(t, few, 2)
}

// TestTheListOfATeamIsReadPageByPage: each once, the newest first.
func TestTheListOfATeamIsReadPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var met []string
	for n := range 5 {
		met = append([]string{w.texts(t, fmt.Sprintf("+1312555014%d", n)).ID}, met...)
	}
	w.meet(t, w.sales, w.others, channels.SMS, "+13125550149", "")
	var read []string
	for before := ""; ; {
		page, err := contacts.List(t.Context(), w.db, w.company, w.service, "", before, 2)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			read, before = append(read, c.ID), c.ID
		}
	}
	require.Equal(t, met, read)
	found, err := contacts.List(t.Context(), w.db, w.company, w.service, "+13125550149", "", 2)
	require.NoError(t, err)
	require.Empty(t, found, "whom the team has not met it does not see")
}
