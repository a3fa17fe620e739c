package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/tickets"
	"ringback/webhooks/api/apitest"
)

func TestContacts(t *testing.T) {
	w := newInbox(t)
	first, second := w.text(customer, "SM1", noon), w.text("+12025550101", "SM2", noon)
	require.Equal(t, []string{second.contact, first.contact}, w.ids(w.path+"/contacts"))
	require.Equal(t, []string{first.contact}, w.ids(w.path+"/contacts?address="+customer))
	path := w.path + "/contacts/" + first.contact
	changed := w.Must(http.StatusOK, "PATCH", path, object{"blocked": true, "language": "pl"})
	require.Equal(t, true, changed["blocked"])
	require.Equal(t, "Anna", changed["name"])
	require.Equal(t, false, changed["opted_out"])
	require.Equal(t, []any{phoneOf(customer)}, changed["addresses"])
	require.Equal(t, changed, w.Must(http.StatusOK, "GET", path, nil))
	require.Equal(t, false, w.Must(http.StatusOK, "PATCH", path, object{"blocked": false, "language": ""})["blocked"])
	back := w.Must(http.StatusOK, "PATCH", path, changed)
	require.Equal(t, "pl", back["language"], "what GET answers can be sent back")
	for field, value := range map[string]any{"language": "tlh", "blocked": "yes", "name": nil, "colour": 1, "opted_out": nil, "words": strings.Repeat("x", 501)} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", path, object{field: value}), field)
	}
	var blocked time.Time
	require.NoError(t, w.db.Get(&blocked, `select blocked_at from contacts where id = $1`, first.contact))
	require.True(t, noon.Equal(blocked))
}

func phoneOf(number string) object {
	return object{"kind": "phone", "address": number, "unreachable": false}
}

func TestContactsByHand(t *testing.T) {
	w := newInbox(t)
	path := w.path + "/contacts"
	made := w.Must(http.StatusCreated, "POST", path, object{
		"name": "Ben Ortiz", "language": "es", "opted_out": true, "words": "told me on the phone",
		"addresses": []object{{"address": customer}, {"kind": "whatsapp", "address": "US.13491208655302741918"}},
	})
	require.Equal(t, "Ben Ortiz", made["name"])
	require.Equal(t, true, made["opted_out"])
	require.Equal(t, []any{phoneOf(customer), object{"kind": "whatsapp", "address": "US.13491208655302741918", "unreachable": false}}, made["addresses"])
	one := path + "/" + made["id"].(string)
	require.Equal(t, made["id"], w.text(customer, "SM1", noon).contact, "who writes from there is this contact")

	moved := w.Must(http.StatusOK, "PATCH", one, object{"addresses": []object{{"kind": "whatsapp", "address": "+12025550101"}}})
	require.Equal(t, []any{phoneOf("+12025550101")}, moved["addresses"], "a WhatsApp number is a phone's")
	require.NotEqual(t, made["id"], w.text(customer, "SM2", noon).contact)
	require.Contains(t, w.Refused(http.StatusConflict, "PATCH", one, object{"addresses": []object{{"address": "+12025550101"}, {"address": customer}}}), "addresses[1].address")
	require.Contains(t, w.Refused(http.StatusConflict, "POST", path, object{"addresses": []object{{"address": customer}}}), "addresses[0].address")
	require.Equal(t, []any{phoneOf("+12025550101")}, w.Must(http.StatusOK, "GET", one, nil)["addresses"], "nothing was changed")

	for address, field := range map[string]string{
		"12025550100": "addresses[0].address", "+1202": "addresses[0].address", "": "addresses[0].address",
		"+266696687": "addresses[0].address", "anonymous": "addresses[0].address",
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path, object{"addresses": []object{{"address": address}}}), field, address)
	}
	twice := object{"addresses": []object{{"address": "+12025550177"}, {"address": "+12025550177"}}}
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path, twice), "addresses[1].address")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path, object{"addresses": []object{{"kind": "fax", "address": "+12025550177"}}}), "addresses[0].kind")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path, object{"addresses": []object{{"kind": "visitor", "address": "a b"}}}), "addresses[0].address")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path, object{"name": "Ann\nB"}), "name")
}

