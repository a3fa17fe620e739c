package contacts_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/migrations/testdb"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// testing.T and rapid.T, who both play these stories.
type tester interface {
	require.TestingT
	Helper()
}

// world is a company of two teams: service with two numbers, sales with one.
type world struct {
	db                    *sqlx.DB
	company               string
	service, sales        string
	first, second, others string // senders: two of service, one of sales
}

func newWorld(t *testing.T) world {
	t.Helper()
	return newCompany(t, testdb.New(t))
}

// newCompany is another world in the same database.
func newCompany(t tester, db *sqlx.DB) world {
	t.Helper()
	w := world{
		db: db, company: uuid.NewString(), service: uuid.NewString(), sales: uuid.NewString(),
		first: uuid.NewString(), second: uuid.NewString(), others: uuid.NewString(),
	}
	w.exec(t, `insert into companies (id, name) values ($1, 'GVE')`, w.company)
	for _, team := range []string{w.service, w.sales} {
		w.exec(t, `insert into teams (company_id, id, name, display_name, time_zone, language) values ($1, $2, 'T', 'T', 'UTC', 'en')`, w.company, team)
	}
	for sender, team := range map[string]string{w.first: w.service, w.second: w.service, w.others: w.sales} {
		w.exec(t, `insert into senders (company_id, team_id, id, kind, account, address) values ($1, $2, $3, 'sms', $4, '+15005550006')`,
			w.company, team, sender, sender)
	}
	return w
}

func (w world) exec(t tester, query string, args ...any) {
	t.Helper()
	_, err := w.db.ExecContext(context.Background(), query, args...)
	require.NoError(t, err)
}

func (w world) count(t tester, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, w.db.Get(&n, query, args...))
	return n
}

// inTx runs a change and commits it.
func (w world) inTx(t tester, change func(*sqlx.Tx) error) {
	t.Helper()
	tx, err := w.db.Beginx()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	require.NoError(t, change(tx))
	require.NoError(t, tx.Commit())
}

// meet is somebody writing to a sender of a team.
func (w world) meet(t tester, team, sender string, channel channels.Kind, address, name string) (c contacts.Contact) {
	t.Helper()
	w.inTx(t, func(tx *sqlx.Tx) (err error) {
		c, err = contacts.FindOrCreate(context.Background(), tx, w.company, team, sender, channel, address, name)
		return err
	})
	return c
}

// texts is a text to the service.
func (w world) texts(t tester, number string) contacts.Contact {
	t.Helper()
	return w.meet(t, w.service, w.first, channels.SMS, number, "")
}

func (w world) actor(team string) contacts.Actor {
	return contacts.Actor{CompanyID: w.company, TeamID: team, Who: "Ann", At: noon}
}

func (w world) consents(t tester, team, contact, sender string, out bool, at time.Time) {
	t.Helper()
	w.inTx(t, func(tx *sqlx.Tx) error {
		return contacts.Consent{
			CompanyID: w.company, TeamID: team, ContactID: contact, SenderID: sender, OptedOut: out, Source: "message", Words: "STOP", At: at,
		}.Record(context.Background(), tx)
	})
}

func (w world) links(t tester, channel channels.Kind, address string, also ...string) {
	t.Helper()
	w.inTx(t, func(tx *sqlx.Tx) error {
		return contacts.LinkAddresses(context.Background(), tx, w.actor(w.service), channel, address, "", also)
	})
}
