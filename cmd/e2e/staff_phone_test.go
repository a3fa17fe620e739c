package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/meta"
	"ringback/channels/simulator/twilio"
	"ringback/gateway/notifications"
	"ringback/settings"
)

// TestAStaffMembersPhoneIsNoCustomer: what it texts goes on the ticket of the notice
// that it answers, else it is told where customers are answered; nothing automatic
// goes to it, whoever makes a ticket for it, and its own STOP ends the notices.
func TestAStaffMembersPhoneIsNoCustomer(t *testing.T) {
	t.Parallel()
	const writer, ann = "+13125550142", "+13125550199"
	w := newStaffed(t)
	_, err := settings.ChangeMember(t.Context(), w.DB.DB, w.Company.ID, "test", w.ann, func(m *settings.Member) error {
		m.Phone = ann
		return nil
	})
	require.NoError(t, err)
	all := notifications.Usual()
	for kind := range all.Kinds {
		all.Kinds[kind] = notifications.Picked{Text: kind == notifications.NewTicket}
	}
	_, err = all.Save(t.Context(), w.DB.DB, w.Company.ID, w.ann)
	require.NoError(t, err)
	got := func() []string {
		t.Helper()
		var texts []string
		for _, m := range w.sim.Inbox(ann) {
			if m.Direction == twilio.OutboundAPI {
				texts = append(texts, m.Body)
			}
		}
		return texts
	}

	told := func() {
		w.told()
		w.settle()
	}
	write := func(from, text string) {
		w.text(from, text)
		w.settle()
	}
	write(ann, "how do I see my tickets?")
	where := "Green Valley - Service: This number is for customers. Please answer them in the console: " + w.PublicURL() + "/teams/" + w.team.ID + "/tickets"
	w.decision("sent", "staff", "-")
	require.Equal(t, []string{where}, got())
	w.count(ticketsOf, ann, 0)
	(&story{world: w.world}).whatsapp("twilio", "", "")
	w.byWhatsApp("")
	byMeta := func(text string) {
		_, status, err := w.graph.Say(t.Context(), w.graphDoor(), ann, meta.Object{"type": "text", "text": meta.Object{"body": text}})
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		w.settle()
	}
	byMeta("and on WhatsApp?")
	w.decision("sent", "staff", "-")
	require.Equal(t, where, w.graph.Inbox(ann)[0].Text)
	for range 9 { // which is no loop, for the line has a small budget of its own
		write(ann, "hello?")
	}
	require.Len(t, got(), 4)

	write(writer, "my pump leaks")
	told()
	require.Len(t, got(), 5, "the notice")
	write(ann, "I call them at ten")
	require.Len(t, got(), 5)
	w.decision("skipped", "staff", "-")
	_, ticket := w.api("GET", w.ticketOf(writer), nil)
	timeline := ticket["timeline"].([]any)
	var note map[string]any
	for _, one := range timeline {
		if entry := one.(map[string]any); entry["author"] == "staff" {
			require.Nil(t, note, "once")
			note = entry
		}
	}
	require.Equal(t, []any{"I call them at ten", "Ann"}, []any{note["text"], note["who"]})
	byMeta("or at eleven")
	w.decision("skipped", "staff", "-")
	_, err = w.sim.Text(t.Context(), w.door(), "whatsapp:"+ann, "whatsapp:"+oursOnWhatsApp, "or at twelve")
	require.NoError(t, err)
	w.settle()
	w.decision("skipped", "staff", "-")
	var notes []string
	require.NoError(t, w.DB.Select(&notes, `select text from messages where author = 'staff' and ticket_id is not null order by seq`))
	require.Equal(t, []string{"I call them at ten", "or at eleven", "or at twelve"}, notes, "on WhatsApp as by text")
	require.Len(t, w.graph.Inbox(ann), 1)
	require.Len(t, got(), 5)
	w.count(ticketsOf, ann, 0)
	status, answer := w.api("POST", w.ticketOf(writer)+"/messages", map[string]string{"text": "Ann calls you at ten."})
	require.Equal(t, http.StatusCreated, status, answer)
	w.settle()
	inbox := w.sim.Inbox(writer)
	require.Equal(t, "Ann calls you at ten.", inbox[len(inbox)-1].Body, "whom an advisor writes to is the customer all the same")

	status, answer = w.api("POST", "/teams/"+w.team.ID+"/tickets", map[string]string{"address": ann, "text": "My own mower"})
	require.Equal(t, http.StatusCreated, status, answer)
	w.settle()
	w.decision("skipped", "staff", "customer_first_chat")
	told()
	notices := len(got())

	write(ann, "STOP")
	write("+13125550143", "hello")
	told()
	require.Len(t, got(), notices, "no notice after their own STOP")
	w.state(ann, "canceled", "")
	write(ann, "START")
	write("+13125550144", "hello")
	told()
	require.Len(t, got(), notices+1)

	w.sim.Fault(twilio.Fault{Times: 1, To: ann, Code: 21610}) // they stopped us where we did not hear of it
	write("+13125550145", "hello")
	told()
	write("+13125550146", "hello")
	told()
	require.Len(t, got(), notices+1, "no notice after the provider says so")
	w.state(ann, "canceled", "")
}
