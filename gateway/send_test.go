package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway"
	"ringback/gateway/deliveries"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// slowProvider takes messages as its functions say, in a played time.
type slowProvider struct {
	send func(ctx context.Context, account channels.Account, m channels.Outgoing) error
	find func(ctx context.Context, m channels.Outgoing) bool
	fate channels.State // what it says when it is asked about a message it took; empty: it is away

	call string // the status of calls when it is asked about one; empty: it is away

	template func() (status string, err error) // how any template stands; empty: it cannot tell

	mu    sync.Mutex
	sends []string // to whom, as they begin
	taken map[string]bool
	asked int
}

func (p *slowProvider) Kinds() []channels.Kind {
	return []channels.Kind{channels.SMS, channels.WhatsAppTwilio, channels.WebChat}
}
func (p *slowProvider) Hooks() []channels.Hook { return nil }

func (p *slowProvider) Send(ctx context.Context, account channels.Account, m channels.Outgoing) (channels.Receipt, error) {
	p.mu.Lock()
	p.sends = append(p.sends, m.To)
	p.mu.Unlock()
	if err := p.send(ctx, account, m); err != nil {
		return channels.Receipt{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken[m.Delivery] = true
	return channels.Receipt{ProviderID: "SM" + m.Delivery, State: channels.Sending, Segments: 1}, nil
}

func (p *slowProvider) Find(ctx context.Context, _ channels.Account, m channels.Outgoing, _ time.Time) (channels.Receipt, bool, error) {
	return channels.Receipt{ProviderID: "SM" + m.Delivery, State: channels.Sending, Segments: 1}, p.find(ctx, m), nil
}

func (p *slowProvider) Track(_ context.Context, account channels.Account, m channels.Outgoing, sid string) (channels.Event, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if p.fate == "" {
		return channels.Event{}, &channels.SendError{Reason: channels.ReasonUnavailable, Retry: channels.Later, Err: errors.New("away")}
	}
	return channels.Event{
		Kind: channels.DeliveryMoved, ProviderID: sid + string(p.fate), Account: account.ID, Sender: m.Kind, SenderAddress: m.From, CustomerAddress: m.To,
		Status: &channels.Status{Delivery: m.Delivery, ProviderID: sid, State: p.fate},
	}, nil
}

func (p *slowProvider) Template(context.Context, channels.Account, string, string, string) (channels.Approval, bool, error) {
	status, err := p.template()
	return channels.Approval{Status: status}, status != "", err
}

func (p *slowProvider) TrackCall(_ context.Context, _ channels.Account, call string) (channels.Event, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if p.call == "" {
		return channels.Event{}, errors.New("away")
	}
	e := channels.Event{
		Kind: channels.CallNoted, ProviderID: call + "/asked/" + p.call, Sender: channels.Voice,
		Call: &channels.Call{ID: call, Facts: map[string]string{"CallStatus": p.call}},
	}
	if p.call == "completed" {
		seconds := 900
		e.Kind, e.Call.Status, e.Call.Seconds = channels.CallEnded, p.call, &seconds
	}
	return e, nil
}

func (p *slowProvider) sent() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.sends...)
}

// outbox is some replicas' outbox, in a played time that passes when all wait.
type outbox struct {
	t        *testing.T
	db       *sqlx.DB
	clock    *clock.Clock
	provider *slowProvider
	replicas []*gateway.Gateway
	last     int
}

func playOutbox(t *testing.T, replicas int, test func(w *outbox)) {
	t.Helper()
	dsn := testdb.DSN(t)
	synctest.Test(t, func(t *testing.T) {
		db, err := sqlx.Open("postgres", dsn)
		require.NoError(t, err)
		db.SetMaxIdleConns(32) // opening one for each of its statements costs more than all that it asks
		defer func() { require.NoError(t, db.Close()) }()
		w := &outbox{t: t, db: db, clock: &clock.Clock{}, provider: &slowProvider{taken: map[string]bool{}}}
		w.clock.Shift(time.Nanosecond) // so that queries are told the played time
		for range replicas {
			g := gateway.New(gateway.Config{
				DB: db, Clock: w.clock, Settings: settings.NewCache(), Channels: []channels.Channel{w.provider}, Log: slog.New(slog.DiscardHandler),
				Accounts:  settings.Accounts{Vault: &settings.Vault{}, DB: db},
				PublicURL: func() string { return "https://texts.example.com" }, Paced: true,
			})
			g.Start()
			w.replicas = append(w.replicas, g)
		}
		test(w)
		for _, g := range w.replicas {
			g.Stop()
		}
	})
}

