package inbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
	"ringback/gateway/messages"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
)

// lived is what happened to a customer after their first ticket: one of each kind,
// a minute apart, that the gateway's other tests show how it comes about. $1 is the
// company, $2 the team, $3 the contact, $4 the ticket, $5 the sender, $6 noon.
var lived = []string{
	`insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, at)
	select $1, md5('why')::uuid, $2, $3, $4, $5, 'message', 'SM1', 'customer_first_chat', 'sent', 'sent', '{}', $6::timestamptz + interval '1 minute'`,
	`insert into deliveries (company_id, id, team_id, contact_id, ticket_id, decision_id, sender_id, kind, account, from_address, to_address, text, state)
	select $1, md5('reply')::uuid, $2, $3, $4, md5('why')::uuid, $5, 'sms', '', '', '', '', 'delivered' where $6::timestamptz is not null`,
	`insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, delivery_id, at)
	select $1, gen_random_uuid(), $2, $3, $4, $5, 'automation', 'We are here.', md5('reply')::uuid, $6::timestamptz + interval '1 minute'`,
	`insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, ticket_id, started_at, outcome, settled_at)
	select $1, gen_random_uuid(), 'CA1', $2, $5, '', $3, $4, $6::timestamptz + interval '2 minutes', 'answered', $6`,
	`insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, started_at, outcome, step, waited, settled_at)
	select $1, gen_random_uuid(), 'CA2', $2, $5, '', $3, $6::timestamptz + interval '3 minutes', 'missed', 'ring', 20, $6 where $4::uuid is not null`,
	`insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, ticket_id, started_at, outcome, settled_at)
	select $1, md5('call')::uuid, 'CA3', $2, $5, '', $3, $4, $6::timestamptz + interval '4 minutes', 'voicemail', $6`,
	`insert into media (company_id, id, team_id, contact_id, call_id, kind, account, source, state, content_type, seconds)
	select $1, gen_random_uuid(), $2, $3, md5('call')::uuid, 'voice', '', '{}', 'stored', 'audio/mpeg', 8 where $4::uuid is not null and $5::uuid is not null and $6::timestamptz is not null`,
	`insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, ticket_id, started_at, outcome, waited, outgoing, who, settled_at)
	select $1, gen_random_uuid(), 'CA4', $2, $5, '', $3, $4, $6::timestamptz + interval '5 minutes', 'answered', 60, true, 'Maria', $6`,
	`insert into ticket_changes (company_id, id, ticket_id, at, change, detail, who, request_id)
	select $1, gen_random_uuid(), $4, $6::timestamptz + n * interval '1 minute', change, detail, who, gen_random_uuid()
	from (values (6, 'asked', 'rating', ''), (7, 'answered', '5', 'customer')) a (n, change, detail, who) where $2::uuid is not null and $3::uuid is not null and $5::uuid is not null`,
	`insert into messages (company_id, id, team_id, contact_id, sender_id, author, text, at)
	select $1, gen_random_uuid(), $2, $3, $5, 'customer', 'STOP', $6::timestamptz + interval '8 minutes' where $4::uuid is not null`,
	`insert into consents (company_id, id, team_id, contact_id, opted_out, source, words, at)
	select $1, gen_random_uuid(), $2, $3, out, 'message', words, $6::timestamptz + n * interval '1 minute'
	from (values (9, true, 'STOP'), (10, false, 'START')) a (n, out, words) where $4::uuid is not null and $5::uuid is not null`,
	`insert into history (company_id, team_id, id, at, who, what, subject, before, after)
	select $1, $2, gen_random_uuid(), $6::timestamptz + n * interval '1 minute', 'Maria', 'contact', $3::uuid::text, jsonb_build_object('blocked', not it), jsonb_build_object('blocked', it)
	from (values (11, true), (12, false)) a (n, it) where $4::uuid is not null and $5::uuid is not null`,
	`insert into notes (company_id, id, team_id, contact_id, ticket_id, who, text, at)
	select $1, gen_random_uuid(), $2, $3, $4, 'Maria', 'Has the old model', $6::timestamptz + interval '13 minutes' where $5::uuid is not null`,
	`insert into ticket_changes (company_id, id, ticket_id, at, change, who)
	select $1, gen_random_uuid(), $4, $6::timestamptz + interval '14 minutes', 'closed', 'Maria' where $2::uuid is not null and $3::uuid is not null and $5::uuid is not null`,
	`insert into planned (company_id, id, team_id, contact_id, ticket_id, who, text, send_at, state, created_at)
	select $1, gen_random_uuid(), $2, $3, $4, 'Maria', state, $6::timestamptz + interval '15 minutes', state, $6 from unnest(array['planned', 'sent']) state where $5::uuid is not null`,
}

func (w world) lives(t inbox.Ticket) {
	w.Helper()
	for _, sql := range lived {
		_, err := w.db.ExecContext(w.Context(), sql, w.team.CompanyID, w.team.ID, t.Contact, t.ID, w.sender.ID, noon)
		require.NoError(w, err, sql)
	}
}

