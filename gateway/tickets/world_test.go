package tickets_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/tickets"
	"ringback/migrations/testdb"
	"ringback/settings"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const number = "+13125550142"

type tester interface {
	require.TestingT
	Helper()
}

// world is a company with one team and a customer who has texted it.
type world struct {
	db                *sqlx.DB
	company, team     string
	contact           string
	sms, chat, called string // senders
	cloud             string
	settings          *settings.Snapshot
}

func newWorld(t *testing.T) world {
	t.Helper()
	return newCompany(t, testdb.New(t))
}

func newCompany(t tester, db *sqlx.DB) world {
	t.Helper()
	w := world{
		db: db, company: uuid.NewString(), team: uuid.NewString(), contact: uuid.NewString(),
		sms: uuid.NewString(), chat: uuid.NewString(), called: uuid.NewString(), cloud: uuid.NewString(),
	}
	w.exec(t, `insert into companies (id, name) values ($1, 'GVE')`, w.company)
	w.exec(t, `insert into contacts (company_id, id) values ($1, $2)`, w.company, w.contact)
	w.address(t, "phone", number)
	w.settings = &settings.Snapshot{Team: settings.Team{ID: w.team, CompanyID: w.company, PlainLetters: true}, Senders: []settings.Sender{
		{ID: w.called, Kind: channels.Voice, Address: "+15005550001"},
		{ID: w.sms, Kind: channels.SMS, Address: "+15005550006"},
		{ID: w.chat, Kind: channels.WebChat, Address: "site"},
		{ID: w.cloud, Kind: channels.WhatsAppCloud, Address: "+15005550009"},
	}}
	return w
}

func (w world) exec(t tester, query string, args ...any) {
	t.Helper()
	_, err := w.db.ExecContext(context.Background(), query, args...)
	require.NoError(t, err)
}

// strings are the one column of a query.
func (w world) strings(t tester, query string, args ...any) []string {
	t.Helper()
	found := []string{}
	require.NoError(t, w.db.Select(&found, query, args...))
	return found
}

// address gives the customer one more.
func (w world) address(t tester, kind, address string) {
	t.Helper()
	w.exec(t, `insert into addresses (company_id, kind, address, contact_id) values ($1, $2, $3, $4)`, w.company, kind, address, w.contact)
}

func (w world) inTx(t tester, do func(*sqlx.Tx) error) {
	t.Helper()
	tx, err := w.db.Beginx()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	require.NoError(t, do(tx))
	require.NoError(t, tx.Commit())
}

// open is a new ticket of the customer's, from that sender.
func (w world) open(t tester, sender string, at time.Time) tickets.Ticket {
	t.Helper()
	made := tickets.NewTicket{CompanyID: w.company, TeamID: w.team, ContactID: w.contact, SenderID: sender, Kind: "message", OpenedAt: at}
	w.inTx(t, func(tx *sqlx.Tx) error { return made.Open(context.Background(), tx) })
	return w.find(t, made.ID)
}

func (w world) find(t tester, id string) (found tickets.Ticket) {
	t.Helper()
	w.inTx(t, func(tx *sqlx.Tx) (err error) {
		found, err = tickets.Lock(context.Background(), tx, w.company, w.team, id)
		return err
	})
	return found
}

func (w world) change(t tester, id string, c tickets.Change) {
	t.Helper()
	w.inTx(t, func(tx *sqlx.Tx) error {
		found, err := tickets.Lock(context.Background(), tx, w.company, w.team, id)
		require.NoError(t, err)
		return found.Make(context.Background(), tx, c)
	})
}

// timeline is what stands on a ticket's timeline besides messages.
func (w world) timeline(t tester, id string) []string {
	t.Helper()
	return w.strings(t, `select trim(change || ' ' || detail) || case when who = '' then '' else ' by ' || who end
		from ticket_changes where company_id = $1 and ticket_id = $2 order by id`, w.company, id)
}

// raised are the events that came of a ticket, with when they are due.
func (w world) raised(t tester, id string) []string {
	t.Helper()
	return w.strings(t, `select kind || ' ' || coalesce(payload->'ask'->>'kind', '') || case when due_at > occurred_at then ' in ' || extract(day from due_at - occurred_at) || ' days' else '' end
		from events where company_id = $1 and payload->'ask'->>'ticket' = $2 order by seq`, w.company, id)
}

func (w world) stops(t tester, sender string) {
	t.Helper()
	w.inTx(t, func(tx *sqlx.Tx) error {
		return contacts.Consent{
			CompanyID: w.company, TeamID: w.team, ContactID: w.contact, SenderID: sender, OptedOut: true, Source: "message", At: noon,
		}.Record(context.Background(), tx)
	})
}

// hears writes down what the customer wrote on a ticket to a sender, from an address.
func (w world) hears(t tester, ticket, sender, theirs string, at time.Time) {
	t.Helper()
	event := uuid.NewString()
	w.exec(t, `insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload)
		values ($1, $2::uuid, $3, $4, 'message', $2::uuid::text, $5, $5, jsonb_build_object('Theirs', $6::text))`, w.company, event, w.team, sender, at, theirs)
	w.exec(t, `insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, event_id, at)
		values ($1, gen_random_uuid(), $2, $3, $4, $5, 'customer', 'Hello', $6, $7)`, w.company, w.team, w.contact, ticket, sender, event, at)
}

// writes writes down what we wrote on a ticket from a sender, to an address.
func (w world) writes(t tester, ticket, sender, to string, at time.Time) {
	t.Helper()
	delivery := uuid.NewString()
	w.exec(t, `insert into deliveries (company_id, id, team_id, contact_id, ticket_id, sender_id, kind, account, from_address, to_address, text)
		values ($1, $2, $3, $4, $5, $6, 'sms', 'AC1', '+15005550006', $7, 'Hello')`, w.company, delivery, w.team, w.contact, ticket, sender, to)
	w.exec(t, `insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, delivery_id, at)
		values ($1, gen_random_uuid(), $2, $3, $4, $5, 'advisor', 'Hello', $6, $7)`, w.company, w.team, w.contact, ticket, sender, delivery, at)
}

// calls is a call of the customer's that stands on a ticket.
func (w world) calls(t tester, ticket, sender, caller string, at time.Time) {
	t.Helper()
	w.exec(t, `insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, ticket_id, journal, started_at, status)
		values ($1, gen_random_uuid(), gen_random_uuid()::text, $2, $3, $4, $5, $6, '[]', $7, 'completed')`,
		w.company, w.team, sender, caller, w.contact, ticket, at)
}
