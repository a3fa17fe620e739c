package console_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestACallThatWasAnsweredSaysHowLongItWas: and who took it. It is a length of time, and
// not where its caller gave up, for nobody did.
func TestACallThatWasAnsweredSaysHowLongItWas(t *testing.T) {
	b := newBrowser(t)
	ticket := b.conversation()
	b.post("/staff", "name", "Nora Lind", "email", "nora@greenvalley.example", "role", "advisor", "teams", b.team)
	_, err := b.db.Exec(`insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, ticket_id, started_at, ended_at, settled_at, outcome, step, waited, advisor)
		select t.company_id, gen_random_uuid(), c.sid, t.team_id, s.id, '+13125550142', t.contact_id, t.id, $1, $1, $1, c.outcome, c.step, c.waited, n.id
		from tickets t, senders s, (values ('CA1', 'answered', 'answered', 223, ''), ('CA2', 'hung_up', 'ringing', 8, ''), ('CA3', 'answered', 'answered', 62, 'Nora Lind')) c (sid, outcome, step, waited, who)
		left join staff n on n.name = c.who`, b.clock.Now())
	require.NoError(t, err)
	page := b.get(ticket).text
	require.Regexp(t, `Call answered · 3:43 · <time`, page)
	require.Regexp(t, `Call answered · Nora Lind · 1:02 · <time`, page)
	require.Contains(t, page, "Missed call: the caller hung up, while it rang · after 8 seconds")
}

// TestANoteOffersWhomItCanTell: by the names that the gateway finds behind an @.
func TestANoteOffersWhomItCanTell(t *testing.T) {
	b := newBrowser(t)
	ticket := b.conversation()
	b.post("/staff", "name", "Nora Lind", "email", "nora@greenvalley.example", "role", "advisor", "teams", b.team)
	page := b.get(ticket).text
	require.Regexp(t, `<li role="option" id="mention-[0-9a-f-]+" aria-selected="false" data-sign="@" data-text="@Nora Lind ">`, page)
	require.Contains(t, page, `<span class="for-note">@ tells a colleague`)
}
