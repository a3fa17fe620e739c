package e2e

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// vouch signs whom the company's site says somebody is.
func vouch(t *testing.T, secret string, method jwt.SigningMethod, claims jwt.MapClaims) string {
	t.Helper()
	var key any = []byte(secret)
	if method == jwt.SigningMethodNone {
		key = jwt.UnsafeAllowNoneSignatureType
	}
	token, err := jwt.NewWithClaims(method, claims).SignedString(key)
	require.NoError(t, err)
	return token
}

// identityKey makes a key of the chat over the API.
func (c *chat) identityKey() (id, secret string) {
	c.t.Helper()
	status, made := c.api("POST", c.keysPath(), nil)
	require.Equal(c.t, http.StatusCreated, status, made)
	return made["id"].(string), made["secret"].(string)
}

func (c *chat) keysPath() string {
	c.t.Helper()
	var sender string
	require.NoError(c.t, c.DB.Get(&sender, `select id from senders where kind = 'webchat'`))
	return "/teams/" + c.team.ID + "/senders/" + sender + "/identity-keys"
}

// claims are a good token's, but for what is changed; nil takes one away.
func (c *chat) claims(changes ...any) jwt.MapClaims {
	made := jwt.MapClaims{"sub": "customer-7", "jti": uuid.NewString(), "exp": c.Clock.Now().Add(5 * time.Minute).Unix(), "name": "Zoe Park"}
	for n := 0; n < len(changes); n += 2 {
		if name := changes[n].(string); changes[n+1] == nil {
			delete(made, name)
		} else {
			made[name] = changes[n+1]
		}
	}
	return made
}

// recognized lets the browser in by a token of the site.
func (c *chat) recognized(token string) (int, map[string]any) {
	c.t.Helper()
	status, answer := c.ask("POST", "/visitors", map[string]any{"identity": token})
	if status == http.StatusCreated {
		c.token = answer["token"].(string)
	}
	return status, answer
}

// TestWhoIsSignedIn: one visitor on two devices, one contact with the number
// that the site vouches for and with what their browser said as a stranger.
func TestWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	_, secret := c.identityKey()
	c.text("+13125550142", "A text from my phone")
	c.settle()
	c.write("m-0000001", "Hello from a stranger")
	c.settle()
	status, answer := c.recognized(vouch(t, secret, jwt.SigningMethodHS256, c.claims("phone", "+13125550142")))
	require.Equal(t, http.StatusCreated, status, answer)
	c.write("m-0000002", "And now you know me")
	c.settle()

	second := &chat{world: c.world, base: c.base, origin: site}
	status, answer = second.recognized(vouch(t, secret, jwt.SigningMethodHS256, c.claims()))
	require.Equal(t, http.StatusCreated, status, answer)
	_, history := second.ask("GET", "/messages", nil)
	var texts []string
	for _, one := range history["items"].([]any) {
		if item := one.(map[string]any); item["author"] == "customer" {
			texts = append(texts, item["text"].(string))
		}
	}
	require.Equal(t, []string{"Hello from a stranger", "And now you know me"}, texts)
	require.NotEqual(t, c.token, second.token)
	status, _ = c.ask("GET", "/messages", nil)
	require.Equal(t, http.StatusOK, status, "the first device stays in")

	var people []struct{ Name, Addresses string }
	require.NoError(t, c.DB.Select(&people, `select c.name, string_agg(a.kind, ' ' order by a.kind) as addresses
		from contacts c join addresses a on a.company_id = c.company_id and a.contact_id = c.id group by c.id, c.name`))
	require.Len(t, people, 1)
	require.Equal(t, "phone visitor visitor", people[0].Addresses)
	require.Equal(t, "Zoe Park", people[0].Name)

	// Who else signs in on this browser takes nothing along of who is known.
	third := &chat{world: c.world, base: c.base, origin: site, token: c.token}
	status, answer = third.recognized(vouch(t, secret, jwt.SigningMethodHS256, c.claims("sub", "customer-8", "name", "Ben")))
	require.Equal(t, http.StatusCreated, status, answer)
	_, history = third.ask("GET", "/messages", nil)
	require.Empty(t, history["items"])
}

