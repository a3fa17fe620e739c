package e2e

import (
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/gateway/inbox"
	"ringback/gateway/reports"
	"ringback/settings"
	"ringback/settings/staff"
)

// missed is a world with a call that nobody took: its ticket, and Maria, whose phone
// can be rung.
func missed(t *testing.T, advisor string, changes ...func(*twilio.Simulator)) (w *world, maria staff.Principal, ticket string) {
	t.Helper()
	w = called(t, whileOpen, nobody)
	for _, change := range changes {
		change(w.sim)
	}
	w.ring(caller, twilio.HangUp(channels.StepVoicemailPrompt))
	w.later(40 * time.Second)
	var id string
	require.NoError(t, w.DB.Get(&id, `update staff set phone = $1 where email = 'maria@example.com' returning id`, advisor))
	require.NoError(t, w.DB.Get(&ticket, `select id from tickets`))
	who := staff.Principal{CompanyID: w.Company.ID, Who: "Maria", StaffID: id, Teams: []string{w.team.ID}, Role: settings.RoleAdvisor}
	return w, who, ticket
}

func (w *world) calls(ticket string) (found []inbox.Entry) {
	w.t.Helper()
	shown, err := w.Desk.Ticket(w.t.Context(), staff.Principal{CompanyID: w.Company.ID}, w.team.ID, ticket)
	require.NoError(w.t, err)
	for _, e := range shown.Timeline {
		if e.Type == "call" && e.Author == "advisor" {
			found = append(found, e)
		}
	}
	return found
}

// TestCallingBack: the advisor's phone rings, then the customer's, and what became of
// it stands on the timeline; whoever was spoken to waits no more and was recovered.
func TestCallingBack(t *testing.T) {
	for name, c := range map[string]struct {
		advisor   string
		customer  twilio.Advisor
		outcome   string
		recovered int
		waits     bool
	}{
		"they spoke":              {answers, twilio.Advisor{After: 2 * time.Second, Talks: 70 * time.Second}, "answered", 1, false},
		"the customer is away":    {answers, twilio.Advisor{Ends: "no-answer"}, "unanswered", 0, true},
		"the customer is busy":    {answers, twilio.Advisor{After: time.Second, Ends: "busy"}, "unanswered", 0, true},
		"the advisor is away":     {nobody, twilio.Advisor{}, "not_taken", 0, true},
		"the advisor's voicemail": {mobile, twilio.Advisor{}, "not_taken", 0, true},
		"the advisor presses 2":   {"+15005557007", twilio.Advisor{}, "not_taken", 0, true},
		"the phone is none":       {"+15005557005", twilio.Advisor{}, "not_placed", 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, maria, ticket := missed(t, c.advisor, func(s *twilio.Simulator) { s.Advisor(caller, c.customer) })
			first, err := w.Desk.CallBack(t.Context(), maria, w.team.ID, ticket, "", inbox.NewCallBack{})
			require.NoError(t, err)
			again, err := w.Desk.CallBack(t.Context(), maria, w.team.ID, ticket, "", inbox.NewCallBack{})
			require.NoError(t, err)
			require.Equal(t, first, again, "a button that is pressed twice rings once")
			w.settle()
			w.later(time.Minute)
			story := w.calls(ticket)
			require.Len(t, story, 1)
			require.Equal(t, [3]string{c.outcome, "Maria", "advisor"}, [3]string{story[0].Outcome, story[0].Who, story[0].Author})
			if c.outcome == "answered" {
				require.InDelta(t, 70, *story[0].Waited, 3)
			}
			for _, one := range w.sim.State().Calls {
				call, _ := w.sim.FindCall(one.SID)
				require.Empty(t, call.Faults(), "TwiML that the provider would not take")
			}
			var waits bool
			require.NoError(t, w.DB.Get(&waits, `select waiting_since is not null from tickets`))
			require.Equal(t, c.waits, waits)
			var assigned string
			require.NoError(t, w.DB.Get(&assigned, `select assignee from tickets`))
			require.Equal(t, maria.StaffID, assigned, "as if she had written")
			report, err := w.Desk.Report(t.Context(), maria, w.team.ID, reports.Range{})
			require.NoError(t, err)
			require.Equal(t, [3]int{1, 1, c.recovered}, [3]int{report.Total.Calls, report.Total.Missed, report.Total.Recovered})
			w.nothingFailed()
			var open int
			require.NoError(t, w.DB.Get(&open, `select count(*) from calls where settled_at is null`))
			require.Zero(t, open)
		})
	}
}

