package live

import (
	"fmt"
	"net/http"
	"time"
)

// Heartbeat is how often a quiet stream shows that it is alive, so that no
// proxy takes it for dead.
const Heartbeat = 20 * time.Second

// writing bounds how long a browser may take to hear something.
const writing = 10 * time.Second

// Stream is an open stream of server-sent events, as the HTML standard has them.
type Stream struct {
	to  http.ResponseWriter
	out *http.ResponseController
}

// Open begins a stream as the answer to a request.
func Open(to http.ResponseWriter) (*Stream, error) {
	to.Header().Set("Content-Type", "text/event-stream")
	to.Header().Set("X-Accel-Buffering", "no") // nginx would hold it back
	to.WriteHeader(http.StatusOK)
	s := &Stream{to: to, out: http.NewResponseController(to)}
	return s, s.write(": here\n\n")
}

// Send sends an event with data of one line. An id, unless empty, is where the
// browser says that it was when it comes back.
func (s *Stream) Send(event, id, data string) error {
	if id != "" {
		id = "id: " + id + "\n"
	}
	return s.write(fmt.Sprintf("%sevent: %s\ndata: %s\n\n", id, event, data))
}

// Beat shows that the stream is alive.
func (s *Stream) Beat() error { return s.write(": still here\n\n") }

func (s *Stream) write(text string) error {
	_ = s.out.SetWriteDeadline(time.Now().Add(writing)) // where it cannot be set, the network's own bounds hold
	if _, err := fmt.Fprint(s.to, text); err != nil {
		return err
	}
	return s.out.Flush()
}
