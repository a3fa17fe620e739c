package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/gateway/calls"
	"ringback/gateway/contacts"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// line is a team of the table that can be called: of some hours and switches.
type line struct {
	team    settings.Team
	number  string
	sender  string // voice
	advisor string // their phone
	member  string // their id
}

// tableNumbers are the numbers of its teams.
func tableNumbers() []string {
	all := make([]string, 16)
	for n := range all {
		all[n] = fmt.Sprintf("+1312555%04d", 7000+n)
	}
	return all
}

// switches is a row as its team sees it.
func (r row) switches() row { return row{hours: r.hours, ringLast: r.ringLast, create: r.create} }

// open makes the team of a row, the n-th of the table.
func (w *world) open(r row, n int) line {
	w.t.Helper()
	ctx := w.t.Context()
	l := line{number: tableNumbers()[n], advisor: fmt.Sprintf("+1500555%04d", 8000+n)}
	team := newTeam()
	team.RingLastAdvisor, team.CreateTicketForMissedCalls = r.ringLast, r.create
	var err error
	l.team, err = settings.CreateTeam(ctx, w.DB.DB, w.Company.ID, "test", team)
	require.NoError(w.t, err)
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Phone, m.Teams = "Maria", fmt.Sprintf("maria%d@example.com", n), settings.RoleAdvisor, l.advisor, []string{l.team.ID}
	m, err = settings.CreateMember(ctx, w.DB.DB, w.Company.ID, "test", m)
	require.NoError(w.t, err)
	l.member = m.ID
	_, err = settings.EditTeam(ctx, w.DB.DB, w.Company.ID, l.team.ID, "test", func(e *settings.Edit) error {
		for _, kind := range []channels.Kind{channels.SMS, channels.Voice} {
			s, err := e.AddSender(ctx, settings.Sender{Kind: kind, Address: l.number, Settings: settings.SenderSettings{MessagesPerSecond: 100}})
			if err != nil {
				return err
			}
			l.sender = s.ID
		}
		team := e.Team
		team.Voice.Options = []settings.Option{
			{Digit: "1", Label: "Service", To: settings.ToAdvisors, Advisors: []string{m.ID}}, {Digit: "2", Label: "Voicemail", To: settings.ToVoicemail},
		}
		if err := e.SaveTeam(ctx, team); err != nil {
			return err
		}
		return rescheduled(w, e, r.hours, m.ID)
	})
	require.NoError(w.t, err)
	return l
}

// rescheduled gives the team the only schedule of those hours, or none.
func rescheduled(w *world, e *settings.Edit, at, advisor string) error {
	ctx := w.t.Context()
	all, err := settings.ListSchedules(ctx, w.DB, w.Company.ID, e.Team.ID, "", settings.MaxSchedules)
	if err != nil {
		return err
	}
	spec, ok := scheduleOf(at)
	if !ok {
		return e.DeleteSchedule(ctx, all[0].ID)
	}
	s := all[0]
	s.StartsAt, s.EndsAt, s.RRule, s.BusinessHours, s.Advisors = spec.StartsAt, spec.EndsAt, &spec.RRule, spec.BusinessHours, settings.Advisors{advisor}
	_, err = e.SaveSchedule(ctx, s)
	return err
}

// arranged are the ways in which a row's callbacks come; each comes twice
// besides. There are as many as have no divisor in common with any column of
// the table, so that each value of each column meets each way.
var arranged = []struct {
	what string
	how  func([]twilio.CallCallback) []twilio.CallCallback
}{
	{"in order", func(all []twilio.CallCallback) []twilio.CallCallback { return all }},
	{"backwards", func(all []twilio.CallCallback) []twilio.CallCallback { slices.Reverse(all); return all }},
	{"the end first", func(all []twilio.CallCallback) []twilio.CallCallback {
		return append(only(all, twilio.ToldFinal), without(all, twilio.ToldFinal)...)
	}},
	{"no legs", func(all []twilio.CallCallback) []twilio.CallCallback { return without(all, twilio.ToldLeg) }},
	{"no last action", func(all []twilio.CallCallback) []twilio.CallCallback {
		return without(all, twilio.ToldAction)
	}},
	{"no recording", func(all []twilio.CallCallback) []twilio.CallCallback {
		return without(all, twilio.ToldRecording)
	}},
	{"no end", func(all []twilio.CallCallback) []twilio.CallCallback { return without(all, twilio.ToldFinal) }},
}

