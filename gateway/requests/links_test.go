package requests_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/settings/text"
)

// TestLinksArePutInForWhomTheyAre: a placeholder becomes the link in a text to
// the request's customer, and stays one in a text to anybody else, who may have
// read it where everybody of the team can.
func TestLinksArePutInForWhomTheyAre(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	links := requests.Links{Key: []byte("a key of links for tests")}
	r := w.draft(rules.AskApproval)
	r.TokenHash = requests.Hash(links.Token(r.ID))
	w.ask(t, r)
	sign := requests.Placeholder("https://texts.example.com/", r.ID)
	link := requests.Link("https://texts.example.com", links.Token(r.ID))
	require.Len(t, sign, len(link), "a text has as many parts with the one as with the other")
	other := newTicket(t, w.db)
	for name, c := range map[string]struct {
		links            requests.Links
		company, contact string
		text, want       string
	}{
		"to the customer":   {links, w.company, w.contact, "Look: " + sign + "\nThanks.", "Look: " + link + "\nThanks."},
		"twice":             {links, w.company, w.contact, sign + " " + sign, link + " " + link},
		"to somebody else":  {links, w.company, other.contact, sign, sign},
		"another company":   {links, other.company, w.contact, sign, sign},
		"to nobody":         {links, w.company, "", sign, sign},
		"of no request":     {links, w.company, w.contact, "/r:AAAAAAAAAAAAAAAAAAAAAA", "/r:AAAAAAAAAAAAAAAAAAAAAA"},
		"a letter too many": {links, w.company, w.contact, "no /r: here", "no /r: here"},
	} {
		text, value := c.text, c.text
		require.NoError(t, c.links.Fill(t.Context(), w.db, c.company, c.contact, &text, &value), name)
		require.Equal(t, []string{c.want, c.want}, []string{text, value}, name)
	}
	found, err := requests.PageOf(t.Context(), w.db, links.Token(r.ID))
	require.NoError(t, err)
	require.Equal(t, r.ID, found.ID)
	require.NotEqual(t, links.Token(r.ID), requests.Links{Key: []byte("another")}.Token(r.ID))
	require.NotEqual(t, requests.Links{}.Token(r.ID), requests.Links{}.Token(r.ID), "without a key nobody can guess it")
}

// TestWhatTheStaffRead has words in the place of each link.
func TestWhatTheStaffRead(t *testing.T) {
	sign := requests.Placeholder("https://texts.example.com", "01a22139-7092-7198-b9a7-7cf8ae9c5c45")
	require.Equal(t, "Look: [link]\n[link], thanks", requests.Shown("Look: "+sign+"\n"+sign+", thanks", "[link]"))
	require.Equal(t, "https://texts.example.com/r:short", requests.Shown("https://texts.example.com/r:short", "[link]"))
}

// TestLinksAndWhatStandsForThemAreAlike where texts are compared: what comes back to us
// holds the link, what we keep holds the placeholder.
func TestLinksAndWhatStandsForThemAreAlike(t *testing.T) {
	const id = "01a22139-7092-7198-b9a7-7cf8ae9c5c45"
	links := requests.Links{Key: []byte("a key of links for tests")}
	kept := "Look: " + requests.Placeholder("https://texts.example.com", id) + " Thanks."
	require.NotEqual(t, kept, links.In(kept, id))
	require.Equal(t, text.SameLinks(kept), text.SameLinks(links.In(kept, id)))
}
