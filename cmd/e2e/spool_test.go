package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/migrations/pg"
	"ringback/settings"
)

// postgres is one of the test's own, which can be stopped and started.
type postgres struct {
	t      *testing.T
	config pg.Config
	server *pg.Server
}

func newPostgres(t *testing.T) *postgres {
	t.Helper()
	data, err := os.MkdirTemp("", "ringback-e2e-") // t.TempDir lets no other user in, and root's Postgres is one
	require.NoError(t, err)
	require.NoError(t, os.Chmod(data, 0o755))
	p := &postgres{t: t, config: pg.Config{DataDir: data, Log: slog.New(slog.DiscardHandler)}}
	p.start()
	t.Cleanup(func() {
		p.stop()
		_ = os.RemoveAll(data)
	})
	return p
}

func (p *postgres) start() {
	p.t.Helper()
	var err error
	p.server, err = pg.Start(p.t.Context(), p.config)
	require.NoError(p.t, err)
}

// stop is pg_ctl stop -m fast: it is gone, with all its connections.
func (p *postgres) stop() {
	p.t.Helper()
	require.NoError(p.t, p.server.Stop(context.Background()))
}

// bring posts a text signed with a token, twice, and returns how it was answered.
func (c *child) bring(account, token, sid, from string) int {
	c.t.Helper()
	to := ours
	if account != accountSID {
		to = theirNumber
	}
	return c.bringTo(to, account, token, sid, from)
}

func (c *child) bringTo(to, account, token, sid, from string) int {
	c.t.Helper()
	form := url.Values{"AccountSid": {account}, "MessageSid": {sid}, "From": {from}, "To": {to}, "Body": {"Is it ready?"}}
	status, _ := c.signed(messagesPath, token, form)
	again, _ := c.signed(messagesPath, token, form)
	require.Equal(c.t, status, again)
	return status
}

// ring is a call that comes in, told twice; it returns what the caller hears.
func (c *child) ring(sid, from string) string {
	c.t.Helper()
	form := url.Values{"AccountSid": {accountSID}, "CallSid": {sid}, "From": {from}, "To": {ours}, "CallStatus": {"ringing"}, "Direction": {"inbound"}}
	status, hears := c.signed("/webhooks/twilio/voice", authToken, form)
	require.Equal(c.t, http.StatusOK, status, hears)
	again, _ := c.signed("/webhooks/twilio/voice", authToken, form)
	require.Equal(c.t, http.StatusOK, again)
	return hears
}

// signed posts a form as Twilio does.
func (c *child) signed(path, token string, form url.Values) (status int, words string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url+path, strings.NewReader(form.Encode()))
	require.NoError(c.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Twilio-Signature", twilio.Sign(token, c.url+path, form))
	answer, err := http.DefaultClient.Do(r)
	require.NoError(c.t, err)
	defer func() { _ = answer.Body.Close() }()
	said, err := io.ReadAll(answer.Body)
	require.NoError(c.t, err)
	return answer.StatusCode, string(said)
}

// readiness is what strangers are told.
func (c *child) readiness() string {
	c.t.Helper()
	_, words, err := c.readyz("")
	require.NoError(c.t, err)
	return words
}

// readyz is what whoever has a key is told.
func (c *child) readyz(key string) (status int, words string, err error) {
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.url+"/readyz", nil)
	if err != nil {
		return 0, "", err
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	said, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(said), err
}

// A company's own account, and its number.
const (
	theirAccount = "AC000000000000000000000000000000aa"
	theirToken   = "a token of a company's own"
	theirNumber  = "+13125550177"
)

