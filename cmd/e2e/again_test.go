package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
	"ringback/settings/automations"
)

// fates are how the messages to a customer fared, the oldest first.
func (w *world) fates(to string) (found []string) {
	w.t.Helper()
	require.NoError(w.t, w.DB.Select(&found, `select state || ' ' || error_code from deliveries where to_address = $1 order by seq`, to))
	return found
}

// says has an advisor write on the customer's newest ticket.
func (w *world) says(to, text string) {
	w.t.Helper()
	status, said := w.api("POST", w.ticketOf(to)+"/messages", map[string]string{"text": text})
	require.Equal(w.t, http.StatusCreated, status, said)
	w.settle()
}

// TestWhatDidNotArriveForNowIsSentAgain: Twilio and Meta take nearly everything, and say
// later that a phone was off, a queue full or something wrong. What is worth another try
// gets it, as often as the table of codes says, and as long as it makes sense.
func TestWhatDidNotArriveForNowIsSentAgain(t *testing.T) {
	t.Parallel()
	w := opened(t)
	w.change(automations.CustomerFirstChat, func(a *automations.Setting) { a.Enabled = false })
	const ann, ben, eve = "+13125550151", "+13125550152", "+13125550153"
	ends := func(to, state string, code int) { w.sim.Outcome(to, twilio.Ending(time.Second, state, code)) }
	for _, to := range []string{ann, ben, eve} {
		w.text(to, "Is my saw ready?")
	}
	w.settle()

	// A phone that is off gets two more, after half an hour and after an hour.
	ends(ann, "undelivered", 30003)
	w.says(ann, "It is.")
	require.Equal(t, []string{"undelivered 30003"}, w.fates(ann))
	w.later(29 * time.Minute)
	require.Len(t, w.fates(ann), 1, "not yet")
	ends(ben, "undelivered", 30003)
	w.says(ben, "It is, too.")
	w.later(2 * time.Minute)
	require.Len(t, w.fates(ann), 2)
	w.says(ann, "Come by until five.")
	require.Len(t, w.fates(ann), 3, "what is said meanwhile waits for nothing")
	w.sim.Outcome(ben, nil) // it is on again
	w.later(30 * time.Minute)
	require.Equal(t, []string{"undelivered 30003", "delivered "}, w.fates(ben))
	w.later(40 * time.Minute)
	require.Equal(t, []string{"undelivered 30003", "undelivered 30003", "undelivered 30003", "undelivered 30003", "undelivered 30003"}, w.fates(ann), "three of one, two of the other")
	w.later(24 * time.Hour)
	require.Len(t, w.fates(ann), 6, "three of each, and no more")

	// The staff hear of each message once, when nothing is tried any more.
	var told int
	require.NoError(t, w.DB.Get(&told, `select count(*) from notices where kind = 'delivery_failed'`))
	require.Equal(t, 2, told)
	status, ticket := w.api("GET", w.ticketOf(ben), nil)
	require.Equal(t, http.StatusOK, status)
	entries := ticket["timeline"].([]any)
	require.Equal(t, "delivered", entries[len(entries)-1].(map[string]any)["state"], "the timeline says what became of it in the end")

	// A STOP meanwhile, or somebody who sends it again by hand, ends that.
	w.later(time.Hour)
	ends(eve, "undelivered", 30003)
	w.says(eve, "Yours as well.")
	w.text(eve, "STOP")
	w.settle()
	w.later(time.Hour)
	require.Equal(t, []string{"undelivered 30003"}, w.fates(eve))

	// What will never work is not tried again, nor what waits for the carrier's next day.
	w.text(ben, "Thanks!")
	w.settle()
	for _, code := range []int{30007, 30005, 30023} {
		ends(ben, "undelivered", code)
		before := len(w.fates(ben))
		w.says(ben, "Bye.")
		w.later(23 * time.Hour)
		require.Len(t, w.fates(ben), before+1, code)
		_, err := w.DB.Exec(`update addresses set unreachable_at = null`)
		require.NoError(t, err)
	}
}

// TestAReplyIsSentAgainWhileItMakesSense: a full queue is tried again after a minute, and
// a phone that is off for half an hour gets no greeting.
func TestAReplyIsSentAgainWhileItMakesSense(t *testing.T) {
	t.Parallel()
	w := opened(t)
	const ann, ben = "+13125550154", "+13125550155"
	w.sim.Outcome(ann, twilio.Ending(time.Second, "failed", 30001))
	w.sim.Outcome(ben, twilio.Ending(time.Second, "undelivered", 30003))
	for _, to := range []string{ann, ben} {
		w.text(to, "Anybody there?")
	}
	w.settle()
	require.Equal(t, []string{"failed 30001"}, w.fates(ann))
	var rests bool
	require.NoError(t, w.DB.Get(&rests, `select exists (select from paces where tat >= $1)`, w.Clock.Now().Add(time.Minute)))
	require.True(t, rests, "what else the sender has would be too fast as well")
	w.sim.Outcome(ann, nil)
	w.later(time.Minute)
	require.Equal(t, []string{"failed 30001", "delivered "}, w.fates(ann))
	w.count(decisionsOf, ann, 1)
	w.later(2 * time.Hour)
	require.Equal(t, []string{"undelivered 30003"}, w.fates(ben))
}
