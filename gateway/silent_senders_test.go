package gateway_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/health"
)

// TestTheAdminsHearOfCallbacksThatNeverCome, once for a sender and a day, and not of a
// message that was sent just now.
func TestTheAdminsHearOfCallbacksThatNeverCome(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		w.provider.send = func(context.Context, channels.Account, channels.Outgoing) error { return nil }
		told := func() (n int) {
			require.NoError(t, w.replicas[0].TellUnheard(t.Context()))
			require.NoError(t, w.db.Get(&n, `select count(*) from notices where kind = 'sender_silent' and about ->> 'word' = 'callbacks'`))
			return n
		}
		team := w.team(channels.SMS)
		w.queue(team)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		w.jump(19 * time.Minute)
		require.Zero(t, told())
		w.jump(2 * time.Minute)
		require.Equal(t, 1, told())
		require.Equal(t, 1, told())
		w.jump(22 * time.Hour)
		require.Equal(t, 1, told())
		w.jump(2 * time.Hour)
		require.Equal(t, 1, told(), "what is older than a day is forgotten")
	})
}

// unasked is a provider that cannot be asked about numbers that text.
type unasked struct {
	channels.Channel
	asked *[]string
}

func (p unasked) SetWiring(context.Context, channels.Account, string, string, bool, bool) error {
	return nil
}

func (p unasked) CheckWiring(_ context.Context, _ channels.Account, _, _ string, texts, _ bool) ([]channels.WiringFinding, error) {
	if texts {
		*p.asked = append(*p.asked, "sms")
		return nil, errors.New("a line that is cut")
	}
	*p.asked = append(*p.asked, "voice")
	return []channels.WiringFinding{}, nil
}

// TestASenderThatCannotBeAskedAboutKeepsNobodyWaiting: its turn is over like everybody's,
// and the others have theirs. A day later each has its next one.
func TestASenderThatCannotBeAskedAboutKeepsNobodyWaiting(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		w.team(channels.SMS, channels.Voice)
		_, err := w.db.Exec(`update senders set created_at = $1`, w.clock.Now())
		require.NoError(t, err)
		var asked []string
		w.replicas[0].Channels = []channels.Channel{unasked{w.provider, &asked}}
		turns := func(fails bool, after time.Duration, want ...string) {
			t.Helper()
			w.jump(after)
			asked = nil
			if err := w.replicas[0].CheckSenders(t.Context()); fails {
				require.Error(t, err)
			} else {
				require.NoError(t, err)
			}
			require.ElementsMatch(t, want, asked)
		}
		turns(false, 59*time.Minute) // a number that was just added is being set up
		turns(true, 2*time.Minute, "sms", "voice")
		turns(false, 0)
		turns(false, 23*time.Hour)
		turns(true, 2*time.Hour, "sms", "voice")
		var faults []string
		require.NoError(t, w.db.Select(&faults, `select s.kind || ' ' || c.fault from sender_checks c join senders s on s.id = c.sender_id order by 1`))
		require.Equal(t, []string{"sms misconfigured", "voice "}, faults)
	})
}

// said is a provider that says of each number what the test has it say.
type said struct {
	channels.Channel
	found *[]channels.WiringFinding
}

func (said) SetWiring(context.Context, channels.Account, string, string, bool, bool) error {
	return nil
}

func (p said) CheckWiring(context.Context, channels.Account, string, string, bool, bool) ([]channels.WiringFinding, error) {
	return *p.found, nil
}

// TestTheAdminsHearThatCarriersRefuseANumber, once, when it begins; not of a registration
// that waits, nor of one that the number may not need.
func TestTheAdminsHearThatCarriersRefuseANumber(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		w.team(channels.SMS)
		_, err := w.db.Exec(`update senders set created_at = $1`, w.clock.Now())
		require.NoError(t, err)
		var found []channels.WiringFinding
		w.replicas[0].Channels = []channels.Channel{said{w.provider, &found}}
		for _, c := range []struct {
			is    string
			apart bool
			told  int
		}{
			{"missing", true, 0},
			{"waiting", false, 0},
			{"refused", false, 1},
			{"refused", false, 1},
			{"registered", false, 1},
			{"missing", false, 2},
		} {
			found = []channels.WiringFinding{{What: channels.FindingRegistration, Kind: "10DLC", Is: c.is, Apart: c.apart}}
			if c.is != channels.Registered {
				found[0].Needs, found[0].Note = channels.Registered, true
			}
			w.jump(25 * time.Hour)
			require.NoError(t, w.replicas[0].CheckSenders(t.Context()))
			var told int
			require.NoError(t, w.db.Get(&told, `select count(*) from notices where kind = 'sender_silent' and about ->> 'word' = 'registration'`))
			require.Equal(t, c.told, told, c.is)
			state, err := health.Look(t.Context(), w.db)
			require.NoError(t, err)
			refused := 0
			if c.is == "refused" || c.is == "missing" && !c.apart {
				refused = 1
			}
			require.Equal(t, []int{refused, 0}, []int{state.Unregistered, state.Unwired}, c.is)
		}
		var unwired int
		require.NoError(t, w.db.Get(&unwired, `select count(*) from notices where kind = 'sender_silent' and about ->> 'word' = 'unwired'`))
		require.Zero(t, unwired, "what happens there comes here all the same")
	})
}
