package requests_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/migrations/testdb"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

type tester interface {
	require.TestingT
	Helper()
}

// world is a ticket of a customer, about which they are asked things.
type world struct {
	db                             *sqlx.DB
	company, team, contact, ticket string
}

func newWorld(t *testing.T) world {
	t.Helper()
	return newTicket(t, testdb.New(t))
}

func newTicket(t tester, db *sqlx.DB) world {
	t.Helper()
	w := world{db: db, company: uuid.NewString(), team: uuid.NewString(), contact: uuid.NewString()}
	w.exec(t, `insert into companies (id, name) values ($1, 'GVE')`, w.company)
	w.exec(t, `insert into teams (company_id, id, name, display_name, time_zone, language) values ($1, $2, 'Service', 'GVE Service', 'America/Chicago', 'en')`, w.company, w.team)
	w.exec(t, `insert into contacts (company_id, id, language) values ($1, $2, 'pl')`, w.company, w.contact)
	made := tickets.NewTicket{CompanyID: w.company, TeamID: w.team, ContactID: w.contact, Kind: "message", OpenedAt: noon}
	w.inTx(t, func(tx *sqlx.Tx) error { return made.Open(context.Background(), tx) })
	w.ticket = made.ID
	return w
}

func (w world) exec(t tester, query string, args ...any) {
	t.Helper()
	_, err := w.db.ExecContext(context.Background(), query, args...)
	require.NoError(t, err)
}

func (w world) strings(t tester, query string, args ...any) []string {
	t.Helper()
	found := []string{}
	require.NoError(t, w.db.Select(&found, query, args...))
	return found
}

func (w world) inTx(t tester, do func(*sqlx.Tx) error) {
	t.Helper()
	tx, err := w.db.Beginx()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	require.NoError(t, do(tx))
	require.NoError(t, tx.Commit())
}

// draft is a request of that kind that an advisor makes at noon.
func (w world) draft(kind string) requests.Request {
	_, hash := requests.NewToken()
	return requests.Request{
		CompanyID: w.company, ID: uuid.Must(uuid.NewV7()).String(), TeamID: w.team, ContactID: w.contact, TicketID: w.ticket, Kind: kind,
		TokenHash: hash, Who: "Ann", AskedAt: noon, ExpiresAt: noon.Add(requests.Life),
	}
}

func (w world) ask(t tester, r requests.Request) requests.Request {
	t.Helper()
	w.inTx(t, func(tx *sqlx.Tx) error { return r.Insert(context.Background(), tx) })
	return w.find(t, r.ID)
}

func (w world) find(t tester, id string) (r requests.Request) {
	t.Helper()
	w.inTx(t, func(tx *sqlx.Tx) (err error) {
		r, err = requests.Lock(context.Background(), tx, w.company, id)
		return err
	})
	return r
}

// gives is the customer's answer, as a page takes it.
func (w world) gives(id string, a requests.Answer, at time.Time) (bool, error) {
	tx, err := w.db.Beginx()
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }()
	ticket, err := tickets.Lock(context.Background(), tx, w.company, w.team, w.ticket)
	if err != nil {
		return false, err
	}
	r, err := requests.Lock(context.Background(), tx, w.company, id)
	if err != nil {
		return false, err
	}
	given, err := r.Give(context.Background(), tx, ticket, a, requests.ByPage, at)
	if err != nil {
		return false, err
	}
	return given, tx.Commit()
}

// timeline is what the ticket's timeline says of requests and of itself.
func (w world) timeline(t tester) []string {
	t.Helper()
	return w.strings(t, `select trim(change || ' ' || detail) || case when who = '' then '' else ' by ' || who end
		from ticket_changes where company_id = $1 and ticket_id = $2 order by id`, w.company, w.ticket)[1:]
}

// notices are what the staff is told of.
func (w world) notices(t tester) []string {
	t.Helper()
	return w.strings(t, `select kind from notices where company_id = $1 order by id`, w.company)
}

// allKinds are what customers are asked for.
var allKinds = []string{rules.AskPhotoVideo, rules.AskApproval, rules.AskPayment, rules.AskRating, rules.AskResolved}

func truth(yes bool) *bool { return &yes }
