package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/cmd/app"
)

// A call tells no time: whoever hears of it says when it was, and its timers with it. On
// a machine whose clock is slow it was settled while it still rang, on a fast one late.
func TestACallOnAMachineWithTheWrongTime(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
		t.Run(fmt.Sprint(off), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *app.Config) {
				c.Clock = clock.Of(func() time.Time { return time.Now().Add(off) })
			})
			form := url.Values{"AccountSid": {accountSID}, "CallSid": {"CA1"}, "From": {caller}, "To": {ours}, "CallStatus": {"ringing"}, "Direction": {"inbound"}}
			for range 2 {
				answer, err := w.sim.Post(t.Context(), w.PublicURL()+voicePath, form)
				require.NoError(t, err)
				require.Equal(t, http.StatusOK, answer.Status)
			}
			require.Eventually(t, func() bool {
				var armed int
				require.NoError(t, w.DB.Get(&armed, `select count(*) from events where kind = 'call' and provider_id = 'CA1'`))
				return armed == 1
			}, settled, time.Millisecond)
			var soon bool
			require.NoError(t, w.DB.Get(&soon, `select due_at between now() + interval '1 minute' and now() + interval '3 minutes' and handled_at is null
				and abs(extract(epoch from now() - occurred_at)) < 60 from events where kind = 'call' and provider_id = 'CA1'`))
			require.True(t, soon)
		})
	}
}
