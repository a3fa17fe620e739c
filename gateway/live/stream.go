package live

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"ringback/channels/guard"
)

// Heartbeat is how often a quiet stream shows that it is alive, so that no
// proxy takes it for dead.
const Heartbeat = 20 * time.Second

// writing bounds how long a browser may take to hear something.
const writing = 10 * time.Second

// Stream is an open stream of server-sent events, as the HTML standard has them.
type Stream struct {
	to   net.Conn
	gone chan struct{}
}

// ErrGone is a browser that hears nothing any more.
var ErrGone = errors.New("the browser has gone")

// Open answers a request with a stream, which talk is given and which ends when that
// returns; without an error talk is called, once. The request is over with Open: its
// connection is taken over, and what the server keeps for each request that it answers,
// some 30 KB, goes. What talk needs of the request it has to have read before; what it
// needs a deep stack for it does Apart.
func (h *Hub) Open(to http.ResponseWriter, talk func(*Stream)) error {
	header := to.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("X-Accel-Buffering", "no") // nginx would hold it back
	header.Set("Connection", "close")     // the stream is all that comes until the connection's end
	header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	var head bytes.Buffer
	head.WriteString("HTTP/1.1 200 OK\r\n")
	if err := header.Write(&head); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	head.WriteString("\r\n: here\n\n")
	conn, _, err := http.NewResponseController(to).Hijack()
	if err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	s := &Stream{to: conn, gone: make(chan struct{})}
	over := h.opens()
	go s.listen()
	go func() {
		defer over()
		defer conn.Close()
		_ = s.write(head.String()) // the next one fails as well
		_ = h.guarded("a stream", func() { talk(s) })
	}()
	return nil
}

// Gone is closed when the browser has gone.
func (s *Stream) Gone() <-chan struct{} { return s.gone }

// ignored is how often a browser may say something, which none does, before it has to go.
const ignored = 64

// listen waits for the browser to go.
func (s *Stream) listen() {
	defer close(s.gone)
	var said [64]byte
	for range ignored {
		if _, err := s.to.Read(said[:]); err != nil {
			return
		}
	}
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
	_ = s.to.SetWriteDeadline(time.Now().Add(writing)) // of a connection that is closed
	if _, err := s.to.Write([]byte(text)); err != nil {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return nil
}

// Apart does something beside the stream that waits for it, since a stack that has grown
// stays: ten thousand streams would keep what a question to the database takes.
func Apart[T any](do func() (T, error)) (answer T, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = guard.Do(func() (err error) { answer, err = do(); return err })
	}()
	<-done
	return answer, err
}
