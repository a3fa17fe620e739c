package gateway_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/deliveries"
	"ringback/settings"
)

// team gives the outbox a company whose team has a sender of each kind, and
// returns a message of it to a customer.
func (w *outbox) team(kinds ...channels.Kind) deliveries.Outgoing {
	w.t.Helper()
	company, err := settings.EnsureCompany(w.t.Context(), w.db, "Green Valley")
	require.NoError(w.t, err)
	team := settings.NewTeam()
	team.Name, team.DisplayName, team.TimeZone, team.Language, team.SMSFallback = "Service", "Service", "America/Chicago", "en", true
	team, err = settings.CreateTeam(w.t.Context(), w.db, company.ID, "test", team)
	require.NoError(w.t, err)
	var first settings.Sender
	_, err = settings.EditTeam(w.t.Context(), w.db, company.ID, team.ID, "test", func(e *settings.Edit) error {
		for _, kind := range kinds {
			made, err := e.AddSender(w.t.Context(), settings.Sender{Kind: kind, Address: "+13125550100"})
			if err != nil {
				return err
			}
			if first.ID == "" {
				first = made
			}
		}
		return nil
	})
	require.NoError(w.t, err)
	tx, err := w.db.Beginx()
	require.NoError(w.t, err)
	c, err := contacts.FindOrCreate(w.t.Context(), tx, company.ID, team.ID, first.ID, first.Kind, "+13125550142", "")
	require.NoError(w.t, err)
	require.NoError(w.t, tx.Commit())
	return deliveries.Outgoing{
		CompanyID: company.ID, ID: uuid.NewString(), TeamID: team.ID, ContactID: c.ID, SenderID: first.ID,
		Kind: first.Kind, From: first.Address, To: "+13125550142", Text: "We are closed.",
	}
}

func (w *outbox) queue(out deliveries.Outgoing) {
	w.t.Helper()
	require.NoError(w.t, deliveries.Queue(w.t.Context(), w.db, w.clock.Queue(), out))
	w.replicas[0].Wake()
}

func (w *outbox) states() (states []string) {
	w.t.Helper()
	require.NoError(w.t, w.db.Select(&states, `select kind || ' ' || state || ' ' || reason from deliveries order by seq`))
	return states
}

// says has the door acknowledge what the customer writes.
func (w *outbox) says(out deliveries.Outgoing, text string) {
	w.t.Helper()
	require.NoError(w.t, w.replicas[0].Receive(w.t.Context(), []channels.Event{{
		Kind: channels.MessageReceived, ProviderID: uuid.NewString(), Sender: out.Kind, SenderAddress: out.From, CustomerAddress: out.To,
		Message: &channels.Message{Text: text},
	}}))
}

// TestNothingLeavesAfterAnAcknowledgedStop: a text waits behind a provider's
// 429, or for the provider's word on what became of it.
func TestNothingLeavesAfterAnAcknowledgedStop(t *testing.T) {
	for name, refusal := range map[string]*channels.SendError{
		"behind a 429":        {Reason: channels.ReasonThrottled, Code: "429", Retry: channels.Later, After: 12 * time.Second, Err: errors.New("too many")},
		"after a lost answer": {Reason: channels.ReasonAmbiguous, Code: "503", Retry: channels.Look, Err: errors.New("no answer")},
	} {
		t.Run(name, func(t *testing.T) {
			playOutbox(t, 1, func(w *outbox) {
				w.provider.find = func(context.Context, channels.Outgoing) bool { return false }
				w.provider.send = func(context.Context, channels.Account, channels.Outgoing) error { return refusal }
				out := w.team(channels.SMS)
				w.queue(out)
				time.Sleep(time.Second)
				require.Equal(t, []string{out.To}, w.provider.sent())
				w.says(out, "STOP")
				time.Sleep(30 * time.Second)
				require.Equal(t, []string{out.To}, w.provider.sent())
				require.Equal(t, []string{"sms canceled opted_out"}, w.states())
			})
		})
	}
}

// TestTroubleOfOursLosesNoWayAround: WhatsApp refuses a message, and the
// database refuses to have it go by SMS. Either both are written or neither.
func TestTroubleOfOursLosesNoWayAround(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		w.provider.find = func(context.Context, channels.Outgoing) bool { return false }
		w.provider.send = func(_ context.Context, _ channels.Account, m channels.Outgoing) error {
			if m.Kind == channels.SMS {
				return nil
			}
			return &channels.SendError{Reason: channels.ReasonWindowClosed, Code: "63016", Err: errors.New("outside the window")}
		}
		out := w.team(channels.WhatsAppTwilio, channels.SMS)
		for _, statement := range []string{
			`create function no_space() returns trigger language plpgsql as $$ begin raise exception 'no space left on device'; end $$`,
			`create trigger no_space before insert on deliveries for each row when (new.kind = 'sms') execute function no_space()`,
		} {
			_, err := w.db.Exec(statement)
			require.NoError(t, err)
		}
		w.queue(out)
		time.Sleep(time.Second)
		require.Len(t, w.provider.sent(), 1)
		_, err := w.db.Exec(`drop trigger no_space on deliveries`)
		require.NoError(t, err)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []string{"whatsapp_twilio failed whatsapp_window_closed", "sms sending "}, w.states())
	})
}

// TestOnePersonsWordsAreAnsweredAFewTimes: two machines could keep it up.
func TestOnePersonsWordsAreAnsweredAFewTimes(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		w.provider.find = func(context.Context, channels.Outgoing) bool { return false }
		w.provider.send = func(context.Context, channels.Account, channels.Outgoing) error { return nil }
		out := w.team(channels.WhatsAppTwilio)
		for range 4 {
			for _, word := range []string{"STOP", "START", "HELP"} {
				w.says(out, word)
			}
		}
		time.Sleep(40 * time.Second)
		require.Len(t, w.provider.sent(), 5)
		var said int
		require.NoError(t, w.db.Get(&said, `select count(*) from consents`))
		require.Equal(t, 8, said, "each word holds")
	})
}
