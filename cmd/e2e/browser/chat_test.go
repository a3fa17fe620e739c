package browser

import (
	"encoding/base64"
	"maps"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/cmd/app"
	"ringback/cmd/demo"
	"ringback/settings"
)

// at is a demo that starts at a moment, and whose clock runs on: what was being
// written comes before what was said.
func at(t *testing.T, moment string, changes ...func(*app.Config)) *demo.Demo {
	t.Helper()
	then, err := time.Parse(time.RFC3339, moment)
	require.NoError(t, err)
	return Demo(t, append(changes, func(c *app.Config) { c.Clock = clocktest.RunningFrom(then) })...)
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

func TestChatAnswered(t *testing.T) {
	t.Parallel()
	d := at(t, "2026-12-02T12:00:00-06:00")
	env := chatEnv(t, d)
	maps.Copy(env, consoleEnv(d))
	Run(t, "chat_answered.mjs", env)
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

// token is what the company's site says of Zoe, signed with a key of the chat.
func token(t *testing.T, d *demo.Demo, secret string) string {
	t.Helper()
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"sub": "customer-7", "name": "Zoe Park", "jti": uuid.NewString(), "exp": d.Clock.Now().Add(time.Hour).Unix(),
	}).SignedString([]byte(secret))
	require.NoError(t, err)
	return signed
}

func TestChatOfWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	d := at(t, "2026-12-02T12:00:00-06:00", func(c *app.Config) { c.SecretKey = base64.StdEncoding.EncodeToString(make([]byte, 32)) })
	env := chatEnv(t, d)
	vault, err := app.Vault(d.Config, d.DB)
	require.NoError(t, err)
	var secret string
	_, err = settings.EditTeam(t.Context(), d.DB.DB, d.Company.ID, env["TEAM"], "test", func(e *settings.Edit) error {
		var sender string
		if err := d.DB.Get(&sender, `select id from senders where kind = 'webchat'`); err != nil {
			return err
		}
		_, secret, err = e.AddIdentityKey(t.Context(), vault, sender)
		return err
	})
	require.NoError(t, err)
	env["FIRST"], env["SECOND"], env["FORGED"] = token(t, d, secret), token(t, d, secret), token(t, d, secret+"x")
	Run(t, "chat_signed_in.mjs", env)
	var names []string
	require.NoError(t, d.DB.SelectContext(t.Context(), &names, `select c.name from contacts c join messages m on m.contact_id = c.id where m.author = 'customer' order by m.seq`))
	require.Equal(t, []string{"Zoe Park", "Zoe Park", ""}, names) // words, a file, and a stranger
}

func TestChatOnTheContactPage(t *testing.T) {
	t.Parallel()
	Run(t, "chat_contact.mjs", chatEnv(t, at(t, "2026-12-02T12:00:00-06:00")))
}

func TestChatStays(t *testing.T) {
	t.Parallel()
	d := at(t, "2026-12-02T12:00:00-06:00")
	env := chatEnv(t, d)
	env["PAGE"] = page(t, d, env["TEAM"], `<script>document.head.append(Object.assign(document.createElement("script"), { src: "`+
		d.PublicURL()+`/chat/widget.js?key=`+demo.SiteKey+`" }));</script>`) // as a tag manager puts it in, which keeps nothing but the address
	Run(t, "chat_stays.mjs", env)
}