func TestANumberIsAPhonesBeforeAVisitors(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	w.Must(http.StatusCreated, "POST", w.path+"/contacts", object{"addresses": []object{{"kind": "visitor", "address": customer}}})
	for _, list := range []string{w.path + "/decisions?", w.path + "/tickets?", "/deliveries?"} {
		require.Len(t, w.ids(list+"contact="+customer), 1, list)
	}
	require.Equal(t, []string{s.contact}, w.ids(w.path+"/contacts?address="+customer))
}

func TestOneAddressIsMadeOnce(t *testing.T) {
	w := newInbox(t)
	statuses := make([]int, 8)
	var all sync.WaitGroup
	for n := range statuses {
		all.Go(func() {
			statuses[n] = w.Do("POST", w.path+"/contacts", object{"addresses": []object{{"address": customer}}}).Status
		})
	}
	all.Wait()
	made := 0
	for _, status := range statuses {
		if status == http.StatusCreated {
			made++
			continue
		}
		require.Equal(t, http.StatusConflict, status)
	}
	require.Equal(t, 1, made)
}

func TestOptingOutLeavesEvidence(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	one := w.path + "/contacts/" + s.contact
	require.Empty(t, apitest.Items(w.Must(http.StatusOK, "GET", one+"/consents", nil)))
	for range 2 { // the second changes nothing
		require.Equal(t, true, w.Must(http.StatusOK, "PATCH", one, object{"opted_out": true, "words": "no more, please"})["opted_out"])
	}
	require.Equal(t, false, w.Must(http.StatusOK, "PATCH", one, object{"opted_out": false, "words": "=1+1"})["opted_out"])
	found := apitest.Items(w.Must(http.StatusOK, "GET", one+"/consents", nil))
	require.Len(t, found, 2)
	require.Equal(t, found, apitest.Items(w.Must(http.StatusOK, "GET", w.path+"/consents", nil)))
	require.Equal(t, found[:1], apitest.Items(w.Must(http.StatusOK, "GET", w.path+"/consents?limit=1", nil)))
	for field, want := range map[string]any{
		"opted_out": true, "source": "api", "words": "no more, please", "who": "bootstrap key",
		"contact": s.contact, "name": "Anna", "address": customer, "at": "2026-06-01T12:00:00Z", "sender": nil, "event": nil,
	} {
		require.Equal(t, want, found[1][field], field)
	}
	export := w.Do("GET", w.path+"/consents.csv", nil)
	require.Equal(t, "text/csv; charset=utf-8", export.Header.Get("Content-Type"))
	require.Equal(t, strings.Join([]string{
		"at,contact,name,address,sender,opted_out,source,words,who,event",
		"2026-06-01T12:00:00Z," + s.contact + ",Anna,'" + customer + ",,false,api,'=1+1,bootstrap key,",
		"2026-06-01T12:00:00Z," + s.contact + `,Anna,'` + customer + `,,true,api,"no more, please",bootstrap key,`, "",
	}, "\r\n"), export.Text)
}

