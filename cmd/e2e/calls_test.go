package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator"
	"ringback/settings"
	"ringback/settings/automations"
)

const (
	caller    = "+13125550142"
	answers   = "+15005557001"
	voicePath = "/webhooks/twilio/voice"
	callsPath = "/webhooks/twilio/calls"
)

// phones gives the team a number that can be called and an advisor who rings
// on its weekdays.
func (w *world) phones(advisor string) {
	w.t.Helper()
	ctx := w.t.Context()
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Phone, m.Teams = "Maria", "maria@example.com", settings.RoleAdvisor, advisor, []string{w.team.ID}
	made, err := settings.CreateMember(ctx, w.DB.DB, w.Company.ID, "test", m)
	require.NoError(w.t, err)
	w.edit(func(e *settings.Edit) error {
		if _, err := e.AddSender(ctx, settings.Sender{Kind: channels.Voice, Address: ours}); err != nil {
			return err
		}
		all, err := settings.ListSchedules(ctx, w.DB, w.Company.ID, w.team.ID, "", settings.MaxSchedules)
		if err != nil {
			return err
		}
		all[0].Advisors = settings.Advisors{made.ID}
		_, err = e.SaveSchedule(ctx, all[0])
		return err
	})
}

type callStory struct {
	at       string
	play     []simulator.CallOption
	advisor  string
	outcome  string
	decision [3]string // outcome, reason, automation
	ticket   string    // its kind; empty: none
}

func TestCalls(t *testing.T) {
	const open, closed = "2026-06-01T10:00:00-05:00", "2026-06-01T22:00:00-05:00"
	hangUp := func(step channels.Step) []simulator.CallOption {
		return []simulator.CallOption{simulator.HangUp(step)}
	}
	for name, c := range map[string]callStory{
		"hung up in the greeting":  {at: open, play: []simulator.CallOption{simulator.HangUp(channels.StepGreeting, 4*time.Second)}, outcome: "hung_up", decision: [3]string{"sent", "sent", automations.CustomerHangsUp}},
		"hung up while it rang":    {at: open, play: hangUp(channels.StepRinging), outcome: "hung_up", decision: [3]string{"sent", "sent", automations.CustomerHangsUp}},
		"nobody answered":          {at: open, advisor: "+15005557004", play: hangUp(channels.StepVoicemailPrompt), outcome: "missed", decision: [3]string{"sent", "sent", automations.CustomerCallMissed}},
		"a mobile's own voicemail": {at: open, advisor: "+15005557002", play: hangUp(channels.StepVoicemailPrompt), outcome: "missed", decision: [3]string{"sent", "sent", automations.CustomerCallMissed}},
		"left a voicemail":         {at: open, advisor: "+15005557004", play: []simulator.CallOption{simulator.LeaveVoicemail(8*time.Second, simulator.ByHangUp)}, outcome: "voicemail", decision: [3]string{"sent", "sent", automations.CustomerLeavesVoicemail}, ticket: "voicemail"},
		"answered":                 {at: open, play: nil, outcome: "answered", decision: [3]string{"sent", "sent", automations.AfterSuccessfulCall}, ticket: "call"},
		"after hours":              {at: closed, play: hangUp(channels.StepVoicemailPrompt), outcome: "missed", decision: [3]string{"sent", "sent", automations.AfterHoursCall}},
		"a voicemail after hours":  {at: closed, play: []simulator.CallOption{simulator.LeaveVoicemail(8*time.Second, simulator.ByHangUp)}, outcome: "voicemail", decision: [3]string{"sent", "sent", automations.AfterHoursCall}, ticket: "voicemail"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if c.advisor == "" {
				c.advisor = answers
			}
			w.phones(c.advisor)
			start, err := time.Parse(time.RFC3339, c.at)
			require.NoError(t, err)
			w.Clock.Stop(start)
			call, err := w.sim.Call(t.Context(), w.PublicURL()+voicePath, caller, ours, append(c.play, simulator.WithCallStatus(w.PublicURL()+callsPath))...)
			require.NoError(t, err)
			require.Empty(t, call.Faults())
			w.settle()
			for range 3 { // the timer, then what follows from it
				w.Clock.Stop(w.Clock.Now().Add(40 * time.Second))
				w.settle()
			}
			var got struct{ Outcome, Reason, Automation, Facts string }
			require.NoError(t, w.DB.Get(&got, `select outcome, reason, coalesce(automation, '-') as automation, facts::text as facts from decisions`))
			var was string
			require.NoError(t, w.DB.Get(&was, `select outcome from calls`))
			require.Equal(t, c.outcome, was, got.Facts)
			require.Equal(t, c.decision, [3]string{got.Outcome, got.Reason, got.Automation}, got.Facts)
			require.Len(t, w.sim.Inbox(caller), 1)
			var kinds []string
			require.NoError(t, w.DB.Select(&kinds, `select kind from tickets`))
			if c.ticket == "" {
				require.Empty(t, kinds)
			} else {
				require.Equal(t, []string{c.ticket}, kinds)
			}
			var faults []string
			require.NoError(t, w.DB.Select(&faults, `select provider_id || ': ' || coalesce(fault, '') from events where attempts > 0`))
			require.Empty(t, faults)
		})
	}
}
