package doctor

import (
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	metasim "ringback/channels/simulator/meta"
	twiliosim "ringback/channels/simulator/twilio"
	"ringback/channels/whatsapp"
	"ringback/settings"
)

const (
	tollFree = "+18335550100"
	phoneID  = "100000000000001"
	business = "102290129340398"
)

// Whether carriers in the US take a number's texts is said with what to do about it,
// and a look changes nothing.
func TestRegistrations(t *testing.T) {
	k := newClinic(t)
	said, _ := k.look(true)
	require.Contains(t, said, "note   It has no 10DLC registration: it is in no Messaging Service\n         better for texts to people in the US, a brand and a campaign")
	require.Contains(t, said, "ok     Its 10DLC registration is approved", "the pool's")
	for status, says := range map[string]string{
		"IN_PROGRESS": "note   Its 10DLC registration is being looked at (IN_PROGRESS)",
		"FAILED":      "WRONG  Its 10DLC registration was refused\n         is     FAILED\n         needs  a brand and a campaign",
		"":            "WRONG  Its 10DLC registration\n         is     nothing\n         needs  a brand and a campaign",
		"NEW_WORD":    "is being looked at (NEW_WORD)",
	} {
		k.sim.Campaign(k.pool, status)
		said, _ = k.look(false)
		require.Contains(t, said, says)
	}
	k.sim.Campaign(k.pool, "VERIFIED")
	k.sim.Fault(twiliosim.Fault{On: "compliance", Status: 403, Code: 20003})
	said, err := k.look(false)
	require.NoError(t, err, said)
	require.Contains(t, said, "note   Its 10DLC registration could not be read: ")
}

func TestTollFreeVerifications(t *testing.T) {
	k := newClinic(t, tollFree)
	k.exec(`update senders set address = '` + tollFree + `' where address = '` + service + `'`)
	_, _ = k.look(true) // what can be put right from here
	said, err := k.look(false)
	require.Equal(t, Differs(1), err, said)
	require.Contains(t, said, "WRONG  Its toll-free registration\n         is     nothing\n         needs  a verification")
	for status, says := range map[string]string{
		"TWILIO_APPROVED": "ok     Its toll-free registration is approved",
		"IN_REVIEW":       "note   Its toll-free registration is being looked at (IN_REVIEW)",
		"TWILIO_REJECTED": "WRONG  Its toll-free registration was refused\n         is     no opt-in is shown",
	} {
		k.sim.Verify(tollFree, status, map[bool]string{true: "no opt-in is shown"}[status == "TWILIO_REJECTED"])
		said, _ = k.look(false)
		require.Contains(t, said, says)
	}
}

// onWhatsApp gives the team a number at a simulated Meta.
func (k *clinic) onWhatsApp() *metasim.Simulator {
	k.t.Helper()
	sim := metasim.New(metasim.Config{AppSecret: "an app secret for tests", AccessToken: "an access token for tests", Number: phoneID})
	k.t.Cleanup(sim.Close)
	graph := httptest.NewServer(sim)
	k.t.Cleanup(graph.Close)
	base, err := url.Parse(graph.URL)
	require.NoError(k.t, err)
	k.Meta = whatsapp.New(whatsapp.Config{BaseURL: base})
	k.Vault.Environment[settings.Meta] = channels.Account{Secrets: []string{"an access token for tests", "an app secret for tests"}}
	k.exec(`delete from senders where kind = 'voice' or address = '` + sales + `'`)
	k.exec(`update senders set kind = 'whatsapp_cloud', account = '` + phoneID + `', settings = '{"business_account_id": "` + business + `"}'`)
	return sim
}

