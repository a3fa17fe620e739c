package e2e

import (
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/gateway/outboundhooks"
	"ringback/settings/automations"
)

// hears names an address for every kind of event, and returns how to read what
// it would have been told since. It rests, so that nothing is sent.
func (w *world) hears() func() []string {
	w.t.Helper()
	_, err := w.DB.Exec(`insert into hooks (company_id, id, url, kinds, secret, rests_until)
		values ($1, $1, 'https://example.com', $2, '', 'infinity')`, w.Company.ID, pq.StringArray(outboundhooks.Kinds))
	require.NoError(w.t, err)
	return func() []string {
		w.t.Helper()
		var all []string
		require.NoError(w.t, w.DB.Select(&all, `select concat_ws(' ', kind, payload->'data'->>'from', payload->'data'->>'to', payload->'data'->>'reason',
			payload->'data'->>'answer') from hook_deliveries order by 1`))
		_, err := w.DB.Exec(`delete from hook_deliveries`)
		require.NoError(w.t, err)
		return all
	}
}

// TestWhatIsToldToHooks: each thing that happens is queued once for an address
// that wants it, though the provider says everything twice.
func TestWhatIsToldToHooks(t *testing.T) {
	t.Parallel()
	const landline, writer, speaker = "+15005553006", "+13125550171", "+13125550172"
	w := called(t, whileOpen, nobody)
	told := w.hears()
	w.change(automations.CustomerLeavesVoicemail, func(s *automations.Setting) { s.Message = "Thanks for ringing." })

	w.ring(landline, twilio.HangUp(channels.StepRinging))
	w.later(40 * time.Second)
	require.Equal(t, []string{"call.missed " + landline, "decision.made sent", "delivery.failed " + landline + " unreachable"}, told())
	w.ring(speaker, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp))
	w.later(40 * time.Second)
	require.Equal(t, []string{"decision.made sent", "voicemail.received " + speaker}, told())
	w.text(writer, "is anybody there?")
	w.settle()
	require.Equal(t, "message.received "+writer, told()[1])

	status, answer := w.api("POST", w.ticketOf(writer)+"/requests", map[string]any{"kind": "approval", "message": "A new pump for $90?"})
	require.Equal(t, 201, status, answer)
	w.settle()
	told()
	w.text(writer, "yes")
	w.settle()
	require.Contains(t, told(), `request.answered {"approved": true}`)
}

// TestAReplyThatWasHeldIsToldAsAnyOther: at last a hook is told of the same decision.
func TestAReplyThatWasHeldIsToldAsAnyOther(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, answers)
	w.hears()
	w.change(automations.CustomerHangsUp, func(s *automations.Setting) { s.Options[automations.DelaySeconds] = 120 })
	w.ring(caller, twilio.HangUp(channels.StepRinging))
	w.later(10 * time.Second)
	w.later(2 * time.Minute)
	var told []string
	require.NoError(t, w.DB.Select(&told, `select concat_ws(' ', payload->'data'->>'outcome', payload->'data'->>'automation', payload->'data'->>'event', left(payload->>'timestamp', 16))
		from hook_deliveries where kind = 'decision.made' order by 1`))
	require.Equal(t, []string{"deferred customer_hangs_up call 2026-06-01T15:00", "sent customer_hangs_up call 2026-06-01T15:00"}, told)
}

func TestPaymentsAndRatingsAreToldToHooks(t *testing.T) {
	t.Parallel()
	w := newTill(t)
	told := w.hears()
	page := w.bill(`{"kind": "payment", "amount": 500, "currency": "JPY"}`)
	require.Equal(t, []string{"decision.made sent"}, told())
	id := w.checkout(page)
	w.happens(w.stripe.Decline(t.Context(), id))
	require.Empty(t, told(), "it is not paid yet")
	w.happens(w.stripe.Pay(t.Context(), id)) // told twice
	w.happens(w.stripe.Refund(t.Context(), id, 500))
	require.Equal(t, []string{`payment.paid {"payment": "paid"}`}, told())

	status, answer := w.api("POST", w.ticketOf("+13125550142")+"/requests", map[string]any{"kind": "rating"})
	require.Equal(t, 201, status, answer)
	w.settle()
	told()
	w.text("+13125550142", "5")
	w.settle()
	require.Equal(t, []string{"decision.made answer", "message.received +13125550142", `ticket.rated {"score": 5}`}, told())
}
