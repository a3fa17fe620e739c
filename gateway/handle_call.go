package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/rules"
)

// handleCall adds a line to a call's journal and moves its timer: to when
// nothing more can change, or, while its end is not known, to when the end can
// be taken for lost. Settled is settled: what comes later is only recorded.
func (g *Gateway) handleCall(ctx context.Context, tx *sqlx.Tx, e events.Event, told channels.Event) ([]Change, error) {
	line := journal.Entry{
		CompanyID: e.CompanyID, SenderID: e.SenderID, SID: told.Call.ID, TeamID: e.TeamID, Caller: told.CustomerAddress,
		Entry: calls.Entry{Kind: e.Kind, At: e.OccurredAt, Call: *told.Call}, At: e.OccurredAt,
	}
	if e.Kind == channels.CallEnded {
		line.Status, line.Seconds = told.Call.Status, told.Call.Seconds
	}
	if line.Moved = told.Call.Team != "" && told.Call.Team != e.TeamID; line.Moved {
		line.TeamID = told.Call.Team
	}
	c, err := line.Note(ctx, tx)
	if err == nil {
		err = g.expectRecording(ctx, tx, c, e.Kind, told)
	}
	if err != nil || c.SettledAt != nil {
		return nil, err
	}
	if err := g.spoken(ctx, tx, c, *told.Call, e.OccurredAt); err != nil {
		return nil, err
	}
	entries, end, err := read(c)
	if err != nil {
		return nil, err
	}
	return []Change{{Kind: "call", CompanyID: c.CompanyID, TeamID: c.TeamID, ID: c.ID}}, c.Arm(ctx, tx, calls.Due(entries, end))
}

// spoken notes at once that an advisor speaks to the caller, when a line says
// so: a text that was held back after an earlier call must not go out while
// they talk. Who the caller is may be told later; then the settling notes it.
func (g *Gateway) spoken(ctx context.Context, tx *sqlx.Tx, c journal.Call, told channels.Call, at time.Time) error {
	if told.Step != channels.StepAnswered && (told.Dial == nil || !told.Dial.Bridged) || rules.Withheld(c.Caller) {
		return nil
	}
	contact, err := g.callerOf(ctx, tx, c)
	if err != nil {
		return err
	}
	return contacts.AdvisorSpoke(ctx, tx, c.CompanyID, c.TeamID, contact.ID, at)
}

// expectRecording has what was recorded fetched, also when only the announcement
// of it ever comes, or when it comes after the call was settled.
func (g *Gateway) expectRecording(ctx context.Context, tx *sqlx.Tx, c journal.Call, kind channels.EventKind, told channels.Event) error {
	recording := told.Call.Recording
	if recording == nil || recording.Absent || recording.URL == "" {
		return nil
	}
	o := media.Origin{CompanyID: c.CompanyID, TeamID: c.TeamID, ContactID: c.ContactID, TicketID: c.TicketID, CallID: c.ID, Kind: channels.Voice, Account: told.Account}
	return o.ExpectRecording(ctx, tx, *recording, kind == channels.CallRecorded, g.Clock.Queue())
}

func read(c journal.Call) ([]calls.Entry, calls.End, error) {
	var entries []calls.Entry
	if err := json.Unmarshal(c.Journal, &entries); err != nil {
		return nil, calls.End{}, fmt.Errorf("call %s: journal: %w", c.SID, err)
	}
	end := calls.End{Status: c.Status, Seconds: c.Seconds}
	if c.EndedAt != nil {
		end.At = *c.EndedAt
	}
	return entries, end, nil
}

// settleCall is a call's timer: what was it, what does it do to tickets, and
// does the caller get a text?
func (g *Gateway) settleCall(ctx context.Context, tx *sqlx.Tx, e events.Event) ([]Change, error) {
	c, err := journal.Find(ctx, tx, e.CompanyID, e.SenderID, e.ProviderID)
	if errors.Is(err, journal.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, end, err := read(c)
	if err != nil {
		return nil, err
	}
	if end.At.IsZero() { // its end never came: the last line is all there is
		end.At = entries[len(entries)-1].At
	}
	return g.decideCall(ctx, tx, e, c, calls.Settle(entries, c.StartedAt, end), end)
}