// pass lets the bubble's time pass, in which whoever waits goes on.
func (w *outbox) pass(d time.Duration) { time.Sleep(d) }

// jump sets the clock ahead, beyond what lies between: nobody who waits is woken.
func (w *outbox) jump(d time.Duration) { w.clock.Shift(time.Until(w.clock.Now()) + d) }

// put queues texts of one company's account, each of a sender of its own and to
// somebody else.
func (w *outbox) put(account string, n int) (to []string) {
	w.t.Helper()
	company := uuid.NewString()
	for range n {
		w.last++
		out := deliveries.Outgoing{
			CompanyID: company, ID: uuid.NewString(), TeamID: uuid.NewString(), ContactID: uuid.NewString(), SenderID: uuid.NewString(),
			Kind: channels.SMS, Account: account, From: "+13125550100", To: fmt.Sprintf("+1312555%04d", w.last), Text: "We are closed.",
		}
		require.NoError(w.t, deliveries.Queue(w.t.Context(), w.db, w.clock.Queue(), out))
		to = append(to, out.To)
	}
	return to
}

// wait lets time pass for a call, which may be cut off.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestASenderThatIsTooFastRests: what else it has waits for as long as the provider
// says, in every replica; a person who got too much at once holds up nobody.
func TestASenderThatIsTooFastRests(t *testing.T) {
	for _, c := range []struct {
		reason channels.Reason
		rests  int
	}{{channels.ReasonThrottled, 1}, {channels.ReasonPairThrottled, 0}, {channels.ReasonUnavailable, 0}} {
		playOutbox(t, 1, func(w *outbox) {
			w.provider.send = func(context.Context, channels.Account, channels.Outgoing) error {
				return &channels.SendError{Reason: c.reason, Code: "20429", Retry: channels.Later, After: 30 * time.Second, Err: errors.New("too many")}
			}
			now := w.clock.Now()
			w.put("AC1", 1)
			w.replicas[0].Wake()
			w.pass(time.Second)
			var rests int
			require.NoError(w.t, w.db.Get(&rests, `select count(*) from paces where tat >= $1`, now.Add(30*time.Second)))
			require.Equal(w.t, c.rests, rests, c.reason)
		})
	}
}

// TestASlowProviderIsSentToOnce: looking for a message takes it as long as it
// may, and taking it as long again. Together that is longer than a lease, and
// no other replica takes the message up meanwhile.
func TestASlowProviderIsSentToOnce(t *testing.T) {
	playOutbox(t, 2, func(w *outbox) {
		const slow = 5500 * time.Millisecond
		looked := 0
		w.provider.find = func(ctx context.Context, m channels.Outgoing) bool {
			w.provider.mu.Lock()
			looked++
			first, found := looked == 1, w.provider.taken[m.Delivery]
			w.provider.mu.Unlock()
			if first {
				_ = wait(ctx, slow)
			}
			return found
		}
		w.provider.send = func(ctx context.Context, _ channels.Account, _ channels.Outgoing) error { return wait(ctx, slow) }
		w.clock.Stop(time.Now().Add(-time.Minute)) // queued a while ago, sent, and looked for once
		to := w.put("AC1", 1)
		_, err := w.db.Exec(`update deliveries set state = 'unknown', tried_at = $1, looks = 1`, w.clock.Now())
		require.NoError(t, err)
		w.clock.Shift(time.Nanosecond)
		time.Sleep(16 * time.Second)
		require.Equal(t, to, w.provider.sent())
		var state string
		require.NoError(t, w.db.Get(&state, `select state from deliveries`))
		require.Equal(t, "sending", state)
	})
}

