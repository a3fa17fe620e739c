package browser

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/cmd/demo"
)

// at is a demo whose clock stands, in Chicago.
func at(t *testing.T, moment string) *demo.Demo {
	t.Helper()
	d := Demo(t)
	then, err := time.Parse(time.RFC3339, moment)
	require.NoError(t, err)
	err = d.Gateway.MoveClock(t.Context(), &then)
	require.NoError(t, err)
	return d
}

func chatEnv(t *testing.T, d *demo.Demo) map[string]string {
	t.Helper()
	team := service(t, d)
	return map[string]string{"SITE": d.Site, "API": d.PublicURL(), "KEY": d.Access.Key, "TEAM": team, "CONTACT": d.PublicURL() + "/c/" + team}
}

func TestChatBothWays(t *testing.T) {
	t.Parallel()
	d := at(t, "2026-12-02T12:00:00-06:00")
	Run(t, "chat_both_ways.mjs", chatEnv(t, d))
	var visitors int
	require.NoError(t, d.DB.GetContext(t.Context(), &visitors, `select count(*) from visitors`))
	require.Equal(t, 1, visitors, "looking makes nobody a visitor")
}

func TestChatClosed(t *testing.T) {
	t.Parallel()
	const night = "2026-12-02T20:00:00-06:00" // a Wednesday
	d := at(t, night)
	env := chatEnv(t, d)
	env["NOW"] = night
	Run(t, "chat_closed.mjs", env)
	var text string
	require.NoError(t, d.DB.GetContext(t.Context(), &text, `select text from messages where author = 'customer'`))
	require.Equal(t, "My mower leaks\n\n+48501234567", text)
}

func TestChatOnTheContactPage(t *testing.T) {
	t.Parallel()
	Run(t, "chat_contact.mjs", chatEnv(t, at(t, "2026-12-02T12:00:00-06:00")))
}
