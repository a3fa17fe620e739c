package console_test

import (
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

var linkInLetter = regexp.MustCompile(`http://\S+/set-password/[A-Za-z0-9_-]{43}`)

// letter waits for the n-th letter and returns its address to open.
func (b *browser) letter(n int) (text, link string) {
	b.t.Helper()
	require.Eventually(b.t, func() bool { return len(b.mail.Letters()) >= n }, time.Minute, time.Millisecond)
	text = b.mail.Letters()[n-1].Text
	return text, strings.TrimPrefix(linkInLetter.FindString(text), b.base)
}

func TestAForgottenPassword(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.post("/language", "language", "de", "back", "/account")
	other := &browser{Client: anew(t), t: t, base: b.base}
	require.Contains(t, other.get("/sign-in").text, `href="/forgot-password"`)
	said := func(email string) string {
		asked := other.post("/forgot-password", "email", email)
		require.Equal(t, http.StatusOK, asked.status)
		return strings.ReplaceAll(asked.text, email, "")
	}
	require.Equal(t, said("nobody@example.com"), said("Maria@example.com"), "nobody is told who is here")
	text, first := b.letter(1)
	require.Contains(t, text, "Guten Tag Maria")
	said(maria)
	said(maria)
	said(maria)
	_, second := b.letter(2)
	_, third := b.letter(3)
	require.Equal(t, http.StatusOK, other.get(first).status, "asking again takes none away")
	other.post(second, "password", "another horse, chosen").leadsTo(t, "/")
	require.Equal(t, http.StatusNotFound, other.get(third).status, "all end with the choice")
	b.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
	for range 10 {
		other.post("/forgot-password", "email", maria)
	}
	stranger := &browser{Client: anew(t), t: t, base: b.base}
	require.Contains(t, stranger.post("/forgot-password", "email", maria).text, "Try again in")
	require.Len(t, b.mail.Letters(), 3, "one person gets three in a while")
}

func TestAnInvitationGoesByMail(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	ben := settings.NewMember()
	ben.Name, ben.Email, ben.Role = "Ben", "ben@example.com", settings.RoleAdvisor
	ben, err := settings.CreateMember(t.Context(), b.db, b.gate.Company, "test", ben)
	require.NoError(t, err)
	shown := b.post("/staff/" + ben.ID + "/invite")
	require.Contains(t, shown.text, "The link was sent to ben@example.com")
	text, link := b.letter(1)
	require.Contains(t, text, "Maria invites you to sign in at Green Valley")
	require.Contains(t, shown.text, path.Base(link))
	his := &browser{Client: anew(t), t: t, base: b.base, db: b.db}
	his.post(link, "password", password).leadsTo(t, "/")
	require.Contains(t, his.get("/account").text, ">127.0.0.1<", "where the session began")

	his.enroll()
	b.post("/staff/"+ben.ID+"/second-factor").leadsTo(t, "/staff/"+ben.ID)
	text, _ = b.letter(2)
	require.Contains(t, text, "Maria has reset the second factor")

	b.mail.Close()
	require.Contains(t, b.post("/staff/"+ben.ID+"/invite").text, "/set-password/", "an admin hands it over instead")
}
