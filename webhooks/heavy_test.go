package webhooks

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
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
		post := func(body string, length int64) int {
			r := httptest.NewRequest(http.MethodPost, "/webhooks/sluggish", strings.NewReader(body))
			r.ContentLength = length
			return answer(router, r).Code
		}
		long := strings.Repeat("x", heavyFrom)
		answers := make(chan int, heavyHeld+8)
		for n := range heavyHeld + 8 {
			go func() { answers <- post(long, []int64{-1, heavyFrom}[n%2]) }()
		}
		synctest.Wait()
		require.EqualValues(t, heavyLooked, provider.looking.Load())
		require.Len(t, answers, 8)
		require.Equal(t, http.StatusForbidden, post("short", 5))
		close(provider.over)
		synctest.Wait()
		got := map[int]int{}
		for range heavyHeld + 8 {
			got[<-answers]++
		}
		require.Equal(t, map[int]int{http.StatusServiceUnavailable: 8, http.StatusForbidden: heavyHeld}, got)
		require.Equal(t, http.StatusForbidden, post(long, heavyFrom), "all have left")
	})
}