func TestAContactsTimelineByPages(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	w.Must(http.StatusOK, "PATCH", w.path+"/contacts/"+s.contact, object{"opted_out": true, "words": "asked on the phone"})
	path := "/contacts/" + s.contact + "/timeline"
	all := apitest.Items(w.Must(http.StatusOK, "GET", path, nil))
	require.GreaterOrEqual(t, len(all), 2)
	types := map[any]object{}
	for _, one := range all {
		types[one["type"]] = one
	}
	require.Equal(t, []any{"opted_out", "api", "asked on the phone"}, []any{types["consent"]["change"], types["consent"]["detail"], types["consent"]["text"]})
	require.Equal(t, []any{"customer", w.team.ID}, []any{types["message"]["author"], types["message"]["team"]})
	read, next := []object{}, ""
	for {
		page := w.Must(http.StatusOK, "GET", path+"?limit=1"+next, nil)
		read = append(read, apitest.Items(page)...)
		if page["next"] == nil {
			break
		}
		next = "&cursor=" + page["next"].(string)
	}
	require.Equal(t, all, read)
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", path+"?cursor=x", nil), "cursor")
	for _, id := range []string{"1", nobody} {
		w.Refused(http.StatusNotFound, "GET", "/contacts/"+id+"/timeline", nil)
	}
}

func TestSearchingContacts(t *testing.T) {
	w := newInbox(t)
	add := func(name, number string) string {
		return w.Must(http.StatusCreated, "POST", w.path+"/contacts", object{"name": name, "addresses": []object{{"address": number}}})["id"].(string)
	}
	anna, ben, per := add("Anna Kowalska", "+12025550101"), add("Ben Annand", "+12025550102"), add("100%_Parts", "+13125550103")
	for query, want := range map[string][]string{
		"ann": {anna, ben}, "ANNA%20K": {anna}, "kow": {anna}, "owal": {}, "+1202": {anna, ben}, "%2B12025550102": {ben},
		"1%20(312)%20555": {per}, "100%25": {per}, "100x": {}, "%25": {}, "100%25_": {per}, "zz": {},
	} {
		require.Equal(t, want, w.ids(w.path+"/contacts?q="+query), query)
	}
	require.Equal(t, []string{anna}, w.ids(w.path+"/contacts?limit=1&q=ann"))
	other, _ := makeTeam(t, w.db, w.team.CompanyID, "+15005550099")
	require.Empty(t, w.ids("/teams/"+other.ID+"/contacts?q=ann"), "another team has not met them")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", w.path+"/contacts?q=a&address="+customer, nil), "q")
}

func TestMergingContacts(t *testing.T) {
	w := newInbox(t)
	stays, goes := w.text(customer, "SM1", noon), w.text("+12025550101", "SM2", noon)
	gone := w.path + "/contacts/" + goes.contact
	w.Must(http.StatusOK, "PATCH", gone, object{"opted_out": true, "words": "STOP", "blocked": true, "language": "pl"})
	stopped := contacts.Consent{
		CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: goes.contact, SenderID: w.sender.ID,
		OptedOut: true, Source: "provider", Words: "21610", At: noon,
	}
	require.NoError(t, stopped.Record(t.Context(), w.db))
	merged := w.Must(http.StatusOK, "POST", gone+"/merge", object{"into": stays.contact})
	for field, want := range map[string]any{
		"id": stays.contact, "name": "Anna", "language": "pl", "blocked": true, "opted_out": true,
		"addresses": []any{phoneOf(customer), phoneOf("+12025550101")},
	} {
		require.Equal(t, want, merged[field], field)
	}
	w.Refused(http.StatusNotFound, "GET", gone, nil)
	require.Equal(t, []string{goes.ticket, stays.ticket}, w.ids(w.path+"/tickets?contact="+stays.contact))
	require.Equal(t, []string{goes.decision, stays.decision}, w.ids(w.path+"/decisions?contact="+stays.contact))
	words := []any{}
	for _, one := range apitest.Items(w.Must(http.StatusOK, "GET", w.path+"/contacts/"+stays.contact+"/consents", nil)) {
		words = append(words, one["words"])
	}
	require.Equal(t, []any{"merged with contact " + goes.contact + ", who is opted out", "21610", "STOP"}, words)
	requireNothingPointsAt(t, w, goes.contact)
	var senders int
	require.NoError(t, w.db.Get(&senders, `select count(*) from sender_opt_outs where contact_id = $1`, stays.contact))
	require.Equal(t, 1, senders)
	change := apitest.Items(w.Must(http.StatusOK, "GET", w.path+"/history?limit=1", nil))[0]
	require.Equal(t, "contact", change["what"])
	require.Equal(t, stays.contact, change["subject"])
	require.Equal(t, object{"merged": goes.contact}, change["after"])

	again := w.Must(http.StatusOK, "POST", gone+"/merge", object{"into": stays.contact})
	require.Equal(t, merged, again)
	third := w.text("+12025550102", "SM3", noon)
	w.Must(http.StatusOK, "POST", w.path+"/contacts/"+third.contact+"/merge", object{"from": stays.contact})
	require.Equal(t, third.contact, w.Must(http.StatusOK, "POST", gone+"/merge", object{"into": third.contact})["id"], "merged by way of another")

	path := w.path + "/contacts/" + third.contact + "/merge"
	for _, body := range []object{{}, {"into": "x"}, {"into": third.contact}, {"into": nobody, "from": nobody}} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path, body), "into")
	}
	w.Refused(http.StatusNotFound, "POST", path, object{"from": nobody})
	other := map[bool]string{true: "1", false: "0"}[strings.HasSuffix(stays.contact, "0")]
	w.Refused(http.StatusNotFound, "POST", path, object{"from": stays.contact[:35] + other})
}

