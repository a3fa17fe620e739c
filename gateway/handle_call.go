package gateway

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/rules"
	"ringback/settings"
)

// handleCall adds a line to a call's journal and moves its timer: to when
// nothing more can change, or, while its end is not known, to when the end can
// be taken for lost. Settled is settled: what comes later is only
// recorded, but for a voicemail, which nobody would hear.
func (g *Gateway) handleCall(ctx context.Context, tx *sqlx.Tx, e events.Event, received channels.Event) ([]Change, error) {
	if e.Kind == channels.CalledBack {
		return g.handleCallBack(ctx, tx, e, received)
	}
	line := journal.Entry{
		CompanyID: e.CompanyID, SenderID: e.SenderID, SID: received.Call.ID, TeamID: e.TeamID, Caller: received.CustomerAddress, Kind: received.Sender,
		Entry: calls.Entry{Kind: e.Kind, At: e.OccurredAt, Call: *received.Call}, At: e.OccurredAt,
	}
	if e.Kind == channels.CallEnded {
		line.Status, line.Seconds = received.Call.Status, received.Call.Seconds
	}
	if line.Moved = received.Call.Team != "" && received.Call.Team != e.TeamID; line.Moved {
		line.TeamID = received.Call.Team
	}
	if len(received.Also) > 0 {
		by := contacts.Actor{CompanyID: e.CompanyID, TeamID: e.TeamID, Who: string(received.Sender), At: g.Clock.Now()}
		if err := contacts.LinkAddresses(ctx, tx, by, received.Sender, received.CustomerAddress, received.Call.Name, received.Also); err != nil {
			return nil, err
		}
	}
	c, err := line.Note(ctx, tx)
	erased := false
	if err == nil && c.SettledAt != nil && c.ContactID != "" {
		erased, err = contacts.Erased(ctx, tx, c.CompanyID, c.ContactID)
	}
	if erased { // a recording is deleted where it lies
		return nil, eraseRecording(ctx, tx, c, received)
	}
	if err == nil {
		err = g.expectRecording(ctx, tx, c, e.Kind, received)
	}
	if err != nil {
		return nil, err
	}
	if c.SettledAt != nil {
		return g.lateRecording(ctx, tx, c, e)
	}
	entries, end, err := readJournal(c)
	if err != nil {
		return nil, err
	}
	if err := g.wantLineType(ctx, tx, c, entries); err != nil {
		return nil, err
	}
	if err := g.spoken(ctx, tx, c, entries, *received.Call, e.OccurredAt); err != nil {
		return nil, err
	}
	return []Change{{Kind: "call", CompanyID: c.CompanyID, TeamID: c.TeamID, ID: c.ID}}, c.Arm(ctx, tx, calls.Due(entries, end), calls.AskAt(entries, end))
}

// wantLineType has it found out, while the call goes on, what line the caller's
// number is: by its end it is known whether a text would reach it, and else the text
// waits for it as all first texts do (awaitLine).
func (g *Gateway) wantLineType(ctx context.Context, tx *sqlx.Tx, c journal.Call, entries []calls.Entry) error {
	if len(entries) > 1 || c.Kind != channels.Voice {
		return nil // it was done with the first line
	}
	wanted, err := settings.WantsLineTypes(ctx, tx, c.SenderID)
	if err != nil || !wanted {
		return err
	}
	if nobody, err := unknown(ctx, tx, c, entries); err != nil || nobody || rules.Unreachable(c.Caller) {
		return err
	}
	if _, err := g.callerOf(ctx, tx, c, entries); err != nil {
		return err
	}
	_, err = contacts.WantLineType(ctx, tx, c.CompanyID, c.Caller, c.SenderID, wanted, g.Clock.Queue())
	return err
}

// spoken notes at once that an advisor speaks to the caller, when a line says
// so: a text that was held back after an earlier call must not go out while
// they talk. Who the caller is may be told later; then the settling notes it.
func (g *Gateway) spoken(ctx context.Context, tx *sqlx.Tx, c journal.Call, entries []calls.Entry, line channels.Call, at time.Time) error {
	if line.Step != channels.StepAnswered && (line.Dial == nil || !line.Dial.Bridged) {
		return nil
	}
	if nobody, err := unknown(ctx, tx, c, entries); err != nil || nobody {
		return err
	}
	contact, err := g.callerOf(ctx, tx, c, entries)
	if err != nil {
		return err
	}
	return contacts.AdvisorSpoke(ctx, tx, c.CompanyID, c.TeamID, contact.ID, at)
}

// expectRecording has what was recorded fetched, also when only the announcement
// of it ever comes, or when it comes after the call was settled.
func (g *Gateway) expectRecording(ctx context.Context, tx *sqlx.Tx, c journal.Call, kind channels.EventKind, received channels.Event) error {
	recording := received.Call.Recording
	if recording == nil || recording.Absent || recording.URL == "" {
		return nil
	}
	o := media.Origin{CompanyID: c.CompanyID, TeamID: c.TeamID, ContactID: c.ContactID, TicketID: c.TicketID, CallID: c.ID, Kind: channels.Voice, Account: received.Account}
	return o.ExpectRecording(ctx, tx, *recording, kind == channels.CallRecorded, g.Clock.Queue())
}

// eraseRecording has a recording deleted that came when its caller was erased.
func eraseRecording(ctx context.Context, tx *sqlx.Tx, c journal.Call, received channels.Event) error {
	recording := received.Call.Recording
	if recording == nil || recording.Absent || recording.URL == "" {
		return nil
	}
	return contacts.EraseFile(ctx, tx, c.CompanyID, c.ContactID, channels.Voice, received.Account, channels.Media{URL: recording.URL, ID: recording.ID})
}
