// Package mail sends e-mail to the staff through the company's own mail server.
//
// The hard decision: a letter carries the name that it is given as its
// Message-ID. When a server took one and we did not hear it say so, it is sent
// again by the same name, by which mailboxes know the two for one.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// ErrRefused is a letter that the server will not take, now or later: there is
// no such mailbox, for one.
var ErrRefused = errors.New("the mail server refused it")

// patience is how long one letter may take.
const patience = 20 * time.Second

// Config is what the environment says of the mail server.
type Config struct {
	URL  string // smtp://user:password@host:587 or smtps://user:password@host:465
	From string // an address, or "Name <address>"
	TLS  *tls.Config
	Dial func() (net.Conn, error) // in place of the network; for tests
}

// Server is the company's mail server. It is safe for use by many goroutines.
type Server struct {
	from   *mail.Address
	domain string
	host   string
	client func() (*gomail.Client, error)
}

// Letter is one e-mail.
type Letter struct {
	ID      string // names it for ever; letters, digits and dashes
	To      string // a bare address
	Subject string
	Text    string
	HTML    string
	At      time.Time
}

// New reads the configuration. What is wrong is named by its variable, never
// with the password.
func New(c Config) (*Server, error) {
	from, fromErr := parseFrom(c.From)
	u, err := parseURL(c.URL)
	if err = errors.Join(err, fromErr); err != nil {
		return nil, err
	}
	s := &Server{from: from, domain: from.Address[strings.LastIndex(from.Address, "@")+1:], host: u.Hostname()}
	port, _ := strconv.Atoi(u.Port())
	options := []gomail.Option{gomail.WithTimeout(patience), gomail.WithoutNoop()}
	trust := c.TLS.Clone()
	if trust == nil {
		trust = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	trust.ServerName = s.host
	auth := gomail.SMTPAuthAutoDiscover
	switch {
	case u.Scheme == "smtps":
		port = or(port, 465)
		options = append(options, gomail.WithSSL())
	case loopback(s.host):
		port, auth = or(port, 587), gomail.SMTPAuthPlainNoEnc // nobody listens between us
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		port = or(port, 587)
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	options = append(options, gomail.WithPort(port), gomail.WithTLSConfig(trust))
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	if c.Dial != nil {
		options = append(options, gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return c.Dial() }))
	}
	s.client = func() (*gomail.Client, error) { return gomail.NewClient(s.host, options...) }
	_, err = s.client()
	if err != nil {
		err = errors.New("SMTP_URL: cannot be used") // the cause may hold the password
	}
	return s, err
}

func or(port, usual int) int {
	if port == 0 {
		return usual
	}
	return port
}

func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, errors.New("SMTP_URL: must look like smtp://user:password@mail.example.com:587 or smtps://…:465; a character such as @ or / in the password is written as %40 or %2F")
	}
	if u.User != nil {
		if password, set := u.User.Password(); !set || password == "" || u.User.Username() == "" {
			return nil, errors.New("SMTP_URL: a user needs a password and a password a user")
		}
	}
	return u, nil
}

func parseFrom(from string) (*mail.Address, error) {
	parsed, err := mail.ParseAddress(from)
	if err != nil || strings.ContainsFunc(parsed.Name, unicode.IsControl) {
		return nil, errors.New(`MAIL_FROM: must be an e-mail address, such as "Ringback <ringback@example.com>"`)
	}
	return parsed, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// From is the sender's bare address.
func (s *Server) From() string { return s.from.Address }

// Send hands the letter to the server and returns when it took it. An error
// that is ErrRefused will be one again.
func (s *Server) Send(ctx context.Context, l Letter) error {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(s.from)
	if err := m.To(l.To); err != nil {
		return fmt.Errorf("%w: its address cannot be read", ErrRefused)
	}
	m.Subject(OneLine(l.Subject))
	m.SetMessageIDWithValue(l.ID + "@" + s.domain)
	m.SetDateWithValue(l.At)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office notes in return
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	client, err := s.client()
	if err != nil {
		return errors.New("the mail server cannot be used")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err = client.DialAndSendWithContext(ctx, m); m.IsDelivered() {
		return nil // whatever went wrong when we said goodbye
	}
	return judge(err)
}

// judge tells what will not be taken ever from what may be taken later. What it
// says is shown to staff: it holds the server's code and no more.
func judge(err error) error {
	var failed *gomail.SendError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failed) && failed.ErrorCode() >= 500 && (failed.Reason == gomail.ErrSMTPRcptTo || failed.Reason == gomail.ErrSMTPDataClose):
		return fmt.Errorf("%w with %d", ErrRefused, failed.ErrorCode())
	case errors.As(err, &failed) && failed.ErrorCode() >= 400: // also what is wrong with us, which an admin can mend
		return fmt.Errorf("the mail server put it off with %d", failed.ErrorCode())
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("the mail server did not answer in time")
	}
	return errors.New("the mail server could not be reached, or refused the sign-in or TLS")
}

// OneLine is text without line breaks and other control characters: a header
// ends where its line does.
func OneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }), " ")
}
