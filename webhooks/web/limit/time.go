package limit

import (
	"net/http"
	"time"
)

// TakeTime lets a request take that long to come, on a poor line, and a minute
// more to be answered. Where the writer knows no deadlines the server's own hold.
func TakeTime(w http.ResponseWriter, patience time.Duration) {
	until, c := time.Now().Add(patience), http.NewResponseController(w)
	_ = c.SetReadDeadline(until)
	_ = c.SetWriteDeadline(until.Add(time.Minute))
}
