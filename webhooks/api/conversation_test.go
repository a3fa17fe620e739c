package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
)

const newcomer = "+12025550188"

// refusedFor is the code of the first fault of an answer with that status.
func (w inboxWorld) refusedFor(status int, method, path string, body any, headers ...string) string {
	w.t.Helper()
	fault := w.Must(status, method, path, body, headers...)["errors"].([]any)[0].(object)
	return fault["field"].(string) + ": " + fault["code"].(string)
}

func (w inboxWorld) adds(kind channels.Kind, address string) settings.Sender {
	w.t.Helper()
	var added settings.Sender
	_, err := settings.EditTeam(w.t.Context(), w.db, w.team.CompanyID, w.team.ID, "test", func(e *settings.Edit) (err error) {
		added, err = e.AddSender(w.t.Context(), settings.Sender{Kind: kind, Address: address})
		return err
	})
	require.NoError(w.t, err)
	return added
}

func TestAConversationWithSomebodyNew(t *testing.T) {
	w := newInbox(t)
	body := object{"to": newcomer, "text": "Your mower is ready – come by", "name": "Dana"}
	made := w.Must(http.StatusCreated, "POST", w.path+"/conversations", body, "Idempotency-Key", "a")
	require.Equal(t, made, w.Must(http.StatusCreated, "POST", w.path+"/conversations", body, "Idempotency-Key", "a"), "once")
	require.Equal(t, "Idempotency-Key: used_key", w.refusedFor(http.StatusUnprocessableEntity, "POST", w.path+"/conversations", object{"to": newcomer, "text": "Other"}, "Idempotency-Key", "a"))
	require.Equal(t, "Idempotency-Key: used_key", w.refusedFor(http.StatusUnprocessableEntity, "POST", w.path+"/conversations", object{"to": "+12025550189", "text": "Other"}, "Idempotency-Key", "a"))

	ticket := w.Must(http.StatusOK, "GET", w.path+"/tickets/"+made["ticket"].(string), nil)
	require.Equal(t, []any{"open", "message", "Dana", newcomer, "sms", made["contact"]},
		[]any{ticket["status"], ticket["kind"], ticket["contact_name"], ticket["contact_address"], ticket["channel"], ticket["contact"]})
	var story []string
	for _, item := range ticket["timeline"].([]any) {
		e := item.(object)
		story = append(story, strings.TrimSpace(strings.Join([]string{text(e["type"]), text(e["author"]), text(e["change"]), text(e["detail"]), text(e["text"])}, " ")))
	}
	require.Equal(t, []string{"change  opened", "change bootstrap key begun sms", "message advisor   Your mower is ready - come by"}, story)
	deliveries := w.Must(http.StatusOK, "GET", "/deliveries", nil)["items"].([]any)
	require.Len(t, deliveries, 1)
	require.Equal(t, []any{made["delivery"], newcomer, ours, "queued"}, []any{deliveries[0].(object)["id"], deliveries[0].(object)["to"], deliveries[0].(object)["from"], deliveries[0].(object)["state"]})
}

func text(v any) string { s, _ := v.(string); return s }

func TestAConversationGoesOnWhereItIsOpen(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	begin := func() object {
		return w.Must(http.StatusCreated, "POST", w.path+"/conversations", object{"to": "(202) 555-0100", "text": "Still there?", "name": "Nobody"})
	}
	require.Equal(t, s.ticket, begin()["ticket"], "a number as it is written at home is the same person's")
	w.Must(http.StatusOK, "PATCH", w.path+"/tickets/"+s.ticket, object{"status": "done"})
	require.Equal(t, s.ticket, begin()["ticket"])
	require.Equal(t, "open", w.Must(http.StatusOK, "GET", w.path+"/tickets/"+s.ticket, nil)["status"])
	w.Must(http.StatusOK, "PATCH", w.path+"/tickets/"+s.ticket, object{"status": "closed", "resolved": false})
	fresh := begin()
	require.NotEqual(t, s.ticket, fresh["ticket"])
	require.Equal(t, s.contact, fresh["contact"])
	require.Equal(t, "Anna", w.Must(http.StatusOK, "GET", w.path+"/contacts/"+s.contact, nil)["name"], "who has a name keeps it")
}