// told is a timeline as lines of text.
func told(timeline []inbox.Entry) []string {
	lines := make([]string, len(timeline))
	for n, e := range timeline {
		line := []any{e.At.Sub(noon), e.Type}
		for _, said := range []string{e.Author, e.Who, e.Channel, e.Change, e.Outcome, e.Step, e.Detail, e.Text} {
			if said != "" {
				line = append(line, said)
			}
		}
		for _, said := range []*string{e.Automation, e.State} {
			if said != nil {
				line = append(line, *said)
			}
		}
		for _, file := range e.Media {
			line = append(line, file.ContentType)
		}
		if e.Number != nil {
			line = append(line, fmt.Sprint("#", *e.Number))
		}
		lines[n] = strings.TrimSpace(fmt.Sprintln(line...))
	}
	return lines
}

var everything = []string{
	"15m0s planned advisor Maria planned planned #1001",
	"14m0s change Maria closed #1001",
	"13m0s note advisor Maria Has the old model #1001",
	"12m0s consent Maria unblocked",
	"11m0s consent Maria blocked",
	"10m0s consent opted_in message START",
	"9m0s consent opted_out message STOP",
	"8m0s message customer sms STOP",
	"7m0s request customer answered 5 #1001",
	"6m0s request asked rating #1001",
	"5m0s call advisor Maria answered #1001",
	"4m0s call customer voicemail audio/mpeg #1001",
	"3m0s call customer missed ring",
	"2m0s call customer answered #1001",
	"1m0s message automation sms We are here. customer_first_chat delivered #1001",
	"0s message customer sms anybody? #1001",
	"0s change opened #1001",
}

func TestAContactsTimelineTellsEverything(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	w.lives(ticket)
	all, err := w.desk.ContactTimeline(t.Context(), w.who, ticket.Contact, inbox.Place{}, 100)
	require.NoError(t, err)
	lines := told(all)
	if lines[16] != everything[16] { // of one moment: by their ids
		lines[15], lines[16] = lines[16], lines[15]
	}
	require.Equal(t, everything, lines)
	for _, e := range all {
		require.Equal(t, []string{w.team.ID, "Service"}, []string{e.Team, e.TeamName}, e.Type)
	}
}

func TestAContactsTimelineIsReadPageByPage(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	w.lives(ticket)
	for _, sql := range []string{`update messages set at = $1`, `update calls set started_at = $1`, `update consents set at = $1`} { // one moment
		_, err := w.db.Exec(sql, noon)
		require.NoError(t, err)
	}
	all, err := w.desk.ContactTimeline(t.Context(), w.who, ticket.Contact, inbox.Place{}, 100)
	require.NoError(t, err)
	for limit := 1; limit <= len(all); limit++ {
		var read []inbox.Entry
		after := inbox.Place{}
		for {
			page, err := w.desk.ContactTimeline(t.Context(), w.who, ticket.Contact, after, limit)
			require.NoError(t, err)
			if read = append(read, page...); len(page) < limit {
				break
			}
			after = page[limit-1].Place()
		}
		require.Equal(t, all, read, "%d at a time", limit)
	}
	_, err = w.desk.ContactTimeline(t.Context(), w.who, ticket.Contact, inbox.Place{ID: ticket.ID}, 1)
	require.Equal(t, []string{"cursor: cursor"}, codes(t, err), "a place in a list that is sorted by id")
}

// other is a further team that has met the customer, and their ticket there.
func (w world) other(contact string) (team, ticket string) {
	w.Helper()
	created := settings.NewTeam()
	created.Name, created.TimeZone = "Sales", "America/Chicago"
	made, err := settings.CreateTeam(w.Context(), w.db, w.team.CompanyID, "test", created)
	require.NoError(w, err)
	tx, err := w.db.BeginTxx(w.Context(), nil)
	require.NoError(w, err)
	_, err = tx.Exec(`insert into standings (company_id, team_id, contact_id) values ($1, $2, $3)`, w.team.CompanyID, made.ID, contact)
	require.NoError(w, err)
	t := tickets.NewTicket{CompanyID: w.team.CompanyID, TeamID: made.ID, ContactID: contact, SenderID: w.sender.ID, Kind: "message", OpenedAt: noon.Add(time.Hour)}
	require.NoError(w, t.Open(w.Context(), tx))
	require.NoError(w, messages.Insert(w.Context(), tx, messages.Message{
		CompanyID: w.team.CompanyID, TeamID: made.ID, ContactID: contact, SenderID: w.sender.ID, TicketID: t.ID,
		Author: "customer", Text: "a quote, please", At: noon.Add(2 * time.Hour),
	}))
	require.NoError(w, contacts.Consent{
		CompanyID: w.team.CompanyID, TeamID: made.ID, ContactID: contact, OptedOut: true, Source: "api", Who: "Zoe", At: noon.Add(3 * time.Hour),
	}.Record(w.Context(), tx))
	require.NoError(w, tx.Commit())
	return made.ID, t.ID
}

