package contact_test

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-vcard"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
)

func TestThePageSaysWhenAndHow(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs", text("+13125550100"),
		settings.Sender{Kind: channels.WhatsAppTwilio, Address: "+13125550101"}, settings.Sender{Kind: channels.Voice, Address: "+13125550102"})
	got := w.get(w.path)
	require.Equal(t, http.StatusOK, got.Status)
	require.Less(t, len(got.Text), 50<<10)
	for _, part := range []string{
		"Green Valley", "<h1>Repairs</h1>", "Open now until 17:00", "Monday 12:00",
		`href="tel:&#43;13125550102"`, `href="sms:&#43;13125550100"`, `href="https://wa.me/13125550101"`, "312-555-0101",
	} {
		require.Contains(t, got.Text, part)
	}
	require.NotContains(t, got.Text, "<script", "without a chat it needs none")
	require.Contains(t, got.Header.Get("Content-Security-Policy"), "default-src 'none'")
	require.Equal(t, http.StatusOK, w.do("HEAD", w.path, nil).Status)
}

// TestThePageLetsNothingElseIn: whatever it says, and whatever was typed.
func TestThePageLetsNothingElseIn(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs", text("+13125550100"), settings.Sender{Kind: channels.WebChat, Address: "site"})
	for _, got := range []page{w.get(w.path), w.get("/c/x"), w.post("phone", "none", "text", "<b>")} {
		policy := got.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self';", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			require.Contains(t, policy, part)
		}
		require.NotContains(t, policy, "unsafe")
		require.NotRegexp(t, `\s(on\w+|style)=`, got.Text, "what the policy forbids is not there")
		require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
	}
}

func TestThePageKnowsTheTimeThere(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs")
	for at, said := range map[string]string{
		"2026-06-01T16:59:59-05:00": "Open now until 17:00",
		"2026-06-01T17:00:00-05:00": "Closed; open again tomorrow 08:00",
		"2026-06-02T03:00:00-05:00": "Closed; open again today 08:00",
		"2026-06-05T20:00:00-05:00": "Closed; open again Monday 08:00",
	} {
		moment, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		w.clock.Stop(moment)
		require.Contains(t, w.get(w.path).Text, said)
	}
}

func TestThePageSpeaksTheReadersLanguage(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs", text("+13125550100"))
	require.Contains(t, w.get(w.path, "Accept-Language", "pl-PL,pl;q=0.9").Text, "Teraz otwarte, do 17:00")
	german := w.get(w.path+"?lang=de", "Accept-Language", "pl").Text
	require.Contains(t, german, `<html lang="de">`)
	require.Contains(t, german, "?lang=de#leave", "the form comes back in it")
	require.Contains(t, w.get(w.path+"?lang=%22%3E%3Cscript%3E").Text, `<html lang="en">`)
}