// requireNothingPointsAt looks through every table that there is.
func requireNothingPointsAt(t *testing.T, w inboxWorld, contact string) {
	t.Helper()
	var tables []string
	require.NoError(t, w.db.Select(&tables, `select table_name from information_schema.columns where column_name = 'contact_id' and table_schema = current_schema()`))
	require.Greater(t, len(tables), 7)
	for _, table := range tables {
		var left int
		require.NoError(t, w.db.Get(&left, `select count(*) from `+table+` where contact_id = $1`, contact))
		require.Zero(t, left, table)
	}
}

// A contact is merged while events of either are being handled, in whatever
// order their contacts come: nothing is lost on the one that goes.
func TestMergingWhileEventsAreHandled(t *testing.T) {
	w := newInbox(t)
	ctx := t.Context()
	const rounds = 12
	for range rounds {
		stays, goes := w.text(customer, newID(), noon), w.text("+12025550101", newID(), noon)
		var all sync.WaitGroup
		faults := make(chan error, 16)
		for _, numbers := range [][]string{{customer, "+12025550101"}, {"+12025550101", customer}, {"+12025550101"}} {
			all.Go(func() { faults <- handle(ctx, w, numbers) })
		}
		for range 2 { // two replicas are told the same
			all.Go(func() {
				_, err := contacts.Merge(ctx, w.db, contacts.Actor{CompanyID: w.team.CompanyID, TeamID: w.team.ID, At: noon}, goes.contact, stays.contact)
				faults <- err
			})
		}
		all.Wait()
		close(faults)
		for err := range faults {
			require.NoError(t, err)
		}
		var lost int
		require.NoError(t, w.db.Get(&lost, `select count(*) from tickets where contact_id not in (select id from contacts)`))
		require.Zero(t, lost)
		require.Len(t, w.ids(w.path+"/contacts"), 1)
		_, err := w.db.Exec(`delete from addresses where address <> $1`, customer)
		require.NoError(t, err)
	}
}