func TestAContactsTimelineIsOfTheTeamsWithinReach(t *testing.T) {
	w := newWorld(t)
	ours := w.ticket()
	team, theirs := w.other(ours.Contact)
	reaching := func(teams ...string) staff.Principal {
		return staff.Principal{CompanyID: w.team.CompanyID, Who: "Ann", Teams: teams}
	}
	for _, one := range []struct {
		name       string
		who        staff.Principal
		texts, has []string
	}{
		{"the whole company", w.who, []string{"", "a quote, please", "", "anybody?", ""}, []string{ours.ID, theirs}},
		{"both", reaching(w.team.ID, team), []string{"", "a quote, please", "", "anybody?", ""}, []string{ours.ID, theirs}},
		{"ours", reaching(w.team.ID), []string{"anybody?", ""}, []string{ours.ID}},
		{"theirs", reaching(team), []string{"", "a quote, please", ""}, []string{theirs}},
	} {
		t.Run(one.name, func(t *testing.T) {
			all, err := w.desk.ContactTimeline(t.Context(), one.who, ours.Contact, inbox.Place{}, 100)
			require.NoError(t, err)
			texts := []string{}
			for _, e := range all {
				texts = append(texts, e.Text)
			}
			require.ElementsMatch(t, one.texts, texts)
			open, err := w.desk.OpenTickets(t.Context(), one.who, ours.Contact)
			require.NoError(t, err)
			ids := []string{}
			for _, o := range open {
				ids = append(ids, o.ID)
			}
			require.ElementsMatch(t, one.has, ids)
		})
	}
	// A team that only knows of their STOP, which another team heard, has not met them.
	parts := settings.NewTeam()
	parts.Name, parts.TimeZone = "Parts", "America/Chicago"
	parts, err := settings.CreateTeam(t.Context(), w.db, w.team.CompanyID, "test", parts)
	require.NoError(t, err)
	_, err = w.db.Exec(`insert into standings (company_id, team_id, contact_id, met) values ($1, $2, $3, false)`, w.team.CompanyID, parts.ID, ours.Contact)
	require.NoError(t, err)
	for name, who := range map[string]staff.Principal{
		"a team that has not": reaching(parts.ID), "no team that met them": reaching(uuid.NewString()), "no team at all": {CompanyID: w.team.CompanyID, Teams: []string{}}, "another company": {CompanyID: uuid.NewString()},
	} {
		_, err := w.desk.ContactTimeline(t.Context(), who, ours.Contact, inbox.Place{}, 100)
		require.ErrorIs(t, err, settings.ErrNotFound, name)
	}
	for _, id := range []string{uuid.NewString(), "1"} {
		_, err := w.desk.ContactTimeline(t.Context(), w.who, id, inbox.Place{}, 100)
		require.ErrorIs(t, err, settings.ErrNotFound, id)
	}
}

// TestABlockIsOnTheTimeline: where a block is written down is where it is read.
func TestABlockIsOnTheTimeline(t *testing.T) {
	w := newWorld(t)
	contact, err := w.desk.AddContact(t.Context(), w.who, w.team.ID, contacts.Card{Blocked: true, Addresses: contacts.AddressList{{Kind: "phone", Address: customer}}})
	require.NoError(t, err)
	id := contact.ID
	changes := func() (found []string) {
		all, err := w.desk.ContactTimeline(t.Context(), w.who, id, inbox.Place{}, 100)
		require.NoError(t, err)
		for _, e := range all {
			found = append(found, e.Author+" "+e.Change)
		}
		return found
	}
	require.Equal(t, []string{"Maria blocked"}, changes(), "from the beginning")
	for _, change := range []func(*contacts.Card){
		func(c *contacts.Card) { c.Name = "Anna" },
		func(c *contacts.Card) { c.Blocked = false },
		func(c *contacts.Card) { c.OptedOut = true },
	} {
		_, err := w.desk.ChangeContact(t.Context(), w.who, w.team.ID, contact.ID, func(c *contacts.Card) error { change(c); return nil })
		require.NoError(t, err)
	}
	require.ElementsMatch(t, []string{"Maria blocked", "Maria unblocked", "Maria opted_out"}, changes())

	other, err := w.desk.AddContact(t.Context(), w.who, w.team.ID, contacts.Card{Addresses: contacts.AddressList{{Kind: "phone", Address: "+13125550177"}}})
	require.NoError(t, err)
	_, err = w.desk.MergeContact(t.Context(), w.who, w.team.ID, contact.ID, other.ID, "")
	require.NoError(t, err)
	id = other.ID
	require.Subset(t, changes(), []string{"Maria blocked", "Maria unblocked"}, "also of who was merged with them")
}