// TestSpoolOutlivesTheProcess: Postgres stops, the process is killed twice and ended
// once, and starts each time without Postgres. What was acknowledged is there when
// Postgres is, once, and answered once.
func TestSpoolOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	sim := twilio.New(twilio.Config{AccountSID: accountSID, AuthToken: authToken, Numbers: []string{ours}, Auto: true})
	provider := plays(t, sim)
	p := newPostgres(t)
	data, key := t.TempDir(), []byte("thirty-two bytes of a test's key")
	gateway := newChild(t, "DATABASE_URL="+p.server.DSN(), "TWILIO_BASE_URL="+provider, "RINGBACK_DATA_DIR="+data,
		"RINGBACK_SECRET_KEY="+base64.StdEncoding.EncodeToString(key))
	gateway.start()
	team := gateway.team()
	db, err := sqlx.Open("postgres", p.server.DSN())
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	sealing, err := settings.NewSecretKey(key)
	require.NoError(t, err)
	var company string
	require.NoError(t, db.Get(&company, `select id from companies`))
	_, err = settings.EditTeam(t.Context(), db, company, team, "test", func(e *settings.Edit) error {
		_, err := e.ConnectSender(t.Context(), &settings.Vault{Key: sealing}, settings.Sender{Kind: channels.SMS, Address: theirNumber},
			&settings.Credentials{AccountSID: theirAccount, AuthToken: theirToken})
		return err
	})
	require.NoError(t, err)
	gateway.call(http.MethodPost, "/teams/"+team+"/senders", map[string]string{"kind": "voice", "address": ours}, nil)
	gateway.stop()
	gateway.start() // and remembers the account
	sealed, err := os.ReadFile(filepath.Join(data, "spool", "accounts"))
	require.NoError(t, err)
	require.NotContains(t, string(sealed), theirAccount)

	p.stop()
	require.Equal(t, http.StatusOK, gateway.bring(accountSID, authToken, "SM0", customer(0)))
	require.Contains(t, gateway.ring("CA0", customer(5)), "at=voicemail", "a caller goes on as ever")
	gateway.kill()
	gateway.start()
	require.Contains(t, gateway.readiness(), "database_away")
	require.Contains(t, gateway.ring("CA1", customer(6)), "<Reject", "nobody knows whom the number reaches")
	require.Equal(t, http.StatusOK, gateway.bring(accountSID, authToken, "SM1", customer(1)))
	require.Equal(t, http.StatusOK, gateway.bring(theirAccount, theirToken, "SM2", customer(2)))
	require.Equal(t, http.StatusForbidden, gateway.bring(theirAccount, authToken, "SM3", customer(3)))
	require.Equal(t, http.StatusServiceUnavailable, gateway.bring("AC000000000000000000000000000000bb", authToken, "SM3", customer(3)), "nothing is known of it yet")
	gateway.kill()
	gateway.start()
	require.Equal(t, http.StatusOK, gateway.bring(accountSID, authToken, "SM4", customer(4)))
	gateway.stop()
	gateway.start()
	require.Contains(t, gateway.readiness(), "spool_holds")

	p.start()
	require.Eventually(t, func() bool { return gateway.readiness() == "ready\n" }, settled, 10*time.Millisecond)
	var sids []string
	require.Eventually(t, func() bool { // the provider does not know the company's own account: its reply waits
		sids = nil
		return db.Select(&sids, `select provider_id from decisions order by 1`) == nil && len(sids) >= 4 && len(sim.Messages()) >= 3
	}, settled, 10*time.Millisecond)
	gateway.stop()
	var calls []string
	require.NoError(t, db.Select(&calls, `select provider_id from events where kind = 'call' order by 1`))
	require.Equal(t, []string{"CA0", "CA1"}, calls)
	require.Equal(t, []string{"SM0", "SM1", "SM2", "SM4"}, sids)
	for _, n := range []int{0, 1, 4} {
		require.Len(t, sim.Inbox(customer(n)), 1, fmt.Sprint(n))
	}
}

// TestNoWayToStart: a first start without Postgres ends, and says why.
func TestNoWayToStart(t *testing.T) {
	t.Parallel()
	gateway := newChild(t, "DATABASE_URL=postgres://ringback@127.0.0.1:1/ringback")
	cmd := gateway.command()
	said, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(said), "DATABASE_URL: Postgres at 127.0.0.1:1 does not let us in")
}
