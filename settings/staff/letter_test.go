package staff

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/mail"
	"ringback/channels/simulator/mailbox"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// postGate is a gate with a mail server, and what came there.
func postGate(t *testing.T) (Gate, *mailbox.Server) {
	t.Helper()
	box := mailbox.New(nil)
	url, err := box.Listen("127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(box.Close)
	server, err := mail.New(mail.Config{URL: url, From: "ringback@example.com"})
	require.NoError(t, err)
	return Gate{Mail: server, PublicURL: func() string { return "https://texts.example.com" }}, box
}

// TestWhatALetterSays in the language of whom it is to, or else in English: whom, by
// whom, and the address, which is a link in the page as well.
func TestWhatALetterSays(t *testing.T) {
	t.Parallel()
	g, box := postGate(t)
	const url = "https://texts.example.com/set-password/x?a=1&b=2"
	to := addressee{ID: "1", Name: "Ann <b>\r\nBcc: eve@example.com", Email: "ann@example.com", Company: "Green & Valley"}
	for _, letter := range []string{letterForgot, letterInvited, letterReset} {
		for tag, language := range map[string]string{"en": "en", "pl": "pl", "de": "de", "fr": "fr", "es": "es", "it": "it", "pt-BR": "pt-BR", "ja": "en", "": "en"} {
			box.Forget()
			to.Language = tag
			require.NoError(t, g.write(t.Context(), to, letter, url, "Boss"))
			require.Len(t, box.Letters(), 1)
			came := box.Letters()[0]
			require.Equal(t, "ann@example.com", came.To)
			subject := strings.ReplaceAll(letters[letter+".subject"][language], "{Company}", "Green & Valley")
			require.Equal(t, subject, came.Subject, "%s in %q", letter, tag)
			require.Contains(t, came.Text, "\n\n"+url+"\n\n"+letters[letter+".foot"][language])
			require.Contains(t, came.Text, "Green & Valley")
			require.Equal(t, letter != letterForgot, strings.Contains(came.Text, "Boss"), "%s in %q says who", letter, tag)
			require.NotRegexp(t, `\{\w+\}`, came.Text+came.HTML+came.Subject)
			require.NotContains(t, came.Text, "\nBcc", "a name is one line")
			require.Contains(t, came.HTML, `<html lang="`+language+`">`)
			require.Contains(t, came.HTML, `<a href="https://texts.example.com/set-password/x?a=1&amp;b=2">`)
			require.Contains(t, came.HTML, "Ann &lt;b&gt;")
			require.Len(t, regexp.MustCompile(`<p>`).FindAllString(came.HTML, -1), 2+len(strings.Split(letters[letter+".text"][language], "\n\n")))
		}
	}
	box.Refuse(func(string) error { return mailbox.Refusal(550) })
	require.Error(t, g.write(t.Context(), to, letterForgot, url, ""))
	g.Mail = nil
	require.NoError(t, g.write(t.Context(), to, letterForgot, url, ""), "where nothing is sent the link is shown")
}

// TestWhoIsWrittenTo who has forgotten their password: who has one, is here and may sign
// in with it, in each company that they work at; three letters in a while.
func TestWhoIsWrittenTo(t *testing.T) {
	t.Parallel()
	g, box := postGate(t)
	g.DB = testdb.New(t)
	joins := func(company, name, role, password string, active bool) {
		c, err := settings.EnsureCompany(t.Context(), g.DB, company)
		require.NoError(t, err)
		m := settings.NewMember()
		m.Name, m.Email, m.Role = name, strings.ToLower(name)+"@example.com", role
		m, err = settings.CreateMember(t.Context(), g.DB, c.ID, "test", m)
		require.NoError(t, err)
		_, err = g.DB.Exec(`update staff set password = nullif($2, ''), active = $3 where id = $1`, m.ID, password, active)
		require.NoError(t, err)
	}
	joins("One", "Ann", "admin", nobodys, true)
	joins("One", "Ben", "advisor", nobodys, true)
	joins("One", "Eve", "admin", "", true)
	joins("One", "Joe", "admin", nobodys, false)
	for _, c := range []struct {
		email string
		only  bool
		want  int
	}{
		{"ANN@example.com", false, 1},
		{"ben@example.com", false, 1},
		{"eve@example.com", false, 0},
		{"joe@example.com", false, 0},
		{"nobody@example.com", false, 0},
		{"ann@example.com", true, 1},
		{"ben@example.com", true, 0},
		{"ann@example.com", false, 1},
		{"ann@example.com", false, 0},
		{"ben@example.com", false, 1},
	} {
		box.Forget()
		g.Identity.Only = c.only
		require.NoError(t, g.sendForgotten(t.Context(), c.email))
		require.Len(t, box.Letters(), c.want, "%+v", c)
	}
	_, err := g.DB.Exec(`update sign_in_tries set since = now() - interval '16 minutes'`)
	require.NoError(t, err)
	box.Forget()
	require.NoError(t, g.sendForgotten(t.Context(), "ann@example.com"))
	require.Len(t, box.Letters(), 1, "and again after the while")

	var lasts []float64
	require.NoError(t, g.DB.Select(&lasts, `select extract(epoch from expires_at - created_at)::float8 from sign_in_links`))
	for _, seconds := range lasts {
		require.InDelta(t, time.Hour.Seconds(), seconds, 1)
	}
	token := regexp.MustCompile(`/set-password/(\S{43})`).FindStringSubmatch(box.Letters()[0].Text)[1]
	invited, err := g.Invited(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, []string{"Ann", "One"}, []string{invited.Name, invited.Company})
}

// TestAnInvitationThatCannotBeSent is shown all the same, and says that nobody got it.
func TestAnInvitationThatCannotBeSent(t *testing.T) {
	t.Parallel()
	g, box := postGate(t)
	g.DB = testdb.New(t)
	c, err := settings.EnsureCompany(t.Context(), g.DB, "One")
	require.NoError(t, err)
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Teams = "Ann", "ann@example.com", "advisor", nil
	m, err = settings.CreateMember(t.Context(), g.DB, c.ID, "test", m)
	require.NoError(t, err)
	by := Principal{CompanyID: c.ID, Scopes: Scopes, Who: "key x"}
	link, err := g.InviteMember(t.Context(), by, m.ID)
	require.NoError(t, err)
	require.Equal(t, "ann@example.com", link.SentTo)
	require.Contains(t, box.Letters()[0].Text, link.URL)
	box.Refuse(func(string) error { return errors.New("no") })
	link, err = g.InviteMember(t.Context(), by, m.ID)
	require.NoError(t, err)
	require.Empty(t, link.SentTo)
	require.NotEmpty(t, link.URL)
	by.Scopes = []Scope{StaffWrite}
	_, err = g.InviteMember(t.Context(), by, m.ID)
	require.ErrorAs(t, err, new(Denied), "who may do less invites nobody who may do more")
	by = Principal{CompanyID: c.ID, Scopes: Scopes, StaffID: m.ID}
	_, err = g.InviteMember(t.Context(), by, m.ID)
	require.ErrorIs(t, err, ErrProve)
}