func without(all []twilio.CallCallback, kind twilio.Told) []twilio.CallCallback {
	return slices.DeleteFunc(slices.Clone(all), func(c twilio.CallCallback) bool { return c.Kind == kind })
}

func only(all []twilio.CallCallback, kind twilio.Told) []twilio.CallCallback {
	return slices.DeleteFunc(slices.Clone(all), func(c twilio.CallCallback) bool { return c.Kind != kind })
}

// caller is the n-th row's own.
func (r row) caller(n int) string { return fmt.Sprintf("+1312556%04d", n) }

// callIn plays the n-th row's call, in the n-th way.
func (w *world) callIn(r row, n int, l line) {
	way := arranged[n%len(arranged)]
	if r.reported() {
		w.reportIn(r, n, l, way.what == "no end")
		return
	}
	play := []twilio.CallOption{twilio.Arrange(way.how), twilio.WithCallStatus(w.PublicURL() + callsPath)}
	advisor := twilio.Advisor{Ends: "no-answer"}
	if r.hours == hoursOpen && r.leaves != channels.StepGreeting && r.leaves != channels.StepMenu {
		play = append(play, twilio.Press(map[bool]string{true: "2", false: "1"}[r.leaves == channels.StepOptionChosen]))
	}
	switch r.leaves {
	case channels.StepAnswered:
		advisor = twilio.Advisor{After: 3 * time.Second, Keys: "1", Talks: 30 * time.Second}
	case channels.StepRecording:
		play = append(play, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp))
	case silent:
		play = append(play, twilio.HangUp(channels.StepRecording, 0))
	default:
		play = append(play, twilio.HangUp(r.leaves, 4*time.Second))
	}
	w.sim.Advisor(l.advisor, advisor)
	call, err := w.sim.Call(w.t.Context(), w.PublicURL()+voicePath, r.caller(n), l.number, play...)
	if err != nil || len(call.Faults()) > 0 {
		w.t.Errorf("%v, %s: %v %v", r, way.what, err, call.Faults())
	}
}

// reportIn is the call as a team's own phone system tells it.
func (w *world) reportIn(r row, n int, l line, endless bool) {
	tell := func(number int, step channels.Step, status string) {
		form := url.Values{
			"AccountSid": {accountSID}, "CallSid": {fmt.Sprintf("CA%032d", n)}, "From": {r.caller(n)}, "To": {l.number}, "Direction": {"inbound"},
			"CallStatus": {status}, "SequenceNumber": {strconv.Itoa(number)}, "CallDuration": {"31"},
		}
		path := callsPath
		if step != "" {
			path += "?step=" + string(step)
		}
		for range 2 {
			if answer, err := w.sim.Post(w.t.Context(), w.PublicURL()+path, form); err != nil || answer.Status != http.StatusOK {
				w.t.Errorf("%v: %v %v", r, answer, err)
			}
		}
	}
	steps := leavings[:slices.Index(leavings, r.leaves)+1]
	for number, step := range steps {
		tell(number, step, "in-progress")
	}
	if !endless {
		tell(len(steps), "", "completed")
	}
}

// thirdOf leaves of the rows as many as a moment allows, and of each two or
// three values that can meet in a row at least one row.
func thirdOf(all []row) []row {
	var some []row
	for _, r := range all {
		on := map[bool]int{true: 1}
		if (slices.Index(leavings, r.leaves)+slices.Index(hours, r.hours)+slices.Index(ages, r.age)+on[r.ringLast]+on[r.create])%3 == 0 {
			some = append(some, r)
		}
	}
	return some
}

