package console_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// What became of a message is said in the reader's words; what the provider said of it
// lies folded below.
func TestWhatBecameOfAMessageIsSaidInOurWords(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	b.post(team+"/senders", "kind", "sms", "address", "+15005550006").leadsTo(t, team+"/senders")
	ann := b.opened("Ann Kowalski", "+13125550142", "Hello")
	b.api("POST", team+"/tickets/"+ann+"/messages", map[string]any{"text": "On our way"})
	var delivery string
	require.NoError(t, b.db.Get(&delivery, `update deliveries set state = 'undelivered', reason = 'carrier', error_code = '30006', error = 'Unknown destination handset' returning id`))
	var decision string
	require.NoError(t, b.db.Get(&decision, `
		insert into decisions (company_id, id, team_id, event_id, event_kind, provider_id, outcome, reason, facts, text, at, delivery_id)
		select $1, gen_random_uuid(), $2, gen_random_uuid(), 'call', 'CA1', 'sent', 'sent', '{}', '', now(), $3 returning id`, b.gate.Company, b.team, delivery))
	for _, page := range []string{team + "/deliveries", team + "/decisions/" + decision} {
		text := b.ask("GET", page, url.Values{}, "Accept-Language", "pl").text
		require.Contains(t, text, "Operator nie zdołał dostarczyć wiadomości.", page)
		require.Regexp(t, `<details[^>]*><summary>Odpowiedź dostawcy</summary>\s*<span[^>]*>Unknown destination handset</span>`, text, page)
	}
}

// The filter of reasons is in words, as the list is.
func TestTheReasonsToChooseFromAreWords(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	text := b.get("/teams/" + b.team + "/decisions?reason=opted_out").text
	require.Contains(t, text, `<option value="opted_out" selected>They said STOP, so they get no automatic messages.</option>`)
}

func TestWhatAKeyMayDoIsSaidInWords(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	require.Contains(t, b.post("/keys", "name", "reader", "scopes", "settings:read").text, `Settings: view <span class="code">settings:read</span></span></label>`)
	require.Contains(t, b.get("/staff").text, `<li>Settings: view <span class="code">settings:read</span></li>`)
}

// How somebody agreed to be written to is asked when one writes first, and stands on
// their page.
func TestHowSomebodyAgreedStandsOnTheirPage(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	b.post(team+"/senders", "kind", "sms", "address", "+15005550006")
	require.Contains(t, b.get(team+"/conversations/new").text, `aria-describedby="consent-hint consent-fault"`)
	b.post(team+"/conversations", "to", "+13125550142", "channel", "sms", "text", "Your boiler is ready", "consent", "Asked for it at the counter", "key", "")
	page := b.get(team + "/contacts/" + b.newest(team+"/contacts")).text
	require.Regexp(t, `Agreed to be written to: <q>Asked for it at the counter</q> · Noted when we wrote first · Maria`, page)
}