// TestWhoTheConversationIsRefusedWith: nothing is left behind of what is refused.
func TestWhoTheConversationIsRefusedWith(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	change := func(fields object) {
		w.Must(http.StatusOK, "PATCH", w.path+"/contacts/"+s.contact, fields)
	}
	refused := func(body object) string {
		return w.refusedFor(http.StatusConflict, "POST", w.path+"/conversations", body)
	}
	hello := object{"to": customer, "text": "Hello"}
	change(object{"opted_out": true})
	require.Equal(t, "to: opted_out", refused(hello))
	change(object{"opted_out": false, "blocked": true})
	require.Equal(t, "to: blocked", refused(hello))
	change(object{"blocked": false})
	_, err := w.db.Exec(`update addresses set unreachable_at = now() where address = $1`, customer)
	require.NoError(t, err)
	require.Equal(t, "to: unreachable", refused(hello))
	require.Equal(t, "to: own_number", refused(object{"to": ours, "text": "Hello"}))
	require.Equal(t, "to: unreachable", refused(object{"to": "+19005550100", "text": "Hello"}), "a premium number")
	require.Equal(t, "channel: no_sender", refused(object{"to": newcomer, "text": "Hello", "channel": "whatsapp"}))
	w.Must(http.StatusOK, "PATCH", w.path, object{"allowed_countries": []string{"US"}})
	require.Equal(t, "to: country_not_allowed", refused(object{"to": "+48600700800", "text": "Hello"}))
	w.adds(channels.WhatsAppTwilio, "+15005550009")
	require.Equal(t, "text: whatsapp_window_closed", refused(object{"to": newcomer, "text": "Hello", "channel": "whatsapp"}))

	for field, body := range map[string]object{
		"to: phone":                 {"to": "+1202", "text": "Hello"},
		"to: too_short":             {"to": "", "text": "Hello"},
		"text: text_or_template":    {"to": newcomer, "text": " \n"},
		"text: too_long":            {"to": newcomer, "text": strings.Repeat("a", 1601)},
		"template: whatsapp_only":   {"to": newcomer, "template": "order_ready", "channel": "sms"},
		"template: template_name":   {"to": newcomer, "template": "Order ready"},
		"channel: not_one_of":       {"to": newcomer, "text": "Hello", "channel": "fax"},
		"name: not_one_line":        {"to": newcomer, "text": "Hello", "name": "two\nlines"},
		"template.values: too_many": {"to": newcomer, "template": object{"name": "order_ready", "values": make([]string, 21)}},
	} {
		require.Equal(t, field, w.refusedFor(http.StatusUnprocessableEntity, "POST", w.path+"/conversations", body))
	}
	var left int
	require.NoError(t, w.db.Get(&left, `select (select count(*) from contacts) + (select count(*) from tickets) + (select count(*) from deliveries)`))
	require.Equal(t, 3, left, "the story's own")
}

func TestAConversationOnWhatsApp(t *testing.T) {
	w := newInbox(t)
	sender := w.adds(channels.WhatsAppTwilio, "+15005550009")
	const sid = "HX0123456789abcdef0123456789abcdef"
	template := object{"name": sid, "values": []string{"Dana", " two \n lines "}}
	made := w.Must(http.StatusCreated, "POST", w.path+"/conversations", object{"to": newcomer, "template": template})
	var out struct {
		Template, Text string
		Sender         string `db:"sender_id"`
	}
	require.NoError(t, w.db.Get(&out, `select template::text, text, sender_id from deliveries where id = $1`, made["delivery"]))
	require.JSONEq(t, `{"name": "`+sid+`", "language": "en", "values": ["Dana", "two lines"]}`, out.Template)
	require.Equal(t, sender.ID, out.Sender)
	require.Empty(t, out.Text)
	w.Must(http.StatusCreated, "POST", w.path+"/conversations", object{"to": "US.13491208655302741918", "template": sid})

	_, err := w.db.Exec(`insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, at)
		values ($1, gen_random_uuid(), $2, $3, $4, $5, 'customer', 'Hello', $6)`, w.team.CompanyID, w.team.ID, made["contact"], made["ticket"], sender.ID, noon.Add(-time.Hour))
	require.NoError(t, err)
	again := w.Must(http.StatusCreated, "POST", w.path+"/conversations", object{"to": newcomer, "channel": "whatsapp", "text": "As you asked", "template": template})
	var free bool
	require.NoError(t, w.db.Get(&free, `select template is null and text = 'As you asked' from deliveries where id = $1`, again["delivery"]))
	require.True(t, free, "within the 24 hours the text goes out")
}

// A template that its provider holds would be refused there, and is refused before; one
// in another language, one that is only complained about and one of which nobody has told
// us are not.
func TestAConversationByATemplateThatIsHeld(t *testing.T) {
	w := newInbox(t)
	var sender settings.Sender
	_, err := settings.EditTeam(t.Context(), w.db, w.team.CompanyID, w.team.ID, "test", func(e *settings.Edit) (err error) {
		sender, err = e.AddSender(t.Context(), settings.Sender{Kind: channels.WhatsAppCloud, Address: "106540352242922", Settings: settings.SenderSettings{Business: "102290129340398"}})
		return err
	})
	require.NoError(t, err)
	for name, state := range map[string]string{"order_ready": settings.TemplatePaused, "order_late": "flagged"} {
		_, err := settings.TemplateState{Name: name, Language: "en_US", State: state, At: noon}.Save(t.Context(), w.db, w.team.CompanyID, sender.Templates())
		require.NoError(t, err)
	}
	begin := func(name, language string) object {
		return object{"to": newcomer, "channel": "whatsapp", "template": object{"name": name, "language": language}}
	}
	require.Equal(t, "template: template_not_approved", w.refusedFor(http.StatusConflict, "POST", w.path+"/conversations", begin("order_ready", "en_US")))
	for _, goes := range []object{begin("order_ready", "de"), begin("order_late", "en_US"), begin("order_new", "en_US")} {
		w.Must(http.StatusCreated, "POST", w.path+"/conversations", goes)
	}
	var left int
	require.NoError(t, w.db.Get(&left, `select count(*) from deliveries`))
	require.Equal(t, 3, left)
}
