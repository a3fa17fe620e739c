// Package mailbox is a mail server on this machine that keeps what it is sent:
// for tests, and for the demo, which shows what the staff are told.
//
// The hard decision: letters are read back from the wire, header and parts, and
// not from what the sender meant, so that a header that somebody slipped in
// shows.
package mailbox

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Letter is one e-mail as it came.
type Letter struct {
	To      string // of the envelope
	From    string // of the envelope
	User    string // who signed in to send it; empty: nobody
	Secure  bool   // it came over TLS
	Subject string
	ID      string // its Message-ID, without the angle brackets
	Header  mail.Header
	Text    string
	HTML    string
	At      time.Time
}

// kept is how many letters are.
const kept = 200

// Server keeps the newest letters.
type Server struct {
	smtp *smtp.Server

	mu       sync.Mutex
	listener net.Listener
	letters  []Letter // the oldest first
	refusal  func(to string) error
}

// New makes a mail server that nobody can reach yet. With an identity it offers
// STARTTLS, and has users, of any password; nil: neither.
func New(identity *tls.Config) *Server {
	s := &Server{}
	s.smtp = smtp.NewServer(s)
	s.smtp.Domain, s.smtp.ReadTimeout, s.smtp.WriteTimeout, s.smtp.MaxMessageBytes = "localhost", time.Minute, time.Minute, 1<<20
	s.smtp.ErrorLog, s.smtp.TLSConfig = quiet{}, identity
	return s
}

// Listen takes letters at an address, such as 127.0.0.1:0, until Close. It
// returns the URL for SMTP_URL.
func (s *Server) Listen(address string) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", fmt.Errorf("a mail server on this machine: %w", err)
	}
	s.mu.Lock()
	s.listener = listener
	s.mu.Unlock()
	go func() { _ = s.smtp.Serve(listener) }() // it ends with Close
	return "smtp://" + listener.Addr().String(), nil
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Close stops it.
func (s *Server) Close() { _ = s.smtp.Close() } // a second time changes nothing

// Letters returns what came, the oldest first.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter{}, s.letters...)
}

// Forget throws away what came so far.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = nil
}

// Refuse lets it refuse letters to whom the function says; nil: to nobody. The
// error may be Refusal's.
func (s *Server) Refuse(refusal func(to string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = refusal
}

// Refusal is an answer with a code such as 550, which is for good, or 451.
func Refusal(code int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "refused"}
}

// NewSession serves one connection.
func (s *Server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{server: s, conn: c}, nil
}

type session struct {
	server   *Server
	conn     *smtp.Conn
	user     string
	from, to string
}

// AuthMechanisms are how one can sign in.
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth lets anybody in and remembers who it was.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, _ string) error {
		s.user = user
		return nil
	}), nil
}

// Mail begins a letter.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt names whom it is for.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.to = to
	if s.server.refusal != nil {
		return s.server.refusal(to)
	}
	return nil
}

// Data takes the letter.
func (s *session) Data(r io.Reader) error {
	l, err := read(r)
	if err != nil {
		return errors.New("not an e-mail")
	}
	l.From, l.To, l.User, l.At = s.from, s.to, s.user, time.Now()
	_, l.Secure = s.conn.TLSConnectionState()
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.letters = append(s.server.letters, l)
	if more := len(s.server.letters) - kept; more > 0 {
		s.server.letters = s.server.letters[more:]
	}
	return nil
}

// Reset forgets the letter that was begun.
func (s *session) Reset() { s.from, s.to = "", "" }

// Logout ends the connection.
func (s *session) Logout() error { return nil }

func read(r io.Reader) (Letter, error) {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return Letter{}, err
	}
	l := Letter{Header: m.Header, ID: strings.Trim(m.Header.Get("Message-Id"), "<>")}
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return l, err
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return l, err
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return l, l.take(kind, m.Header.Get("Content-Transfer-Encoding"), m.Body)
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, err
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err := l.take(kind, part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
			return l, err
		}
	}
}

func (l *Letter) take(kind, encoding string, body io.Reader) error {
	if strings.EqualFold(encoding, "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	var content bytes.Buffer
	if _, err := content.ReadFrom(body); err != nil {
		return err
	}
	text := strings.ReplaceAll(content.String(), "\r\n", "\n")
	if kind == "text/html" {
		l.HTML = text
	} else {
		l.Text = text
	}
	return nil
}
