package gateway_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/events"
	"ringback/settings"
)

// office is a team whose new tickets go to its advisors in turn.
type office struct {
	*outbox
	out   deliveries.Outgoing
	staff map[string]string // ids by name
	said  int
}

func (w *outbox) office(limit int, names ...string) *office {
	w.t.Helper()
	o := &office{outbox: w, out: w.team(channels.SMS), staff: map[string]string{}}
	for _, name := range names {
		m := settings.NewMember()
		m.Name, m.Email, m.Role, m.Teams = name, name+"@example.com", settings.RoleAdvisor, []string{o.out.TeamID}
		made, err := settings.CreateMember(w.t.Context(), w.db, o.out.CompanyID, "test", m)
		require.NoError(w.t, err)
		o.staff[name] = made.ID
	}
	o.choose(true, limit)
	return o
}

// choose saves whether tickets go to them in turn, and how many a person has at most;
// the team is never closed.
func (o *office) choose(on bool, limit int) {
	o.t.Helper()
	_, err := settings.EditTeam(o.t.Context(), o.db, o.out.CompanyID, o.out.TeamID, "test", func(e *settings.Edit) error {
		team := e.Team
		team.AssignInTurn, team.OpenTicketsPerAdvisor = on, limit
		return e.SaveTeam(o.t.Context(), team)
	})
	require.NoError(o.t, err)
	_, err = o.db.Exec(`update schedules set rrule = 'FREQ=DAILY', starts_at = '1999-01-01T00:00', ends_at = '1999-01-02T00:00' where team_id = $1`, o.out.TeamID)
	require.NoError(o.t, err)
	_, err = o.db.Exec(`update teams set version = version + 1 where id = $1`, o.out.TeamID)
	require.NoError(o.t, err)
}

// write has a text come from each of those customers, and waits until all are handled.
func (o *office) write(customers ...int) {
	o.t.Helper()
	var told []channels.Event
	for _, n := range customers {
		o.said++
		told = append(told, channels.Event{
			Kind: channels.MessageReceived, ProviderID: fmt.Sprintf("SM%d", o.said), Sender: channels.SMS, SenderAddress: o.out.From,
			CustomerAddress: fmt.Sprintf("+1312555%04d", 2000+n), At: o.clock.Now(), Message: &channels.Message{Text: fmt.Sprintf("Hello %d", o.said)},
		})
	}
	tx, err := o.db.Beginx()
	require.NoError(o.t, err)
	_, err = events.Record(o.t.Context(), tx, told, "", o.clock.Queue())
	require.NoError(o.t, err)
	require.NoError(o.t, tx.Commit())
	for _, g := range o.replicas {
		g.Wake()
	}
	o.pass(3 * time.Second)
	var waiting int
	require.NoError(o.t, o.db.Get(&waiting, `select count(*) from events where handled_at is null and kind = 'message'`))
	require.Zero(o.t, waiting)
}

// whose are the names of who has the tickets, in the order of their numbers.
func (o *office) whose() []string {
	o.t.Helper()
	names := []string{}
	require.NoError(o.t, o.db.Select(&names, `select coalesce(s.name, '-') from tickets t left join staff s on s.id = t.assignee where t.team_id = $1 order by t.number`, o.out.TeamID))
	return names
}

// why is what the newest decision says of the turn.
func (o *office) why() (facts map[string]any) {
	o.t.Helper()
	var raw []byte
	require.NoError(o.t, o.db.Get(&raw, `select facts from decisions where team_id = $1 order by id desc limit 1`, o.out.TeamID))
	require.NoError(o.t, json.Unmarshal(raw, &facts))
	return facts
}

