package doctor

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	twiliosim "ringback/channels/simulator/twilio"
	"ringback/channels/twilio"
	"ringback/migrations/testdb"
	"ringback/settings"
)

const (
	accountSID = "AC00000000000000000000000000000001"
	token      = "an auth token for tests"
	service    = "+13125550100" // of texts and calls
	sales      = "+13125550101" // of texts, in a Messaging Service
)

// clinic is a Ringback that can be reached, its Twilio and two senders there.
type clinic struct {
	Config
	t       *testing.T
	sim     *twiliosim.Simulator
	pool    string
	gateway string // its address
	signs   string // by which its door knows Twilio
	said    strings.Builder
}

func newClinic(t *testing.T, more ...string) *clinic {
	t.Helper()
	ctx, k := t.Context(), &clinic{t: t}
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.answer(w, r) }))
	t.Cleanup(gateway.Close)
	k.gateway, k.signs = gateway.URL, token
	k.sim = twiliosim.New(twiliosim.Config{AccountSID: accountSID, AuthToken: token, Numbers: append([]string{service, sales, "+13125550199"}, more...)})
	t.Cleanup(k.sim.Close)
	k.pool = k.sim.Service("Sales pool", sales, "+13125550199")
	provider := httptest.NewServer(k.sim)
	t.Cleanup(provider.Close)
	base, err := url.Parse(provider.URL)
	require.NoError(t, err)
	k.Config = Config{
		DB: testdb.New(t), Twilio: twilio.New(twilio.Config{BaseURL: base}), PublicURL: gateway.URL + "/",
		Vault: &settings.Vault{Environment: map[string]channels.Account{settings.Twilio: {ID: accountSID, Secrets: []string{token}}}},
	}
	company, err := settings.EnsureCompany(ctx, k.DB, "Green Valley")
	require.NoError(t, err)
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "America/Chicago"
	team, err = settings.CreateTeam(ctx, k.DB, company.ID, "test", team)
	require.NoError(t, err)
	_, err = settings.EditTeam(ctx, k.DB, company.ID, team.ID, "test", func(e *settings.Edit) error {
		for _, s := range []settings.Sender{
			{Kind: channels.SMS, Address: service}, {Kind: channels.Voice, Address: service}, {Kind: channels.SMS, Address: sales},
		} {
			if _, err := e.AddSender(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
	return k
}

// answer is the gateway's: its health, and its door for texts, at which what is no text
// and is signed gets 400.
func (k *clinic) answer(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/livez":
		_, _ = fmt.Fprintln(w, "ok")
	case r.Method == http.MethodPost && r.URL.Path == twilio.MessagesPath:
		body, err := io.ReadAll(r.Body)
		require.NoError(k.t, err)
		status := http.StatusBadRequest
		if twilio.Verify(channels.Request{URL: k.gateway + r.RequestURI, Header: r.Header, Body: body}, []string{k.signs}) != nil {
			status = http.StatusForbidden
		}
		w.WriteHeader(status)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// look is one visit: what was said, and how it ended.
func (k *clinic) look(fix bool) (string, error) {
	k.t.Helper()
	k.said.Reset()
	k.Out, k.Fix = &k.said, fix
	err := Run(context.Background(), k.Config)
	return k.said.String(), err
}

func TestAWrongWiringIsFoundAndFixed(t *testing.T) {
	k := newClinic(t)
	said, err := k.look(false)
	require.Equal(t, Differs(4), err)
	public := strings.TrimRight(k.PublicURL, "/")
	for _, want := range []string{
		"leads to Ringback", "note   It is http", "Its token is accepted", service + ", Service",
		"WRONG  A message comes in\n         is     https://demo.twilio.com/welcome/sms/reply\n         needs  " + public + "/webhooks/twilio/messages#rc=5&rp=all",
		"WRONG  A call comes in\n", "WRONG  Call status changes\n         is     nothing", "note   A call's handler fails: nothing",
		"WRONG  A message comes in (Messaging Service “Sales pool”)", "4 things have to be put right. Put right what can be from here: ringback doctor --fix",
	} {
		require.Contains(t, said, want)
	}
	require.NotContains(t, said, "\x1b", "no colors but on a terminal")
	require.NotContains(t, said, token)
	require.Equal(t, "https://demo.twilio.com/welcome/sms/reply", k.sim.Number(service)["sms_url"], "looking changes nothing")

	said, err = k.look(true)
	require.NoError(t, err, said)
	require.Contains(t, said, "fixed  A message comes in\n         was    https://demo.twilio.com/welcome/sms/reply\n         is now "+public)
	set := k.sim.Number(service)
	require.Equal(t, public+"/webhooks/twilio/messages#rc=5&rp=all", set["sms_url"])
	require.Equal(t, public+"/webhooks/twilio/voice", set["voice_url"])
	require.Equal(t, public+"/webhooks/twilio/voice", set["voice_fallback_url"])
	require.Equal(t, public+"/webhooks/twilio/calls#rc=5&rp=all", set["status_callback"])
	require.Equal(t, public+"/webhooks/twilio/messages#rc=5&rp=all", k.sim.ServiceSetting(k.pool, "inbound_request_url"))
	require.Equal(t, "https://demo.twilio.com/welcome/sms/reply", k.sim.Number("+13125550199")["sms_url"], "a number that is no sender is left alone")

	for _, fix := range []bool{false, true} { // and it stays so
		said, err = k.look(fix)
		require.NoError(t, err, said)
		require.NotContains(t, said, "WRONG")
		require.NotContains(t, said, "fixed")
		require.Contains(t, said, "Everything that was looked at is as the gateway needs it.")
	}
	k.Color = true
	said, _ = k.look(false)
	require.Contains(t, said, "\x1b[32mok   \x1b[0m")
}

func TestWhatADoctorCannotPutRight(t *testing.T) {
	for what, c := range map[string]struct {
		change func(*clinic)
		says   string
	}{
		"a wrong token": {func(k *clinic) { k.sim.Account(accountSID, "another") }, "WRONG  Twilio refuses the account or its token"},
		"test credentials": {func(k *clinic) {
			k.sim.Fault(twiliosim.Fault{On: "any", Status: http.StatusForbidden, Code: 20008})
		}, "WRONG  These are test credentials"},
		"no token":               {func(k *clinic) { k.Vault = &settings.Vault{} }, "WRONG  There is no token for it"},
		"a number of no account": {func(k *clinic) { k.exec(`update senders set address = '+14155550100' where address = '` + sales + `'`) }, "WRONG  The number is not this account's"},
		"no public address":      {func(k *clinic) { k.PublicURL = "" }, "WRONG  PUBLIC_URL is not set"},
		"no number but WhatsApp": {func(k *clinic) {
			k.exec(`update senders set kind = 'whatsapp_twilio' where address = '` + service + `' and kind = 'sms'`)
			k.exec(`delete from senders where kind in ('sms', 'voice')`)
			k.PublicURL = "http://127.0.0.1:1"
		}, "note   WhatsApp: its settings cannot be read here"},
		"a sender's account that is not known": {func(k *clinic) {
			k.exec(`update senders set account = 'AC00000000000000000000000000000009' where address = '` + sales + `'`)
		}, "Twilio account AC00000000000000000000000000000009\n  WRONG  There is no token for it"},
		"a proxy with nobody behind": {func(k *clinic) {
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
			k.t.Cleanup(proxy.Close)
			k.PublicURL = proxy.URL
		}, "is     HTTP status 502"},
		"nobody there": {func(k *clinic) { k.PublicURL = "http://127.0.0.1:1" }, "WRONG  http://127.0.0.1:1 does not lead here"},
		"somebody else": {func(k *clinic) {
			other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "<html>") }))
			k.t.Cleanup(other.Close)
			k.PublicURL = other.URL
		}, "leads elsewhere"},
	} {
		t.Run(what, func(t *testing.T) {
			k := newClinic(t)
			c.change(k)
			said, err := k.look(true)
			require.ErrorAs(t, err, new(Differs), said)
			require.Contains(t, said, c.says)
			require.NotContains(t, said, token)
		})
	}
}