// handle does what handling does: meet each customer, and write about them.
func handle(ctx context.Context, w inboxWorld, numbers []string) error {
	tx, err := w.db.Beginx()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	// one handler at a time, as the team's lock has it
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(1)`); err != nil {
		return err
	}
	for _, number := range numbers {
		c, err := contacts.FindOrCreate(ctx, tx, w.team.CompanyID, w.team.ID, w.sender.ID, channels.SMS, number, "")
		if err != nil {
			return err
		}
		ticket := tickets.NewTicket{CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: c.ID, SenderID: w.sender.ID, Kind: "message", OpenedAt: noon}
		if err := ticket.Open(ctx, tx); err != nil {
			return errors.Join(errors.New(number), err)
		}
	}
	return tx.Commit()
}

func TestImportingContacts(t *testing.T) {
	w := newInbox(t)
	known := w.text(customer, "SM1", noon)
	path := w.path + "/contacts/import"
	list := "\ufeffphone;Name;opted_out;language\r\n" +
		customer + ";;no;pl\r\n" +
		"'+12025550101;\"Ortiz; Ben\";yes;\r\n" +
		"+12025550102;Cleo;;de\r\n"
	csv := []string{"Content-Type", "text/csv"}
	done := w.Must(http.StatusOK, "POST", path, list, csv...)
	require.Equal(t, object{"lines": 3.0, "created": 2.0, "others": 0.0, "updated": 1.0, "opted_out": 1.0}, done)
	again := w.Must(http.StatusOK, "POST", path, list, csv...)
	require.Equal(t, object{"lines": 3.0, "created": 0.0, "others": 0.0, "updated": 3.0, "opted_out": 0.0}, again)
	require.Len(t, w.ids(w.path+"/contacts"), 3)
	one := w.Must(http.StatusOK, "GET", w.path+"/contacts/"+known.contact, nil)
	require.Equal(t, "Anna", one["name"], "what the line leaves empty stays")
	require.Equal(t, "pl", one["language"])
	ben := apitest.Items(w.Must(http.StatusOK, "GET", w.path+"/contacts?address=+12025550101", nil))[0]
	require.Equal(t, "Ortiz; Ben", ben["name"])
	require.Equal(t, true, ben["opted_out"])
	evidence := apitest.Items(w.Must(http.StatusOK, "GET", w.path+"/contacts/"+ben["id"].(string)+"/consents", nil))
	require.Len(t, evidence, 1)
	require.Equal(t, "import", evidence[0]["source"])
	require.Equal(t, "line 3 of an imported list", evidence[0]["words"])
	w.Must(http.StatusOK, "POST", path, "phone,opted_out\n+12025550101,no\n", csv...)
	require.Equal(t, true, w.Must(http.StatusOK, "GET", w.path+"/contacts/"+ben["id"].(string), nil)["opted_out"], "a list opts nobody in")
}

func TestAListWithFaultsImportsNothing(t *testing.T) {
	w := newInbox(t)
	path := w.path + "/contacts/import"
	for list, fields := range map[string][]string{
		"\n":                                   {"line 1"},
		"name\nAnn\n":                          {"line 1"},
		"phone,colour\n":                       {"line 1"},
		"phone,phone\n":                        {"line 1"},
		"phone\n+12025550101\n+12025550101\n":  {"line 3, phone"},
		"phone,name\n+12025550101\n":           {"line 2"},
		"phone,name\n+12025550101,\"Ann\nB\"x": {"line 3"},
		"phone,language,opted_out\n+12025550101,,\n12,tlh,maybe\n": {"line 3, phone", "line 3, language", "line 3, opted_out"},
		"phone,name\n+12025550101,\xff\n":                          {""},
		"phone,name\n+12025550101," + strings.Repeat("x", 201):     {"line 2, name"},
		"phone\n" + strings.Repeat("1\n", 500):                     {"line 2, phone", "line 101, phone"},
	} {
		found := w.Refused(http.StatusUnprocessableEntity, "POST", path, list, "Content-Type", "text/csv")
		for _, field := range fields {
			require.Contains(t, found, field, list)
		}
	}
	require.Empty(t, w.ids(w.path+"/contacts"))
	w.Refused(http.StatusBadRequest, "POST", path, "", "Content-Type", "text/csv")
	tooMuch := w.Do("POST", path, "phone\n"+strings.Repeat("x", 5<<20), "Content-Type", "text/csv")
	require.Equal(t, http.StatusRequestEntityTooLarge, tooMuch.Status)
	require.Contains(t, tooMuch.Text, "5 MiB")
}