// TestNewTicketsGoRound: each of the team gets one before anybody gets a second,
// whichever replica handles what, and the decision says who and why.
func TestNewTicketsGoRound(t *testing.T) {
	playOutbox(t, 3, func(w *outbox) {
		o := w.office(0, "Ann", "Ben", "Cleo")
		o.write(1)
		o.write(2, 3)
		o.write(4)
		require.Equal(t, []string{"Ann", "Ben", "Cleo", "Ann"}, o.whose())
		facts := o.why()
		require.Equal(t, "next_in_turn", facts["assigned_why"])
		require.Equal(t, "Ann", facts["assigned_to"])
		var many []int
		for n := range 32 {
			many = append(many, 10+n)
		}
		o.write(many...)
		count := map[string]int{}
		for _, name := range o.whose() {
			count[name]++
		}
		require.Equal(t, map[string]int{"Ann": 12, "Ben": 12, "Cleo": 12}, count)
		o.write(1)
		require.Len(t, o.whose(), 36, "what joins an open ticket opens none")
		require.NotContains(t, o.why(), "assigned_why")
		var story []string
		require.NoError(t, o.db.Select(&story, `select c.change || ' ' || coalesce(s.name, '') || ' ' || c.author from ticket_changes c join tickets t on t.id = c.ticket_id
			left join staff s on s.id::text = c.detail where t.number = 1001 or t.number = (select min(number) from tickets where number > 0) group by 1, c.id order by c.id`))
		require.Equal(t, []string{"opened  gateway", "assigned Ann gateway"}, story)
		o.choose(false, 0)
		o.write(70)
		require.Equal(t, "-", o.whose()[36], "as ever, when it is off")
		require.NotContains(t, o.why(), "assigned_why")
	})
}

// TestALimitOfOpenTickets: who has as many as the team allows is passed over, and when
// all have it stays nobody's.
func TestALimitOfOpenTickets(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		o := w.office(1, "Ann", "Ben")
		o.write(1, 2, 3)
		require.Equal(t, []string{"Ann", "Ben", "-"}, o.whose())
		require.Equal(t, "all_at_limit", o.why()["assigned_why"])
		_, err := o.db.Exec(`update tickets set status = 'closed', closed_at = now() where assignee = $1`, o.staff["Ben"])
		require.NoError(t, err)
		o.write(4)
		require.Equal(t, []string{"Ann", "Ben", "-", "Ben"}, o.whose())
	})
}

// TestATicketThatIsOpenedAgain keeps who has it, and goes to the next one when that is
// nobody, or somebody who has left.
func TestATicketThatIsOpenedAgain(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		o := w.office(0, "Ann", "Ben", "Cleo")
		closed := func(assignee any) {
			_, err := o.db.Exec(`update tickets set status = 'closed', closed_at = $2, assignee = coalesce($3::uuid, case when $3::text is null then null else assignee end) where team_id = $1`, o.out.TeamID, o.clock.Now(), assignee)
			require.NoError(t, err)
		}
		o.write(1)
		require.Equal(t, []string{"Ann"}, o.whose())
		closed(o.staff["Ann"])
		o.write(1)
		require.Equal(t, []string{"Ann"}, o.whose(), "it is hers")
		require.NotContains(t, o.why(), "assigned_why")
		closed(nil)
		o.write(1)
		require.Equal(t, []string{"Ben"}, o.whose(), "it was nobody's")
		_, err := settings.ChangeMember(t.Context(), o.db, o.out.CompanyID, "test", o.staff["Ben"], func(m *settings.Member) error { m.Active = false; return nil })
		require.NoError(t, err)
		o.write(1)
		require.Equal(t, []string{"Cleo"}, o.whose(), "he has left, and the customer writes again")
		o.write(2, 3)
		require.Equal(t, []string{"Cleo", "Ann", "Cleo"}, o.whose(), "who has left gets none")
		require.Equal(t, "next_in_turn", o.why()["assigned_why"])
		_, err = o.db.Exec(`update tickets set assignee = $2 where team_id = $1 and number = (select min(number) from tickets where team_id = $1)`, o.out.TeamID, uuid.NewString())
		require.NoError(t, err)
		o.choose(false, 0)
		o.write(1)
		require.NotContains(t, o.why(), "assigned_why", "when it is off nothing is handed on")
	})
}

// TestAnAdminKeepsTheirTicket: admins answer on every team without being on it, and whose
// ticket it is has not left.
func TestAnAdminKeepsTheirTicket(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		o := w.office(0, "Ann", "Ben")
		m := settings.NewMember()
		m.Name, m.Email, m.Role = "Dana", "dana@example.com", settings.RoleAdmin
		dana, err := settings.CreateMember(t.Context(), o.db, o.out.CompanyID, "test", m)
		require.NoError(t, err)
		o.write(1)
		_, err = o.db.Exec(`update tickets set assignee = $2 where team_id = $1`, o.out.TeamID, dana.ID)
		require.NoError(t, err)
		o.write(1)
		require.Equal(t, []string{"Dana"}, o.whose())
		require.NotContains(t, o.why(), "assigned_why")
		o.write(2, 3, 4)
		require.Equal(t, []string{"Dana", "Ben", "Ann", "Ben"}, o.whose(), "new ones go to the team")
	})
}
