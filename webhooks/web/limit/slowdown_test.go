package limit

import (
	"testing"
	"time"
)

func TestWhoGoesOnWaitsEverLonger(t *testing.T) {
	t.Parallel()
	s := &Slowdown{Free: 3, First: time.Minute, Most: 10 * time.Minute}
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	want := []time.Duration{0, 0, 0, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 10 * time.Minute, 10 * time.Minute}
	for n, wait := range want {
		if got := s.Wait("here", at); got != wait {
			t.Errorf("the one after %d: %v to wait, want %v", n, got, wait)
		}
		if at = at.Add(wait); wait == 0 {
			continue
		}
		if got := s.Wait("here", at); got != 0 {
			t.Errorf("the one after %d has waited, and is told %v", n, got)
		}
	}
	if got := s.Wait("there", at); got != 0 {
		t.Errorf("somebody else waits %v", got)
	}
	day := at.Add(24 * time.Hour)
	for range 3 {
		if got := s.Wait("here", day); got != 0 {
			t.Errorf("after a day it is forgotten, and %v to wait", got)
		}
	}
}
