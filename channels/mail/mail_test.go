package mail_test

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/mail"
	"ringback/channels/simulator"
	"ringback/channels/simulator/mailbox"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func server(t *testing.T) (*mailbox.Server, *mail.Server) {
	t.Helper()
	box := mailbox.New(nil)
	smtp, err := box.Listen(simulator.Loopback)
	require.NoError(t, err)
	t.Cleanup(box.Close)
	s, err := mail.New(mail.Config{URL: smtp, From: "Ringback <ringback@example.com>"})
	require.NoError(t, err)
	return box, s
}

func TestALetterArrivesAsItIsMeant(t *testing.T) {
	t.Parallel()
	box, s := server(t)
	l := mail.Letter{
		ID: "0197", To: "ann@example.com", Subject: "Nieodebrane połączenie · #1001", Text: "Zażółć\n\n.\nend\n", HTML: "<p>Zażółć</p>", At: noon,
	}
	require.NoError(t, s.Send(t.Context(), l))
	letters := box.Letters()
	require.Len(t, letters, 1)
	got := letters[0]
	require.Equal(t, "ann@example.com", got.To)
	require.Equal(t, "ringback@example.com", got.From)
	require.Equal(t, l.Subject, got.Subject)
	require.Equal(t, "0197@example.com", got.ID)
	require.Equal(t, l.Text, got.Text)
	require.Equal(t, l.HTML, got.HTML)
	require.Equal(t, "auto-generated", got.Header.Get("Auto-Submitted"))
	require.Equal(t, `"Ringback" <ringback@example.com>`, got.Header.Get("From"))
}

// TestNoHeaderCanBeSlippedIn: what customers and staff name things by stands in
// subjects.
func TestNoHeaderCanBeSlippedIn(t *testing.T) {
	t.Parallel()
	box, s := server(t)
	for _, evil := range []string{"a\r\nBcc: x@example.com", "a\nBcc: x@example.com", "a\rBcc: x@example.com", "a\u2028Bcc: x", "a\r\n\r\nbody"} {
		require.NoError(t, s.Send(t.Context(), mail.Letter{ID: "1", To: "ann@example.com", Subject: evil, Text: "x", HTML: "x", At: noon}))
	}
	require.Error(t, s.Send(t.Context(), mail.Letter{ID: "1", To: "ann@example.com>\r\nRCPT TO:<x@example.com", Subject: "s", Text: "x", At: noon}))
	require.Len(t, box.Letters(), 5)
	for _, got := range box.Letters() {
		require.Equal(t, "ann@example.com", got.To)
		require.Empty(t, got.Header.Get("Bcc"))
		require.NotContains(t, got.Subject, "\n")
		require.Equal(t, "x", got.Text)
	}
}

func TestWhatIsRefusedForGoodAndWhatIsNot(t *testing.T) {
	t.Parallel()
	box, s := server(t)
	l := mail.Letter{ID: "1", To: "ann@example.com", Subject: "s", Text: "x", HTML: "x", At: noon}
	box.Refuse(func(string) error { return mailbox.Refusal(550) })
	err := s.Send(t.Context(), l)
	require.ErrorIs(t, err, mail.ErrRefused)
	require.Contains(t, err.Error(), "550")
	box.Refuse(func(string) error { return mailbox.Refusal(451) })
	err = s.Send(t.Context(), l)
	require.Error(t, err)
	require.NotErrorIs(t, err, mail.ErrRefused)
	box.Close()
	err = s.Send(t.Context(), l)
	require.Error(t, err)
	require.NotErrorIs(t, err, mail.ErrRefused)
	require.NotContains(t, err.Error(), "127.0.0.1")
}