func TestATwilioThatCannotBeAsked(t *testing.T) {
	k := newClinic(t)
	k.sim.Down(true)
	said, err := k.look(true)
	require.Error(t, err)
	require.NotErrorAs(t, err, new(Differs), "nobody knows what is wrong there")
	require.Contains(t, said, "WRONG  Twilio could not be asked")
}

func TestNobodyHasANumber(t *testing.T) {
	k := newClinic(t)
	k.exec(`delete from senders`)
	said, err := k.look(false)
	require.NoError(t, err)
	require.Contains(t, said, "No team has a number of this account")
}

func (k *clinic) exec(query string) {
	k.t.Helper()
	_, err := k.DB.Exec(query)
	require.NoError(k.t, err)
}

func TestNoAccountAtAll(t *testing.T) {
	k := newClinic(t)
	k.exec(`delete from senders`)
	k.Vault = &settings.Vault{}
	said, err := k.look(false)
	require.NoError(t, err)
	require.Contains(t, said, "note   No team has a number at Twilio yet")
	require.Contains(t, said, "better a sender: see docs/twilio.md")
}

func TestColorsAreForTerminals(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "said"))
	require.NoError(t, err)
	defer file.Close()
	require.False(t, IsTerminal(file), "a file")
	require.False(t, IsTerminal(&strings.Builder{}), "no file at all")
	require.Equal(t, "1 thing has to be put right", Differs(1).Error())
	require.Equal(t, "2 things have to be put right", Differs(2).Error())
}
