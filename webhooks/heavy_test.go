package webhooks

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/channels/stripe"
	"ringback/channels/twilio"
	"ringback/webhooks/web/limit/limittest"
)

// sluggish is a provider whose long bodies take until they are let go.
type sluggish struct {
	channels.Channel
	looking atomic.Int32
	over    chan struct{}
}

func (s *sluggish) Kinds() []channels.Kind { return []channels.Kind{channels.SMS} }

func (s *sluggish) Hooks() []channels.Hook {
	return []channels.Hook{{
		Method: http.MethodPost, Path: "/webhooks/sluggish", MaxBody: 4 << 20,
		Account: func(r channels.Request) (string, error) {
			if len(r.Body) >= heavyFrom {
				s.looking.Add(1)
				<-s.over
			}
			return "", nil
		},
		Verify: func(channels.Request, []string) error { return channels.ErrSignature },
	}}
}

// TestAFloodOfLongBodies: of those that nobody may have signed a few are held and fewer
// looked at, whoever comes after that is asked to come again, and short ones pass by.
func TestAFloodOfLongBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		provider := &sluggish{over: make(chan struct{})}
		router := NewRouter(slog.New(slog.DiscardHandler))
		Mount(router, Config{
			Channels: []channels.Channel{provider}, PublicURL: func() string { return public }, Clock: clocktest.StoppedAt(monday), Log: slog.New(slog.DiscardHandler),
			Secrets: func(context.Context, channels.Kind, string) ([]string, error) { return []string{token}, nil },
		})
		from := func(network int, body string, length int64) int {
			r := httptest.NewRequest(http.MethodPost, "/webhooks/sluggish", strings.NewReader(body))
			r.ContentLength, r.RemoteAddr = length, fmt.Sprintf("192.0.2.%d:443", network)
			return answer(router, r).Code
		}
		post := func(body string, length int64) int { return from(0, body, length) }
		long := strings.Repeat("x", heavyFrom+1)
		answers := make(chan int, heavyHeld+8)
		for n := range heavyHeld + 8 {
			go func() { answers <- from(n/(heavyOfOne-1), long, []int64{-1, int64(len(long))}[n%2]) }()
		}
		synctest.Wait()
		require.EqualValues(t, heavyLooked, provider.looking.Load())
		require.Len(t, answers, 8)
		require.Equal(t, http.StatusForbidden, post("short", 5))
		require.Equal(t, http.StatusForbidden, post("short, and nobody says so", -1))
		close(provider.over)
		synctest.Wait()
		got := map[int]int{}
		for range heavyHeld + 8 {
			got[<-answers]++
		}
		require.Equal(t, map[int]int{http.StatusServiceUnavailable: 8, http.StatusForbidden: heavyHeld}, got)
		require.Equal(t, http.StatusForbidden, post(long, int64(len(long))), "all have left")
	})
}

// TestLongBodiesOfOneNetwork: one network has a share of those that are held, and one
// that comes byte by byte is given up soon.
func TestLongBodiesOfOneNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		provider := &sluggish{over: make(chan struct{})}
		close(provider.over)
		router := NewRouter(slog.New(slog.DiscardHandler))
		Mount(router, Config{
			Channels: []channels.Channel{provider}, PublicURL: func() string { return public }, Clock: clocktest.StoppedAt(monday), Log: slog.New(slog.DiscardHandler),
			Secrets: func(context.Context, channels.Kind, string) ([]string, error) { return []string{token}, nil },
		})
		post := func(network string, body io.Reader, length int64) (int, []time.Duration) {
			w, now := limittest.New(), time.Now()
			r := httptest.NewRequest(http.MethodPost, "/webhooks/sluggish", body)
			r.ContentLength, r.RemoteAddr = length, network+":443"
			router.ServeHTTP(w, r)
			var within []time.Duration
			for _, until := range w.Read {
				within = append(within, until.Sub(now))
			}
			return w.Code, within
		}
		slow, comes := io.Pipe()
		answers := make(chan int, heavyOfOne)
		for range heavyOfOne {
			go func() {
				status, _ := post("192.0.2.1", slow, heavyFrom+1)
				answers <- status
			}()
		}
		synctest.Wait()
		long := strings.Repeat("x", heavyFrom+1)
		status, _ := post("192.0.2.1", strings.NewReader(long), heavyFrom+1)
		require.Equal(t, http.StatusServiceUnavailable, status)
		status, within := post("192.0.2.2", strings.NewReader(long), heavyFrom+1)
		require.Equal(t, http.StatusForbidden, status, "another's are taken")
		require.Equal(t, []time.Duration{patience, heavyWithin}, within, "it has to hurry")
		_, within = post("192.0.2.2", strings.NewReader("short"), -1)
		require.Equal(t, []time.Duration{patience}, within)
		require.NoError(t, comes.CloseWithError(os.ErrDeadlineExceeded))
		for range heavyOfOne {
			require.Equal(t, http.StatusRequestTimeout, <-answers)
		}
		status, _ = post("192.0.2.1", strings.NewReader(long), -1)
		require.Equal(t, http.StatusForbidden, status, "all have left")
	})
}

// TestEachDoorWeighs: a flood that is turned away at one door comes by another, so long
// bodies are counted over all of them.
func TestEachDoorWeighs(t *testing.T) {
	for _, path := range []string{twilio.MessagesPath, twilio.VoicePath, "/webhooks/stripe"} {
		synctest.Test(t, func(t *testing.T) {
			forged := func([]byte, string) (stripe.PaymentUpdate, error) {
				return stripe.PaymentUpdate{}, channels.ErrSignature
			}
			h := doors(Config{Payments: &Payments{Read: forged}})
			post := func(path string, body io.Reader, length int64) int {
				r := httptest.NewRequest(http.MethodPost, path, body)
				r.ContentLength = length
				return answer(h, r).Code
			}
			slow, comes := io.Pipe()
			answers := make(chan int, heavyOfOne)
			for range heavyOfOne {
				go func() { answers <- post(path, slow, heavyFrom+1) }()
			}
			synctest.Wait()
			long := strings.Repeat("x", heavyFrom+1)
			for _, door := range []string{twilio.MessagesPath, twilio.VoicePath, "/webhooks/stripe"} {
				require.Equal(t, http.StatusServiceUnavailable, post(door, strings.NewReader(long), int64(len(long))), "%s while they come by %s", door, path)
				require.Equal(t, http.StatusForbidden, post(door, strings.NewReader("a=b"), 3), "short ones pass by")
			}
			require.NoError(t, comes.CloseWithError(os.ErrDeadlineExceeded))
			for range heavyOfOne {
				require.Equal(t, http.StatusRequestTimeout, <-answers)
			}
			require.NotEqual(t, http.StatusServiceUnavailable, post(path, strings.NewReader(long), int64(len(long))), "all have left")
		})
	}
}