func TestNamesAreTextAlone(t *testing.T) {
	w := newWorld(t, `</title><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, text("+13125550100"),
		settings.Sender{Kind: channels.WebChat, Address: `"><svg/onload=alert(1)>`})
	for _, got := range []page{w.get(w.path), w.post("name", `"><script>alert(2)</script>`, "phone", `"><b>`, "text", "</textarea><script>alert(3)</script>")} {
		for _, bad := range []string{"<script>alert", "<img src=x", "<svg/onload", "<b>", "</textarea><script"} {
			require.NotContains(t, got.Text, bad)
		}
	}
}

func TestAFormIsOneTicket(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs", text("+13125550100"))
	for range 2 { // a double tap
		got := w.post("once", "one-form-1", "name", "Dana", "phone", "(312) 555-0177", "text", "It leaks")
		require.Equal(t, http.StatusSeeOther, got.Status, got.Text)
		require.Equal(t, w.path+"?sent=1#leave", got.Header.Get("Location"))
	}
	require.Equal(t, []string{"It leaks"}, w.texts())
	require.Equal(t, 1, w.woken)
	require.Contains(t, w.get(w.path+"?sent=1").Text, "We have your message")

	// Going back and writing something else is something else.
	require.Equal(t, http.StatusSeeOther, w.post("once", "one-form-1", "name", "Mallory", "phone", "+13125550177", "text", "It burns").Status)
	require.Equal(t, []string{"It leaks", "It burns"}, w.texts())
	var raised int
	require.NoError(t, w.db.Get(&raised, `select count(*) from events where kind = 'ticket'`))
	require.Equal(t, 2, raised)
}

// TestAFormProvesNothing: whoever types a customer's number is somebody else, until
// the staff say otherwise.
func TestAFormProvesNothing(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs", text("+13125550100"))
	tx, err := w.db.BeginTxx(t.Context(), nil)
	require.NoError(t, err)
	dana, err := contacts.FindOrCreate(t.Context(), tx, w.team.CompanyID, w.team.ID, "", channels.SMS, "+13125550177", "Dana")
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
	require.Equal(t, http.StatusSeeOther, w.post("name", "Mallory", "phone", "+13125550177", "text", "Cancel it").Status)
	require.Equal(t, http.StatusSeeOther, w.post("name", "Ben", "phone", "+13125550178", "text", "Nobody knows me").Status)
	type ticket struct{ Who, Claims, Address, Said string }
	var made []ticket
	require.NoError(t, w.db.Select(&made, `
select c.name as who, p.name as claims, t.claimed_address as address, m.text as said
from tickets t join contacts c on c.id = t.contact_id join contacts p on p.id = t.claimed_id join messages m on m.ticket_id = t.id and m.contact_id = c.id
where not exists (select from addresses a where a.contact_id = c.id) order by t.number`))
	require.Equal(t, []ticket{{"Mallory", "Dana", "+13125550177", "Cancel it"}, {"Ben", "", "+13125550178", "Nobody knows me"}}, made)
	var tickets int
	require.NoError(t, w.db.Get(&tickets, `select count(*) from tickets where contact_id = $1`, dana.ID))
	require.Zero(t, tickets)
}

func TestWhatIsWrongStandsBesideItsField(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs", text("+13125550100"))
	for field, try := range map[string][]string{
		"phone": {"name", "Dana", "phone", "12", "text", "It leaks"},
		"text":  {"name", "Dana", "phone", "+13125550177", "text", " \n "},
		"name":  {"name", strings.Repeat("a", 201), "phone", "+13125550177", "text", "It leaks"},
	} {
		got := w.post(try...)
		require.Equal(t, http.StatusUnprocessableEntity, got.Status)
		require.Contains(t, got.Text, `id="`+field+`-fault"`)
		require.Contains(t, got.Text, `value="`+try[1]+`"`, "what was typed is kept")
	}
	require.Contains(t, w.post("phone", "+13125550177", "text", strings.Repeat("a", 4001)).Text, "at most 4,000")
	require.Equal(t, http.StatusRequestEntityTooLarge, w.post("phone", "+13125550177", "text", strings.Repeat("a", 70<<10)).Status)
	require.Contains(t, w.post("phone", "266696687", "text", "ANONYMOUS has no phone").Text, `id="phone-fault"`)
	require.Empty(t, w.texts())
}

func TestMachinesAreThanked(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs", text("+13125550100"))
	require.Equal(t, http.StatusSeeOther, w.post("phone", "+13125550177", "text", "Buy", "website", "http://spam.example").Status)
	require.Empty(t, w.texts())
}

func TestOneNumberIsNotFlooded(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs", text("+13125550100"))
	for n := range 3 {
		require.Equal(t, http.StatusSeeOther, w.post("phone", "+13125550177", "text", strings.Repeat("x", n+1)).Status)
	}
	got := w.post("phone", "+13125550177", "text", "And again")
	require.Equal(t, http.StatusTooManyRequests, got.Status)
	require.NotEmpty(t, got.Header.Get("Retry-After"))
	require.Contains(t, got.Text, "And again</textarea>")
	require.Equal(t, http.StatusSeeOther, w.post("phone", "+13125550178", "text", "Somebody else").Status)
	require.Len(t, w.texts(), 4)
}

func TestANumberIsOneHoweverItIsWritten(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs", text("+13125550100"))
	for _, written := range []string{"+13125550177", "312 555 0177", "(312) 555-0177"} {
		require.Equal(t, http.StatusSeeOther, w.post("phone", written, "text", written).Status)
	}
	require.Equal(t, http.StatusTooManyRequests, w.post("phone", "+1 312-555-0177", "text", "And again").Status)
}

// TestWhoLooksTooOftenWaits: each look asks the database.
func TestWhoLooksTooOftenWaits(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs")
	require.InDelta(t, 100, w.pages.Tire("127.0.0.1"), 50, "so many at once")
	for _, path := range []string{w.path, w.path + "/qr.png", w.path + ".vcf", "/c/x"} {
		got := w.get(path)
		require.Equal(t, http.StatusTooManyRequests, got.Status, path)
		require.NotEmpty(t, got.Header.Get("Retry-After"))
	}
	require.Equal(t, http.StatusTooManyRequests, w.post("phone", "+13125550178", "text", "Hello").Status)
	require.InDelta(t, 100, w.pages.Tire("2001:db8:1:2::1"), 50)
	require.Zero(t, w.pages.Tire("2001:db8:1:2:ffff::2"), "a home has as many addresses as it likes")
}

func TestTheCardAndTheCode(t *testing.T) {
	w := newWorld(t, "Green, Valley", "Repairs; GmbH", text("+13125550100"))
	got := w.get(w.path + ".vcf")
	require.Equal(t, "text/vcard; charset=utf-8", got.Header.Get("Content-Type"))
	card, err := vcard.NewDecoder(strings.NewReader(got.Text)).Decode()
	require.NoError(t, err)
	require.Equal(t, "+13125550100", card.Value(vcard.FieldTelephone))
	require.Equal(t, "https://texts.example.com"+w.path, card.Value(vcard.FieldURL))
	require.Contains(t, got.Text, "\r\nFN:Green\\, Valley\\, Repairs\\; GmbH\r\nN:Green\\, Valley\\, Repairs\\; GmbH;;;;\r\n", "one name, not several")
	for line := range strings.SplitSeq(got.Text, "\r\n") {
		require.LessOrEqual(t, len(line), 75)
	}
	picture, err := png.Decode(bytes.NewReader([]byte(w.get(w.path + "/qr.png").Text)))
	require.NoError(t, err)
	require.Equal(t, 512, picture.Bounds().Dx())
}

func TestWhereThereIsNoTeam(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs")
	for _, path := range []string{"/c/x", "/c/01a2068c-a7de-71d4-bb3e-1900af13a221", "/c/01a2068c-a7de-71d4-bb3e-1900af13a221.vcf", "/c/%00", "/c/x/qr.png"} {
		got := w.get(path)
		require.Equal(t, http.StatusNotFound, got.Status, path)
		require.Contains(t, got.Text, "There is no such page", path)
	}
}

func TestAChatIsOfferedWhereThereIsOne(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs", settings.Sender{Kind: channels.WebChat, Address: "gv-site"})
	got := w.get(w.path)
	require.Contains(t, got.Text, `data-key="gv-site"`)
	require.Contains(t, got.Text, `src="/chat/widget.js?v=`)
	require.Contains(t, got.Text, "<li hidden data-ringback-chat>", "shown by the script alone")
}

// TestAFormThatTextsIsSlowed: other numbers help nobody who goes on.
func TestAFormThatTextsIsSlowed(t *testing.T) {
	w := newWorld(t, "Green Valley", "Repairs", text("+13125550100"))
	leave := func(n int) page {
		return w.post("phone", fmt.Sprintf("+1312555%04d", n), "text", strings.Repeat("x", n+1))
	}
	for n := range 5 {
		require.Equal(t, http.StatusSeeOther, leave(n).Status)
	}
	for n, wait := range []string{"30", "60", "120", "240"} {
		got := leave(10 + n)
		require.Equal(t, http.StatusTooManyRequests, got.Status)
		require.Equal(t, wait, got.Header.Get("Retry-After"))
		seconds, err := time.ParseDuration(wait + "s")
		require.NoError(t, err)
		w.clock.Stop(w.clock.Now().Add(seconds))
		require.Equal(t, http.StatusSeeOther, leave(20+n).Status)
	}
}
