package limit

import (
	"io"
	"net/http"
	"time"
)

// TakeTime lets a request take that long to come, on a poor line, and a minute
// more to be answered, and returns until when it may come. Where the writer knows no
// deadlines the server's own hold.
func TakeTime(w http.ResponseWriter, patience time.Duration) time.Time {
	until, c := time.Now().Add(patience), http.NewResponseController(w)
	_ = c.SetReadDeadline(until)
	_ = c.SetWriteDeadline(until.Add(time.Minute))
	return until
}

// A body of a stranger's has so long to begin with, and has to come so fast on the
// whole, in bytes a second: what a phone sends with one bar.
const (
	grace = 30 * time.Second
	floor = 8 << 10
)

// Steady is TakeTime for a body that has to keep coming: who sends a byte now and
// then, to hold a connection and a file, is cut off. It ends as any body whose time
// is up.
func Steady(w http.ResponseWriter, body io.Reader, patience time.Duration) io.Reader {
	last := TakeTime(w, patience)
	return &steady{from: body, until: http.NewResponseController(w).SetReadDeadline, began: last.Add(-patience), last: last}
}

type steady struct {
	from        io.Reader
	until       func(time.Time) error
	began, last time.Time
	came        int64
}

func (s *steady) Read(b []byte) (int, error) {
	due := s.began.Add(grace + time.Duration(s.came)*time.Second/floor)
	if due.After(s.last) {
		due = s.last
	}
	_ = s.until(due)
	n, err := s.from.Read(b)
	s.came += int64(n)
	return n, err
}
