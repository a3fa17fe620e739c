package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
)

// toldOfSender are the notices that a provider refuses a sender, the oldest first: what
// about and with what text.
func (w *world) toldOfSender() (found []string) {
	w.t.Helper()
	require.NoError(w.t, w.DB.Select(&found, `select concat_ws(' ', about ->> 'from', about ->> 'word', about ->> 'text') from notices where kind = 'sender_paused' order by id`))
	return found
}

// TestWhatNeedsSomebodysHandIsToldToTheAdmins: a number that is not registered, a country
// that is not allowed. It is told whether the provider says so at once or later, once a day
// for each code, however many messages fail.
func TestWhatNeedsSomebodysHandIsToldToTheAdmins(t *testing.T) {
	t.Parallel()
	w := opened(t)
	const unregistered, elsewhere, ann, ben = "+15005553034", "+15005550003", "+13125550164", "+13125550165"
	for _, to := range []string{ann, ben} {
		w.sim.Outcome(to, twilio.Ending(time.Second, "failed", 30034))
	}
	for _, to := range []string{unregistered, elsewhere, ann} {
		w.text(to, "Anybody there?")
		w.settle()
	}
	require.Equal(t, []string{
		ours + " misconfigured 30034: the sender is not registered for texts to the United States",
		ours + " misconfigured 21408: the account has no permission for the country of this number",
	}, w.toldOfSender())
	require.Equal(t, []string{"failed 30034"}, w.fates(ann))
	w.later(24 * time.Hour)
	w.text(ben, "Anybody there?")
	w.settle()
	require.Len(t, w.toldOfSender(), 3)
}

// TestAnAccountThatIsSuspendedLaterPausesItsSender: a carrier's word of an account comes
// by a callback, after the provider took the message.
func TestAnAccountThatIsSuspendedLaterPausesItsSender(t *testing.T) {
	t.Parallel()
	w := opened(t)
	const ann, ben, eve = "+13125550161", "+13125550162", "+13125550163"
	w.sim.Outcome(ann, twilio.Ending(time.Second, "failed", 30002))
	w.text(ann, "Anybody there?")
	w.settle()
	require.Equal(t, []string{"failed 30002"}, w.fates(ann))
	var paused string
	require.NoError(t, w.DB.Get(&paused, `select coalesce(paused_for, '') from senders where kind = 'sms'`))
	require.Equal(t, "30002", paused)
	require.Equal(t, []string{ours + " 30002"}, w.toldOfSender())

	w.text(ben, "Anybody there?")
	require.Eventually(t, func() bool { return len(w.fates(ben)) == 1 }, settled, 10*time.Millisecond) // nothing is idle while it waits
	require.Equal(t, []string{"queued "}, w.fates(ben))
	w.later(time.Minute)
	require.Equal(t, []string{"delivered "}, w.fates(ben))
	var waited float64
	require.NoError(t, w.DB.Get(&waited, `select extract(epoch from sent_at - created_at) from deliveries where to_address = $1`, ben))
	require.GreaterOrEqual(t, waited, 59.0, "what was to go out waited")
	require.NoError(t, w.DB.Get(&paused, `select coalesce(paused_for, '') from senders where kind = 'sms'`))
	require.Empty(t, paused)

	w.sim.Outcome(eve, twilio.Ending(time.Second, "failed", 30002))
	w.text(eve, "Anybody there?")
	w.settle()
	require.Len(t, w.toldOfSender(), 1, "once a day")
}

// TestTheAdminsHearOfWhatIsFiltered when it is more than now and then one, and at the
// first message of a daily cap and of a suspicion; once a day.
func TestTheAdminsHearOfWhatIsFiltered(t *testing.T) {
	t.Parallel()
	w := opened(t)
	person := 0
	fails := func(code int) {
		person++
		to := fmt.Sprintf("+131255508%02d", person)
		w.sim.Outcome(to, twilio.Ending(time.Second, "undelivered", code))
		w.text(to, "Anybody there?")
		w.settle()
	}
	for range 4 {
		fails(30007)
	}
	require.Empty(t, w.toldOfSender())
	fails(30007)
	filtered := ours + " filtered 30007: the carrier filtered the message"
	require.Equal(t, []string{filtered}, w.toldOfSender())
	fails(30007)
	require.Len(t, w.toldOfSender(), 1, "once a day")
	for range 2 {
		fails(30450)
		fails(30023)
	}
	require.Equal(t, []string{
		filtered, ours + " suspected 30450: blocked as suspected pumping of text messages", ours + " daily_cap 30023: the carrier's cap for this sender and day is reached",
	}, w.toldOfSender())
	w.later(24 * time.Hour)
	fails(30023)
	fails(30007)
	require.Len(t, w.toldOfSender(), 4, "a new day begins to count anew")
}

// TestASenderThatRestsIsToldOfOnce: a callback with another code says nothing new of it.
func TestASenderThatRestsIsToldOfOnce(t *testing.T) {
	t.Parallel()
	w := opened(t)
	const ann, ben = "+13125550161", "+13125550162"
	w.sim.Outcome(ann, twilio.Ending(time.Second, "failed", 30002))
	w.sim.Outcome(ben, twilio.Ending(2*time.Second, "failed", 10001))
	w.text(ann, "Anybody there?")
	w.text(ben, "Anybody there?")
	w.settle()
	require.Equal(t, []string{"failed 30002", "failed 10001"}, append(w.fates(ann), w.fates(ben)...))
	require.Equal(t, []string{ours + " 30002"}, w.toldOfSender())
}