// TestAnIdentityThatDoesNotHoldIsRefused, and its bearer is nobody: not let in
// as a stranger either.
func TestAnIdentityThatDoesNotHoldIsRefused(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	status, answer := c.recognized(vouch(t, "anything", jwt.SigningMethodHS256, c.claims()))
	require.Equal(t, http.StatusForbidden, status, "there is no key yet: %v", answer)
	_, secret := c.identityKey()
	good := vouch(t, secret, jwt.SigningMethodHS256, c.claims())
	var before int
	require.NoError(t, c.DB.Get(&before, `select count(*) from visitors`))
	now := c.Clock.Now()
	for name, token := range map[string]string{
		"another key":    vouch(t, secret+"x", jwt.SigningMethodHS256, c.claims()),
		"no signature":   vouch(t, "", jwt.SigningMethodNone, c.claims()),
		"another method": vouch(t, secret, jwt.SigningMethodHS384, c.claims()),
		"expired":        vouch(t, secret, jwt.SigningMethodHS256, c.claims("exp", now.Add(-time.Minute).Unix())),
		"for ever":       vouch(t, secret, jwt.SigningMethodHS256, c.claims("exp", nil)),
		"for a week":     vouch(t, secret, jwt.SigningMethodHS256, c.claims("exp", now.Add(7*24*time.Hour).Unix())),
		"not yet":        vouch(t, secret, jwt.SigningMethodHS256, c.claims("nbf", now.Add(time.Hour).Unix())),
		"nobody":         vouch(t, secret, jwt.SigningMethodHS256, c.claims("sub", nil)),
		"no nonce":       vouch(t, secret, jwt.SigningMethodHS256, c.claims("jti", nil)),
		"a short nonce":  vouch(t, secret, jwt.SigningMethodHS256, c.claims("jti", "1")),
		"no number":      vouch(t, secret, jwt.SigningMethodHS256, c.claims("phone", "12")),
		"two lines":      vouch(t, secret, jwt.SigningMethodHS256, c.claims("name", "a\nb")),
		"changed":        good[:len(good)-4] + "AAAA",
		"no token":       "abc",
	} {
		status, answer := c.recognized(token)
		require.Equal(t, http.StatusForbidden, status, "%s: %v", name, answer)
		require.NotEmpty(t, answer["detail"], name)
	}
	for _, wrong := range []any{"", 7, true, map[string]any{"sub": "customer-7"}, []string{good}} {
		status, answer := c.ask("POST", "/visitors", map[string]any{"identity": wrong})
		require.Equal(t, http.StatusUnprocessableEntity, status, answer)
	}
	var after int
	require.NoError(t, c.DB.Get(&after, `select count(*) from visitors`))
	require.Equal(t, before, after)

	status, answer = c.recognized(good)
	require.Equal(t, http.StatusCreated, status, answer)
	status, answer = c.recognized(good)
	require.Equal(t, http.StatusForbidden, status, "a copy: %v", answer)
}

// TestIdentityKeysAreRotated: two are believed, a third there is not; one that
// is gone lets nobody in, and its secret stands nowhere.
func TestIdentityKeysAreRotated(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	id, old := c.identityKey()
	_, fresh := c.identityKey()
	status, answer := c.api("POST", c.keysPath(), nil)
	require.Equal(t, http.StatusConflict, status, answer)
	for _, secret := range []string{old, fresh} {
		status, answer := c.recognized(vouch(t, secret, jwt.SigningMethodHS256, c.claims()))
		require.Equal(t, http.StatusCreated, status, answer)
	}
	for _, want := range []int{http.StatusNoContent, http.StatusNotFound} {
		status, _ = c.api("DELETE", c.keysPath()+"/"+id, nil)
		require.Equal(t, want, status)
	}
	status, _ = c.api("DELETE", c.keysPath()+"/x", nil)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	status, _ = c.recognized(vouch(t, old, jwt.SigningMethodHS256, c.claims()))
	require.Equal(t, http.StatusForbidden, status)
	status, list := c.api("GET", c.keysPath(), nil)
	require.Equal(t, http.StatusOK, status)
	require.Len(t, list["items"], 1)
	for _, where := range []any{list, c.historyOf("identity_key")} {
		shown, err := json.Marshal(where)
		require.NoError(t, err)
		require.NotContains(t, string(shown), fresh)
		require.NotContains(t, string(shown), old)
	}

	status, answer = c.api("POST", "/teams/"+c.team.ID+"/senders/"+c.smsSender()+"/identity-keys", nil)
	require.Equal(t, http.StatusConflict, status, answer)
}

// historyOf is what the team's history says of one kind of thing.
func (c *chat) historyOf(what string) []string {
	c.t.Helper()
	var lines []string
	require.NoError(c.t, c.DB.Select(&lines, `select coalesce(before::text, '') || coalesce(after::text, '') from history where what = $1`, what))
	require.Len(c.t, lines, 3)
	return lines
}

func (c *chat) smsSender() string {
	c.t.Helper()
	var id string
	require.NoError(c.t, c.DB.Get(&id, `select id from senders where kind = 'sms'`))
	return id
}