func TestWhatMetaTells(t *testing.T) {
	k := newClinic(t)
	meta := k.onWhatsApp()
	said, err := k.look(true)
	require.Equal(t, Differs(2), err, said)
	door := k.gateway + whatsapp.Path
	for _, says := range []string{
		"WhatsApp " + service + ", Service", "ok     Its access token is accepted",
		"WRONG  No app is told what happens there\n         is     nothing\n         needs  the app subscribed: POST /" + business + "/subscribed_apps",
		"WRONG  Where it is brought\n         is     nothing\n         needs  " + door + ", as the callback URL", "ok     Calls on WhatsApp are switched off",
	} {
		require.Contains(t, said, says)
	}
	meta.Subscribe("Ringback of Green Valley", "https://elsewhere.example/webhooks/whatsapp")
	said, err = k.look(false)
	require.Equal(t, Differs(1), err, said)
	require.Contains(t, said, "is     https://elsewhere.example/webhooks/whatsapp")

	meta.Subscribe("Ringback of Green Valley", door)
	for hours, says := range map[string]string{"ENABLED": "within its call hours; nobody here picks up", "DISABLED": "at any hour; nobody here picks up"} {
		meta.Calls("ENABLED", hours)
		said, err = k.look(false)
		require.NoError(t, err, said)
		require.Contains(t, said, "ok     What happens there is told to Ringback of Green Valley")
		require.Contains(t, said, "ok     It is brought to "+door)
		require.Contains(t, said, says)
	}
	meta.Fields("messages", "calls")
	said, err = k.look(false)
	require.NoError(t, err, said)
	require.NotContains(t, said, "webhook field messages")
	require.NotContains(t, said, "webhook field calls:")
	require.Contains(t, said, "The app does not subscribe to the webhook field message_template_status_update")
	require.Contains(t, said, "The app does not subscribe to the webhook field smb_message_echoes")
	meta.Fields("calls")
	said, err = k.look(false)
	require.Equal(t, Differs(1), err, said)
	require.Contains(t, said, "WRONG  The app does not subscribe to the webhook field messages")
	meta.Revoke("another")
	said, err = k.look(false)
	require.ErrorAs(t, err, new(Differs))
	require.Contains(t, said, "WRONG  Meta refuses the number, its token or the app's secret")
	require.NotContains(t, said, "an access token for tests")
	delete(k.Vault.Environment, settings.Meta)
	said, _ = k.look(false)
	require.Contains(t, said, "WRONG  There is no access token for it")
}

// A check of one number, which its page shows, reads the same of a registration as the
// doctor: how it stands, and why it was refused. It leaves the wiring right.
func TestACheckReadsTheRegistration(t *testing.T) {
	k := newClinic(t, tollFree)
	account := k.Vault.Environment[settings.Twilio]
	check := func(number string, texts bool) *channels.WiringFinding {
		require.NoError(t, k.Twilio.SetWiring(t.Context(), account, number, k.gateway, true, true))
		found, err := k.Twilio.CheckWiring(t.Context(), account, number, k.gateway, texts, true)
		require.NoError(t, err)
		kept := settings.SenderCheck{Findings: found}
		require.True(t, kept.Right(), found)
		return kept.Registration()
	}
	registration := func(kind, is, why string, apart bool) *channels.WiringFinding {
		f := &channels.WiringFinding{What: channels.FindingRegistration, Kind: kind, Is: is, Why: why, Apart: apart}
		if is != channels.Registered {
			f.Needs, f.Note = channels.Registered, true
		}
		return f
	}
	require.Nil(t, check(service, false), "who only calls needs none")
	require.Equal(t, registration("10DLC", "missing", "", true), check(service, true))
	require.Equal(t, registration("10DLC", "registered", "", false), check(sales, true))
	k.sim.Campaign(k.pool, "IN_PROGRESS")
	require.Equal(t, registration("10DLC", "waiting", "", false), check(sales, true))
	k.sim.Campaign(k.pool, "FAILED")
	require.Equal(t, registration("10DLC", "refused", "FAILED", false), check(sales, true))
	k.sim.RefuseCampaign(k.pool, "The opt-in is not shown")
	require.Equal(t, registration("10DLC", "refused", "The opt-in is not shown", false), check(sales, true))
	said, _ := k.look(false)
	require.Contains(t, said, "WRONG  Its 10DLC registration was refused\n         is     The opt-in is not shown", "the doctor says why as well")
	k.sim.Campaign(k.pool, "")
	require.Equal(t, registration("10DLC", "missing", "", false), check(sales, true))
	require.Equal(t, registration("toll-free", "missing", "", false), check(tollFree, true))
	k.sim.Verify(tollFree, "TWILIO_REJECTED", "no opt-in is shown")
	require.Equal(t, registration("toll-free", "refused", "no opt-in is shown", false), check(tollFree, true))
	k.sim.Fault(twiliosim.Fault{On: "compliance", Status: 403, Code: 20003})
	require.Nil(t, check(sales, true), "a key may lack the right to it, which is no fault of the number")
}