// TestWhomACallBackRings: the number that the ticket was written from, and not the
// newest of the customer's, as it is dialed.
func TestWhomACallBackRings(t *testing.T) {
	w, maria, _ := missed(t, answers)
	for _, c := range []struct{ writes, has, rings string }{
		{"+13125550144", "+13125550999", "+13125550144"},
		{"+13125550145", "+5215512345678 +525512345678", "+13125550145"},
	} {
		_, err := w.sim.Text(t.Context(), w.door(), c.writes, ours, "Call me")
		require.NoError(t, err)
		w.settle()
		ticket := path.Base(w.ticketOf(c.writes))
		for _, one := range strings.Fields(c.has) {
			_, err := w.DB.Exec(`insert into addresses (company_id, contact_id, kind, address, created_at)
				select company_id, contact_id, 'phone', $2, now() + interval '1 day' from tickets where id = $1`, ticket, one)
			require.NoError(t, err)
		}
		_, err = w.Desk.CallBack(t.Context(), maria, w.team.ID, ticket, "", inbox.NewCallBack{})
		require.NoError(t, err)
		w.settle()
		w.later(time.Minute)
		var rung []string
		require.NoError(t, w.DB.Select(&rung, `select caller from calls where outgoing and ticket_id = $1`, ticket))
		require.Equal(t, []string{c.rings}, rung)
	}
}

// TestACallBackOfWhichNothingIsTold is taken for over by its timer, and lets the next
// one be made.
func TestACallBackOfWhichNothingIsTold(t *testing.T) {
	t.Parallel()
	w, maria, ticket := missed(t, answers)
	w.sim.Fault(twilio.Fault{On: "call", Close: true})
	lost, err := w.Desk.CallBack(t.Context(), maria, w.team.ID, ticket, "", inbox.NewCallBack{})
	require.NoError(t, err, "nobody knows whether it rings")
	require.Empty(t, w.calls(ticket)[0].Outcome)
	w.sim.ClearFaults()
	w.later(4 * time.Minute)
	again, err := w.Desk.CallBack(t.Context(), maria, w.team.ID, ticket, "", inbox.NewCallBack{})
	require.NoError(t, err)
	require.Equal(t, lost, again, "it may still ring")
	w.later(2 * time.Minute)
	require.Equal(t, "not_placed", w.calls(ticket)[0].Outcome)
	again, err = w.Desk.CallBack(t.Context(), maria, w.team.ID, ticket, "", inbox.NewCallBack{})
	require.NoError(t, err)
	require.NotEqual(t, lost.ID, again.ID)
}

// TestWhoCannotCallBack: each reason is said, and nobody is rung.
func TestWhoCannotCallBack(t *testing.T) {
	t.Parallel()
	w, maria, ticket := missed(t, "")
	refused := func(who staff.Principal, code string, n inbox.NewCallBack) {
		t.Helper()
		_, err := w.Desk.CallBack(t.Context(), who, w.team.ID, ticket, "", n)
		require.ErrorContains(t, err, code)
	}
	refused(maria, "no_own_phone", inbox.NewCallBack{})
	refused(staff.Principal{CompanyID: w.Company.ID}, "missing", inbox.NewCallBack{})
	refused(staff.Principal{CompanyID: w.Company.ID}, "no_own_phone", inbox.NewCallBack{Advisor: maria.StaffID})
	refused(maria, "call_own_phone", inbox.NewCallBack{Advisor: w.team.ID})
	set := func(phone string) {
		_, err := w.DB.Exec(`update staff set phone = $1`, phone)
		require.NoError(t, err)
	}
	set(caller)
	refused(maria, "call_self", inbox.NewCallBack{})
	set(answers)
	w.sim.Fault(twilio.Fault{On: "call", Status: http.StatusBadRequest, Code: 21211})
	refused(maria, "call_refused", inbox.NewCallBack{})
	w.sim.ClearFaults()
	require.Equal(t, "not_placed", w.calls(ticket)[0].Outcome, "it is said on the timeline")
	_, err := w.DB.Exec(`delete from senders where kind = 'voice'`)
	require.NoError(t, err)
	w.edit(func(*settings.Edit) error { return nil })
	refused(maria, "no_voice_sender", inbox.NewCallBack{})
	require.Len(t, w.sim.State().Calls, 1, "the customer's own")
}