// TestEveryCallOfTheWholeGateway plays each row against the whole gateway, with
// each callback twice, in one of the ways in which they may come.
func TestEveryCallOfTheWholeGateway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Clock.Stop(monday10)
	lines := map[row]line{}
	var order []row
	played := map[row][]int{}
	all := thirdOf(rows())
	for n, r := range all {
		if played[r.switches()] == nil {
			lines[r.switches()] = w.open(r, len(lines))
			order = append(order, r.switches())
		}
		played[r.switches()] = append(played[r.switches()], n)
	}
	opened := w.openTickets(all, lines)
	var calling sync.WaitGroup
	queue := make(chan row, len(order))
	for _, s := range order {
		queue <- s
	}
	close(queue)
	for range 4 {
		calling.Go(func() {
			for s := range queue {
				for _, n := range played[s] {
					w.callIn(all[n], n, lines[s])
				}
			}
		})
	}
	calling.Wait()
	w.settle()
	for _, by := range []time.Duration{40 * time.Second, 3 * time.Minute, 5 * time.Hour} {
		w.later(by)
	}
	w.nothingFailed()
	for n, r := range all {
		want := r.foretold()
		if r.reported() && r.leaves == channels.StepAnswered && arranged[n%len(arranged)].what == "no end" {
			want.Automation = string(rules.ReasonExpired) // nobody ever told that they stopped talking
		}
		require.Equal(t, want, w.cameOf(r, n, opened[n], lines[r.switches()]), "%v, %s", r, arranged[n%len(arranged)].what)
	}
}

// openTickets opens the tickets that the callers have already.
func (w *world) openTickets(all []row, lines map[row]line) map[int]string {
	w.t.Helper()
	ctx := w.t.Context()
	opened := map[int]string{}
	tx, err := w.DB.BeginTxx(ctx, nil)
	require.NoError(w.t, err)
	defer func() { _ = tx.Rollback() }()
	for n, r := range all {
		if r.age < 0 {
			continue
		}
		l := lines[r.switches()]
		c, err := contacts.FindOrCreate(ctx, tx, w.Company.ID, l.team.ID, l.sender, channels.Voice, r.caller(n), "")
		require.NoError(w.t, err)
		ticket := tickets.NewTicket{
			CompanyID: w.Company.ID, TeamID: l.team.ID, ContactID: c.ID, SenderID: l.sender, Kind: "message", OpenedAt: monday10.AddDate(0, 0, -r.age),
		}
		require.NoError(w.t, ticket.Open(ctx, tx))
		opened[n] = ticket.ID
	}
	require.NoError(w.t, tx.Commit())
	return opened
}

const cameOf = `
select c.outcome, coalesce(d.automation, '') as automation, d.outcome as decided, d.reason, coalesce(c.ticket_id::text, '') as ticket,
    coalesce(t.kind, '') as kind, coalesce(t.assignee::text, '') as assignee,
    (select count(*) from tickets o where o.company_id = c.company_id and o.contact_id = c.contact_id) as tickets
from calls c join decisions d on d.company_id = c.company_id and d.provider_id = c.sid and d.event_kind = 'call'
left join tickets t on t.company_id = c.company_id and t.id = c.ticket_id
where c.caller = $1`

// cameOf is what came of the only call of a caller.
func (w *world) cameOf(r row, n int, opened string, l line) fate {
	w.t.Helper()
	caller := r.caller(n)
	var found []struct {
		Outcome, Automation, Decided, Reason, Ticket, Kind, Assignee string
		Tickets                                                      int
	}
	require.NoError(w.t, w.DB.Select(&found, cameOf, caller))
	require.Len(w.t, found, 1, "one call of %s and one decision", caller)
	is := found[0]
	came := fate{Outcome: is.Outcome, Automation: is.Automation, Ticket: is.Kind}
	texts := 1
	if is.Decided != string(rules.Sent) {
		came.Automation, texts = is.Reason, 0
	}
	require.Len(w.t, w.sim.Inbox(caller), texts, caller)
	made := 1
	switch {
	case is.Ticket == "":
		came.Ticket, made = string(calls.NoTicket), 0
	case is.Ticket == opened:
		came.Ticket, made = string(calls.OnTicket), 0
	case is.Kind == string(calls.NewAnswered) && !r.reported(): // another phone system's word does not say who
		require.Equal(w.t, l.member, is.Assignee)
	default:
		require.Empty(w.t, is.Assignee)
	}
	if opened != "" {
		made++
	}
	require.Equal(w.t, made, is.Tickets, "tickets of %s", caller)
	return came
}
