package limit

import (
	"io"
	"strings"
	"testing"
	"time"

	"ringback/webhooks/web/limit/limittest"
)

// TestABodyHasToKeepComing: the time that is left grows with what came, and only so
// far.
func TestABodyHasToKeepComing(t *testing.T) {
	t.Parallel()
	w := limittest.New()
	body := Steady(w, strings.NewReader(strings.Repeat("x", 101*floor)), time.Minute)
	took := []int{0, 1, 10, 50, 1}
	for n, bytes := range took {
		if _, err := io.ReadFull(body, make([]byte, bytes*floor+1-min(n, 1))); err != nil {
			t.Fatal(err)
		}
	}
	// The first is TakeTime's; each other stands before a read.
	began := w.Read[0].Add(-time.Minute)
	for n, want := range map[int]time.Duration{1: grace, 2: grace, 3: grace + time.Second, 4: grace + 11*time.Second, 5: time.Minute} {
		if got := w.Read[n].Sub(began).Truncate(time.Second); got != want {
			t.Errorf("deadline %d: %v from the beginning, want %v", n, got, want)
		}
	}
}
