package phone

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/mailbox"
)

func TestLinksCanBeTapped(t *testing.T) {
	const link = "https://texts.example/r/abc"
	for text, want := range map[string][]piece{
		"Pay here: " + link + " Thanks":       {{"Pay here: ", ""}, {link, link}, {" Thanks", ""}},
		"(" + link + "). Or http://b.example": {{"(", ""}, {link, link}, {"). Or ", ""}, {"http://b.example", "http://b.example"}, {"", ""}},
		"Nothing to tap":                      {{"Nothing to tap", ""}},
	} {
		require.Equal(t, want, pieces(text))
	}
}

// What the team sends can be tapped; what a customer wrote cannot.
func TestLinksOnThePhone(t *testing.T) {
	w := newWorld(t, "")
	next := w.states()
	status, told := w.post("/phone/texts", w.form("text", "Is it https://mine.example?"))
	require.Equal(t, http.StatusNoContent, status, told)
	next(says("Sent “"))
	w.advise("See https://texts.example/r/abc.")
	_, page, _ := w.get("/phone?" + w.form().Encode())
	require.Contains(t, page, `See <a href="https://texts.example/r/abc" target="_blank" rel="noopener">https://texts.example/r/abc</a>.</p>`)
	require.NotContains(t, page, `href="https://mine.example`)

	_, err := w.channel.Send(t.Context(), channels.Account{ID: number, Secrets: []string{w.secret}}, channels.Outgoing{To: ann, Text: "Or https://texts.example/c/1!"})
	require.NoError(t, err)
	_, page, _ = w.get("/phone?" + w.form("app", "whatsapp").Encode())
	require.Contains(t, page, `Or <a href="https://texts.example/c/1" target="_blank" rel="noopener">https://texts.example/c/1</a>!</p>`)
}

func TestLinksInMail(t *testing.T) {
	var page bytes.Buffer
	letters := []mailbox.Letter{{Subject: "A <b>missed</b> call", Text: "Open https://texts.example/teams/1/tickets/2\n<i>"}}
	require.NoError(t, templates().ExecuteTemplate(&page, "mail", inbox{Letters: letters}))
	require.Contains(t, page.String(), `<pre>Open <a href="https://texts.example/teams/1/tickets/2" target="_blank" rel="noopener">https://texts.example/teams/1/tickets/2</a>
&lt;i&gt;</pre>`)
}