func TestFaultsOfTheConfigurationAreNamedWithoutThePassword(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, from, named string }{
		{"", "a@example.com", "SMTP_URL"},
		{"http://mail.example.com", "a@example.com", "SMTP_URL"},
		{"smtp://ann:hunter2@", "a@example.com", "SMTP_URL"},
		{"smtp://ann:hunter2@host:99999999", "a@example.com", "SMTP_URL"},
		{"smtp://ann:hunter2@ho st", "a@example.com", "SMTP_URL"},
		{"smtp://ann:hunt%zzhunter2@host", "a@example.com", "SMTP_URL"},
		{"smtp://ann@host", "a@example.com", "SMTP_URL"},
		{"smtp://host/path", "a@example.com", "SMTP_URL"},
		{"smtp://host?x=1", "a@example.com", "SMTP_URL"},
		{"smtp://ann:hunter2@host", "", "MAIL_FROM"},
		{"smtp://ann:hunter2@host", "nobody", "MAIL_FROM"},
		{"smtp://ann:hunter2@host", "a@b\r\nBcc: c@d", "MAIL_FROM"},
	} {
		_, err := mail.New(mail.Config{URL: c.url, From: c.from})
		require.ErrorContains(t, err, c.named, c.url)
		require.NotContains(t, err.Error(), "hunter2")
	}
	_, err := mail.New(mail.Config{})
	require.ErrorContains(t, err, "SMTP_URL")
	require.ErrorContains(t, err, "MAIL_FROM", "all faults at once")
	for _, good := range []string{"smtp://host", "smtps://host", "smtp://ann:hunter2@host:2525", "smtps://ann%40x:a%2Fb@host/"} {
		_, err := mail.New(mail.Config{URL: good, From: "a@example.com"})
		require.NoError(t, err, good)
	}
}

// TestNothingIsSentInTheClear: a server elsewhere that offers no TLS gets
// neither the password nor a letter.
func TestNothingIsSentInTheClear(t *testing.T) {
	t.Parallel()
	box := mailbox.New(nil)
	smtp, err := box.Listen(simulator.Loopback)
	require.NoError(t, err)
	t.Cleanup(box.Close)
	dialed := make(chan struct{}, 1)
	s, err := mail.New(mail.Config{URL: "smtp://ann:hunter2@mail.example.com", From: "a@example.com", Dial: func() (net.Conn, error) {
		dialed <- struct{}{}
		return net.Dial("tcp", strings.TrimPrefix(smtp, "smtp://"))
	}})
	require.NoError(t, err)
	err = s.Send(t.Context(), mail.Letter{ID: "1", To: "ann@example.com", Subject: "s", Text: "x", HTML: "x", At: noon})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
	require.Len(t, dialed, 1)
	require.Empty(t, box.Letters())
}

// TestTheServerElsewhereIsSpokenToOverTLS, and is who it says; then the user
// signs in.
func TestTheServerElsewhereIsSpokenToOverTLS(t *testing.T) {
	t.Parallel()
	identity := httptest.NewTLSServer(nil) // its certificate is example.com's
	t.Cleanup(identity.Close)
	box := mailbox.New(identity.TLS)
	smtp, err := box.Listen(simulator.Loopback)
	require.NoError(t, err)
	t.Cleanup(box.Close)
	trust := identity.Client().Transport.(*http.Transport).TLSClientConfig
	send := func(host string, trusted *tls.Config) error {
		s, err := mail.New(mail.Config{URL: "smtp://ann:hunter2@" + host, From: "a@example.com", TLS: trusted, Dial: func() (net.Conn, error) {
			return net.Dial("tcp", strings.TrimPrefix(smtp, "smtp://"))
		}})
		require.NoError(t, err)
		return s.Send(t.Context(), mail.Letter{ID: "1", To: "ann@example.com", Subject: "s", Text: "x", HTML: "x", At: noon})
	}
	require.Error(t, send("example.com", nil), "nobody vouches for it")
	require.Error(t, send("mail.example.org", trust), "it is another one")
	require.Empty(t, box.Letters())
	require.NoError(t, send("example.com", trust))
	require.Len(t, box.Letters(), 1)
	require.Equal(t, "ann", box.Letters()[0].User)
	require.True(t, box.Letters()[0].Secure)
}