// TestAnAccountThatHangsHoldsUpNoOther: as many texts as there may be sends of
// one account wait for a provider that does not answer.
func TestAnAccountThatHangsHoldsUpNoOther(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		w.provider.find = func(context.Context, channels.Outgoing) bool { return false }
		w.provider.send = func(ctx context.Context, account channels.Account, _ channels.Outgoing) error {
			if account.ID == "AC-hangs" {
				return wait(ctx, time.Hour)
			}
			return nil
		}
		w.put("AC-hangs", 100)
		w.replicas[0].Wake()
		time.Sleep(time.Second)
		require.GreaterOrEqual(t, len(w.provider.sent()), 32, "it is at work on the first")
		calm := w.put("AC-answers", 3)
		time.Sleep(1500 * time.Millisecond)
		require.Subset(t, w.provider.sent(), calm)
		_, err := w.db.Exec(`update deliveries set due_at = null`) // let go of the others
		require.NoError(t, err)
	})
}

// TestAProviderThatIsAway is tried one message at a time and costs no other account
// anything, and all goes out when it is back: what waited has lost no try by it.
func TestAProviderThatIsAway(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		var back atomic.Bool
		w.provider.send = func(_ context.Context, account channels.Account, _ channels.Outgoing) error {
			if account.ID == "AC-away" && !back.Load() {
				return &channels.SendError{Reason: channels.ReasonUnavailable, Retry: channels.Later, Err: errors.New("503")}
			}
			return nil
		}
		held := w.put("AC-away", 40)
		w.replicas[0].Wake()
		w.pass(20 * time.Second)
		require.Less(w.t, len(w.provider.sent()), 60, "without a rest it would be 200")
		require.Equal(w.t, []string{"sms AC-away"}, w.replicas[0].Away())
		calm := w.put("AC-there", 3)
		w.pass(1500 * time.Millisecond)
		require.Subset(w.t, w.provider.sent(), calm)
		back.Store(true)
		w.pass(20 * time.Second) // from its start, the third trial is after 35
		require.Subset(w.t, w.provider.sent(), held)
		require.Empty(w.t, w.replicas[0].Away())
		var sending int
		require.NoError(w.t, w.db.Get(&sending, `select count(*) from deliveries where state = 'sending'`))
		require.Equal(w.t, 43, sending)
	})
}

// TestARefusalThatQuotesTheText: what a provider says of a message that it did not take is
// logged and kept, and holds no link by which others could answer for the customer.
func TestARefusalThatQuotesTheText(t *testing.T) {
	const token = "vGnD2ZkQx7mT4bWc9yHs-_"
	playOutbox(t, 1, func(w *outbox) {
		w.provider.send = func(context.Context, channels.Account, channels.Outgoing) error {
			said := errors.New("this text is not taken: Pay here: https://texts.example.com/r/" + token)
			return &channels.SendError{Reason: channels.ReasonRejected, Retry: channels.Never, Err: said}
		}
		w.put("AC", 1)
		time.Sleep(2 * time.Second)
		var why string
		require.NoError(t, w.db.Get(&why, `select error from deliveries where state = 'failed'`))
		require.Contains(t, why, "this text is not taken: Pay here: ")
		require.NotContains(t, why, token)
	})
}

// TestAPanicInAChannelIsTheDeliverysOwnFault: it is put off, looked for, and
// given up in the end; the process goes on.
func TestAPanicInAChannelIsTheDeliverysOwnFault(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		w.provider.find = func(context.Context, channels.Outgoing) bool { return false }
		w.provider.send = func(_ context.Context, account channels.Account, _ channels.Outgoing) error {
			if account.ID == "AC-bad" {
				panic("a template that nobody thought of")
			}
			return nil
		}
		w.put("AC-bad", 1)
		good := w.put("AC-good", 1)
		_, err := w.db.Exec(`update deliveries set attempts = 8 where account = 'AC-bad'`) // two are left
		require.NoError(t, err)
		time.Sleep(14 * time.Second)
		require.Subset(t, w.provider.sent(), good)
		require.Len(t, w.provider.sent(), 3, "two tries of the one, and one of the other")
		var states []string
		require.NoError(t, w.db.Select(&states, `select state from deliveries order by seq`))
		require.Equal(t, []string{"failed", "sending"}, states)
	})
}
