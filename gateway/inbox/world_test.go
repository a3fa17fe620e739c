package inbox_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/gateway"
	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
	"ringback/gateway/messages"
	"ringback/gateway/requests"
	"ringback/gateway/tickets"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/staff"
)

const (
	customer = "+12025550100"
	ours     = "+15005550006"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// world is a team with one sender, one of its managers, and the desk.
type world struct {
	*testing.T
	db     *sqlx.DB
	clock  *clock.Clock
	team   settings.Team
	sender settings.Sender
	who    staff.Principal
	desk   inbox.Desk
}

func newWorld(t *testing.T) world {
	t.Helper()
	t.Parallel()
	w := world{T: t, db: testdb.New(t), clock: clocktest.StoppedAt(noon)}
	company, err := settings.EnsureCompany(t.Context(), w.db, "GVE")
	require.NoError(t, err)
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "America/Chicago"
	team, err = settings.CreateTeam(t.Context(), w.db, company.ID, "test", team)
	require.NoError(t, err)
	w.team, err = settings.EditTeam(t.Context(), w.db, company.ID, team.ID, "test", func(e *settings.Edit) (err error) {
		w.sender, err = e.AddSender(t.Context(), settings.Sender{Kind: channels.SMS, Address: ours})
		return err
	})
	require.NoError(t, err)
	w.who = staff.Principal{CompanyID: company.ID, Who: "Maria", StaffID: w.member("Maria", team.ID)}
	public := func() string { return "https://ringback.example" }
	w.desk = inbox.Desk{
		DB: w.db, Clock: w.clock, Company: company.ID, Payments: true, PublicURL: public, Links: requests.Links{Key: []byte("a key of links for tests")},
		Gateway: gateway.New(gateway.Config{ // not started: it handles nothing but trials
			DB: w.db, Clock: w.clock, Settings: settings.NewCache(), Log: slog.New(slog.DiscardHandler), PublicURL: public,
		}),
	}
	return w
}

// member adds one of the staff, and returns their id.
func (w world) member(name string, teams ...string) string {
	w.Helper()
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Teams = name, name+"@example.com", settings.RoleAdvisor, teams
	company := w.team.CompanyID
	if company == "" {
		require.NoError(w, w.db.GetContext(w.Context(), &company, `select id from companies`))
	}
	made, err := settings.CreateMember(w.Context(), w.db, company, "test", m)
	require.NoError(w, err)
	return made.ID
}

// ticket is an open one on which the customer wrote.
func (w world) ticket() inbox.Ticket {
	w.Helper()
	tx, err := w.db.BeginTxx(w.Context(), nil)
	require.NoError(w, err)
	c, err := contacts.FindOrCreate(w.Context(), tx, w.team.CompanyID, w.team.ID, w.sender.ID, channels.SMS, customer, "Anna")
	require.NoError(w, err)
	t := tickets.NewTicket{CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: c.ID, SenderID: w.sender.ID, Kind: "message", OpenedAt: noon}
	require.NoError(w, t.Open(w.Context(), tx))
	require.NoError(w, messages.Insert(w.Context(), tx, messages.Message{
		CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: c.ID, SenderID: w.sender.ID, TicketID: t.ID,
		Author: "customer", Text: "anybody?", At: noon,
	}))
	require.NoError(w, tx.Commit())
	found, err := inbox.FindTicket(w.Context(), w.db, w.team.CompanyID, w.team.ID, t.ID)
	require.NoError(w, err)
	return found
}

// codes are what is wrong, as field: code.
func codes(t *testing.T, err error) []string {
	t.Helper()
	var wrong settings.Invalid
	var conflict *settings.Conflict
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
	case errors.As(err, &conflict):
		wrong = settings.Invalid{conflict.Fault}
	default:
		require.NoError(t, err)
	}
	said := make([]string, len(wrong))
	for n, f := range wrong {
		said[n] = f.Field + ": " + f.Code
	}
	return said
}
